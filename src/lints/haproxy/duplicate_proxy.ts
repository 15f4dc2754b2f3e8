/** @module */
import { proxiesOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, files } from "./_api.ts";

/** Two sections of one name. */
export const duplicateProxy = defineLint({
  code: "duplicate-proxy",
  severity: "error",
  title: "two frontends or two backends of one name",
  why: "HAProxy refuses a file in which two frontends, or two backends, have the same name. A " +
    "frontend may be called like a backend.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    server m1 10.0.0.21:6443 check
backend apiserver
    server m2 10.0.0.22:6443 check
`,
    },
    says: `lb1/haproxy.cfg:3:9: HAProxy does not start with this file: backend "apiserver" ` +
      `begins on line 1 already [duplicate-proxy]
   hint: put both into one section, or give it a name of its own`,
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
      const heads = new Map<string, number>();
      for (const proxy of proxiesOf(haproxy)) {
        const { head } = proxy.section;
        const name = head.words[1];
        if (!name || head.conditional || name.variables) continue;
        const first = heads.get(called(proxy));
        if (first === undefined) heads.set(called(proxy), name.source.line);
        else {
          yield {
            message: `HAProxy does not start with this file: ${called(proxy)} begins on line ` +
              `${first} already`,
            source: name.source,
            hint: `put both into one section, or give it a name of its own`,
          };
        }
      }
    }
  },
});
