import { defineDrill } from "../../define.ts";
import { holderPlan, isGuide, needsStandby, splitExpected } from "./scene.ts";
import { signalled, whole } from "./units.ts";

/**
 * Keepalived of the holder is killed. Its unit takes the address away and starts it again; the seed
 * document's has nothing of that, so the address stays behind and a second member takes it too.
 */
export const keepalivedKilled = defineDrill({
  name: "keepalived-killed",
  title: "keepalived of the holder is killed",
  about:
    "A crash, or the kernel short of memory: keepalived ends without a word. The address must " +
    "not stay behind on a host that no longer minds it, and keepalived must come back by itself.",
  suite: "full",
  unfit: needsStandby,
  plan: (scene) =>
    holderPlan(scene, {
      wait: "holder-lost",
      fault: {
        what: "kill keepalived",
        script: signalled("keepalived", "KILL"),
        undo: whole("keepalived"),
      },
      // It may be back, and hold the address again, before the others have missed it.
      expect: isGuide(scene) ? splitExpected(scene) : { address: "any" },
    }),
});
