import { defineDrill } from "../../define.ts";
import type { Endpoint } from "../../model.ts";
import type { Scene } from "../model.ts";
import { dropInsKept, dropInsRestored } from "./dropins.ts";
import { holdFor, isGuide, needsStandby, onHost, overlapMs, predicted } from "./scene.ts";

/**
 * How much longer than computed the address may be silent when it moves in order, in milliseconds:
 * sampling and connecting. Less than the shortest wait for a holder that says nothing.
 */
const MOVE_SLACK_MS = 250;

/**
 * `apply` changes a setting of both units on every member while requests run: one that no reload
 * can make true. Each member keeps a copy of its drop-ins before, so that it can undo the change
 * when there is no controller any more.
 */
export const applyRestart = defineDrill({
  name: "apply-restart",
  title: "apply changes what both daemons restart for",
  about: "A change that no reload can make: another setting of both units, rolled out by apply, " +
    "one member after the other. The address must be away from a member before its daemons " +
    "restart; clients may feel one move of it in order, and no more.",
  suite: "full",
  unfit: (scene) => needsStandby(scene) ?? needsUnits(scene),
  plan: (scene) => {
    const { endpoint } = scene;
    const hosts = endpoint.members.map(({ host }) => host.name);
    const undo = dropInsRestored();
    const predictedMs = predicted(scene, "holder-stopped");
    return {
      targets: hosts,
      prepare: hosts.map((host) =>
        onHost(host, { what: "keep a copy of the drop-ins", script: dropInsKept(), undo })
      ),
      breaks: [{
        kind: "apply",
        what: "apply another oom_score_adjust",
        endpoint: changed(endpoint),
        undo: new Map(hosts.map((host) => [host, undo])),
      }],
      holdMs: holdFor(predictedMs),
      predictedMs,
      expect: {
        address: "any",
        twoHoldersMs: overlapMs(scene),
        limitMs: predictedMs + MOVE_SLACK_MS,
      },
    };
  },
});

/** Says why nothing of the endpoint needs a restart. */
function needsUnits(scene: Scene): string | undefined {
  return isGuide(scene)
    ? "needs settings of units: profile guide leaves these as the packages have them"
    : undefined;
}

/** The endpoint with one setting that both units have; next to nothing, but another one. */
function changed(endpoint: Endpoint): Endpoint {
  return { ...endpoint, oomScoreAdjust: endpoint.oomScoreAdjust === 1 ? 2 : 1 };
}
