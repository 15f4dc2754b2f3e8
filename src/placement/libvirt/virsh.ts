/**
 * Starts `virsh`, the one program that this provider needs. Its words are arguments that no shell
 * reads, it has no terminal to ask at, and of the environment only what ssh needs.
 * @module
 */
import { deadline } from "@std/async/deadline";
import { take } from "../../bytes.ts";
import { PlacementError } from "../errors.ts";
import { COMMANDS } from "./answers.ts";

/** Most that an answer may hold, in bytes: some 60,000 domains. */
const LIMIT = 4 * 1024 * 1024;

/** Most of the complaints that is kept, in bytes. */
const WORDS = 16 * 1024;

/** Variables that `virsh` and its ssh get; others stay here. */
export const VARIABLES = ["PATH", "HOME", "SSH_AUTH_SOCK"] as const;

/** How one `virsh` ended. */
export interface VirshEnd {
  /** Its exit code. */
  readonly code: number;
  /** What it printed. */
  readonly stdout: Uint8Array;
  /** The last that it complained. */
  readonly stderr: string;
}

/**
 * Asks a hypervisor, by its name and its URI.
 * @throws {PlacementError} when `virsh` cannot be started, takes too long or says too much
 */
export type Virsh = (name: string, uri: string) => Promise<VirshEnd>;

/**
 * The system's `virsh`.
 *
 * @param timeoutMs how long one may take
 * @throws {PlacementError} when this process may not read what it needs
 */
export function systemVirsh(timeoutMs: number): Virsh {
  const env = { ...variables(), LC_ALL: "C" };
  return async (name, uri) => {
    const child = start(uri, env);
    try {
      return await deadline(endOf(child, name), timeoutMs);
    } catch (error) {
      await end(child);
      const late = error instanceof DOMException && error.name === "TimeoutError";
      if (!late) throw error;
      const message = `Cannot ask hypervisor ${name}: no answer within ${timeoutMs / 1000} s`;
      throw new PlacementError("unreachable", message);
    }
  };
}

function variables(): Record<string, string> {
  // A closed environment answers as if there were none: ask first.
  const closed = VARIABLES.filter((variable) =>
    Deno.permissions.querySync({ name: "env", variable }).state !== "granted"
  );
  if (closed.length > 0) {
    throw new PlacementError(
      "setting",
      `Cannot start virsh: this process may not read ${closed.join(", ")}, which ssh needs`,
      `Allow it with --allow-env=${closed.join(",")}`,
    );
  }
  const found = VARIABLES.map((name) => [name, Deno.env.get(name)] as const);
  return Object.fromEntries(
    found.flatMap(([name, value]) => value === undefined ? [] : [[name, value]]),
  );
}

function start(uri: string, env: Record<string, string>): Deno.ChildProcess {
  try {
    return new Deno.Command("virsh", {
      args: ["--readonly", "--connect", uri, COMMANDS],
      env,
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      // Without a terminal nothing can ask there, and Ctrl-C reaches us alone.
      detached: true,
    }).spawn();
  } catch (error) {
    throw notStarted(error);
  }
}

function notStarted(error: unknown): PlacementError {
  if (error instanceof Deno.errors.NotFound) {
    const hint = "Debian package: libvirt-clients";
    return new PlacementError("setting", "Cannot start virsh: it is not on this machine", hint);
  }
  if (error instanceof Deno.errors.NotCapable) {
    const message = "Cannot start virsh: this process has no permission for it";
    return new PlacementError("setting", message, "Allow it with --allow-run=virsh");
  }
  const why = error instanceof Error ? error.name : "it failed";
  return new PlacementError("setting", `Cannot start virsh: ${why}`);
}

async function endOf(child: Deno.ChildProcess, name: string): Promise<VirshEnd> {
  const [stdout, stderr, { code }] = await Promise.all([
    take(child.stdout, (bytes) => {
      if (bytes.length <= LIMIT) return bytes;
      const message = `Cannot ask hypervisor ${name}: its answer is longer than ${LIMIT} bytes`;
      throw new PlacementError("answer", message);
    }),
    take(child.stderr, (bytes) => bytes.subarray(-WORDS)),
    child.status,
  ]);
  return { code, stdout, stderr: new TextDecoder().decode(stderr) };
}

/** Its ssh hears the end of its input and goes, once it has connected. */
async function end(child: Deno.ChildProcess): Promise<void> {
  try {
    child.kill("SIGKILL");
  } catch { /* It has ended already. */ }
  await child.status;
}
