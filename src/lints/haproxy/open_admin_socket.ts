/** @module */
import type { Word } from "../../configs/model.ts";
import { addressesOf } from "../../configs/haproxy_address.ts";
import { globalLines, valueOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { files } from "./_api.ts";

/** Whoever reaches it commands HAProxy. */
export const openAdminSocket = defineLint({
  code: "open-admin-socket",
  severity: "warning",
  title: "an admin socket that others can reach",
  why: "Who can write to a `stats socket` of level admin can take every API server out of use. " +
    "Its `mode` decides who on the host may; a socket on an address has no password, and " +
    "everybody who can reach it may.",
  err: {
    files: {
      "lb1/haproxy.cfg": `global
    user haproxy
    stats socket /run/haproxy/admin.sock mode 666 level admin
`,
    },
    says: `lb1/haproxy.cfg:3:47: warning: every user of the host can take every API server out ` +
      `of use: the admin socket "/run/haproxy/admin.sock" is open to them ` +
      `[open-admin-socket]
   hint: write "stats socket /run/haproxy/admin.sock mode 600 level admin"`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `global
    user haproxy
    stats socket /run/haproxy/admin.sock mode 600 level admin
`,
    },
  },
  *check(subject) {
    for (const { haproxy } of files(subject)) {
      for (const { words: [, , address, ...params] } of globalLines(haproxy, "stats", "socket")) {
        if (!address) continue;
        const level = valueOf(params, "level")?.text ?? "operator";
        const open = reachable(address, valueOf(params, "mode"));
        if (level !== "admin" || !open) continue;
        yield {
          message: `${open.who} can take every API server out of use: the admin socket ` +
            `"${address.text}" is open to them`,
          source: open.word.source,
          hint: `write "stats socket /run/haproxy/admin.sock mode 600 level admin"`,
        };
      }
    }
  },
});

/** Who else than the owner and the group may write to a socket. */
function reachable(address: Word, mode: Word | undefined): { who: string; word: Word } | undefined {
  if (/^(?:unix@|\/)/.test(address.text)) {
    const others = mode && (Number.parseInt(mode.text, 8) & 2) !== 0;
    return others ? { who: "every user of the host", word: mode } : undefined;
  }
  const outside = addressesOf(address).some(({ host }) => !/^(?:127\.|::1$|localhost$)/.test(host));
  return outside ? { who: "everybody who reaches that port", word: address } : undefined;
}
