/**
 * What the map of every platform in a `placement` has in common.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import type { PlacementSettings } from "../../model.ts";
import { errorAt, type Report } from "../problems.ts";
import { below, type LocatedMap } from "../yaml/located.ts";

/** Providers with a map of their own, which is called as they are. */
export type Platform = Exclude<PlacementSettings["provider"], "inventory">;

/** Where the map of a platform stands. */
export interface PlatformContext {
  /** `placement of group "all"`, for messages. */
  readonly label: string;
  /** The `placement` map. */
  readonly node: LocatedMap;
  /** Takes what is wrong. */
  readonly report: Report;
}

/** What a platform cannot be asked without, and how it looks. */
export interface PlatformNeeds {
  /** Its own map, as an example. */
  readonly example: string;
  /** Whether it has rules, which begin with `cluster_name`. */
  readonly rules: boolean;
}

/**
 * The map of a platform, where it is the provider. One that nobody asks for, or that lacks what it
 * cannot be asked without, is reported.
 */
export function platformMap<
  Name extends Platform,
  Parts extends
    & {
      readonly provider: PlacementSettings["provider"];
      readonly cluster_name?: string | undefined;
    }
    & { readonly [name in Name]?: unknown },
>(
  name: Name,
  parts: Parts,
  { example, rules }: PlatformNeeds,
  { label, node, report }: PlatformContext,
): Parts[Name] | undefined {
  const { provider, cluster_name, [name]: own } = parts;
  if (provider !== name) {
    if (own === undefined) return undefined;
    const message = `Cannot use ${quote(name)} of ${label}: its provider is ${provider}`;
    return void report(
      errorAt(below(node, [name])?.source, "unused-key", message, `provider: ${name}`),
    );
  }
  const place = below(node, ["provider"])?.source ?? node.source;
  const lacks = (key: string, hint: string) => {
    const message = `Cannot use provider ${quote(name)} of ${label}: ${quote(key)} is missing`;
    report(errorAt(place, "missing-key", message, hint));
  };
  if (rules && cluster_name === undefined) lacks("cluster_name", "cluster_name: prod");
  if (own === undefined) lacks(name, `${name}: ${example}`);
  return own;
}
