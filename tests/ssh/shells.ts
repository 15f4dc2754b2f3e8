/**
 * The shells that a host may have as `/bin/sh`, and helpers to watch what runs in them.
 * @module
 */
import { localTransport } from "../../src/ssh/local.ts";
import { openSession, type SessionOptions, type ShellSession } from "../../src/ssh/session.ts";

/** A shell: what runs the session, and what runs its steps. */
export interface Shell {
  /** Command line. */
  readonly argv: readonly string[];
  /** Program for steps. */
  readonly shell: string;
}

/** Those of this machine, by name. */
export const SHELLS: Readonly<Record<string, Shell>> = Object.fromEntries(
  Object.entries({
    dash: { argv: ["dash"], shell: "/bin/dash" },
    bash: { argv: ["bash", "--posix"], shell: "/bin/bash" },
    busybox: { argv: ["busybox", "sh"], shell: "/bin/sh" },
  }).filter(([name]) => has(name)),
);

/** Opens a session over one of them. */
export function open(
  { argv, shell }: Shell,
  options: SessionOptions = {},
): Promise<ShellSession> {
  return openSession("local", localTransport(argv), { shell, ...options });
}

/** Waits until something is so. Generous: it fails only when it never becomes so. */
export async function until(what: () => boolean | Promise<boolean>, ms = 60_000): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end;) {
    if (await what()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** Whether a process runs; a dead one that nobody has collected does not. */
export function alive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}

/** Text of a file, empty when there is none. */
export function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function has(program: string): boolean {
  try {
    return new Deno.Command(program, { args: program === "busybox" ? ["true"] : ["-c", ":"] })
      .outputSync().success;
  } catch {
    console.warn(`tests/ssh: ${program} is not installed, its cases are left out`);
    return false;
  }
}
