/**
 * The further services of an endpoint: its `also` list, joined with hosts and files.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import type { FurtherService } from "../../model.ts";
import { errorAt, placeOf } from "../problems.ts";
import { below, type LocatedMap } from "../yaml/located.ts";
import { familyLimit, virtualAddresses } from "./addresses.ts";
import type { AlsoMap } from "./also_schema.ts";
import { backendsOf, type BackendsOptions } from "./backends.ts";
import { caOf } from "./ca.ts";
import { checkClientOf, type HaproxyOptions, unverifiable } from "./haproxy.ts";
import type { EndpointMap } from "./schema.ts";

/** What reading needs. */
export type AlsoOptions = BackendsOptions & HaproxyOptions;

/** Reads the list in its order; what is wrong is reported, and left out. */
export async function alsoOf(
  map: EndpointMap,
  own: readonly string[],
  options: AlsoOptions,
): Promise<readonly FurtherService[]> {
  const { also = [] } = map;
  if (also.length === 0) return [];
  const { label, node, report } = options;
  if (map.profile === "guide") {
    const message =
      `Cannot use "also" of ${label}: profile guide is what the seed document says, ` +
      "and that is one service";
    report(errorAt(below(node, ["also"])?.source, "guide-also", message, "profile: standard"));
    return [];
  }
  also.forEach((item, i) =>
    sameName(item, also.findIndex((it) => it.name === item.name), i, options)
  );
  const services: FurtherService[] = [];
  for (const [i, item] of also.entries()) {
    const place = below(node, ["also", i]) as LocatedMap;
    const mine = { ...options, label: `service ${quote(item.name)} of ${label}`, node: place };
    services.push(await serviceOf(item, map, mine));
  }
  familyLimit([...own, ...services.flatMap(({ addresses }) => addresses)], options);
  return services;
}

async function serviceOf(
  item: AlsoMap,
  { profile, port }: EndpointMap,
  options: AlsoOptions,
): Promise<FurtherService> {
  const { name, address, ca_file, check_client, verify_host } = item;
  if (verify_host !== undefined && ca_file === undefined) unverifiable(options, []);
  const ca = ca_file === undefined
    ? undefined
    : await caOf(ca_file, below(options.node, ["ca_file"]), options);
  const checkClient = check_client === undefined
    ? undefined
    : await checkClientOf(check_client, options, []);
  return {
    name,
    addresses: address === undefined ? [] : virtualAddresses({ address, profile }, options),
    port: item.port ?? port,
    backends: backendsOf(item.backends, options),
    backendPort: item.backend_port,
    ...(ca === undefined ? {} : { ca }),
    haproxy: {
      balance: item.balance,
      checkPath: item.check_path,
      ...(verify_host === undefined ? {} : { verifyHost: verify_host }),
      ...(checkClient === undefined ? {} : { checkClient }),
    },
  };
}

/** It is the name of a section of HAProxy, and of files. */
function sameName({ name }: AlsoMap, first: number, index: number, options: AlsoOptions): void {
  if (first === index) return;
  const { label, node, report } = options;
  const message = `Cannot use service ${quote(name)} of ${label}: another one has that name at ` +
    placeOf(below(node, ["also", first, "name"])?.source);
  report(errorAt(below(node, ["also", index, "name"])?.source, "duplicate-service", message));
}
