/** @module */
import { defineLint } from "../../define.ts";
import { checks, type Request } from "./_checks.ts";

/** Any answer counts as a good one. */
export const curlWithoutFail = defineLint({
  code: "curl-without-fail",
  severity: "error",
  title: "curl without --fail: any status counts as healthy",
  why:
    "Without `--fail` curl succeeds as soon as anything answers, with a status of 500 or 503 too. " +
    "The check so stays green while every API server behind the load balancer answers with errors.",
  err: {
    files: {
      "lb1/check_apiserver.sh": `#!/bin/sh
curl --silent --max-time 1 --output /dev/null http://127.0.0.1:8404/ready
`,
    },
    says: `lb1/check_apiserver.sh:2:1: the check succeeds when http://127.0.0.1:8404/ready ` +
      `answers with an error such as 500: curl has no --fail [curl-without-fail]
   hint: write "curl --fail"`,
  },
  ok: {
    files: {
      "lb1/check_apiserver.sh": `#!/bin/sh
curl --silent --fail --max-time 1 --output /dev/null http://127.0.0.1:8404/ready
`,
    },
  },
  *check(subject) {
    for (const { requests } of checks(subject)) {
      for (const request of requests) {
        if (request.tool !== "curl" || minds(request)) continue;
        yield {
          message: `the check succeeds when ${request.urls[0]?.word.text} answers with an error ` +
            `such as 500: curl has no --fail`,
          source: request.word.source,
          hint: `write "curl --fail"`,
        };
      }
    }
  },
});

/** Whether somebody looks at what was answered. */
function minds({ options, command }: Request): boolean {
  return command.captured || command.ends === "|" ||
    ["fail", "fail-with-body", "write-out"].some((it) => options.has(it));
}
