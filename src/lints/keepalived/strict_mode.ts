/** @module */
import { lastOf } from "../../configs/keepalived.ts";
import type { Word } from "../../configs/model.ts";
import type { Instance, Vrrp } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";
import { placed } from "./_instances.ts";

const conf = (strict: string) =>
  `global_defs {
    router_id lb1${strict}
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    unicast_peer {
        10.0.0.12
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** vrrp_strict forbids most of what such a group needs. */
export const strictMode = defineLint({
  code: "strict-mode",
  severity: "error",
  title: "vrrp_strict with what it forbids",
  why: "`vrrp_strict` keeps to the letter of VRRP. With unicast peers it then does not start, a " +
    "password and `preempt_delay` are ignored, and in strict mode Keepalived also drops packets to " +
    "the address itself, so that clients get no answer. It stands in the example that comes with " +
    "Keepalived.",
  err: {
    files: { "lb1/keepalived.conf": conf("\n    vrrp_strict") },
    says: "lb1/keepalived.conf:3:5: this host never holds an address: Keepalived does not " +
      `start in strict mode while "VI_1" has unicast peers [strict-mode]\n` +
      `   hint: remove "vrrp_strict"`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("") } },
  *check({ nodes }) {
    for (const { vrrp, instance } of placed(nodes)) {
      const strict = strictAt(vrrp, instance);
      if (!strict) continue;
      const what = instance.unicast
        ? `this host never holds an address: Keepalived does not start in strict mode while ` +
          `"${instance.name.text}" has unicast peers`
        : instance.authType
        ? `this host believes every advert that reaches it: strict mode ignores the password`
        : instance.preemptDelay
        ? `the address moves back to this host at once: strict mode ignores preempt_delay`
        : undefined;
      if (what === undefined) continue;
      yield { message: what, source: strict.source, hint: `remove "${strict.text}"` };
    }
  },
});

/** The word that makes an instance strict. */
function strictAt({ globals }: Vrrp, { block }: Instance): Word | undefined {
  const own = lastOf(block, "strict_mode");
  const words = own?.words ?? lastOf(globals, "vrrp_strict")?.words ?? [];
  return /^(off|no|false)$/.test(words[1]?.text ?? "") ? undefined : words[0];
}
