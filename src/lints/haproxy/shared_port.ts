/** @module */
import { type Bind, bindsOf, proxiesOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, files } from "./_api.ts";

/** Connections are dealt out by chance. */
export const sharedPort = defineLint({
  code: "shared-port",
  severity: "error",
  title: "two sections that listen on the same port",
  why: "HAProxy opens a listener for each `bind` and lets the kernel share connections out " +
    "among those of the same address and port. Two sections on one port are accepted " +
    "without a word, and it is chance which of them a client gets.",
  err: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind *:8443
    default_backend apiserver
frontend stats
    mode http
    bind :8443
    stats enable
`,
    },
    says: `lb1/haproxy.cfg:6:10: it is chance whether a client gets frontend "apiserver" or ` +
      `frontend "stats": both listen on ":8443" [shared-port]
   hint: give one of them another port (the other bind is on line 2)`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind *:8443
    default_backend apiserver
frontend stats
    mode http
    bind 127.0.0.1:8404
    stats enable
`,
    },
  },
  *check(subject) {
    for (const { haproxy } of files(subject)) {
      const seen: Bind[] = [];
      for (const bind of proxiesOf(haproxy).flatMap((it) => bindsOf(it))) {
        if (bind.line.conditional) continue;
        const other = seen.find((it) => it.proxy !== bind.proxy && same(it, bind));
        seen.push(bind);
        if (!other) continue;
        yield {
          message: `it is chance whether a client gets ${called(other.proxy)} or ` +
            `${called(bind.proxy)}: both listen on "${bind.word.text}"`,
          source: bind.word.source,
          hint: `give one of them another port (the other bind is on line ` +
            `${other.word.source.line})`,
        };
      }
    }
  },
});

function same(a: Bind, b: Bind): boolean {
  // Limited to an interface, or to UDP, both may be meant.
  const limited = [...a.params, ...b.params].some(({ text }) => text === "interface");
  return !limited &&
    a.addresses.some((one) =>
      b.addresses.some(({ host, port, to }) =>
        host === one.host && port <= one.to && one.port <= to
      )
    );
}
