/** @module */
import { allOf } from "../../configs/keepalived.ts";
import { defineLint } from "../../define.ts";
import { headOf, placed, whole } from "./_instances.ts";

const conf = (more: string) =>
  `vrrp_instance VI_1 {
    virtual_router_id 110${more}
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** An instance that does not know where to speak. */
export const interfaceMissing = defineLint({
  code: "interface-missing",
  severity: "error",
  title: "an instance without an interface",
  why:
    "There is no default for `interface`: Keepalived says `Unknown interface!` and ends, with all " +
    "other instances of the file. Only unicast with a `unicast_src_ip` goes without.",
  err: {
    files: { "lb1/keepalived.conf": conf("") },
    says: "lb1/keepalived.conf:1:15: this host never holds an address: Keepalived does not " +
      `start while "VI_1" has no interface [interface-missing]\n` +
      `   hint: write the interface whose subnet holds the address, "interface eth0"`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("\n    interface eth0") } },
  *check({ nodes }) {
    for (const one of placed(nodes)) {
      const { node, file, instance } = one;
      const unicast = instance.unicastSource && instance.peers.length > 0;
      if (unicast || !whole(file) || allOf(instance.block, "interface").length > 0) continue;
      yield {
        message: `this host never holds an address: Keepalived does not start while ` +
          `"${instance.name.text}" has no interface`,
        source: headOf(one),
        hint: 'write the interface whose subnet holds the address, "interface eth0"',
        hostSetting: { host: node.name, path: ["interface"] },
      };
    }
  },
});
