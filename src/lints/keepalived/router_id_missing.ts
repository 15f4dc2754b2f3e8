/** @module */
import { allOf } from "../../configs/keepalived.ts";
import { defineLint } from "../../define.ts";
import { headOf, placed, whole } from "./_instances.ts";

const conf = (id: string) =>
  `vrrp_instance VI_1 {
    interface eth0${id}
    priority 110
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** An instance without a virtual router id. */
export const routerIdMissing = defineLint({
  code: "router-id-missing",
  severity: "error",
  title: "an instance without a virtual router id",
  why:
    "There is no default for `virtual_router_id`: Keepalived says `the virtual router id must be set` " +
    "and ends, with all other instances of the file.",
  err: {
    files: { "lb1/keepalived.conf": conf("") },
    says: "lb1/keepalived.conf:1:15: this host never holds an address: Keepalived does not " +
      `start while "VI_1" has no virtual_router_id [router-id-missing]\n` +
      `   hint: write "virtual_router_id" with a number from 1 to 255, the same on every ` +
      "member",
  },
  ok: { files: { "lb1/keepalived.conf": conf("\n    virtual_router_id 110") } },
  *check({ nodes }) {
    for (const one of placed(nodes)) {
      const { file, instance } = one;
      if (!whole(file) || allOf(instance.block, "virtual_router_id").length > 0) continue;
      yield {
        message: `this host never holds an address: Keepalived does not start while ` +
          `"${instance.name.text}" has no virtual_router_id`,
        source: headOf(one),
        hint: 'write "virtual_router_id" with a number from 1 to 255, the same on every member',
      };
    }
  },
});
