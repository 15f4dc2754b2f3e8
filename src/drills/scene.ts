/**
 * How things stand before a drill, as a drill sees them. Pure.
 * @module
 */
import { priorities } from "../endpoint/derive.ts";
import { attachment } from "../endpoint/network.ts";
import { TaskError } from "../errors.ts";
import type { Endpoint, Facts } from "../model.ts";
import type { Scene } from "./model.ts";

/** Members by the address's liking: the one with the highest priority first. */
export function byPriority(endpoint: Endpoint): readonly string[] {
  const values = priorities(endpoint);
  const names = endpoint.members.map(({ host }) => host.name);
  const value = (name: string) => values.get(name)?.value ?? 0;
  return names.toSorted((a, b) => value(b) - value(a));
}

/** A scene that was seen: who holds the address, and the facts of every member. */
export function sceneOf(
  endpoint: Endpoint,
  holder: string,
  facts: ReadonlyMap<string, Facts>,
): Scene {
  const order = byPriority(endpoint);
  const interfaces = endpoint.members.flatMap((member) => {
    const found = interfaceOf(endpoint, member.host.name, facts);
    return found === undefined ? [] : [[member.host.name, found] as const];
  });
  return {
    endpoint,
    holder,
    standbys: order.filter((name) => name !== holder),
    preferred: order[0] ?? holder,
    interfaces: new Map(interfaces),
    power: endpoint.drill?.powerCommand !== undefined,
    api: endpoint.drill?.apiCommand !== undefined,
  };
}

/** The scene as it is when all is well and nobody was asked, for lists: no host is contacted. */
export function expectedScene(endpoint: Endpoint): Scene {
  return sceneOf(endpoint, byPriority(endpoint)[0] ?? "", new Map());
}

function interfaceOf(
  endpoint: Endpoint,
  host: string,
  facts: ReadonlyMap<string, Facts>,
): string | undefined {
  const member = endpoint.members.find((member) => member.host.name === host);
  if (member === undefined) return undefined;
  try {
    return attachment(endpoint, member, {
      host,
      facts,
      predicted: { packages: [], users: [], paths: [] },
    }).interface;
  } catch (error) {
    // What needs it says so: most drills do not.
    if (error instanceof TaskError) return undefined;
    throw error;
  }
}
