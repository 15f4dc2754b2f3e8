/** @module */
import { lineOf, optionOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, pools } from "./_api.ts";

/** A client is refused though there are servers that were not asked. */
export const fewRetries = defineLint({
  code: "few-retries",
  severity: "warning",
  title: "too few retries to reach a living API server",
  why:
    "Until its check has failed often enough, HAProxy sends clients to a dead server and tries " +
    "again elsewhere when that refuses: `retries` times, and `option redispatch` makes it " +
    "another server. With none the client gets the failure; with one it gets it as soon as two " +
    "servers are dead.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option redispatch
    retries 1
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
    server m3 10.0.0.23:6443 check
`,
    },
    says: `lb1/haproxy.cfg:3:13: warning: clients get errors when two servers are dead, until ` +
      `its check has failed often enough: backend "apiserver" has "retries 1" [few-retries]
   hint: write "retries 3" and "option redispatch 1"`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option redispatch 1
    retries 3
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
    server m3 10.0.0.23:6443 check
`,
    },
  },
  *check(subject) {
    for (const pool of pools(subject)) {
      const word = lineOf(pool.proxy, "retries")?.words[1];
      const often = word && /^\d+$/.test(word.text) ? Number(word.text) : undefined;
      if (!word || often === undefined || often > 1) continue;
      const elsewhere = often > 0 && optionOf(pool.proxy, "redispatch");
      // With two servers there is no third one to be tried.
      if (elsewhere && pool.servers.length < 3 && !pool.servers.some(({ many }) => many)) continue;
      const when = elsewhere ? "two servers are dead" : "a server is dead";
      yield {
        message: `clients get errors when ${when}, until its check has failed often enough: ` +
          `${called(pool.proxy)} has "retries ${word.text}"`,
        source: word.source,
        hint: `write "retries 3" and "option redispatch 1"`,
      };
    }
  },
});
