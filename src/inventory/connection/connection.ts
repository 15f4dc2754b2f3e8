/**
 * How to reach a host: Ansible's connection variables, checked against the grammar before anything
 * else sees them.
 * @module
 */
import { isAbsolute, join } from "@std/path";
import { quote } from "../../diagnostics.ts";
import type { Host } from "../../model.ts";
import { errorAt, placeOf, type Report, warningAt } from "../problems.ts";
import type { ResolvedHost } from "../resolve.ts";
import { describe, type Located, same } from "../yaml/located.ts";
import { unusable } from "../yaml/usable.ts";
import { HOST_NAME, isAddress, isPath, isPort, isUser } from "./grammar.ts";
import { sshArgs } from "./ssh_args.ts";

/** The connection part of a {@link Host}. */
export type Connection = Pick<Host, "address" | "port" | "user" | "become" | "keyFile" | "sshArgs">;

/** Reads one variable: finds it under one of its names, judges it, or reports and gives nothing. */
type Read = <T>(names: readonly string[], expected: string, judge: Judge<T>) => T | undefined;
type Judge<T> = (node: Located) => T | undefined;

/** Reads how to reach a host; what cannot be used is reported and left out. */
export function connectionOf(host: ResolvedHost, folder: string, report: Report): Connection {
  const read = reader(host, report);
  const address = read(
    ["ansible_host", "ansible_ssh_host"],
    `${HOST_NAME}, or an IP address`,
    text(isAddress),
  );
  const port = read(["ansible_port", "ansible_ssh_port"], "a port from 1 to 65535", toPort);
  const user = read(
    ["ansible_user", "ansible_ssh_user"],
    "a login name of letters, digits, dots, dashes and underscores",
    text(isUser),
  );
  const become = read(["ansible_become"], "true or false", toBoolean);
  const keyFile = read(
    ["ansible_ssh_private_key_file", "ansible_private_key_file"],
    "a path without control characters that does not begin with a dash",
    text(isPath),
  );
  if (!named(host, "ansible_host", "ansible_ssh_host") && !isAddress(host.name)) {
    const message = `Cannot connect to host ${quote(host.name)}: it has no "ansible_host", and ` +
      "its name is no address";
    report(errorAt(host.source, "connection", message, "ansible_host"));
  }
  return {
    address: address ?? host.name,
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    become: become ?? false,
    ...(keyFile === undefined ? {} : { keyFile: besideInventory(keyFile, folder) }),
    sshArgs: [
      ...argsOf(host, "ansible_ssh_common_args", report),
      ...argsOf(host, "ansible_ssh_extra_args", report),
    ],
  };
}

function named(host: ResolvedHost, ...names: readonly string[]): boolean {
  return names.some((name) => host.merged.has(name));
}

function reader(host: ResolvedHost, report: Report): Read {
  return (names, expected, judge) => {
    const [name, older] = names.filter((n) => host.merged.has(n));
    if (name === undefined) return undefined;
    const { node } = host.merged.get(name)!;
    if (older !== undefined) warnOfTwo(host, name, older, report);
    const label = `${quote(name)} of host ${quote(host.name)}`;
    const problem = unusable(node, label);
    if (problem) return void report(problem);
    const value = judge(node);
    if (value === undefined) {
      const message = `Cannot use ${label}: found ${describe(node)}, expected ${expected}`;
      report(errorAt(node.source, "connection", message));
    }
    return value;
  };
}

/** Which of two names counts differs between versions of Ansible. */
function warnOfTwo(host: ResolvedHost, name: string, older: string, report: Report): void {
  const entry = host.merged.get(name)!;
  const other = host.merged.get(older)!;
  if (same(entry.node, other.node)) return;
  const message = `${quote(name)} of host ${quote(host.name)} is used, though ${quote(older)} ` +
    `says otherwise at ${placeOf(other.keySource)}`;
  report(warningAt(entry.keySource, "two-names", message));
}

function argsOf(host: ResolvedHost, name: string, report: Report): readonly string[] {
  const line = reader(host, report)([name], "a line of arguments for ssh", text(() => true));
  if (line === undefined) return [];
  const { source } = host.merged.get(name)!.node;
  const { args, problems, warnings } = sshArgs(line);
  if (problems.length > 0) {
    const message = `Cannot use ${quote(name)} of host ${quote(host.name)}: ${problems.join("; ")}`;
    report(errorAt(source, "ssh-args", message));
  }
  if (warnings.length > 0) {
    const message = `${quote(name)} of host ${quote(host.name)}: ${warnings.join("; ")}`;
    report(warningAt(source, "ssh-args-risk", message));
  }
  return args;
}

function text(test: (value: string) => boolean): Judge<string> {
  return ({ value }) => typeof value === "string" && test(value) ? value : undefined;
}

/** Ansible takes the port as a string as well, which is what a quoted number is. */
function toPort({ value }: Located): number | undefined {
  const number = typeof value === "string" && /^\d{1,5}$/.test(value) ? Number(value) : value;
  return isPort(number) ? number : undefined;
}

/** The words that Ansible takes for true and false. */
function toBoolean({ value }: Located): boolean | undefined {
  const word = String(value).toLowerCase();
  if (["true", "yes", "on", "y", "t", "1"].includes(word)) return true;
  return ["false", "no", "off", "n", "f", "0"].includes(word) ? false : undefined;
}

/** ssh would look in the current folder, wherever the command was typed. */
function besideInventory(path: string, folder: string): string {
  if (path.startsWith("~") || isAbsolute(path)) return path;
  const joined = join(folder, path);
  return joined.startsWith("-") ? `./${joined}` : joined;
}
