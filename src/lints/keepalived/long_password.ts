/** @module */
import { blocksOf } from "../../configs/keepalived.ts";
import { defineLint } from "../../define.ts";
import { headOf, placed } from "./_instances.ts";

/** As many characters as an advert carries. */
const MOST = 8;

const conf = (password: string) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    authentication {
        auth_type PASS
        auth_pass ${password}
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** A password of which most is never looked at. */
export const longPassword = defineLint({
  code: "long-password",
  severity: "error",
  title: "a password longer than 8 characters",
  why:
    "VRRP carries 8 bytes of a password, in clear text. Keepalived cuts longer ones and only says " +
    "so in its log: two groups whose passwords begin alike believe each other. Measured: passwords " +
    "that differ in the ninth character were accepted.",
  err: {
    files: { "lb1/keepalived.conf": conf("correcthorse") },
    says: "lb1/keepalived.conf:4:5: every password that begins with the same 8 characters is " +
      "accepted by this host: Keepalived cuts the 12 that are written [long-password]\n" +
      "   hint: write a password of at most 8 characters, and let nobody else into this " +
      "network",
  },
  ok: { files: { "lb1/keepalived.conf": conf("c0rrecth") } },
  *check({ nodes }) {
    for (const one of placed(nodes)) {
      const { instance } = one;
      // Version 3 has no passwords at all.
      if (instance.version === 3) continue;
      const length = new TextEncoder().encode(instance.authPass?.text ?? "").length;
      if (length <= MOST || /^(\$|\{\{|<)/.test(instance.authPass?.text ?? "")) continue;
      // The line with the password is not pointed at: what is pointed at is shown.
      const [block] = blocksOf(instance.block, "authentication");
      yield {
        message: `every password that begins with the same ${MOST} characters is accepted by ` +
          `this host: Keepalived cuts the ${length} that are written`,
        source: block?.words[0]?.source ?? headOf(one),
        hint:
          `write a password of at most ${MOST} characters, and let nobody else into this network`,
        setting: ["vrrp", "auth_pass"],
      };
    }
  },
});
