import { defineDrill } from "../../define.ts";
import { predictedServerMs } from "../../endpoint/predict.ts";
import { serversRefused, unfiltered } from "./filter.ts";
import { holdFor, needsServers, overlapMs } from "./scene.ts";
import { onMembers, REMOVAL_SLACK_MS } from "./servers.ts";

/**
 * One API server refuses connections, seen from every load balancer: each of them resets its own
 * connections to that server, so that no command of the inventory is needed.
 */
export const apiServerDead = defineDrill({
  name: "api-server-dead",
  title: "one API server refuses connections",
  about:
    "A crashed API server: connections to it are reset. Haproxy must try another one for the " +
    "client that met it, and take it out; the address has no reason to move.",
  suite: "quick",
  unfit: needsServers,
  plan: (scene) => {
    const { backends, backendPort } = scene.endpoint;
    const [server] = backends;
    const dead = server === undefined ? [] : [server];
    const predictedMs = predictedServerMs(scene.endpoint).removed;
    return {
      targets: dead.map(({ name }) => name),
      breaks: onMembers(scene, {
        what: `refuse connections to ${dead.map(({ name }) => name).join(", ")}`,
        script: serversRefused(dead, backendPort),
        undo: unfiltered(),
      }),
      holdMs: holdFor(predictedMs),
      predictedMs,
      expect: {
        address: "stays",
        twoHoldersMs: overlapMs(scene),
        judged: "degradedMs",
        limitMs: predictedMs + REMOVAL_SLACK_MS,
      },
    };
  },
});
