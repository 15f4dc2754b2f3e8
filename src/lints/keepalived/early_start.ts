/** @module */
import { lastOf } from "../../configs/keepalived.ts";
import type { Word } from "../../configs/model.ts";
import { settingsOf } from "../../configs/unit.ts";
import { defineLint } from "../../define.ts";
import type { Finding, SmallFile } from "../model.ts";
import { filesOf, whole } from "./_instances.ts";

/** Words with which Keepalived itself waits: of 2.0.14, and of 2.4. */
const WAITS = ["vrrp_startup_delay", "vrrp_delay_after_boot"];

const conf = (globals: string) =>
  `global_defs {
    router_id lb1${globals}
}
vrrp_instance VI_1 {
    state BACKUP
    interface bond0
    virtual_router_id 110
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** A member that boots before its network passes adverts on. */
export const earlyStart = defineLint({
  code: "early-start",
  severity: "warning",
  title: "Keepalived that may start before its network",
  why:
    "A member that hears no advert for three intervals takes the address. Keepalived's manual names " +
    "bonds: for some seconds after they have come up they pass nothing inbound, and a Keepalived " +
    "that starts at boot in that time takes the address from a holder that is well. " +
    "`vrrp_startup_delay` waits (Keepalived 2.0.14), as does `After=network-online.target` of the " +
    "unit for what the network's own service takes for up. The units that come with packages have " +
    "that line, so nothing is said of other interfaces, unless the whole unit is at hand and lacks " +
    "it; and nothing of a file that Holdfast has rendered, whose unit has it.",
  err: {
    files: { "lb1/keepalived.conf": conf("") },
    says:
      "lb1/keepalived.conf:6:15: warning: this host may take the address from its holder when " +
      `it boots: "bond0" can be up and pass no adverts for some seconds, and nothing here makes ` +
      "Keepalived wait [early-start]\n" +
      `   hint: write "vrrp_startup_delay 10" into global_defs`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("\n    vrrp_startup_delay 10") } },
  *check({ nodes }) {
    for (const { node, file, vrrp: { globals, instances } } of filesOf(nodes)) {
      const units = node.units?.filter(({ path }) => path.includes("keepalived.service")) ?? [];
      const waits = WAITS.some((word) => lastOf(globals, word)) || units.some(ordered);
      // Of what Holdfast has rendered the unit, or the kubelet, is behind network-online.target.
      if (waits || !whole(file) || file.text.startsWith("# Managed by Holdfast")) continue;
      // A drop-in has to empty the command before it can say another one: then it is no whole unit.
      const start = units.flatMap((it) => settingsOf(it, "Service", "ExecStart")).at(0);
      const bond = instances.map((it) => it.interface).find(isBond);
      if (start?.text && instances.length > 0) yield unordered(start);
      else if (bond) yield bonded(bond);
    }
  },
});

/** Whether a unit or a drop-in of it puts Keepalived behind the network. */
function ordered(unit: SmallFile): boolean {
  return settingsOf(unit, "Unit", "After")
    .some(({ text }) => text.split(/\s+/).includes("network-online.target"));
}

/** `bond0`, `team1`, and VLANs on them: the names that they have nearly everywhere. */
function isBond(name: Word | undefined): boolean {
  return name !== undefined && /^(bond|team)\d*(\.\d+)?$/.test(name.text);
}

function bonded({ text, source }: Word): Finding {
  return {
    message: `this host may take the address from its holder when it boots: "${text}" can be up ` +
      "and pass no adverts for some seconds, and nothing here makes Keepalived wait",
    source,
    hint: 'write "vrrp_startup_delay 10" into global_defs',
  };
}

function unordered({ source }: Word): Finding {
  return {
    message: "this host may take the address from its holder when it boots: this unit starts " +
      "Keepalived while the network is still coming up",
    source,
    hint: 'write "After=network-online.target" and "Wants=network-online.target" into [Unit], or ' +
      '"vrrp_startup_delay 10" into global_defs of keepalived.conf',
  };
}
