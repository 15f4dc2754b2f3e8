import { defineDrill } from "../../define.ts";
import { holderPlan, needsPower, needsStandby } from "./scene.ts";

/** The holder loses power, by the command of the inventory. */
export const powerOff = defineDrill({
  name: "power-off",
  title: "the holder loses its power",
  about:
    "A dead host: nothing is said, the others have to miss it. The next member must take the " +
    "address after three adverts, and the host must come back whole when it has power again.",
  suite: "full",
  unfit: (scene) => needsStandby(scene) ?? needsPower(scene),
  plan: (scene) =>
    holderPlan(scene, {
      wait: "holder-lost",
      fault: { kind: "power", host: scene.holder, what: "cut the power" },
    }),
});
