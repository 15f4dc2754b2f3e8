/** @module */
import { defineLint } from "../../define.ts";
import { placed } from "./_instances.ts";

const conf = (id: number) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id ${id}
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** The virtual router id of every guide. */
export const commonRouterId = defineLint({
  code: "common-router-id",
  severity: "warning",
  title: "the virtual router id that everybody has",
  why:
    "Two groups in one network must not have the same `virtual_router_id`: they hear each other's " +
    "adverts. 51 is the id of Keepalived's example and of most guides, so the next group in the " +
    "network probably has it already.",
  err: {
    files: { "lb1/keepalived.conf": conf(51) },
    says: "lb1/keepalived.conf:3:23: warning: this host may hear the adverts of somebody " +
      "else's group: 51 is the virtual router id of most guides, so another group in this " +
      "network probably has it too [common-router-id]\n" +
      "   hint: write another number from 1 to 255, such as the last part of the address",
  },
  ok: { files: { "lb1/keepalived.conf": conf(110) } },
  *check({ nodes }) {
    for (const { instance } of placed(nodes)) {
      if (instance.routerId?.value !== 51) continue;
      yield {
        message: `this host may hear the adverts of somebody else's group: 51 is the virtual ` +
          "router id of most guides, so another group in this network probably has it too",
        source: instance.routerId.source,
        hint: "write another number from 1 to 255, such as the last part of the address",
        setting: ["vrrp", "router_id"],
        settingHint: "vrrp: { router_id: auto }, or another number from 1 to 255",
      };
    }
  },
});
