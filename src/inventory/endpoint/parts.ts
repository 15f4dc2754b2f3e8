/**
 * What can be said of single settings of an `endpoint` map of which others are wrong: one mistake
 * shall not hide the others until it is mended.
 * @module
 */
import type { z } from "zod";
import { secretSource } from "../secret_source.ts";
import { below, type Located, type LocatedMap } from "../yaml/located.ts";
import { unusableParts } from "../yaml/usable.ts";
import { authPassOf, type AuthPassOptions } from "./auth_pass.ts";
import { backendsOf, type BackendsOptions } from "./backends.ts";
import { caOf, type CaOptions } from "./ca.ts";
import { endpointSchema } from "./schema.ts";

/** What judging needs. */
export type PartsOptions = CaOptions & BackendsOptions & AuthPassOptions;

/** Reports what is wrong with the files, the secret and the group that a map names. */
export async function judgeParts(options: PartsOptions): Promise<void> {
  const { ca_file, backends } = endpointSchema.shape;
  const ca = part(options.node, ["ca_file"], ca_file);
  if (ca?.value !== undefined) await caOf(ca.value, ca.node, options);
  const password = part(options.node, ["vrrp", "auth_pass"], secretSource);
  if (password !== undefined) await authPassOf(password.value, password.node, options);
  const servers = part(options.node, ["backends"], backends);
  if (servers !== undefined) backendsOf(servers.value, options);
}

/** A setting that is itself as it must be; undefined: it is not there, or what it is was reported. */
function part<T>(
  map: LocatedMap,
  path: readonly string[],
  schema: z.ZodType<T>,
): { readonly node: Located; readonly value: T } | undefined {
  const node = below(map, path);
  if (node === undefined || unusableParts(node, "").length > 0) return undefined;
  const { success, data } = schema.safeParse(node.value);
  return success ? { node, value: data } : undefined;
}
