/** @module */
import type { Instance } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";
import type { Finding } from "../model.ts";
import { isAmong } from "./_addresses.ts";
import { moved, type Strangers, strangers } from "./_groups.ts";
import { headOf, pairs } from "./_instances.ts";

const conf = (...addresses: readonly string[]) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    virtual_ipaddress {
        ${addresses.join("\n        ")}
    }
}
`;

/** Members that move different addresses under one id. */
export const addressesDiffer = defineLint({
  code: "addresses-differ",
  severity: "error",
  title: "members with different lists of addresses",
  why:
    "An advert carries the addresses of its group. A member whose list differs drops it, hears no " +
    "holder and takes the address too: two hosts hold it at once. What only some members have " +
    "belongs into `virtual_ipaddress_excluded`, or into an instance of its own. Members that have " +
    "no address in common hold each its own one, and none takes over another one's.",
  err: {
    files: {
      "lb1/keepalived.conf": conf("10.0.0.10/24"),
      "lb2/keepalived.conf": conf("10.0.0.10/24", "10.0.0.20/24"),
    },
    says: "lb2/keepalived.conf:5:9: lb1 and lb2 both hold the address: they drop each other's " +
      "adverts, as only lb2 has 10.0.0.20 [addresses-differ]\n" +
      "   hint: write the same virtual_ipaddress block on every member",
  },
  ok: {
    files: {
      "lb1/keepalived.conf": conf("10.0.0.10/24"),
      "lb2/keepalived.conf": conf("10.0.0.10/24"),
    },
  },
  *check({ nodes }) {
    for (const [a, b] of pairs(nodes)) {
      const [one, other] = [listed(a.instance), listed(b.instance)];
      const more = one.filter((it) => !isAmong(it, other));
      const less = other.filter((it) => !isAmong(it, one));
      const common = one.some((it) => isAmong(it, other));
      if ((more.length === 0 && less.length === 0) || !common) continue;
      const [who, what] = more[0] === undefined ? [b, less[0] ?? ""] : [a, more[0]];
      yield {
        message:
          `${a.node.name} and ${b.node.name} both hold the address: they drop each other's ` +
          `adverts, as only ${who.node.name} has ${what}`,
        source: b.instance.addresses[0]?.word.source ?? headOf(b),
        hint: "write the same virtual_ipaddress block on every member",
      };
    }
    for (const pair of strangers(nodes)) if (pair.together) yield noneInCommon(pair);
  },
});

function noneInCommon({ one, other }: Strangers): Finding {
  const [first, second] = [one.node.name, other.node.name];
  return {
    message: `${second} does not take over ${moved(one)} when ${first} is lost, nor ${first} ` +
      `${
        moved(other)
      } when ${second} is: they drop each other's adverts, as they have no address ` +
      "in common",
    source: other.instance.addresses[0]?.word.source ?? headOf(other),
    hint: "write the same virtual_ipaddress block on every member",
  };
}

function listed({ addresses }: Instance): readonly string[] {
  return addresses.map(({ address }) => address);
}
