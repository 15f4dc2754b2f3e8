import { defineDrill } from "../../define.ts";
import { holderPlan, isGuide, needsStandby } from "./scene.ts";
import { callOff, soon, together, whole } from "./units.ts";

/** The holder reboots in order and comes back by itself. */
export const reboot = defineDrill({
  name: "reboot",
  title: "the holder reboots",
  about: "A kernel update: the host goes down in order and comes back by itself. Keepalived must " +
    "say goodbye before haproxy is gone, and must not take the address back before haproxy answers.",
  suite: "full",
  unfit: needsStandby,
  plan: (scene) =>
    holderPlan(scene, {
      // The seed's units have no order: haproxy and the network may go before keepalived does.
      wait: isGuide(scene) ? "holder-lost" : "holder-stopped",
      fault: {
        kind: "host",
        host: scene.holder,
        what: "reboot",
        script: soon("systemctl reboot -i"),
        undo: together(callOff(), whole("haproxy"), whole("keepalived")),
        reboots: true,
      },
    }),
});
