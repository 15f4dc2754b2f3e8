/** @module */
import { allOf } from "../../configs/keepalived.ts";
import { defineLint } from "../../define.ts";
import { placed } from "./_instances.ts";

const conf = (priority: number) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    priority ${priority}
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** A priority that Keepalived replaces by its default. */
export const priorityRange = defineLint({
  code: "priority-range",
  severity: "error",
  title: "a priority that is none",
  why:
    "A priority is a whole number from 1 to 255. Keepalived takes 100 for anything else, says so in " +
    "its log alone and starts: the order of the members is then not the one that is written.",
  err: {
    files: { "lb1/keepalived.conf": conf(300) },
    says: "lb1/keepalived.conf:4:14: this host takes part with priority 100 and not with " +
      `"300": Keepalived knows 1 to 255 and replaces everything else [priority-range]\n` +
      "   hint: write a whole number from 1 to 254",
  },
  ok: { files: { "lb1/keepalived.conf": conf(200) } },
  *check({ nodes }) {
    for (const { instance } of placed(nodes)) {
      const word = allOf(instance.block, "priority").at(-1)?.words[1];
      // What was never filled in is a trap of its own.
      if (!word || word.text.startsWith("$") || word.text.startsWith("{{")) continue;
      const value = Number(word.text);
      if (Number.isInteger(value) && value >= 1 && value <= 255) continue;
      yield {
        message: `this host takes part with priority 100 and not with "${word.text}": Keepalived ` +
          "knows 1 to 255 and replaces everything else",
        source: word.source,
        hint: "write a whole number from 1 to 254",
      };
    }
  },
});
