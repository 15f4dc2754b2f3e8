/**
 * Who asks a platform where machines are, fetched when it is needed. Its password is in no message.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import type { PlacementSettings, Secret, SecretPlace } from "../../model.ts";
import { errorAt, type Report } from "../problems.ts";
import type { SecretReader } from "../read.ts";
import { fetchOrReport, whence } from "../secret_source.ts";
import { below } from "../yaml/located.ts";
import type { PlacedPlacement } from "./placement.ts";
import { tokenOf } from "./proxmox.ts";

/** A user of a platform. */
export interface PlacementLogin {
  /** Name of the user. */
  readonly user: string;
  /** The password. */
  readonly password: Secret;
}

/** What fetching needs. */
export interface LoginOptions {
  /** Folder of the inventory file. */
  readonly folder: string;
  /** Fetches the values. */
  readonly secrets: SecretReader;
  /** Takes what is wrong. */
  readonly report: Report;
}

/** Fetches user and password, or the two parts of a token, of a placement; what cannot be had is reported, all of it. */
export async function loginOf(
  placed: PlacedPlacement,
  options: LoginOptions,
): Promise<PlacementLogin | undefined> {
  const { vsphere, proxmox } = placed.placement;
  if (proxmox !== undefined) {
    const at = placeOfKey(placed, ["proxmox", "api_token"]);
    const token = await taken(at, proxmox.apiToken, options);
    const parts = token && tokenOf(token);
    if (token === undefined || parts !== undefined) return parts;
    const message = `Cannot use ${at.name} from ${whence(wordsOf(proxmox.apiToken))}: expected ` +
      "USER@REALM!TOKENID=UUID";
    return void options.report(errorAt(at.source, "secret-unusable", message, TOKEN_HINT));
  }
  if (vsphere === undefined) return undefined;
  const of = (key: "user" | "password", given: SecretPlace) =>
    taken(placeOfKey(placed, ["vsphere", key]), given, options);
  const user = typeof vsphere.user === "string"
    ? vsphere.user
    : (await of("user", vsphere.user))?.reveal();
  const password = await of("password", vsphere.password);
  return user === undefined || password === undefined ? undefined : { user, password };
}

const TOKEN_HINT = "pveum user token add prints both parts: full-tokenid=value";

/** A key of a placement, for messages. */
function placeOfKey({ placement, node }: PlacedPlacement, path: readonly [string, string]) {
  const { source } = below(node, [...path]) ?? below(node, path.slice(0, 1)) ?? node;
  return { name: `${path.join(".")} of placement of group ${quote(placement.name)}`, source };
}

/** A secret that is there and not empty; else it is reported. */
async function taken(
  at: ReturnType<typeof placeOfKey>,
  given: SecretPlace,
  options: LoginOptions,
): Promise<Secret | undefined> {
  const from = wordsOf(given);
  const found = await fetchOrReport(from, at, options);
  if (found?.reveal() !== "") return found;
  // A platform would count it as a wrong one.
  const message = `Cannot read ${at.name} from ${whence(from)}: it is empty`;
  return void options.report(errorAt(at.source, "secret-unreadable", message));
}

function wordsOf(given: SecretPlace) {
  return "command" in given ? { command: [...given.command] } : given;
}

/** Where what logs in to the platform of a placement comes from; text is the name of a user. */
export function loginPlaces(
  { vsphere, proxmox }: PlacementSettings,
): readonly (SecretPlace | string)[] {
  return [
    ...(vsphere === undefined ? [] : [vsphere.user, vsphere.password]),
    ...(proxmox === undefined ? [] : [proxmox.apiToken]),
  ];
}

/** Variables that users and passwords of placements come from, whether or not they are fetched. */
export function loginVariables(placements: readonly PlacementSettings[]): readonly string[] {
  return placements.flatMap(loginPlaces).flatMap((place) =>
    typeof place === "object" && "env" in place ? [place.env] : []
  );
}
