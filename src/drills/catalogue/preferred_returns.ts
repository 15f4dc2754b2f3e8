import { defineDrill } from "../../define.ts";
import { advertMs } from "../../endpoint/derive.ts";
import { needsStandby, onHost, overlapMs } from "./scene.ts";
import { stopped, whole } from "./units.ts";

/** How long the address rests on the other member before it returns, in milliseconds. */
const REST_MS = 2000;

/**
 * The preferred member comes back and takes the address. Nothing is broken while it is measured: the
 * fault is prepared before, and its heal is the event.
 */
export const preferredReturns = defineDrill({
  name: "preferred-returns",
  title: "the preferred member comes back",
  about: "The end of every maintenance: the member with the highest priority starts again and " +
    "takes the address from one that works. Clients should hardly feel that.",
  suite: "full",
  unfit: needsStandby,
  plan: (scene) => ({
    targets: [scene.preferred],
    prepare: [onHost(scene.preferred, {
      what: "stop keepalived",
      script: stopped("keepalived"),
      undo: whole("keepalived"),
    })],
    breaks: [],
    holdMs: REST_MS,
    // Both members live and hear each other: at worst one advert is lost, and the next one counts.
    predictedMs: advertMs(scene.endpoint).value,
    expect: { address: "any", twoHoldersMs: overlapMs(scene), judged: "returnMs" },
  }),
});
