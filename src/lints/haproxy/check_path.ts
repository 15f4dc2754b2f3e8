/** @module */
import { linesOf, optionOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import type { Word } from "../../configs/model.ts";
import { called, type Pool, pools } from "./_api.ts";
import { decidedBy } from "./_services.ts";

/** A check that asks for something that stays green while an API server shuts down. */
export const checkPath = defineLint({
  code: "check-path",
  severity: "warning",
  title: "a health check that does not ask for /readyz",
  why: "`/readyz` turns red when an API server begins to shut down; `/healthz` " +
    "(deprecated since Kubernetes 1.16) and `/livez` stay green during a shutdown, and `/` says " +
    "nothing of health at all. HAProxy so sends clients to a server that is about to go.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option httpchk GET /healthz
    http-check expect status 200
    server m1 10.0.0.21:6443 check check-ssl verify required ca-file /etc/haproxy/ca.crt
    server m2 10.0.0.22:6443 check check-ssl verify required ca-file /etc/haproxy/ca.crt
`,
    },
    says: `lb1/haproxy.cfg:2:24: warning: clients are sent to API servers that shut down: the ` +
      `check of backend "apiserver" asks for "/healthz", which stays green meanwhile ` +
      `[check-path]
   hint: ask for /readyz: option httpchk GET /readyz`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option httpchk GET /readyz
    http-check expect status 200
    server m1 10.0.0.21:6443 check check-ssl verify required ca-file /etc/haproxy/ca.crt
    server m2 10.0.0.22:6443 check check-ssl verify required ca-file /etc/haproxy/ca.crt
`,
    },
  },
  *check(subject) {
    for (const pool of pools(subject)) {
      const { path, word, sent = false } = pathOf(pool) ?? {};
      if (path === undefined || !word || /^\/readyz\b/.test(path)) continue;
      yield {
        message: `clients are sent to API servers that shut down: the check of ` +
          `${called(pool.proxy)} asks for "${path}", which stays green meanwhile`,
        source: word.source,
        hint: `ask for /readyz: ` +
          (sent ? "http-check send meth GET uri /readyz" : "option httpchk GET /readyz"),
        ...decidedBy(subject, pool.proxy, ["haproxy", "check_path"], "/readyz"),
      };
    }
  },
});

/** What is asked for, and the word that says so; unset: nothing, or it is not known. */
function pathOf({ proxy }: Pool): { path: string; word: Word; sent: boolean } | undefined {
  const option = optionOf(proxy, "httpchk");
  if (!option) return undefined;
  const send = linesOf(proxy, "http-check", "send").at(-1)?.words ?? [];
  const uri = send[send.findIndex(({ text }) => text === "uri") + 1];
  const [, keyword, first, second] = option.words;
  // A single word is the path; of two the first is the method.
  const own = second ?? first;
  const sent = send.some(({ text }) => text === "uri");
  const word = sent ? uri : own ?? keyword;
  if (!word || word.variables) return undefined;
  return { path: word === keyword ? "/" : word.text, word, sent };
}
