/** @module */
import type { VirtualAddress } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";
import { family, holds } from "../../endpoint/network.ts";
import { type Placed, placed } from "./_instances.ts";

const conf = (address: string) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    virtual_ipaddress {
        ${address}
    }
}
`;

/** An address that the network does not look for here. */
export const outsideSubnet = defineLint({
  code: "outside-subnet",
  severity: "warning",
  title: "a virtual address outside of the host's subnets",
  why:
    "Routers and neighbours ask for an address in the network that it belongs to. One of another " +
    "subnet is set on the interface without an alarm, and nobody asks for it there unless somebody " +
    "routes it.",
  err: {
    files: { "lb1/keepalived.conf": conf("10.0.9.10/24") },
    addresses: { lb1: ["10.0.0.11/24"] },
    says: "lb1/keepalived.conf:5:9: warning: clients may not find 10.0.9.10 on this host: it " +
      "is not in 10.0.0.11/24 [outside-subnet]\n" +
      "   hint: write an unused address of the hosts' subnet",
  },
  ok: {
    files: { "lb1/keepalived.conf": conf("10.0.0.10/24") },
    addresses: { lb1: ["10.0.0.11/24"] },
  },
  *check({ nodes }) {
    for (const one of placed(nodes)) {
      for (const virtual of one.instance.addresses) {
        const subnets = outsideOf(one, virtual);
        if (subnets === undefined) continue;
        yield {
          message: `clients may not find ${virtual.address} on this host: it is not in ` +
            subnets,
          source: virtual.word.source,
          hint: "write an unused address of the hosts' subnet",
          setting: ["address"],
        };
      }
    }
  },
});

/** The subnets that do not hold an address; unset: one does, or none is known. */
function outsideOf({ node, instance }: Placed, virtual: VirtualAddress): string | undefined {
  const { address, prefix, dev } = virtual;
  const kind = family(address);
  const single = kind === 4 ? 32 : 128;
  const subnets = node.addresses.filter((it) =>
    /\/\d+$/.test(it) && Number(it.replace(/.*\//, "")) < single &&
    family(it.replace(/\/.*/, "")) === kind
  );
  if (kind === undefined) return undefined;
  if (subnets.length > 0) {
    return subnets.some((it) => holds(it, address)) ? undefined : subnets.join(", ");
  }
  const source = instance.unicastSource?.text ?? "";
  const elsewhere = dev !== undefined && dev.text !== instance.interface?.text;
  if (prefix === undefined || prefix >= single || elsewhere || family(source) !== kind) {
    return undefined;
  }
  const subnet = `${address}/${prefix}`;
  return holds(subnet, source) ? undefined : `one subnet with ${source}, from which it speaks`;
}
