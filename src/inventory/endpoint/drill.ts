/**
 * What drills need beside ssh: the `endpoint.drill` map, resolved.
 * @module
 */
import { didYouMean, quote } from "../../diagnostics.ts";
import type { DrillSettings, Host } from "../../model.ts";
import { errorAt, type Report } from "../problems.ts";
import type { Resolved } from "../resolve.ts";
import { below, type LocatedMap } from "../yaml/located.ts";
import type { DrillMap } from "./drill_schema.ts";
import { checkWays } from "./members.ts";

/** What resolving needs. */
export interface DrillOptions {
  /** `endpoint "lbs"`, for messages. */
  readonly label: string;
  /** The `endpoint` map as it was written. */
  readonly node: LocatedMap;
  /** Groups and variables. */
  readonly resolved: Resolved;
  /** Hosts by name. */
  readonly hosts: ReadonlyMap<string, Host>;
  /** Takes what is wrong. */
  readonly report: Report;
}

/** Resolves the map; `members` are the names of the endpoint's own hosts. */
export function drillOf(
  map: DrillMap,
  members: readonly string[],
  options: DrillOptions,
): DrillSettings {
  const probeFrom = map.probe_from === undefined
    ? undefined
    : probeHost(map.probe_from, members, options);
  return {
    ...(map.power_command === undefined ? {} : { powerCommand: map.power_command }),
    ...(map.api_command === undefined ? {} : { apiCommand: map.api_command }),
    ...(probeFrom === undefined ? {} : { probeFrom }),
  };
}

function probeHost(
  name: string,
  members: readonly string[],
  { label, node, resolved, hosts, report }: DrillOptions,
): Host | undefined {
  const source = below(node, ["drill", "probe_from"])?.source;
  const refuse = (code: string, why: string, hint?: string) =>
    report(errorAt(source, code, `Cannot ask ${label} from host ${quote(name)}: ${why}`, hint));
  const host = hosts.get(name);
  const outside = [...hosts.keys()].filter((other) => !members.includes(other));
  if (host === undefined) {
    const hint = didYouMean(name, outside);
    return void refuse("unknown-host", "the inventory names no such host", hint);
  }
  if (members.includes(name)) {
    const why = "it is one of its load balancers, and what they see of themselves is not what a " +
      "client sees";
    return void refuse("probe-from", why);
  }
  checkWays(resolved.hosts.get(name)!, report);
  return host;
}
