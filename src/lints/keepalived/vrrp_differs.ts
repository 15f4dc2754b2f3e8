/** @module */
import { advertOf } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";
import type { Finding } from "../model.ts";
import { sameAddress } from "./_addresses.ts";
import { headOf, pairs, type Placed, placed, seconds } from "./_instances.ts";

const conf = (id: number, advert: number) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id ${id}
    advert_int ${advert}
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** Members that must say the same and do not. */
export const vrrpDiffers = defineLint({
  code: "vrrp-differs",
  severity: "error",
  title: "members whose router id, version or advert interval differ",
  why:
    "A member drops adverts of another router id, of another version of VRRP, and in version 2 those " +
    "of another interval. It then hears no holder and takes the address too. Measured, for each of " +
    "the three: two hosts held the address until it was mended.",
  err: {
    files: { "lb1/keepalived.conf": conf(110, 1), "lb2/keepalived.conf": conf(110, 2) },
    says: "lb2/keepalived.conf:4:16: lb1 and lb2 both hold the address: they drop each other's " +
      "adverts, as they say an advert interval of 1 s and of 2 s [vrrp-differs]\n" +
      "   hint: write the same on every member, and change all of them together",
  },
  ok: { files: { "lb1/keepalived.conf": conf(110, 1), "lb2/keepalived.conf": conf(110, 1) } },
  *check({ nodes }) {
    for (const [a, b] of pairs(nodes)) {
      const [one, other] = [a.instance, b.instance];
      if (one.version !== other.version) {
        yield both(a, b, `version ${one.version} and version ${other.version} of VRRP`, headOf(b));
        // Version 3 takes over what the holder says.
      } else if (one.version === 2 && advertOf(one) !== advertOf(other)) {
        const said = `an advert interval of ${seconds(advertOf(one))} and of ` +
          seconds(advertOf(other));
        yield both(a, b, said, other.advertSeconds?.source ?? headOf(b));
      }
    }
    const all = placed(nodes);
    for (const [i, a] of all.entries()) {
      for (const b of all.slice(i + 1)) {
        const [id, other] = [a.instance.routerId, b.instance.routerId];
        if (a.node === b.node || !id || !other || id.value === other.value) continue;
        if (!sharesAddress(a, b)) continue;
        yield both(a, b, `virtual router id ${id.value} and ${other.value}`, other.source);
      }
    }
  },
});

function sharesAddress(a: Placed, b: Placed): boolean {
  return a.instance.addresses.some((one) =>
    b.instance.addresses.some((other) => sameAddress(one.address, other.address))
  );
}

function both(a: Placed, b: Placed, said: string, source: Finding["source"]): Finding {
  return {
    message: `${a.node.name} and ${b.node.name} both hold the address: they drop each other's ` +
      `adverts, as they say ${said}`,
    source,
    hint: "write the same on every member, and change all of them together",
  };
}
