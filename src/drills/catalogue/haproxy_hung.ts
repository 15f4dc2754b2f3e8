import { defineDrill } from "../../define.ts";
import { holderPlan, needsStandby } from "./scene.ts";
import { signalled, whole } from "./units.ts";

/** HAProxy of the holder hangs: its processes are there and its port is open, but nothing answers. */
export const haproxyHung = defineDrill({
  name: "haproxy-hung",
  title: "haproxy of the holder hangs",
  about: "The process is there and the port is open, so whatever looks only for a process sees " +
    "nothing. Keepalived must ask haproxy something, give up in time, and give the address away.",
  suite: "quick",
  unfit: needsStandby,
  plan: (scene) =>
    holderPlan(scene, {
      wait: "haproxy-hung",
      fault: {
        what: "freeze haproxy",
        script: signalled("haproxy", "STOP"),
        undo: whole("haproxy"),
      },
    }),
});
