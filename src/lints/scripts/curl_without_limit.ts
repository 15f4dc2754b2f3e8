/** @module */
import { defineLint } from "../../define.ts";
import { checks, limitOf, type Request } from "./_checks.ts";

/** curl waits for an answer that never comes. */
export const curlWithoutLimit = defineLint({
  code: "curl-without-limit",
  severity: "warning",
  title: "curl without --max-time",
  why:
    "A HAProxy that hangs accepts connections and never answers. Without `--max-time` curl waits " +
    "until Keepalived ends the script, which is after `timeout` of the `vrrp_script`, or its " +
    "`interval`; started in any other way it waits for ever.",
  err: {
    files: {
      "lb1/check_haproxy.sh": `#!/bin/sh
curl -sf -o /dev/null http://127.0.0.1:8404/alive
`,
    },
    says: `lb1/check_haproxy.sh:2:1: warning: the check waits for ever when HAProxy hangs: ` +
      `curl has no --max-time [curl-without-limit]
   hint: write "curl --max-time 1"`,
  },
  ok: {
    files: {
      "lb1/check_haproxy.sh": `#!/bin/sh
curl -sf --max-time 1 -o /dev/null http://127.0.0.1:8404/alive
`,
    },
  },
  *check(subject) {
    for (const { requests, script } of checks(subject)) {
      for (const request of requests) {
        if (request.tool !== "curl" || isLimited(request)) continue;
        const until = script ? `until Keepalived ends it after ${limitOf(script)} s` : "for ever";
        yield {
          message: `the check waits ${until} when HAProxy hangs: curl has no --max-time`,
          source: request.word.source,
          hint: `write "curl --max-time 1"`,
        };
      }
    }
  },
});

function isLimited({ options, command, word }: Request): boolean {
  if (options.has("max-time")) return true;
  const before = command.words.slice(0, command.words.indexOf(word));
  return before.some(({ text }) => /^(?:\S*\/)?timeout$/.test(text));
}
