/** @module */
import { advertOf } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";
import { placed, seconds } from "./_instances.ts";

const conf = (version: number) =>
  `global_defs {
    vrrp_version ${version}
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    advert_int 0.3
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** Version 2 of VRRP has whole seconds only. */
export const advertFraction = defineLint({
  code: "advert-fraction",
  severity: "error",
  title: "an advert interval below a second with version 2 of VRRP",
  why:
    "An advert of version 2 carries whole seconds. Keepalived rounds what is written and says so in " +
    "its log: the others notice a lost holder after three whole seconds and more. Version 3 carries " +
    "hundredths. Members of both versions do not believe each other, so all of them change at once.",
  err: {
    files: { "lb1/keepalived.conf": conf(2) },
    says: "lb1/keepalived.conf:7:16: a lost holder is noticed after more than 3 s: version 2 " +
      `of VRRP has whole seconds, so this host takes 1 s for "advert_int 0.3" ` +
      "[advert-fraction]\n" +
      `   hint: write "vrrp_version 3" into global_defs of every member, or whole seconds`,
  },
  ok: { files: { "lb1/keepalived.conf": conf(3) } },
  *check({ nodes }) {
    for (const { instance } of placed(nodes)) {
      const { advertSeconds, version } = instance;
      if (version !== 2 || !advertSeconds || Number.isInteger(advertSeconds.value)) continue;
      const taken = advertOf(instance);
      yield {
        message:
          `a lost holder is noticed after more than ${seconds(3 * taken)}: version 2 of VRRP ` +
          `has whole seconds, so this host takes ${seconds(taken)} for ` +
          `"advert_int ${advertSeconds.value}"`,
        source: advertSeconds.source,
        hint: 'write "vrrp_version 3" into global_defs of every member, or whole seconds',
      };
    }
  },
});
