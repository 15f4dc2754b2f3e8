/**
 * The lab's way into its hosts: arguments for ssh and the two questions whether a host is up.
 *
 * @module
 */
import { deadline } from "@std/async/deadline";
import type { Lab, LabHost } from "./layout.ts";
import { attempt } from "./run.ts";

/** The arguments after `ssh` that reach a host as a user; the lab's keys only, never the caller's own. */
export function sshArgs(lab: Lab, host: LabHost, user: string = lab.user): string[] {
  return [
    ...["-F", "none", "-i", lab.keyFile],
    ...["-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5"],
    // A host without power sends no farewell.
    ...["-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3"],
    ...["-o", "StrictHostKeyChecking=yes", "-o", `UserKnownHostsFile=${lab.knownHostsFile}`],
    `${user}@${host.address}`,
  ];
}

/** Tells whether a host's ssh server says who it is. */
export async function greets({ address, port }: LabHost): Promise<boolean> {
  try {
    return await deadline(readGreeting(address, port), 1000);
  } catch {
    return false;
  }
}

/** Tells whether the deploy user can log in and become root: sshd answers a little earlier than that. */
export async function loginWorks(lab: Lab, host: LabHost): Promise<boolean> {
  const argv = ["ssh", ...sshArgs(lab, host), "--", "sudo", "-n", "true"];
  return (await attempt(argv, { to: `log in to "${host.name}"`, timeoutMs: 15_000 })).code === 0;
}

async function readGreeting(hostname: string, port: number): Promise<boolean> {
  using connection = await Deno.connect({ hostname, port });
  const buffer = new Uint8Array(64);
  const count = await connection.read(buffer) ?? 0;
  return new TextDecoder().decode(buffer.subarray(0, count)).startsWith("SSH-");
}
