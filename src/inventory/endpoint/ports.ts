/**
 * The ports of a load balancer: what HAProxy listens on, beside what else listens on its machine.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import type { Endpoint, Member } from "../../model.ts";
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
  // The seed document has no such listeners.
  const others = endpoint.profile === "guide" ? [] : listeners(endpoint);
  const wishes: readonly Wish[] = [
    { port: endpoint.port, what: `port ${endpoint.port}`, path: ["port"] },
    ...others,
  ];
  for (const { port, what, path } of others.filter(({ port }) => port === endpoint.port)) {
    const message = `Cannot use ${what} of ${label}: clients connect to port ${port}`;
    report(errorAt(place(placed, path, ["port"]), "taken-port", message));
  }
  if (others.length > 0) sharedListener(placed, label, report);
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

/** What HAProxy listens on beside the port of clients. */
function listeners({ haproxy }: Endpoint): Wish[] {
  return (["stats", "metrics"] as const).flatMap((key) => {
    const socket = haproxy[key];
    if (socket === undefined) return [];
    const what = `${quote(socket)} as "haproxy.${key}"`;
    return [{ port: Number(/:(\d+)$/.exec(socket)?.[1]), what, path: ["haproxy", key] }];
  });
}

/** HAProxy shares a port among its listeners without a word, and a connection goes to either. */
function sharedListener(placed: Placed, label: string, report: Report): void {
  const { stats, metrics } = placed.endpoint.haproxy;
  if (metrics === undefined) return;
  const parts = (socket: string) => /^\[?(.*?)\]?:(\d+)$/.exec(socket) ?? [];
  const [[, ip, port], [, otherIp, otherPort]] = [parts(stats), parts(metrics)];
  const any = [ip, otherIp].some((it) => it === "0.0.0.0" || it === "::");
  if (port !== otherPort || !(any || ip === otherIp)) return;
  const message = `Cannot use ${quote(metrics)} as "haproxy.metrics" of ${label}: ` +
    `"haproxy.stats" listens at ${stats}, and has the metrics too`;
  report(errorAt(place(placed, ["haproxy", "metrics"]), "taken-port", message));
}

/** A load balancer that is an API server as well. */
function stacked(endpoint: Endpoint): string | undefined {
  return endpoint.members.find((member) => isApiServer(endpoint, member))?.host.name;
}

/** Whether a load balancer is one of the API servers, by its name or an address. */
export function isApiServer({ backends }: Endpoint, { host, addresses = [] }: Member): boolean {
  const own = [host.name, canonicalIp(host.address), ...addresses];
  return backends.some((it) => own.includes(it.name) || own.includes(canonicalIp(it.address)));
}

/** Where the first of these keys was written, else the map. */
export function place({ node }: Placed, ...paths: readonly (readonly string[])[]) {
  return (paths.map((path) => below(node, path)).find((it) => it !== undefined) ?? node).source;
}
