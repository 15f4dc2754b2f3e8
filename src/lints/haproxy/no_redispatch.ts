/** @module */
import { optionOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, pools } from "./_api.ts";

/** Retries go to the server that has just failed. */
export const noRedispatch = defineLint({
  code: "no-redispatch",
  severity: "warning",
  title: "retries that stay with a dead server",
  why: "Without `option redispatch` HAProxy tries a server that refuses a connection again and " +
    "again, `retries` times with a second in between, and then gives up. With three API " +
    "servers one of which is dead, every third client fails until the check has noticed.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    retries 3
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
`,
    },
    says: `lb1/haproxy.cfg:1:1: warning: clients of a dead API server fail until its check has ` +
      `noticed: backend "apiserver" has no "option redispatch", and tries the same server ` +
      `again [no-redispatch]
   hint: write "option redispatch 1"`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    retries 3
    option redispatch 1
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
`,
    },
  },
  *check(subject) {
    for (const { proxy, servers } of pools(subject)) {
      const word = proxy.section.head.words[0];
      if (!word || servers.length < 2 || optionOf(proxy, "redispatch")) continue;
      yield {
        message:
          `clients of a dead API server fail until its check has noticed: ${called(proxy)} ` +
          `has no "option redispatch", and tries the same server again`,
        source: word.source,
        hint: `write "option redispatch 1"`,
      };
    }
  },
});
