import { defineDrill } from "../../define.ts";
import { isGuide, needsApi, needsServers } from "./scene.ts";
import { removal } from "./servers.ts";

/** One API server listens and says 500 on /readyz: its share of the clients gets errors. */
export const apiServerUnhealthy = defineDrill({
  name: "api-server-unhealthy",
  title: "one API server listens but is not ready",
  about: "An API server without its etcd: it takes connections and answers 500. Haproxy must ask " +
    "for an answer and not only for a connection, and take the server out.",
  suite: "full",
  unfit: (scene) =>
    needsServers(scene) ?? needsApi(scene) ??
      (isGuide(scene)
        ? "needs a health check that asks for an answer: with profile guide a server that answers " +
          "500 is never taken out; choose profile standard or fast"
        : undefined),
  plan: (scene) => {
    const server = scene.endpoint.backends[0]?.name ?? "";
    return {
      targets: [server],
      breaks: [{ kind: "api", server, how: "500", what: "answer 500 on /readyz" }],
      ...removal(scene),
    };
  },
});
