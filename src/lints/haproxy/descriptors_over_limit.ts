/** @module */
import { globalLines } from "../../configs/proxies.ts";
import { settingsOf } from "../../configs/unit.ts";
import { defineLint } from "../../define.ts";
import { files } from "./_api.ts";

/** HAProxy does not start with so many connections. */
export const descriptorsOverLimit = defineLint({
  code: "descriptors-over-limit",
  severity: "error",
  title: "more connections than file descriptors",
  why: "HAProxy needs two file descriptors for each connection and some for itself. Where " +
    "`maxconn` asks for more than the hard limit of its unit, it does not start (`Cannot " +
    "raise FD limit`), and `haproxy -c` says nothing. Measured with 2.6.12: `maxconn 20000` " +
    "below a limit of 20000.",
  err: {
    files: {
      "lb1/haproxy.cfg": `global
    user haproxy
    maxconn 20000
`,
      "lb1/haproxy.service.conf": `[Service]
LimitNOFILE=20000
`,
    },
    says: `lb1/haproxy.cfg:3:13: HAProxy does not start: "maxconn 20000" needs about 40050 ` +
      `file descriptors, and its unit may have 20000 [descriptors-over-limit]
   hint: write "maxconn 9975", or raise LimitNOFILE (lb1/haproxy.service.conf:2)`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `global
    user haproxy
    maxconn 4000
`,
      "lb1/haproxy.service.conf": `[Service]
LimitNOFILE=20000
`,
    },
  },
  *check(subject) {
    for (const { node, haproxy } of files(subject)) {
      const word = globalLines(haproxy, "maxconn").at(-1)?.words[1];
      const limit = (node.units ?? []).filter(({ path }) => path.includes("haproxy.service"))
        .flatMap((it) => settingsOf(it, "Service", "LimitNOFILE")).at(-1);
      const hard = Number(limit?.text.split(":").at(-1));
      if (!word || !limit || !/^\d+$/.test(word.text) || !Number.isInteger(hard)) continue;
      const needed = 2 * Number(word.text) + SPARE;
      if (needed <= hard) continue;
      yield {
        message: `HAProxy does not start: "maxconn ${word.text}" needs about ${needed} file ` +
          `descriptors, and its unit may have ${hard}`,
        source: word.source,
        hint:
          `write "maxconn ${Math.max(1, Math.floor((hard - SPARE) / 2))}", or raise LimitNOFILE ` +
          `(${limit.source.file}:${limit.source.line})`,
      };
    }
  },
});

/** For listeners, checks, logs and the like. */
const SPARE = 50;
