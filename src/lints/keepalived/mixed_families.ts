/** @module */
import { defineLint } from "../../define.ts";
import { family } from "../../endpoint/network.ts";
import { placed } from "./_instances.ts";

const conf = (more: string) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    virtual_ipaddress {
        10.0.0.10/24${more}
    }
}
`;

/** IPv4 and IPv6 in one instance. */
export const mixedFamilies = defineLint({
  code: "mixed-families",
  severity: "error",
  title: "IPv4 and IPv6 in one virtual_ipaddress",
  why:
    "An instance speaks one of the two. Keepalived drops the addresses of the other kind, says so in " +
    "its log and starts: nobody ever holds them.",
  err: {
    files: { "lb1/keepalived.conf": conf("\n        fd00::10/64") },
    says: `lb1/keepalived.conf:6:9: nobody ever holds fd00::10: "VI_1" begins with 10.0.0.10, ` +
      "and Keepalived drops addresses of another family [mixed-families]\n" +
      "   hint: write it into virtual_ipaddress_excluded, or into a vrrp_instance of its " +
      "own",
  },
  ok: { files: { "lb1/keepalived.conf": conf("") } },
  *check({ nodes }) {
    for (const { instance } of placed(nodes)) {
      const known = instance.addresses.filter(({ address }) => family(address) !== undefined);
      const [first] = known;
      const other = known.find((it) => first && family(it.address) !== family(first.address));
      if (!first || !other) continue;
      yield {
        message: `nobody ever holds ${other.address}: "${instance.name.text}" begins ` +
          `with ${first.address}, and Keepalived drops addresses of another family`,
        source: other.word.source,
        hint: "write it into virtual_ipaddress_excluded, or into a vrrp_instance of its own",
      };
    }
  },
});
