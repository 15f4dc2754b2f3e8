/** @module */
import { defineLint } from "../../define.ts";
import { files } from "./_api.ts";

/** The old way to say where to listen. */
export const addressInHead = defineLint({
  code: "address-in-head",
  severity: "error",
  title: "an address behind the name of a frontend",
  why:
    "`frontend main *:5000` was the way of HAProxy 1.x, and still stands in files that distributions " +
    "and tutorials hand out. Newer versions refuse it (2.2, 2.6, 3.0 and 3.2 were tried).",
  err: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver *:8443
    default_backend apiserver
`,
    },
    says: `lb1/haproxy.cfg:1:20: HAProxy does not start with this file: "*:8443" cannot ` +
      "stand behind the name of a frontend [address-in-head]\n" +
      `   hint: write a line of its own, "bind *:8443"`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind *:8443
    default_backend apiserver
`,
    },
  },
  *check(subject) {
    for (const { haproxy } of files(subject)) {
      for (const { kind, head } of haproxy.sections) {
        const word = head.words[2];
        if (!word || !["frontend", "listen"].includes(kind) || word.text === "from") continue;
        yield {
          message:
            `HAProxy does not start with this file: "${word.text}" cannot stand behind the ` +
            `name of a ${kind}`,
          source: word.source,
          hint: `write a line of its own, "bind ${word.text}"`,
        };
      }
    }
  },
});
