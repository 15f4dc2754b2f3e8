/** A lab whose load balancers are the API servers themselves. */
import { startServer, stopServer } from "../../src/lab/api.ts";
import type { Lab } from "../../src/lab/mod.ts";

/** Gives each host an API server of its own, in place of those on machines of their own. */
export async function stack(lab: Lab): Promise<Lab> {
  for (const server of lab.apiServers) await stopServer(lab, server);
  const apiServers = lab.hosts.map(({ address, namespace }, i) => ({
    ...lab.apiServers[i]!,
    address,
    namespace,
  }));
  for (const server of apiServers) await startServer(lab, server);
  return { ...lab, apiServers };
}
