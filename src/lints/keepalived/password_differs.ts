/** @module */
import { blocksOf } from "../../configs/keepalived.ts";
import type { Instance } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";
import { headOf, pairs } from "./_instances.ts";

const conf = (password: string) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    authentication {
        auth_type PASS
        auth_pass ${password}
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** Members that do not believe each other. */
export const passwordDiffers = defineLint({
  code: "password-differs",
  severity: "error",
  title: "members with different passwords",
  why:
    "A member drops adverts with another password than its own. It then hears no holder, and takes " +
    "the address: two hosts hold it at once, and clients reach now the one and now the other.",
  err: {
    files: { "lb1/keepalived.conf": conf("c0rrecth"), "lb2/keepalived.conf": conf("0rseb4tt") },
    says: "lb2/keepalived.conf:4:5: lb1 and lb2 both hold the address: they drop each other's " +
      "adverts, as their passwords differ [password-differs]\n" +
      "   hint: write the same authentication block on every member",
  },
  ok: {
    files: { "lb1/keepalived.conf": conf("c0rrecth"), "lb2/keepalived.conf": conf("c0rrecth") },
  },
  *check({ nodes }) {
    for (const [a, b] of pairs(nodes)) {
      if (a.instance.version === 3 || b.instance.version === 3) continue;
      const [one, other] = [spoken(a.instance), spoken(b.instance)];
      if (one.type === other.type && one.password === other.password) continue;
      const how = one.type === other.type
        ? "their passwords differ"
        : `the one says "${one.type}" and the other "${other.type}"`;
      const [block] = blocksOf(b.instance.block, "authentication");
      yield {
        message:
          `${a.node.name} and ${b.node.name} both hold the address: they drop each other's ` +
          `adverts, as ${how}`,
        source: block?.words[0]?.source ?? headOf(b),
        hint: "write the same authentication block on every member",
        setting: ["vrrp", "auth_pass"],
      };
    }
  },
});

/** What an advert carries: nothing, or eight characters. */
function spoken({ authType, authPass }: Instance) {
  if (!authType || !authPass?.text) return { type: "no password", password: "" };
  return { type: authType.text, password: authPass.text.slice(0, 8) };
}
