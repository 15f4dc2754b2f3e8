/**
 * Passwords that Ansible's variables name: sudo's is fetched for the hosts that are connected to,
 * ssh's is refused there.
 * @module
 */
import * as z from "zod";
import { quote } from "../../diagnostics.ts";
import type { Secret } from "../../model.ts";
import { validate } from "../endpoint/issues.ts";
import { errorAt, type Report } from "../problems.ts";
import type { SecretReader } from "../read.ts";
import type { ResolvedHost } from "../resolve.ts";
import {
  adviceOn,
  fetchOrReport,
  SECRET_KEYS,
  type SecretSource,
  secretSource,
} from "../secret_source.ts";
import { type Entry, mapOf } from "../yaml/located.ts";

/** Variables that hold sudo's password; the first counts where both are set. */
export const SUDO_PASSWORD: readonly string[] = ["ansible_become_password", "ansible_become_pass"];

/** Variables that hold ssh's password, which Holdfast does not use. */
export const SSH_PASSWORD: readonly string[] = [
  "ansible_password",
  "ansible_ssh_password",
  "ansible_ssh_pass",
];

/** Every variable whose plain value is a password. */
export const PASSWORDS: readonly string[] = [...SUDO_PASSWORD, ...SSH_PASSWORD];

/** What fetching needs. */
export interface CredentialOptions {
  /** Folder of the inventory file. */
  readonly folder: string;
  /** Fetches the values. */
  readonly secrets: SecretReader;
  /** Takes what is wrong. */
  readonly report: Report;
}

/** A host that will be connected to, and whether sudo's password is wanted there. */
export interface Wanted {
  /** The host. */
  readonly host: ResolvedHost;
  /** Fetch it. */
  readonly sudo: boolean;
}

/** Fetches sudo's passwords, by name of the host; what is wrong is reported. */
export async function credentialsOf(
  wanted: readonly Wanted[],
  options: CredentialOptions,
): Promise<Map<string, Secret>> {
  const found = new Map<string, Secret>();
  for (const { host, sudo } of wanted) {
    refuseSshPassword(host, options.report);
    const password = sudo ? await sudoPasswordOf(host, options) : undefined;
    if (password !== undefined) found.set(host.name, password);
  }
  return found;
}

/** Every variable that a sudo password may come from, whether or not it will be fetched. */
export function sudoVariables(hosts: Iterable<ResolvedHost>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { merged } of hosts) {
    for (const key of SUDO_PASSWORD) {
      const value = merged.get(key)?.node.value;
      const given = value === undefined ? undefined : secretSource.safeParse(value).data;
      if (typeof given === "object" && "env" in given) names.add(given.env);
    }
  }
  return names;
}

/** A password for ssh would have to be typed into a program that asks a terminal. */
function refuseSshPassword(host: ResolvedHost, report: Report): void {
  const [key, entry] = entryOf(host, SSH_PASSWORD) ?? [];
  if (key === undefined || entry === undefined) return;
  const message = `Cannot use ${quote(key)} of host ${quote(host.name)}: Holdfast logs in with ` +
    "keys, never with a password";
  const hint = "type ssh-copy-id HOST once, and set ansible_ssh_private_key_file";
  report(errorAt(entry.keySource, "ssh-password", message, hint));
}

async function sudoPasswordOf(
  host: ResolvedHost,
  options: CredentialOptions,
): Promise<Secret | undefined> {
  const [key, entry] = entryOf(host, SUDO_PASSWORD) ?? [];
  if (key === undefined || entry === undefined) return undefined;
  const { report } = options;
  const given = sourceOf(host, key, entry, report);
  if (given === undefined) return undefined;
  const name = `${quote(key)} of host ${quote(host.name)}`;
  const { source } = entry.node;
  const value = await fetchOrReport(given, { name, source }, options);
  if (value === undefined) return undefined;
  const problem = problemOf(value.reveal());
  if (problem !== undefined) {
    return void report(errorAt(source, "sudo-password", `Cannot use ${name}: ${problem}`));
  }
  const hint = `${key}: { env: NAME }, or leave it out and add -K`;
  adviceOn(given, value, { name, source, hint }).forEach(report);
  return value;
}

/** The first of some variables that is set, and not to nothing. */
function entryOf(host: ResolvedHost, keys: readonly string[]): [string, Entry] | undefined {
  for (const key of keys) {
    const entry = host.merged.get(key);
    if (entry !== undefined && entry.node.value !== null) return [key, entry];
  }
}

/** Where the password comes from, or undefined with what is wrong reported. */
function sourceOf(
  host: ResolvedHost,
  key: string,
  entry: Entry,
  report: Report,
): SecretSource | undefined {
  const { node } = entry;
  const jinja = node.kind === "scalar" && /\{\{|\{%|\{#/.test(node.text);
  // Ansible takes a number for the text that it was written as.
  if (node.kind === "scalar" && node.tag === undefined && !jinja) return node.text;
  const subject = {
    label: `host ${quote(host.name)}`,
    schema: z.object({ [key]: secretSource }),
    keys: new Map([[key, SECRET_KEYS]]),
    secrets: [key],
  };
  const found = validate(mapOf(host.source, new Map([[key, entry]])), subject, (problem) => {
    const foreign = ["jinja", "unknown-tag"].includes(problem.code);
    report(foreign ? { ...problem, hint: `${key}: { env: NAME }, or -K` } : problem);
  });
  return found?.[key];
}

function problemOf(value: string): string | undefined {
  if (value === "") return "it is empty";
  return /[\n\r\0]/.test(value) ? "it holds a line break, and sudo reads one line" : undefined;
}
