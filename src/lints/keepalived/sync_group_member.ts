/** @module */
import { defineLint } from "../../define.ts";
import { didYouMean } from "../../diagnostics.ts";
import { filesOf, whole } from "./_instances.ts";

const conf = (member: string) =>
  `vrrp_sync_group VG_1 {
    group {
        VI_1
        ${member}
    }
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    virtual_ipaddress {
        10.0.0.10/24
    }
}
vrrp_instance VI_2 {
    interface eth1
    virtual_router_id 111
    virtual_ipaddress {
        10.1.0.10/24
    }
}
`;

/** An address that does not move with the others. */
export const syncGroupMember = defineLint({
  code: "sync-group-member",
  severity: "error",
  title: "a sync group with a member that is no instance",
  why:
    "Keepalived drops a name in `group` that no `vrrp_instance` has, and says so in its log alone " +
    "(`specified in sync group … doesn't exist - ignoring`): the addresses that were to move " +
    "together do not.",
  err: {
    files: { "lb1/keepalived.conf": conf("VI_3") },
    says: `lb1/keepalived.conf:4:9: the sync group "VG_1" does without "VI_3": no ` +
      "vrrp_instance has this name, so that nothing of it moves with the others " +
      "[sync-group-member]\n" +
      `   hint: write "VI_2"`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("VI_2") } },
  *check({ nodes }) {
    for (const { file, vrrp } of filesOf(nodes)) {
      if (!whole(file)) continue;
      const names = new Set(vrrp.instances.map(({ name }) => name.text));
      for (const { name: group, members } of vrrp.groups) {
        for (const member of members.filter(({ text }) => !names.has(text))) {
          const free = [...names].filter((it) => !members.some(({ text }) => text === it));
          const near = didYouMean(member.text, free);
          yield {
            message: `the sync group "${group.text}" does without "${member.text}": no ` +
              "vrrp_instance has this name, so that nothing of it moves with the others",
            source: member.source,
            hint: near !== undefined
              ? `write "${near}"`
              : "write the name of a vrrp_instance, or remove it",
          };
        }
      }
    }
  },
});
