/** @module */
import { defineLint } from "../../define.ts";
import { filesOf } from "./_instances.ts";

const conf = (second: string) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    virtual_ipaddress {
        10.0.0.10/24
    }
}
vrrp_instance ${second} {
    interface eth0
    virtual_router_id 111
    virtual_ipaddress {
        10.0.0.11/24
    }
}
`;

/** The second of two instances of one name is dropped. */
export const duplicateInstance = defineLint({
  code: "duplicate-instance",
  severity: "error",
  title: "two instances of the same name",
  why:
    "Keepalived takes the first `vrrp_instance` of a name, drops every other one and says so in its " +
    "log alone (`vrrp instance VI_1 already defined`): this host never holds their addresses.",
  err: {
    files: { "lb1/keepalived.conf": conf("VI_1") },
    says: `lb1/keepalived.conf:8:15: this host never holds 10.0.0.11: "VI_1" is defined in ` +
      "line 1 already, and Keepalived drops the second [duplicate-instance]\n" +
      "   hint: give it another name",
  },
  ok: { files: { "lb1/keepalived.conf": conf("VI_2") } },
  *check({ nodes }) {
    for (const { vrrp: { instances } } of filesOf(nodes)) {
      const seen = new Map<string, number>();
      for (const { name, addresses } of instances) {
        const line = seen.get(name.text);
        if (line === undefined) {
          seen.set(name.text, name.source.line);
          continue;
        }
        const lost = addresses.map(({ address }) => address).join(", ");
        yield {
          message: `this host never holds ${lost === "" ? "what this instance moves" : lost}: ` +
            `"${name.text}" is defined in line ${line} already, and Keepalived drops the second`,
          source: name.source,
          hint: "give it another name",
        };
      }
    }
  },
});
