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

/** Fetches user and password of a placement; what cannot be had is reported, all of it. */
export async function loginOf(
  { placement: { name, vsphere }, node }: PlacedPlacement,
  options: LoginOptions,
): Promise<PlacementLogin | undefined> {
  if (vsphere === undefined) return undefined;
  const taken = async (key: "user" | "password", given: SecretPlace) => {
    const source = (below(node, ["vsphere", key]) ?? below(node, ["vsphere"]) ?? node).source;
    const label = `vsphere.${key} of placement of group ${quote(name)}`;
    const from = "command" in given ? { command: [...given.command] } : given;
    const found = await fetchOrReport(from, { name: label, source }, options);
    if (found?.reveal() !== "") return found;
    // A vCenter would count it as a wrong one.
    const message = `Cannot read ${label} from ${whence(from)}: it is empty`;
    return void options.report(errorAt(source, "secret-unreadable", message));
  };
  const user = typeof vsphere.user === "string"
    ? vsphere.user
    : (await taken("user", vsphere.user))?.reveal();
  const password = await taken("password", vsphere.password);
  return user === undefined || password === undefined ? undefined : { user, password };
}

/** Variables that users and passwords of placements come from, whether or not they are fetched. */
export function loginVariables(placements: readonly PlacementSettings[]): readonly string[] {
  return placements.flatMap(({ vsphere }) =>
    vsphere === undefined
      ? []
      : [vsphere.user, vsphere.password].flatMap((place) =>
        typeof place === "object" && "env" in place ? [place.env] : []
      )
  );
}
