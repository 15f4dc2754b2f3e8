/** @module */
import { linesOf, modeOf, proxiesOf, serversOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, files } from "./_api.ts";

/** There is nobody to send clients to. */
export const backendWithoutServers = defineLint({
  code: "backend-without-servers",
  severity: "error",
  title: "a backend without servers",
  why: "HAProxy accepts a backend without servers and closes every connection that is led " +
    "there.",
  err: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind *:8443
    default_backend apiserver
backend apiserver
    balance leastconn
    # [...]
`,
    },
    says: `lb1/haproxy.cfg:4:9: every client of frontend "apiserver" is turned away: backend ` +
      `"apiserver" has no server [backend-without-servers]
   hint: write a line for each API server: server NAME ADDRESS:6443 check`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind *:8443
    default_backend apiserver
backend apiserver
    balance leastconn
    server m1 10.0.0.21:6443 check
`,
    },
  },
  *check(subject) {
    for (const { haproxy } of files(subject)) {
      const proxies = proxiesOf(haproxy);
      for (const front of proxies.filter(({ kind }) => kind !== "backend")) {
        const name = linesOf(front, "default_backend").at(-1)?.words[1];
        const backend = proxies.find((it) => it.kind === "backend" && it.name === name?.text);
        // In mode http a backend may answer by itself: with statistics, a redirect, an error page.
        if (!name || !backend || modeOf(backend).mode !== "tcp") continue;
        const others = ["use-server", "dispatch", "option"].flatMap((it) =>
          linesOf(backend, it).filter(({ words: [first, second] }) =>
            first?.text !== "option" || second?.text === "transparent"
          )
        );
        if (serversOf(backend).length > 0 || others.length > 0) continue;
        yield {
          message: `every client of ${called(front)} is turned away: ${
            called(backend)
          } has no server`,
          source: (backend.section.head.words[1] ?? name).source,
          hint: `write a line for each API server: server NAME ADDRESS:6443 check`,
        };
      }
    }
  },
});
