/** @module */
import { blocksOf, lastOf } from "../../configs/keepalived.ts";
import { defineLint } from "../../define.ts";
import { placed, whole } from "./_instances.ts";

const conf = (type: string) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    authentication {
        auth_type ${type}
        auth_pass c0rrecth
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** A password that is not used. */
export const passwordType = defineLint({
  code: "password-type",
  severity: "error",
  title: "a password without a type that Keepalived knows",
  why:
    "`auth_type` is `PASS` or `AH`. With anything else, or without it, Keepalived sends no password " +
    "and says so in its log alone. A member that has one drops such adverts and takes the address too.",
  err: {
    files: { "lb1/keepalived.conf": conf("PASSWORD") },
    says: `lb1/keepalived.conf:5:19: this host speaks without a password: "PASSWORD" is no ` +
      "auth_type [password-type]\n" +
      `   hint: write "auth_type PASS"`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("PASS") } },
  *check({ nodes }) {
    for (const { file, instance } of placed(nodes)) {
      const [block] = blocksOf(instance.block, "authentication");
      const head = block?.words[0];
      if (!block || !head || !instance.authPass || !whole(file) || instance.version === 3) continue;
      const type = lastOf(block.block, "auth_type")?.words[1];
      if (type?.text === "PASS" || type?.text === "AH" || /[${<]/.test(type?.text ?? "")) continue;
      yield {
        message: `this host speaks without a password: ` +
          (type ? `"${type.text}" is no auth_type` : "no auth_type says how it is sent"),
        source: type?.source ?? head.source,
        hint: 'write "auth_type PASS"',
      };
    }
  },
});
