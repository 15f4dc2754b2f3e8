import { defineDrill } from "../../define.ts";
import { holderPlan, needsStandby } from "./scene.ts";
import { stopped, whole } from "./units.ts";

/** Keepalived of the holder is stopped in order: it says goodbye, and the next one takes over. */
export const keepalivedStopped = defineDrill({
  name: "keepalived-stopped",
  title: "keepalived of the holder is stopped",
  about:
    "Maintenance of the holder: keepalived ends in order and gives the address away. The next " +
    "member must take it at once, and give it back when the holder is whole.",
  suite: "quick",
  unfit: needsStandby,
  plan: (scene) =>
    holderPlan(scene, {
      wait: "holder-stopped",
      fault: { what: "stop keepalived", script: stopped("keepalived"), undo: whole("keepalived") },
    }),
});
