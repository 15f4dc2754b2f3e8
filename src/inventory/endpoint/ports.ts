/**
 * The ports of a load balancer: what HAProxy listens on, beside what else listens on its machine.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import type { Endpoint } from "../../model.ts";
import { canonicalIp } from "../connection/grammar.ts";
import { errorAt, type Report, warningAt } from "../problems.ts";
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

/** One port that HAProxy listens on. */
interface Wish {
  readonly port: number;
  /** `port 8443`, for messages. */
  readonly what: string;
  /** Where it was written, as far as it was. */
  readonly path: readonly string[];
}

/** Reports ports that HAProxy cannot have, and on API servers those that something else has. */
export function reportTakenPorts(placed: Placed, label: string, report: Report): void {
  const { endpoint } = placed;
  const stats = Number(/:(\d+)$/.exec(endpoint.haproxy.stats)?.[1]);
  const listener: Wish = {
    port: stats,
    what: `${quote(endpoint.haproxy.stats)} as "haproxy.stats"`,
    path: ["haproxy", "stats"],
  };
  // The seed document has no such listener.
  const others = endpoint.profile === "guide" ? [] : [listener];
  const wishes: readonly Wish[] = [
    { port: endpoint.port, what: `port ${endpoint.port}`, path: ["port"] },
    ...others,
  ];
  if (others.some(({ port }) => port === endpoint.port)) {
    const message = `Cannot use ${listener.what} of ${label}: clients connect to port ${stats}`;
    report(errorAt(place(placed, ["haproxy", "stats"], ["port"]), "taken-port", message));
  }
  const both = stacked(endpoint);
  if (both === undefined) return;
  for (const { port, what, path } of wishes) {
    const source = place(placed, path, ["backend_port"]);
    if (port === endpoint.backendPort) {
      const message = `Cannot use ${what} of ${label}: host ${quote(both)} is a backend as well, ` +
        "and its API server listens there";
      report(errorAt(source, "taken-port", message));
    } else if (CONTROL_PLANE[port] !== undefined) {
      const message = `${what} of ${label} is where ${CONTROL_PLANE[port]} listens on host ` +
        `${quote(both)}, which is a backend as well, unless it was told otherwise`;
      report(warningAt(source, "control-plane-port", message));
    }
  }
}

/** A load balancer that is an API server as well. */
function stacked({ backends, members }: Endpoint): string | undefined {
  const known = new Set(backends.flatMap((it) => [it.name, canonicalIp(it.address)]));
  return members.find(({ host: { name, address }, addresses = [] }) =>
    [name, canonicalIp(address), ...addresses].some((it) => known.has(it))
  )?.host.name;
}

function place({ node }: Placed, ...paths: readonly (readonly string[])[]) {
  return (paths.map((path) => below(node, path)).find((it) => it !== undefined) ?? node).source;
}
