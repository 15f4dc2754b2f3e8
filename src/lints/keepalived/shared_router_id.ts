/** @module */
import { defineLint } from "../../define.ts";
import { moved, strangers } from "./_groups.ts";
import { headOf } from "./_instances.ts";

const conf = (name: string, id: number, address: string) =>
  `vrrp_instance ${name} {
    interface eth0
    virtual_router_id ${id}
    virtual_ipaddress {
        ${address}
    }
}
`;

/** Two groups in one network that have one id. */
export const sharedRouterId = defineLint({
  code: "shared-router-id",
  severity: "warning",
  title: "two groups with one virtual router id",
  why:
    "Groups in one network are told apart by their `virtual_router_id` alone. Members of another " +
    "group with the same id drop each other's adverts, and log each of them. Observed: both groups " +
    "kept their addresses as long as neither had a password or a virtual MAC address. It works by " +
    "luck, and is gone when the two lists get an address in common.",
  err: {
    files: {
      "lb1/keepalived.conf": conf("API", 110, "10.0.0.10/24"),
      "lb2/keepalived.conf": conf("INGRESS", 110, "10.0.0.20/24"),
    },
    says:
      `lb2/keepalived.conf:3:23: warning: "API" on lb1 and "INGRESS" on lb2 hear each other's ` +
      "adverts and drop them: they move 10.0.0.10 and 10.0.0.20 under the same virtual router " +
      "id [shared-router-id]\n" +
      "   hint: write another number from 1 to 255 for one of the two groups, the same on all its " +
      "members",
  },
  ok: {
    files: {
      "lb1/keepalived.conf": conf("API", 110, "10.0.0.10/24"),
      "lb2/keepalived.conf": conf("INGRESS", 120, "10.0.0.20/24"),
    },
  },
  *check({ nodes }) {
    for (const { one, other, together } of strangers(nodes)) {
      const [a, b] = [one.instance, other.instance];
      // Unicast reaches peers alone, and another interface is another network.
      const heard = !a.unicast && !b.unicast && a.interface?.text === b.interface?.text;
      if (together || !heard) continue;
      yield {
        message:
          `"${a.name.text}" on ${one.node.name} and "${b.name.text}" on ${other.node.name} ` +
          `hear each other's adverts and drop them: they move ${moved(one)} and ${moved(other)} ` +
          "under the same virtual router id",
        source: b.routerId?.source ?? headOf(other),
        hint: "write another number from 1 to 255 for one of the two groups, the same on all its " +
          "members",
      };
    }
  },
});
