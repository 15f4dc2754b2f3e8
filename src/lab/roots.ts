import { defaultStateRoot } from "./layout.ts";

/** The folder of all labs' state. */
export function stateRoot(): string {
  return Deno.env.get("HOLDFAST_LAB_STATE") || defaultStateRoot;
}

/** The folder of the base images, which outlive the labs. */
export function cacheRoot(): string {
  return Deno.env.get("HOLDFAST_LAB_CACHE") || "/var/cache/holdfast-lab";
}

/** The folder of what holds for this machine until its next boot: locks, prefixes taken, former sysctls. */
export const runRoot = "/run/holdfast-lab";
