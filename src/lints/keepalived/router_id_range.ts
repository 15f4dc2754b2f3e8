/** @module */
import { allOf } from "../../configs/keepalived.ts";
import { defineLint } from "../../define.ts";
import { placed } from "./_instances.ts";

const conf = (id: string) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id ${id}
    priority 110
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** A virtual router id that does not exist. */
export const routerIdRange = defineLint({
  code: "router-id-range",
  severity: "error",
  title: "a virtual router id that is none",
  why:
    "`virtual_router_id` is a whole number from 1 to 255. With anything else Keepalived drops the " +
    "line, and then ends because one instance has no id: the host holds no address at all. At a " +
    "reload it leaves the address where it is while another member takes it.",
  err: {
    files: { "lb1/keepalived.conf": conf("300") },
    says: `lb1/keepalived.conf:3:23: this host never holds an address: "300" is no virtual ` +
      `router id, and Keepalived does not start while "VI_1" has none [router-id-range]\n` +
      "   hint: write a whole number from 1 to 255, the same on every member",
  },
  ok: { files: { "lb1/keepalived.conf": conf("110") } },
  *check({ nodes }) {
    for (const { instance } of placed(nodes)) {
      const word = allOf(instance.block, "virtual_router_id").at(-1)?.words[1];
      if (!word || word.text.startsWith("$") || word.text.startsWith("{{")) continue;
      const value = Number(word.text);
      if (Number.isInteger(value) && value >= 1 && value <= 255) continue;
      yield {
        message: `this host never holds an address: "${word.text}" is no virtual router id, and ` +
          `Keepalived does not start while "${instance.name.text}" has none`,
        source: word.source,
        hint: "write a whole number from 1 to 255, the same on every member",
      };
    }
  },
});
