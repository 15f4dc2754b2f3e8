/** @module */
import { proxiesOf, serversOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, files } from "./_api.ts";

/** Two servers of one name. */
export const duplicateServer = defineLint({
  code: "duplicate-server",
  severity: "error",
  title: "two servers of one name in a backend",
  why: "HAProxy refuses a backend in which two servers have the same name, as after copying a " +
    "line.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    server m1 10.0.0.21:6443 check
    server m1 10.0.0.22:6443 check
`,
    },
    says: `lb1/haproxy.cfg:3:12: HAProxy does not start with this file: backend "apiserver" ` +
      `has a server "m1" on line 2 already [duplicate-server]
   hint: give it a name of its own`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
`,
    },
  },
  *check(subject) {
    for (const { haproxy } of files(subject)) {
      for (const proxy of proxiesOf(haproxy)) {
        const lines = new Map<string, number>();
        for (const { name, line, many } of serversOf(proxy)) {
          if (many || line.conditional || name.variables) continue;
          const first = lines.get(name.text);
          if (first === undefined) lines.set(name.text, name.source.line);
          else {
            yield {
              message: `HAProxy does not start with this file: ${called(proxy)} has a server ` +
                `"${name.text}" on line ${first} already`,
              source: name.source,
              hint: `give it a name of its own`,
            };
          }
        }
      }
    }
  },
});
