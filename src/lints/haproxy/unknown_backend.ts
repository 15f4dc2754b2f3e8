/** @module */
import { linesOf, proxiesOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { didYouMean } from "../../diagnostics.ts";
import { called, files } from "./_api.ts";

/** A frontend that leads nowhere. */
export const unknownBackend = defineLint({
  code: "unknown-backend",
  severity: "error",
  title: "a backend that does not exist",
  why: "HAProxy refuses a file in which `default_backend` or `use_backend` names a backend " +
    "that there is not, as after renaming one.",
  err: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind *:8443
    default_backend apiservers
backend apiserver
    server m1 10.0.0.21:6443 check
`,
    },
    says: `lb1/haproxy.cfg:3:21: HAProxy does not start with this file: frontend "apiserver" ` +
      `leads to backend "apiservers", which there is not [unknown-backend]
   hint: did you mean "default_backend apiserver"?`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind *:8443
    default_backend apiserver
backend apiserver
    server m1 10.0.0.21:6443 check
`,
    },
  },
  *check(subject) {
    for (const { haproxy } of files(subject)) {
      const proxies = proxiesOf(haproxy);
      const names = proxies.filter(({ kind }) => kind !== "frontend").map(({ name }) => name);
      // Lines of defaults are looked at once for all that take them over.
      const lines = new Set(
        proxies.filter(({ kind }) => kind !== "backend").flatMap((it) =>
          [...linesOf(it, "default_backend"), ...linesOf(it, "use_backend")]
            .map((line) => ({ line, proxy: it }))
        ),
      );
      for (const { line: { words: [keyword, name], conditional }, proxy } of lines) {
        const dynamic = !name || name.variables !== undefined || name.text.includes("%");
        if (dynamic || conditional || names.includes(name.text)) continue;
        const meant = didYouMean(name.text, names);
        yield {
          message: `HAProxy does not start with this file: ${called(proxy)} leads to backend ` +
            `"${name.text}", which there is not`,
          source: name.source,
          hint: meant === undefined
            ? `write a backend "${name.text}"`
            : `did you mean "${keyword?.text} ${meant}"?`,
        };
      }
    }
  },
});
