import { defineDrill } from "../../define.ts";
import { serversRefused, unfiltered } from "./filter.ts";
import { needsServers } from "./scene.ts";
import { onMembers, removal } from "./servers.ts";

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
    return {
      targets: dead.map(({ name }) => name),
      breaks: onMembers(scene, {
        what: `refuse connections to ${dead.map(({ name }) => name).join(", ")}`,
        script: serversRefused(dead, backendPort),
        undo: unfiltered(),
      }),
      ...removal(scene),
    };
  },
});
