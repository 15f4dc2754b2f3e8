/** @module */
import { defineLint } from "../../define.ts";
import { placed } from "./_instances.ts";

const conf = (version: number) =>
  `global_defs {
    vrrp_version ${version}
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    authentication {
        auth_type PASS
        auth_pass c0rrecth
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** Version 3 of VRRP has no passwords. */
export const ignoredPassword = defineLint({
  code: "ignored-password",
  severity: "error",
  title: "a password with version 3 of VRRP",
  why:
    "Version 3 has no authentication: Keepalived ignores the block and says so in its log. Whoever " +
    "relies on the password is not protected. IPv6 is always version 3.",
  err: {
    files: { "lb1/keepalived.conf": conf(3) },
    says: "lb1/keepalived.conf:8:19: this host believes every advert that reaches it: version " +
      "3 of VRRP has no password, so Keepalived ignores the one that is written " +
      "[ignored-password]\n" +
      "   hint: remove the authentication block; use unicast_peer and a firewall for " +
      "protocol 112",
  },
  ok: { files: { "lb1/keepalived.conf": conf(2) } },
  *check({ nodes }) {
    for (const { instance } of placed(nodes)) {
      if (instance.version !== 3 || !instance.authType) continue;
      yield {
        message: `this host believes every advert that reaches it: version 3 of VRRP has no ` +
          "password, so Keepalived ignores the one that is written",
        source: instance.authType.source,
        hint: "remove the authentication block; use unicast_peer and a firewall for protocol 112",
      };
    }
  },
});
