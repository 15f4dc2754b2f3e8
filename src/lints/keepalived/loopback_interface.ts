/** @module */
import { defineLint } from "../../define.ts";
import { placed } from "./_instances.ts";

const conf = (name: string) =>
  `vrrp_instance VI_1 {
    interface ${name}
    virtual_router_id 110
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** The loopback interface reaches nobody. */
export const loopbackInterface = defineLint({
  code: "loopback-interface",
  severity: "error",
  title: "a loopback interface for VRRP",
  why:
    "Adverts have to reach the other members. Keepalived ignores a loopback interface, and then ends " +
    "because the instance has none.",
  err: {
    files: { "lb1/keepalived.conf": conf("lo") },
    says: "lb1/keepalived.conf:2:15: this host never holds an address: Keepalived ignores the " +
      `loopback interface of "VI_1", and does not start without another ` +
      "[loopback-interface]\n" +
      `   hint: write the interface whose subnet holds the address, "interface eth0"`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("eth0") } },
  *check({ nodes }) {
    for (const { node, instance } of placed(nodes)) {
      if (instance.interface?.text !== "lo") continue;
      yield {
        message: `this host never holds an address: Keepalived ignores the loopback interface of ` +
          `"${instance.name.text}", and does not start without another`,
        source: instance.interface.source,
        hint: 'write the interface whose subnet holds the address, "interface eth0"',
        hostSetting: { host: node.name, path: ["interface"] },
      };
    }
  },
});
