/** @module */
import { globalLines } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { files } from "./_api.ts";

/** The log goes nowhere. */
export const stdoutLog = defineLint({
  code: "stdout-log",
  severity: "warning",
  title: "log stdout of a process in the background",
  why: "A daemon has closed its output: what is written there is lost. With `-W`, `-Ws` or " +
    "`-db` HAProxy stays in the foreground whatever `daemon` says, so that it depends on " +
    "how it is started.",
  err: {
    files: {
      "lb1/haproxy.cfg": `global
    log stdout format raw local0
    daemon
    user haproxy
`,
    },
    says: `lb1/haproxy.cfg:2:9: warning: the log of HAProxy is lost unless it is started with ` +
      `-W, -Ws or -db: "daemon" closes stdout [stdout-log]
   hint: write "log /dev/log local0", or remove "daemon"`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `global
    log /dev/log local0
    daemon
    user haproxy
`,
    },
  },
  *check(subject) {
    for (const { haproxy } of files(subject)) {
      if (globalLines(haproxy, "daemon").length === 0) continue;
      for (const { words } of globalLines(haproxy, "log")) {
        const word = words[1];
        if (!word || !/^(?:stdout|stderr|fd@[12])$/.test(word.text)) continue;
        yield {
          message:
            `the log of HAProxy is lost unless it is started with -W, -Ws or -db: "daemon" ` +
            `closes ${word.text}`,
          source: word.source,
          hint: `write "log /dev/log local0", or remove "daemon"`,
        };
      }
    }
  },
});
