/** @module */
import type { Word } from "../../configs/model.ts";
import { milliseconds, valueOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, checkedIn, paramsIn, pools, seconds } from "./_api.ts";

/** A dead server stays in use for long. */
export const slowCheck = defineLint({
  code: "slow-check",
  severity: "warning",
  title: "a dead API server that stays in use for more than 10 s",
  why: "A server is taken out when `fall` checks in a row have failed, `inter` apart (after " +
    "the first failure `fastinter`). Until then its share of all clients waits or fails.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option httpchk GET /readyz
    default-server check check-ssl inter 10s fall 3 verify required ca-file /etc/haproxy/ca.crt
    server m1 10.0.0.21:6443
    server m2 10.0.0.22:6443
`,
    },
    says: `lb1/haproxy.cfg:3:42: warning: clients are sent to a dead API server for up to 30 ` +
      `s: that is how long backend "apiserver" takes to notice [slow-check]
   hint: write "inter 2s fastinter 500ms fall 3"`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option httpchk GET /readyz
    default-server check check-ssl inter 2s fall 3 verify required ca-file /etc/haproxy/ca.crt
    server m1 10.0.0.21:6443
    server m2 10.0.0.22:6443
`,
    },
  },
  *check(subject) {
    for (const pool of pools(subject)) {
      for (const server of checkedIn(pool)) {
        const params = paramsIn(pool, server);
        const word = valueOf(params, "inter") ?? valueOf(params, "fall");
        const ms = detection(params);
        if (!word || ms === undefined || ms <= MOST) continue;
        yield {
          message: `clients are sent to a dead API server for up to ${seconds(ms)}: that is how ` +
            `long ${called(pool.proxy)} takes to notice`,
          source: word.source,
          hint: `write "inter 2s fastinter 500ms fall 3"`,
        };
      }
    }
  },
});

const MOST = 10_000;

/** From a death to the last of the failures that count; unset: it cannot be read. */
function detection(params: readonly Word[]): number | undefined {
  const time = (name: string) => {
    const word = valueOf(params, name);
    return word && milliseconds(word.text);
  };
  const fall = Number(valueOf(params, "fall")?.text ?? 3);
  const inter = valueOf(params, "inter") ? time("inter") : 2000;
  if (inter === undefined || !Number.isInteger(fall) || fall < 1) return undefined;
  return inter + (fall - 1) * (time("fastinter") ?? inter);
}
