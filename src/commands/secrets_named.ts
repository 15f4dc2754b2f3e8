/**
 * A program of its own: prints which variables and programs an inventory takes secrets from,
 * which programs it is itself, and what its drills start and ask, so that the second start of Holdfast is granted exactly these. Reads
 * the inventory, and no secret.
 * @module
 */
import { resolve } from "@std/path";
import { bracketed, ownAddressesOf } from "../addresses.ts";
import { InputError } from "../errors.ts";
import { loadInventory } from "../inventory/load.ts";
import { loginPlaces } from "../inventory/placement/login.ts";
import type { Programs } from "../inventory/programs.ts";
import type { Endpoint, PlacementSettings } from "../model.ts";
import { VARIABLES } from "../placement/libvirt/virsh.ts";
import { inventoryOf } from "./plan_file.ts";

/** Where an inventory takes its secrets from. */
export interface SecretsNamed {
  /** Environment variables. */
  readonly env: readonly string[];
  /** Programs that are started. */
  readonly programs: readonly string[];
  /** What drills need beside that. @default {nothing} */
  readonly drills?: DrillNeeds;
  /** What asking the platforms of its placements needs beside that. @default {nothing} */
  readonly platforms?: readonly PlatformNeeds[];
}

/** What asking one platform needs. */
export interface PlatformNeeds {
  /** Environment variables. */
  readonly env: readonly string[];
  /** Programs that print user or password. */
  readonly programs: readonly string[];
  /** `name:port` of the platform. @default {it is not connected to} */
  readonly address?: string;
  /** What is started to ask it, and variables that this needs. @default {nothing} */
  readonly asking?: { readonly env: readonly string[]; readonly program: string };
  /** Whether every run asks it, whatever it takes to log in. */
  readonly required: boolean;
}

/** What the drills of an inventory start and ask. */
export interface DrillNeeds {
  /** Programs that switch power and API servers. */
  readonly programs: readonly string[];
  /** `address:port` of what is asked. */
  readonly addresses: readonly string[];
}

/** Reads an inventory and notes what it would ask for. What is wrong with it is said later. */
export async function secretsNamed(path: string): Promise<SecretsNamed> {
  const env = new Set<string>();
  const programs = new Set<string>();
  let drills: DrillNeeds = { programs: [], addresses: [] };
  let platforms: readonly PlatformNeeds[] = [];
  const unread = "unread";
  const secrets = {
    // What it gives is not judged, so that one that is wrong hides none of the others.
    blind: true,
    env: (name: string) => (env.add(name), unread),
    file: () => Promise.resolve(unread),
    command: ([program = ""]: readonly string[]) => {
      programs.add(program);
      return Promise.resolve(unread);
    },
  };
  // An inventory that is a program is needed, too; the groups that it may print are guessed.
  const inventories: Programs = (program) => {
    programs.add(resolve(program));
    return () => Promise.resolve({ kind: "unread" });
  };
  const named = (found: Promise<unknown>) => found.catch(ignoreInput);
  try {
    const options = { secrets, programs: inventories };
    const { inventory, credentials } = await loadInventory(await inventoryOf(path), options);
    drills = drillNeeds(inventory.endpoints);
    platforms = platformNeeds(inventory.placements);
    // Whichever hosts are selected later, and whether or not sudo's password will be asked for.
    for (const host of inventory.hosts) await named(credentials([host], { sudo: true }));
  } catch (error) {
    ignoreInput(error);
  }
  return { env: [...env], programs: [...programs], drills, platforms };
}

/** What asking the platforms of some placements needs; nothing is fetched. */
export function platformNeeds(placements: readonly PlacementSettings[]): PlatformNeeds[] {
  return placements.flatMap((placement): PlatformNeeds[] => {
    const { vsphere, proxmox, libvirt, required } = placement;
    if (libvirt !== undefined) {
      return [{ env: [], programs: [], asking: { env: VARIABLES, program: "virsh" }, required }];
    }
    const [server, port] = proxmox === undefined ? [vsphere?.server, 443] : [proxmox.server, 8006];
    if (server === undefined) return [];
    const places = loginPlaces(placement).filter((place) => typeof place === "object");
    return [{
      env: places.flatMap((place) => "env" in place ? [place.env] : []),
      programs: places.flatMap((place) => "command" in place ? place.command.slice(0, 1) : []),
      address: /:\d+$/.test(server.replace(/^\[.*\]/, "")) ? server : `${server}:${port}`,
      required,
    }];
  });
}

/** What drills of some endpoints ask and start. */
export function drillNeeds(endpoints: readonly Endpoint[]): DrillNeeds {
  const programs = endpoints.flatMap(({ drill: { powerCommand, apiCommand } = {} }) =>
    [powerCommand?.[0], apiCommand?.[0]].filter((word) => word !== undefined)
  );
  const addresses = endpoints.flatMap((endpoint) => {
    // From another host it goes through forwarded ports of this machine, whichever are free.
    if (endpoint.drill?.probeFrom !== undefined) return ["127.0.0.1"];
    return ownAddressesOf(endpoint).map((address) => `${bracketed(address)}:${endpoint.port}`);
  });
  return { programs: [...new Set(programs)], addresses: [...new Set(addresses)] };
}

function ignoreInput(error: unknown): void {
  if (!(error instanceof InputError)) throw error;
}
