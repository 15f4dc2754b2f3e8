/** @module */
import { defineLint } from "../../define.ts";
import { placed } from "./_instances.ts";

const conf = (seconds: number) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    advert_int ${seconds}
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** A time between adverts that Keepalived does not take. */
export const advertRange = defineLint({
  code: "advert-range",
  severity: "error",
  title: "an advert interval that Keepalived does not take",
  why:
    "`advert_int` goes from 0.01 to 255 seconds. Keepalived drops a line with anything else, says " +
    "so in its log, and takes one second: members that do not differ in the file then differ in what " +
    "they do, where another of them has a number that is taken.",
  err: {
    files: { "lb1/keepalived.conf": conf(0) },
    says: `lb1/keepalived.conf:4:16: "VI_1" sends an advert every second: Keepalived does ` +
      `not take "advert_int 0" [advert-range]\n` +
      "   hint: write a number of seconds from 0.01 to 255",
  },
  ok: { files: { "lb1/keepalived.conf": conf(1) } },
  *check({ nodes }) {
    for (const { instance: { name, advertSeconds } } of placed(nodes)) {
      if (!advertSeconds || (advertSeconds.value >= 0.01 && advertSeconds.value <= 255)) continue;
      yield {
        message: `"${name.text}" sends an advert every second: Keepalived does not take ` +
          `"advert_int ${advertSeconds.value}"`,
        source: advertSeconds.source,
        hint: "write a number of seconds from 0.01 to 255",
      };
    }
  },
});
