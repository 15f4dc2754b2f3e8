import type { Drill, Scene } from "../drills/model.ts";
import { expectedScene } from "../drills/scene.ts";
import { InputError } from "../errors.ts";
import type { Endpoint } from "../model.ts";
import { whyUnfit } from "./drill_list.ts";
import { drillNeeds } from "./secrets_named.ts";

/**
 * Refuses a run that may not ask an endpoint, or not start what some of its drills need: that is
 * known before a host is contacted.
 * @throws {InputError} with every flag that is missing
 */
export async function refuseUngranted(
  endpoints: readonly Endpoint[],
  drills: readonly Drill[],
): Promise<void> {
  const { addresses } = drillNeeds(endpoints);
  const programs = endpoints.flatMap((endpoint) => programsFor(endpoint, drills));
  const needs: readonly (readonly [flag: string, has: Deno.PermissionDescriptor])[] = [
    ...addresses.map((host) => [`--allow-net=${host}`, { name: "net", host }] as const),
    ...programs.map((command) => [`--allow-run=${command}`, { name: "run", command }] as const),
  ];
  const states = await Promise.all(needs.map(([, has]) => Deno.permissions.query(has)));
  const flags = needs.filter((_, i) => states[i]?.state !== "granted").map(([flag]) => flag);
  if (flags.length === 0) return;
  const message = "Cannot drill: deno may not ask the endpoint as a client does, or not start " +
    "what the inventory names for drills";
  const hint = `give it ${[...new Set(flags)].join(" ")} too`;
  throw new InputError([{ severity: "error", code: "permission", message, hint }]);
}

/** Programs of an endpoint that at least one of the drills cannot do without. */
function programsFor(endpoint: Endpoint, drills: readonly Drill[]): readonly string[] {
  const scene = expectedScene(endpoint);
  const needed = (without: Partial<Scene>) =>
    drills.some((drill) =>
      whyUnfit(drill, scene) === undefined &&
      whyUnfit(drill, { ...scene, ...without }) !== undefined
    );
  const { powerCommand: [power] = [], apiCommand: [api] = [] } = endpoint.drill ?? {};
  return [
    ...(power !== undefined && needed({ power: false }) ? [power] : []),
    ...(api !== undefined && needed({ api: false }) ? [api] : []),
  ];
}
