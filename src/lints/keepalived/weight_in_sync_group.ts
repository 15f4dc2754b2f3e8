/** @module */
import { lastOf } from "../../configs/keepalived.ts";
import { defineLint } from "../../define.ts";
import { groupOf, placed } from "./_instances.ts";

const conf = (weight: string) =>
  `vrrp_script check_haproxy {
    script "/etc/keepalived/check_haproxy.sh"
    interval 1${weight}
}
vrrp_sync_group VG_1 {
    group {
        VI_1
        VI_2
    }
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    track_script {
        check_haproxy
    }
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

/** Checks with a weight do nothing there. */
export const weightInSyncGroup = defineLint({
  code: "weight-in-sync-group",
  severity: "error",
  title: "a check with a weight in a sync group",
  why: "Instances of a sync group move together, so that no priority of one of them may decide. " +
    "Keepalived drops whatever they track with a weight and says so in its log alone (`ignoring " +
    "tracked script … with weights due to SYNC group`; measured with 2.2.7 and 2.3.4), unless the " +
    "group has `sync_group_tracking_weight`.",
  err: {
    files: { "lb1/keepalived.conf": conf("\n    weight -20") },
    says: "lb1/keepalived.conf:4:12: the address stays on this host whatever " +
      `"check_haproxy" says: "VI_1" is in the sync group "VG_1", where Keepalived drops ` +
      "what has a weight [weight-in-sync-group]\n" +
      `   hint: remove the weight, or write "sync_group_tracking_weight" into the group`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("") } },
  *check({ nodes }) {
    for (const one of placed(nodes)) {
      const { instance } = one;
      const group = groupOf(one);
      if (!group || lastOf(group.block, "sync_group_tracking_weight")) continue;
      for (const { kind, name, weight, weightSource } of instance.tracked) {
        if (weight === 0 || kind === "file") continue;
        yield {
          message: `the address stays on this host whatever "${name.text}" says: "` +
            `${instance.name.text}" is in the sync group "${group.name.text}", where Keepalived drops ` +
            `what has a weight`,
          source: weightSource ?? name.source,
          hint: 'remove the weight, or write "sync_group_tracking_weight" into the group',
        };
      }
    }
  },
});
