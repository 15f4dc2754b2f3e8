/**
 * Versions of the two daemons, and which of their words each version knows.
 * @module
 */
import { NotYetKnown } from "../errors.ts";
import type { World } from "../model.ts";

/** The daemons that are rendered for. */
export type Daemon = "haproxy" | "keepalived";

/** Versions that are assumed where no host was asked: those of Debian 12. */
export const DEFAULT_VERSIONS: Readonly<Record<Daemon, string>> = {
  haproxy: "2.6.12",
  keepalived: "2.2.7",
};

/**
 * Version of a daemon on a host: what this run will make it, else what is installed, else what an install would bring, else
 * {@link DEFAULT_VERSIONS}. Without epoch and without the distribution's revision.
 * @throws {NotYetKnown} when this run is going to install it and no package list says which
 */
export function versionOf(daemon: Daemon, host: string, world: World): string {
  const seen = world.facts.get(host)?.packages[daemon];
  const { packages, versions } = world.predicted;
  const own = host === world.host ? versions?.[daemon] : undefined;
  // What a pinned package will be is not what an install without a pin would bring.
  const known = upstream(own) ?? upstream(seen?.installed) ??
    (own === "" ? undefined : upstream(seen?.candidate));
  if (known === undefined && host === world.host && packages.includes(daemon)) {
    throw new NotYetKnown(`no package list of the host says which version of ${daemon} it will be`);
  }
  return known ?? DEFAULT_VERSIONS[daemon];
}

/**
 * Whether a version is the wanted one or newer.
 *
 * @example
 * ```ts
 * import { atLeast } from "./version.ts";
 * import { assert } from "@std/assert";
 *
 * assert(atLeast("2.10.1", "2.9"));
 * assert(!atLeast("2.2.9", "2.3"));
 * ```
 */
export function atLeast(version: string, wanted: string): boolean {
  const [a, b] = [version.split("."), wanted.split(".")];
  for (let i = 0; i < b.length; i++) {
    const difference = Number(a[i] ?? 0) - Number(b[i]);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function upstream(version: string | undefined): string | undefined {
  return version === undefined ? undefined : /^(?:\d+:)?(\d+(?:\.\d+)*)/.exec(version)?.[1];
}
