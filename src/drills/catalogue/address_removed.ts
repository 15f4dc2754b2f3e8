import { defineDrill } from "../../define.ts";
import { addressBack, addressTaken } from "./address.ts";
import { holderPlan, interfaceOf, needsStandby } from "./scene.ts";

/** The address is taken off the holder's interface by hand, as a network manager may do. */
export const addressRemoved = defineDrill({
  name: "address-removed",
  title: "the address is removed from the holder",
  about:
    "A network manager restarts and takes away what it does not know. Keepalived must notice " +
    "that its address has gone and put it back, here or on another member.",
  suite: "full",
  unfit: needsStandby,
  plan: (scene) => {
    const { holder, endpoint: { address } } = scene;
    return holderPlan(scene, {
      wait: "holder-lost",
      fault: {
        what: `remove ${address}`,
        script: addressTaken(interfaceOf(scene, holder), address),
        undo: addressBack(address),
      },
      expect: { address: "any" },
    });
  },
});
