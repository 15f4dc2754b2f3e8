import { defineDrill } from "../../define.ts";
import { holderPlan, needsStandby } from "./scene.ts";
import { stopped, whole } from "./units.ts";

/** HAProxy of the holder is stopped in order, and keepalived must give the address away. */
export const haproxyStopped = defineDrill({
  name: "haproxy-stopped",
  title: "haproxy of the holder is stopped",
  about:
    "Somebody stops haproxy and forgets the address. Keepalived must notice and give it to a " +
    "member that has one.",
  suite: "full",
  unfit: needsStandby,
  plan: (scene) =>
    holderPlan(scene, {
      wait: "haproxy-dead",
      fault: { what: "stop haproxy", script: stopped("haproxy"), undo: whole("haproxy") },
    }),
});
