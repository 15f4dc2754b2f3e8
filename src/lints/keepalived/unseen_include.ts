/** @module */
import { defineLint } from "../../define.ts";
import { filesOf } from "./_instances.ts";

const instance = `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** What is included is not looked at. */
export const unseenInclude = defineLint({
  code: "unseen-include",
  severity: "warning",
  title: "an included file that is not looked at",
  why:
    "Traps are looked for in this file alone. What an included one sets is unknown: what seems to be " +
    "missing is not reported, and what stands there is not checked.",
  err: {
    files: { "lb1/keepalived.conf": `include /etc/keepalived/conf.d/*.conf\n${instance}` },
    says: "lb1/keepalived.conf:1:9: warning: what this host includes from " +
      `"/etc/keepalived/conf.d/*.conf" is not checked [unseen-include]\n` +
      "   hint: put what it holds into this file, and check that",
  },
  ok: { files: { "lb1/keepalived.conf": instance } },
  *check({ nodes }) {
    for (const { file } of filesOf(nodes)) {
      for (const { text, source } of file.includes) {
        yield {
          message: `what this host includes from "${text}" is not checked`,
          source,
          hint: "put what it holds into this file, and check that",
        };
      }
    }
  },
});
