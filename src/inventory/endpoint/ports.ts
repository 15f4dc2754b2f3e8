/**
 * The ports of a load balancer: what HAProxy listens on, beside what else listens on its machine.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import type { Endpoint, Member, Source } from "../../model.ts";
import { servicesOf } from "../../services.ts";
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
  readonly path: readonly Step[];
}

type Step = string | number;

/** Reports ports that HAProxy cannot have, and on API servers those that something else has. */
export function reportTakenPorts(placed: Placed, label: string, report: Report): void {
  const { endpoint } = placed;
  // The seed document has no such listeners.
  const others = endpoint.profile === "guide" ? [] : listeners(endpoint);
  const own = servicesOf(endpoint).map(({ name, endpoint: { port } }, i): Wish => {
    const whose = name === undefined ? "" : ` of service ${quote(name)}`;
    return { port, what: `port ${port}${whose}`, path: [...withinService(i), "port"] };
  });
  for (const { port, what, path } of others) {
    const clients = own.find((it) => it.port === port);
    if (clients === undefined) continue;
    const message = `Cannot use ${what} of ${label}: clients connect to port ${port}`;
    report(errorAt(place(placed, path, clients.path), "taken-port", message));
  }
  if (others.length > 0) sharedListener(placed, label, report);
  // Two services may lead to the same machines.
  const said = new Set<string>();
  const once: Report = (it) =>
    said.has(it.message) ? undefined : (said.add(it.message), report(it));
  for (const [i, { endpoint: its }] of servicesOf(endpoint).entries()) {
    besideApiServer(placed, its, i, [...own, ...others], label, once);
  }
}

/** Ports that an API server of one service has, on a machine that is a load balancer as well. */
function besideApiServer(
  placed: Placed,
  { backends, backendPort, members }: Endpoint,
  index: number,
  wishes: readonly Wish[],
  label: string,
  report: Report,
): void {
  const both = members.find((it) => isOneOf(backends, it))?.host.name;
  if (both === undefined) return;
  for (const { port, what, path } of wishes) {
    const source = place(placed, path, [...withinService(index), "backend_port"]);
    if (port === backendPort) {
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

/** Where the keys of a service stand, below the map: the first one is the endpoint's own. */
function withinService(index: number): readonly Step[] {
  return index === 0 ? [] : ["also", index - 1];
}

/** Where the first of these keys of a service was written, else the service. */
export function placeOfService(
  placed: Placed,
  index: number,
  ...paths: readonly (readonly Step[])[]
) {
  const within = withinService(index);
  return place(placed, ...paths.map((path) => [...within, ...path]), within);
}

/** Where one of the virtual addresses was written. */
export function placeOfAddress({ endpoint, node }: Placed, address: string): Source | undefined {
  const maps = [[], ...(endpoint.also ?? []).map((_, i) => ["also", i])];
  for (const path of maps) {
    const written = below(node, [...path, "address"]);
    const list = [written?.value].flat();
    const index = list.findIndex((item) => canonicalIp(String(item)) === address);
    if (index >= 0) return (below(node, [...path, "address", index]) ?? written)?.source;
  }
  return below(node, ["address"])?.source;
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

/** Whether a load balancer is one of the API servers of any service, by its name or an address. */
export function isApiServer(endpoint: Endpoint, member: Member): boolean {
  return servicesOf(endpoint).some((it) => isOneOf(it.endpoint.backends, member));
}

function isOneOf(backends: Endpoint["backends"], { host, addresses = [] }: Member): boolean {
  const own = [host.name, canonicalIp(host.address), ...addresses];
  return backends.some((it) => own.includes(it.name) || own.includes(canonicalIp(it.address)));
}

/** Where the first of these keys was written, else the map. */
export function place({ node }: Placed, ...paths: readonly (readonly Step[])[]) {
  return (paths.map((path) => below(node, path)).find((it) => it !== undefined) ?? node).source;
}
