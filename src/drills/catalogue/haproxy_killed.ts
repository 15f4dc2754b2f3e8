import { defineDrill } from "../../define.ts";
import { holderPlan, isGuide, needsStandby } from "./scene.ts";
import { signalled, whole } from "./units.ts";

/** All processes of HAProxy on the holder are killed; systemd starts it again. */
export const haproxyKilled = defineDrill({
  name: "haproxy-killed",
  title: "haproxy of the holder is killed",
  about:
    "A crash, or the kernel short of memory: haproxy is gone at once. The address must leave " +
    "before a client waits for its restart, and haproxy must come back by itself.",
  suite: "quick",
  unfit: needsStandby,
  plan: (scene) =>
    holderPlan(scene, {
      wait: "haproxy-dead",
      fault: {
        what: "kill haproxy",
        script: signalled("haproxy", "KILL"),
        undo: whole("haproxy"),
      },
      // With the seed's settings systemd is sooner than keepalived, and the address stays.
      expect: isGuide(scene) ? { address: "any" } : {},
    }),
});
