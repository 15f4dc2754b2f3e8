import { defineDrill } from "../../define.ts";
import { holderPlan, needsStandby, splitExpected } from "./scene.ts";
import { signalled, whole } from "./units.ts";

/**
 * Keepalived of the holder hangs: it sends no adverts and lets nothing go, so that another member
 * takes the address while it still has it. Nobody on the host can know, so two holders are expected.
 */
export const keepalivedFrozen = defineDrill({
  name: "keepalived-frozen",
  title: "keepalived of the holder hangs",
  about: "A stalled process, as a virtual machine that is moved shows it: no adverts, and the " +
    "address stays. A second member takes it; both hold it until the first one goes on, and then " +
    "one of them must let go at once.",
  suite: "full",
  unfit: needsStandby,
  plan: (scene) =>
    holderPlan(scene, {
      wait: "holder-lost",
      fault: {
        what: "freeze keepalived",
        script: signalled("keepalived", "STOP"),
        undo: whole("keepalived"),
      },
      expect: splitExpected(scene),
    }),
});
