/** @module */
import { lastOf } from "../../configs/keepalived.ts";
import { defineLint } from "../../define.ts";
import { placed } from "./_instances.ts";

const conf = (more: string) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110${more}
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** A second MAC address that many hypervisors drop. */
export const useVmac = defineLint({
  code: "use-vmac",
  severity: "warning",
  title: "a virtual MAC address",
  why:
    "With `use_vmac` the address answers from a MAC address of its own. A virtual switch that only " +
    "knows the MAC address of the machine drops such frames: on vSphere forged transmits and MAC " +
    "changes have to be allowed for the port group. Without it gratuitous ARP tells the network.",
  err: {
    files: { "lb1/keepalived.conf": conf("\n    use_vmac") },
    says: "lb1/keepalived.conf:4:5: warning: clients may get no answer on this host: the " +
      "address uses a MAC address of its own, which virtual switches drop unless they are " +
      "told otherwise [use-vmac]\n" +
      `   hint: remove "use_vmac", or allow forged transmits and MAC changes on the port ` +
      "group",
  },
  ok: { files: { "lb1/keepalived.conf": conf("") } },
  *check({ nodes }) {
    for (const { instance } of placed(nodes)) {
      const word = lastOf(instance.block, "use_vmac")?.words[0];
      if (!word) continue;
      yield {
        message: `clients may get no answer on this host: the address uses a MAC address of its ` +
          "own, which virtual switches drop unless they are told otherwise",
        source: word.source,
        hint: 'remove "use_vmac", or allow forged transmits and MAC changes on the port group',
      };
    }
  },
});
