/**
 * What HAProxy listens on beside what a control plane listens on, on a machine that is both.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import type { Endpoint } from "../../model.ts";
import { canonicalIp } from "../connection/grammar.ts";
import { type Report, warningAt } from "../problems.ts";
import { below, type LocatedMap } from "../yaml/located.ts";

/** An endpoint, and the map that it was read from. */
export interface Placed {
  /** The endpoint. */
  readonly endpoint: Endpoint;
  /** Its `endpoint` map. */
  readonly node: LocatedMap;
}

/** What a control plane that kubeadm has made listens on beside the API server. */
const CONTROL_PLANE: Readonly<Record<number, string>> = {
  2379: "etcd for clients",
  2380: "etcd for its peers",
  2381: "the metrics of etcd",
  10248: "the health of the kubelet",
  10249: "the metrics of kube-proxy",
  10250: "the kubelet",
  10256: "the health of kube-proxy",
  10257: "the controller manager",
  10259: "the scheduler",
};

/** Warns of ports that something else of the control plane has on a load balancer. */
export function controlPlanePorts({ endpoint, node }: Placed, label: string, report: Report): void {
  const both = stacked(endpoint);
  if (both === undefined) return;
  const { port, profile, haproxy: { stats } } = endpoint;
  const warn = (port: number, what: string, path: readonly string[]) => {
    const who = CONTROL_PLANE[port];
    if (who === undefined) return;
    const message =
      `${what} of ${label} is where ${who} listens on host ${quote(both)}, which is ` +
      "a backend as well, unless it was told otherwise";
    report(warningAt((below(node, path) ?? node).source, "control-plane-port", message));
  };
  warn(port, `port ${port}`, ["port"]);
  // The seed document has no such listener.
  if (profile === "guide") return;
  const statsPort = Number(/:(\d+)$/.exec(stats)?.[1]);
  warn(statsPort, `${quote(stats)} as "haproxy.stats"`, ["haproxy", "stats"]);
}

/** A load balancer that is an API server as well. */
function stacked({ backends, members }: Endpoint): string | undefined {
  const known = new Set(backends.flatMap((it) => [it.name, canonicalIp(it.address)]));
  return members.find(({ host: { name, address }, addresses = [] }) =>
    [name, canonicalIp(address), ...addresses].some((it) => known.has(it))
  )?.host.name;
}
