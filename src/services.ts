/**
 * What the load balancers of an endpoint stand in front of: the endpoint's own API servers, and those
 * of every further service. Plain data.
 * @module
 */
import { addressesOf, bracketed, isSix } from "./addresses.ts";
import type { Endpoint, FurtherService, HaproxySettings } from "./model.ts";
import { remembered } from "./remembered.ts";

/** One service of an endpoint. */
export interface Service {
  /** Name of a further one; unset: the endpoint's own. */
  readonly name?: string;
  /** The endpoint as if it had this service alone: its addresses, port, API servers and checks. */
  readonly endpoint: Endpoint;
  /** It listens at its own addresses alone, because another one has the same port at other ones. */
  readonly bound: boolean;
}

/** Every service of an endpoint, its own first. */
export const servicesOf: (endpoint: Endpoint) => readonly Service[] = remembered((endpoint) => {
  const { also = [], ...own } = endpoint;
  const ports = [own.port, ...also.map(({ port }) => port)];
  const bound = (port: number) => ports.filter((it) => it === port).length > 1;
  return [
    { endpoint: own, bound: bound(own.port) },
    ...also.map((it) => ({ name: it.name, endpoint: alone(own, it), bound: bound(it.port) })),
  ];
});

function alone(endpoint: Endpoint, service: FurtherService): Endpoint {
  const { ca: _, moreAddresses = [], haproxy, ...rest } = endpoint;
  const given = service.addresses.length > 0
    ? service.addresses
    : [endpoint.address, ...moreAddresses];
  const [address = endpoint.address, ...more] = given;
  const { port, backends, backendPort, ca } = service;
  return {
    ...rest,
    address,
    ...(more.length === 0 ? {} : { moreAddresses: more }),
    port,
    backends,
    backendPort,
    ...(ca === undefined ? {} : { ca }),
    haproxy: { ...ofThePair(haproxy), ...service.haproxy },
  };
}

/** Without what a service has of its own. */
function ofThePair(haproxy: HaproxySettings): Omit<HaproxySettings, "balance"> {
  const { balance: _balance, checkPath: _path, verifyHost: _name, checkClient: _client, ...rest } =
    haproxy;
  return rest;
}

/**
 * Where HAProxy listens for a service, as `bind` takes it. It does so on hosts that do not hold the
 * address too, so that it cannot be without `transparent` where it names one.
 *
 * @example
 * ```ts
 * import { bindsOf } from "./services.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const endpoint = { address: "10.0.0.10", moreAddresses: ["fd00::10"], port: 8443 };
 * assertEquals(bindsOf({ endpoint, bound: false }, true), [":::8443 v4v6"]);
 * assertEquals(bindsOf({ endpoint, bound: true }, true), [
 *   "10.0.0.10:8443 transparent",
 *   "[fd00::10]:8443 transparent",
 * ]);
 * ```
 */
export function bindsOf(
  { endpoint, bound }: {
    readonly endpoint: Pick<Endpoint, "address" | "moreAddresses" | "port">;
    readonly bound: boolean;
  },
  six: boolean,
): readonly string[] {
  const { port } = endpoint;
  if (bound) {
    return addressesOf(endpoint).map((it) => `${bracketed(it)}:${port} transparent`);
  }
  // One socket of IPv6 serves both families.
  return [six ? `:::${port} v4v6` : `*:${port}`];
}

/** Whether any address of an endpoint is of IPv6. */
export function speaksSix(endpoint: Endpoint): boolean {
  return addressesOf(endpoint).some(isSix);
}

/** Ports that clients connect to, each once. */
export function portsOf(endpoint: Endpoint): readonly number[] {
  return [...new Set(servicesOf(endpoint).map((it) => it.endpoint.port))];
}
