/** @module */
import { defineLint } from "../../define.ts";
import { family } from "../../endpoint/network.ts";
import { headOf, type Placed, placed } from "./_instances.ts";

const conf = (id: number) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    virtual_ipaddress {
        10.0.0.10/24
    }
}
vrrp_instance VI_2 {
    interface eth0
    virtual_router_id ${id}
    virtual_ipaddress {
        10.0.0.20/24
    }
}
`;

/** Two groups of one host that cannot be told apart. */
export const duplicateRouterId = defineLint({
  code: "duplicate-router-id",
  severity: "error",
  title: "two instances with the same virtual router id on one interface",
  why:
    "Adverts are told apart by their router id. Two instances on one interface with the same id and " +
    "family hear each other's: Keepalived reports `both use VRID` and ends, with all instances of the file.",
  err: {
    files: { "lb1/keepalived.conf": conf(110) },
    says: "lb1/keepalived.conf:10:23: this host never holds an address: Keepalived does not " +
      `start while "VI_2" has the virtual router id of "VI_1" on the same interface ` +
      "[duplicate-router-id]\n" +
      "   hint: write another number from 1 to 255, the same on every member",
  },
  ok: { files: { "lb1/keepalived.conf": conf(120) } },
  *check({ nodes }) {
    const all = placed(nodes);
    for (const [i, one] of all.entries()) {
      const first = all.slice(0, i).find((it) => it.node === one.node && clash(it, one));
      if (!first) continue;
      yield {
        message: `this host never holds an address: Keepalived does not start while ` +
          `"${one.instance.name.text}" has the virtual router id of "${first.instance.name.text}" on ` +
          "the same interface",
        source: one.instance.routerId?.source ?? headOf(one),
        hint: "write another number from 1 to 255, the same on every member",
      };
    }
  },
});

function clash({ instance: a }: Placed, { instance: b }: Placed): boolean {
  const kind = (it: typeof a) => family(it.addresses[0]?.address ?? "");
  // Unicast instances are told apart by their peers too.
  return a.routerId !== undefined && a.routerId.value === b.routerId?.value &&
    a.interface !== undefined && a.interface.text === b.interface?.text &&
    kind(a) === kind(b) && a.peers.length === 0 && b.peers.length === 0;
}
