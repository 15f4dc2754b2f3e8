import { defineDrill } from "../../define.ts";
import { predictedServerMs } from "../../endpoint/predict.ts";
import { serversRefused, unfiltered } from "./filter.ts";
import { holdFor, overlapMs, predicted } from "./scene.ts";
import { onMembers, RECOVERY_SLACK_MS } from "./servers.ts";

/**
 * Every API server refuses connections, then all are back. Nothing can answer meanwhile: what counts
 * is that one member holds the address all the same, and how soon there is an answer again.
 */
export const apiServersAllDead = defineDrill({
  name: "api-servers-all-dead",
  title: "every API server refuses connections, then all are back",
  about:
    "The whole control plane restarts. Exactly one member must hold the address with nothing " +
    "behind it, and when the API servers are back there must be an answer soon and without help.",
  suite: "full",
  plan: (scene) => {
    const { backends, backendPort } = scene.endpoint;
    const predictedMs = predictedServerMs(scene.endpoint).back;
    return {
      targets: backends.map(({ name }) => name),
      breaks: onMembers(scene, {
        what: "refuse connections to every API server",
        script: serversRefused(backends, backendPort),
        undo: unfiltered(),
      }),
      // Until keepalived too knows that there is none, and the members have settled that.
      holdMs: holdFor(predicted(scene, "backends-lost")),
      predictedMs,
      expect: {
        address: "any",
        twoHoldersMs: overlapMs(scene),
        judged: "recoveryMs",
        limitMs: predictedMs + RECOVERY_SLACK_MS,
      },
    };
  },
});
