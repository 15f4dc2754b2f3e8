import { InputError } from "../errors.ts";
import type { Endpoint } from "../model.ts";
import { drillNeeds } from "./secrets_named.ts";

/**
 * Refuses a run that may not ask an endpoint, or not start what its inventory names: that is known
 * before a host is contacted.
 * @throws {InputError} with every flag that is missing
 */
export async function refuseUngranted(endpoints: readonly Endpoint[]): Promise<void> {
  const { addresses, programs } = drillNeeds(endpoints);
  const needs: readonly (readonly [flag: string, has: Deno.PermissionDescriptor])[] = [
    ...addresses.map((host) => [`--allow-net=${host}`, { name: "net", host }] as const),
    ...programs.map((command) => [`--allow-run=${command}`, { name: "run", command }] as const),
  ];
  const states = await Promise.all(needs.map(([, has]) => Deno.permissions.query(has)));
  const missing = needs.filter((_, i) => states[i]?.state !== "granted").map(([flag]) => flag);
  if (missing.length === 0) return;
  const message = "Cannot drill: deno may not ask the endpoint as a client does, or not start " +
    "what the inventory names for drills";
  const hint = `give it ${missing.join(" ")} too`;
  throw new InputError([{ severity: "error", code: "permission", message, hint }]);
}
