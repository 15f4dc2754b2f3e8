/**
 * Variables whose name is a slip away from one that means something: they would be passed over in
 * silence, as any variable of the user's own is. Pure.
 * @module
 */
import { editDistance, quote } from "../diagnostics.ts";
import { SUDO_PASSWORD } from "./connection/credentials.ts";
import { ENDPOINT_HOST_KEYS, ENDPOINT_KEYS } from "./endpoint/schema.ts";
import { PLACEMENT_KEYS } from "./placement/schema.ts";
import { type Report, warningAt } from "./problems.ts";
import type { Resolved } from "./resolve.ts";
import type { Entries, Located } from "./yaml/located.ts";

/** What stands behind `ansible_` in the names that are read. */
const READ: readonly string[] = [
  "host",
  "port",
  "user",
  "become",
  "ssh_private_key_file",
  "ssh_common_args",
  "ssh_extra_args",
  "ssh_host",
  "ssh_port",
  "ssh_user",
  "private_key_file",
  "connection",
  "become_method",
  "become_user",
  "group_priority",
  ...SUDO_PASSWORD.map((name) => name.replace("ansible_", "")),
];

/** The same of Ansible's other names that look like one of these: they are no slip. */
const OF_ANSIBLE: ReadonlySet<string> = new Set(
  ("become_exe become_flags become_pass forks host_key_checking hostname paramiko_host_key_checking " +
    "password remote_port remote_user scp_extra_args sftp_extra_args ssh_args ssh_host_key_checking " +
    "ssh_pass ssh_password su_pass su_user sudo_pass sudo_user").split(" "),
);

/** Variables that are mappings, with their keys: a name alone is not enough to tell a slip. */
const MAPS: readonly (readonly [name: string, keys: readonly string[]])[] = [
  ["endpoint_host", ENDPOINT_HOST_KEYS.get("") ?? []],
  ["endpoint", ENDPOINT_KEYS.get("") ?? []],
  ["placement", PLACEMENT_KEYS],
];

/** Warns of every such variable where it is written, once. */
export function warnOfSlips(resolved: Resolved, extra: Entries, report: Report): void {
  const warnIn = warner(report);
  for (const { name, vars, fileVars } of resolved.groups.values()) {
    for (const entries of [vars, fileVars]) warnIn(entries, ` of group ${quote(name)}`);
  }
  for (const { name, vars, fileVars } of resolved.hosts.values()) {
    for (const entries of [vars, fileVars]) warnIn(entries, ` of host ${quote(name)}`);
  }
  warnIn(extra, " of the command line");
}

/** Makes the function that warns; what a name may mean is worked out once, however many have it. */
function warner(report: Report): (entries: Entries, owner: string) => void {
  const known = new Map<string, Likely>();
  return (entries, owner) => {
    for (const [name, { keySource, node }] of entries) {
      const likely = known.get(name) ?? likelyOf(name);
      known.set(name, likely);
      const meant = meantBy(likely, node);
      // Who has the right one as well means something else by the other.
      if (meant === undefined || entries.has(meant)) continue;
      const message = `${quote(name)}${owner} has no effect: Holdfast reads no variable of this ` +
        "name";
      report(warningAt(keySource, "unread-variable", message, `did you mean "${meant}"?`));
    }
  };
}

/** What a name may be a slip of, by the kind of its value. */
interface Likely {
  readonly any: string | undefined;
  readonly scalar: string | undefined;
  readonly maps: typeof MAPS;
}

function likelyOf(name: string): Likely {
  return {
    any: connectionMeant(name),
    scalar: isSlip(name, "failure_domain") ? "failure_domain" : undefined,
    maps: MAPS.filter(([meant]) => isSlip(name, meant)),
  };
}

/** The variable that was probably meant; nothing for one that is read, or is the user's own. */
function meantBy({ any, scalar, maps }: Likely, node: Located): string | undefined {
  if (any !== undefined) return any;
  if (node.kind === "scalar") return scalar;
  if (node.kind !== "map") return undefined;
  return maps.find(([, keys]) => [...node.entries.keys()].some((key) => keys.includes(key)))?.[0];
}

function connectionMeant(name: string): string | undefined {
  const [, prefix, stem] = /^([a-z]+)[_-](.+)$/i.exec(name) ?? [];
  if (prefix === undefined || stem === undefined) return undefined;
  if (prefix !== "ansible" && !isSlip(prefix, "ansible")) return undefined;
  if (prefix === "ansible" && OF_ANSIBLE.has(stem)) return undefined;
  const meant = READ.find((it) => it === stem) ?? READ.find((it) => isCutShort(stem, it)) ??
    READ.find((it) => isSlip(stem, it));
  return meant === undefined || `ansible_${meant}` === name ? undefined : `ansible_${meant}`;
}

/** `ssh_private_key` for `ssh_private_key_file`; one word alone may be anything. */
function isCutShort(stem: string, whole: string): boolean {
  return stem.includes("_") && whole.startsWith(`${stem}_`);
}

/** One letter wrong, or two of a long name; words that are as long as `port` differ by more. */
function isSlip(word: string, whole: string): boolean {
  if (word === whole) return false;
  const most = whole.length < 10 ? 1 : 2;
  return Math.abs(word.length - whole.length) <= most &&
    editDistance(word.toLowerCase(), whole.toLowerCase()) <= most;
}
