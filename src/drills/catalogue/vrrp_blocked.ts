import { addressesOf } from "../../addresses.ts";
import { defineDrill } from "../../define.ts";
import { unfiltered, vrrpDropped } from "./filter.ts";
import { holderPlan, needsStandby, splitExpected } from "./scene.ts";

/**
 * All VRRP traffic of the holder is dropped. The members cannot hear each other, so both hold the
 * address: no setting of VRRP can prevent that, and a drill that does not see it has seen nothing.
 */
export const vrrpBlocked = defineDrill({
  name: "vrrp-blocked",
  title: "VRRP of the holder is blocked",
  about: "A firewall rule too many: the members no longer hear each other, while clients reach " +
    "both. Two members hold the address as long as it lasts; after it exactly one must be left, " +
    "within moments and without help.",
  suite: "full",
  unfit: needsStandby,
  plan: (scene) =>
    holderPlan(scene, {
      wait: "adverts-blocked",
      fault: {
        what: "drop all VRRP in and out",
        script: vrrpDropped(addressesOf(scene.endpoint)),
        undo: unfiltered(),
      },
      expect: splitExpected(scene),
    }),
});
