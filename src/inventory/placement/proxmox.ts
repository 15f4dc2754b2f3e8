/**
 * The `proxmox` map of a placement: its shape, what is wrong with it beyond that, and the token.
 * @module
 */
import * as z from "zod";
import { quote } from "../../diagnostics.ts";
import type { PlacementSettings, ProxmoxSettings, Secret } from "../../model.ts";
import { secret } from "../../secret.ts";
import { caOf, type CaOptions } from "../endpoint/ca.ts";
import { mapping, path, text } from "../endpoint/values.ts";
import { errorAt } from "../problems.ts";
import { secretPlace } from "../secret_source.ts";
import { below, type LocatedMap } from "../yaml/located.ts";
import { platformMap } from "./platform.ts";

/** The shape of `proxmox`. */
export const proxmoxMap = z.strictObject({
  server: text(
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[1-9]\d{0,4})?$/,
    "the name or address of a Proxmox VE node, without https://",
  ).meta({ description: "A node of the cluster, whichever", examples: ["pve.example.com"] }),
  ca_file: path("a path").optional().meta({
    description: "PEM file of the CA that signed the node's certificate, relative to the " +
      "inventory's folder; /etc/pve/pve-root-ca.pem of a node is that of its cluster",
    examples: ["pve-root-ca.pem"],
  }),
  api_token: secretPlace.default({ env: "PROXMOX_VE_API_TOKEN" }).meta({
    description: "Where the API token comes from, as USER@REALM!TOKENID=UUID; it never stands in " +
      "the inventory",
    examples: [{ env: "PROXMOX_VE_API_TOKEN" }, { file: "/run/secrets/proxmox" }],
  }),
}, mapping);

/** Keys directly in `proxmox`. */
export const PROXMOX_KEYS: readonly string[] = Object.keys(proxmoxMap.shape);

/** What is read of a placement, and where that stands. */
export interface ProxmoxContext extends CaOptions {
  /** The `placement` map. */
  readonly node: LocatedMap;
}

/** The `placement` map as far as it is about Proxmox VE. */
export interface ProxmoxParts {
  /** What tells where machines are. */
  readonly provider: PlacementSettings["provider"];
  /** First part of the names of rules. */
  readonly cluster_name?: string | undefined;
  /** Groups and how they are kept apart. */
  readonly groups: Readonly<Record<string, { readonly policy: string }>>;
  /** The `proxmox` map. */
  readonly proxmox?: z.output<typeof proxmoxMap> | undefined;
}

/** The settings of a Proxmox VE; what is wrong is reported. */
export async function proxmoxOf(
  map: ProxmoxParts,
  context: ProxmoxContext,
): Promise<ProxmoxSettings | undefined> {
  const needs = { example: "{ server: pve.example.com }", rules: true };
  const own = platformMap("proxmox", map, needs, context);
  if (map.provider === "proxmox" && map.cluster_name !== undefined) {
    reportNames(map.cluster_name, map, context);
  }
  if (own === undefined) return undefined;
  const { server, ca_file, api_token } = own;
  const ca = ca_file === undefined
    ? undefined
    : await caOf(ca_file, below(context.node, ["proxmox", "ca_file"]), context, "proxmox.ca_file");
  return { server, ...(ca === undefined ? {} : { ca }), apiToken: api_token };
}

/** Names of which Proxmox VE makes no name of a rule: other platforms take them. */
function reportNames(
  cluster: string,
  { groups }: ProxmoxParts,
  { label, node, report }: ProxmoxContext,
): void {
  const taken =
    'Proxmox VE takes rules whose names are a letter, and then letters, digits, "-" and "_"';
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(cluster)) {
    const message = `Cannot use cluster_name ${quote(cluster)} of ${label}: ${taken}`;
    report(errorAt(below(node, ["cluster_name"])?.source, "rule-name", message));
  }
  for (const [group, { policy }] of Object.entries(groups)) {
    if (policy !== "anti_affinity" || /^[A-Za-z0-9_-]{1,200}$/.test(group)) continue;
    const message = `Cannot use group ${quote(group)} in ${label}: ${taken}`;
    const source = below(node, ["groups", group])?.source;
    report(errorAt(source, "rule-name", message, "rename the group, or policy: spread"));
  }
}

const TOKEN =
  /^([\x21-\x7e]{1,200}?@[A-Za-z][A-Za-z0-9._-]{1,100}![A-Za-z][A-Za-z0-9._-]{1,100})=([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$/;

/** Takes a token apart: whose it is, which anybody may read, and its value; undefined: it is none. */
export function tokenOf(
  whole: Secret,
): { readonly user: string; readonly password: Secret } | undefined {
  const [, user, value] = TOKEN.exec(whole.reveal()) ?? [];
  // The server reads the header as a part of a URL, up to a semicolon.
  if (user === undefined || value === undefined || /[%;:/=]/.test(user)) return undefined;
  return { user, password: secret(value) };
}
