/** @module */
import { allOf } from "../../configs/keepalived.ts";
import { defineLint } from "../../define.ts";
import { headOf, placed, whole } from "./_instances.ts";

const conf = (addresses: string) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    virtual_ipaddress {${addresses}
    }
}
`;

/** An instance that moves nothing. */
export const addressMissing = defineLint({
  code: "address-missing",
  severity: "error",
  title: "an instance without an address",
  why:
    "What an instance moves stands in `virtual_ipaddress`. Without one there is nothing for clients " +
    "to connect to; with version 3 of VRRP Keepalived does not even start.",
  err: {
    files: { "lb1/keepalived.conf": conf("") },
    says: `lb1/keepalived.conf:4:5: clients have nothing to connect to: "VI_1" moves no ` +
      "address [address-missing]\n" +
      "   hint: write an unused address of the hosts' subnet into virtual_ipaddress, " +
      `"10.0.0.10/24"`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("\n        10.0.0.10/24") } },
  *check({ nodes }) {
    for (const one of placed(nodes)) {
      const { file, instance } = one;
      if (instance.addresses.length > 0 || instance.excluded.length > 0 || !whole(file)) continue;
      const [block] = allOf(instance.block, "virtual_ipaddress");
      yield {
        message: `clients have nothing to connect to: "${instance.name.text}" moves ` +
          "no address",
        source: block?.words[0]?.source ?? headOf(one),
        hint:
          'write an unused address of the hosts\' subnet into virtual_ipaddress, "10.0.0.10/24"',
      };
    }
  },
});
