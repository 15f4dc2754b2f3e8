/** @module */
import { lastOf } from "../../configs/keepalived.ts";
import { defineLint } from "../../define.ts";
import { filesOf } from "./_instances.ts";

const conf = (name: string) =>
  `global_defs {
    router_id ${name}
}
`;

/** Several load balancers that give themselves the same name. */
export const sharedName = defineLint({
  code: "shared-name",
  severity: "warning",
  title: "a router_id that is no name of the host",
  why:
    "`router_id` is the name that a load balancer has in notifications and SNMP. It has nothing to " +
    "do with `virtual_router_id`. `LVS_DEVEL` is the example of Keepalived's documentation, copied by " +
    "most guides: every host that has it has the same name.",
  err: {
    files: { "lb1/keepalived.conf": conf("LVS_DEVEL") },
    says: "lb1/keepalived.conf:2:15: warning: notifications do not tell which host they come " +
      `from: this host calls itself "LVS_DEVEL", as every copy of that example ` +
      "[shared-name]\n" +
      `   hint: write the name of the host, or leave "router_id" out: then it is that name`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("lb1"), "lb2/keepalived.conf": conf("lb2") } },
  *check({ nodes }) {
    const names = filesOf(nodes).flatMap(({ node, vrrp }) => {
      const word = lastOf(vrrp.globals, "router_id")?.words[1];
      return word ? [{ node, word }] : [];
    });
    for (const { node, word } of names) {
      const twin = names.find((it) => it.node !== node && it.word.text === word.text)?.node.name;
      if (twin === undefined && word.text !== "LVS_DEVEL") continue;
      yield {
        message: `notifications do not tell which host they come from: this host calls itself ` +
          `"${word.text}", ${
            twin === undefined ? "as every copy of that example" : `as ${twin} does`
          }`,
        source: word.source,
        hint: 'write the name of the host, or leave "router_id" out: then it is that name',
      };
    }
  },
});
