/** @module */
import { advertOf, priorityOf } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";
import { election } from "../../endpoint/election.ts";
import { headOf, partners, placed, seconds } from "./_instances.ts";

/** Longest wait that is let pass where nobody has promised anything. */
const LONGEST_SECONDS = 10;

const conf = (advert: number) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    priority 110
    advert_int ${advert}
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** A lost host is noticed late. */
export const slowAdverts = defineLint({
  code: "slow-adverts",
  severity: "error",
  title: "an advert interval that notices a lost host late",
  why:
    "A host that loses power says nothing. The others wait for three adverts that do not come, and " +
    "for a part of a fourth that depends on their priority. Measured: 2.7 to 3.2 s with an interval " +
    "of 1 s, 0.9 to 1.1 s with 0.3 s.",
  err: {
    files: { "lb1/keepalived.conf": conf(10) },
    says: "lb1/keepalived.conf:5:16: clients get no answer for about 35.7 s when this host " +
      "loses its power or its link: the others wait for three adverts, 10 s apart " +
      "[slow-adverts]\n" +
      `   hint: write "vrrp_version 3" and "advert_int 0.3" on every member`,
  },
  ok: { files: { "lb1/keepalived.conf": conf(1) } },
  *check({ nodes, endpoint }) {
    // What is rendered with a profile of ours is predicted from the endpoint, and measured.
    if (endpoint && endpoint.profile !== "guide") return;
    const limit = endpoint ? endpoint.slo.failoverMs / 1000 : LONGEST_SECONDS;
    const all = placed(nodes);
    for (const one of all) {
      const advert = advertOf(one.instance);
      const next = partners(all, one).map(({ instance }) => priorityOf(instance));
      const priority = next.length > 0 ? Math.max(...next) : priorityOf(one.instance);
      const wait = election(advert, priority).silence;
      if (wait <= limit) continue;
      yield {
        message: `clients get no answer for about ${seconds(wait)} when this host loses its ` +
          `power or its link: the others wait for three adverts, ${seconds(advert)} apart`,
        source: one.instance.advertSeconds?.source ?? headOf(one),
        hint: 'write "vrrp_version 3" and "advert_int 0.3" on every member',
      };
    }
  },
});
