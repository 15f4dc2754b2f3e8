/** @module */
import { defineLint } from "../../define.ts";
import { bare, sameAddress } from "./_addresses.ts";
import { placed } from "./_instances.ts";

const conf = (address: string) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    unicast_src_ip 10.0.0.11
    unicast_peer {
        10.0.0.12
    }
    virtual_ipaddress {
        ${address}/24
    }
}
`;

/** An address that already belongs to a host. */
export const ownAddress = defineLint({
  code: "own-address",
  severity: "error",
  title: "the address of a host as the virtual one",
  why:
    "The virtual address moves between hosts, so it must be one that no host has. Where it is the " +
    "host's own, Keepalived finds no address to speak from and stays in the state of a fault: it " +
    "never holds it.",
  err: {
    files: { "lb1/keepalived.conf": conf("10.0.0.11") },
    says: "lb1/keepalived.conf:9:9: this host cannot move 10.0.0.11 between hosts: it is the " +
      "own address of lb1 [own-address]\n" +
      "   hint: write an unused address of the hosts' subnet",
  },
  ok: { files: { "lb1/keepalived.conf": conf("10.0.0.10") } },
  *check({ nodes, endpoint }) {
    const all = placed(nodes);
    // A holder has the virtual address among its own; an inventory is checked on its own.
    const known = endpoint
      ? []
      : nodes.flatMap((node) =>
        node.addresses.map((it) => ({ address: bare(it), name: node.name }))
      );
    const spoken = all.flatMap(({ node, instance: { unicastSource, peers } }) => [
      ...(unicastSource ? [{ address: unicastSource.text, name: node.name }] : []),
      ...peers.map(({ text }) => ({ address: text, name: "another member" })),
    ]);
    for (const { instance } of all) {
      for (const { word, address } of instance.addresses) {
        const owner = [...spoken, ...known].find((it) => sameAddress(it.address, address));
        if (!owner) continue;
        yield {
          message: `this host cannot move ${address} between hosts: it is the own address of ` +
            owner.name,
          source: word.source,
          hint: "write an unused address of the hosts' subnet",
          setting: ["address"],
        };
      }
    }
  },
});
