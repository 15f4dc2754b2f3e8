/** @module */
import { allOf } from "../../configs/keepalived.ts";
import { defineLint } from "../../define.ts";
import { placed } from "./_instances.ts";

const conf = (state: string) =>
  `vrrp_instance VI_1 {
    state ${state}
    interface eth0
    virtual_router_id 110
    priority 110
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** A state that Keepalived takes for BACKUP. */
export const unknownState = defineLint({
  code: "unknown-state",
  severity: "warning",
  title: "a state that is neither MASTER nor BACKUP",
  why:
    "`state` is the state in which an instance starts, and has two words, in capitals. Keepalived " +
    "takes any other for `BACKUP` and says so in its log (`unknown state 'SLAVE', defaulting to " +
    "BACKUP`); so does `master` in small letters.",
  err: {
    files: { "lb1/keepalived.conf": conf("SLAVE") },
    says: `lb1/keepalived.conf:2:11: warning: "VI_1" starts as BACKUP: Keepalived does not ` +
      `know the state "SLAVE" [unknown-state]\n` +
      `   hint: write "state BACKUP"`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("BACKUP") } },
  *check({ nodes }) {
    for (const { instance } of placed(nodes)) {
      for (const { words: [, word] } of allOf(instance.block, "state")) {
        if (!word || /^(?:MASTER|BACKUP)$|[${<%]/.test(word.text)) continue;
        const meant = /^master$/i.test(word.text) ? "MASTER" : "BACKUP";
        yield {
          message: `"${instance.name.text}" starts as BACKUP: Keepalived does not know the state ` +
            `"${word.text}"`,
          source: word.source,
          hint: `write "state ${meant}"`,
        };
      }
    }
  },
});
