import { raw, sh } from "../../shell.ts";
import { addressesOf } from "../../addresses.ts";
import { defineDrill } from "../../define.ts";
import { linkUndo } from "../remote/network.ts";
import { holderPlan, interfaceOf, needsStandby } from "./scene.ts";
import { callOff, soon, together } from "./units.ts";

/** The holder's network interface goes down. */
export const linkDown = defineDrill({
  name: "link-down",
  title: "the network link of the holder goes down",
  about:
    "A pulled cable, or a dead switch port: the holder is alone with itself. The next member " +
    "must take the address after three adverts, and the link must come back with its routes.",
  suite: "quick",
  unfit: needsStandby,
  plan: (scene) => {
    const iface = interfaceOf(scene, scene.holder);
    const link = linkUndo(iface, addressesOf(scene.endpoint));
    return holderPlan(scene, {
      wait: "holder-lost",
      fault: {
        kind: "host",
        host: scene.holder,
        cutsLink: true,
        what: `set ${iface} down`,
        // What the link loses when it goes down must be known before.
        script: sh`(
${raw(link.prepare)}
) || exit 1
${raw(soon(sh`ip link set dev ${iface} down`))}`,
        undo: together(callOff(), link.undo),
      },
    });
  },
});
