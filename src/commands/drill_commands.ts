/**
 * The commands that an inventory names for drills, as words: power of hosts, and API servers.
 * @module
 */
import type { GuardStep } from "../drills/model.ts";
import type { DrillSettings } from "../model.ts";

/** How long such a command may take, in milliseconds. */
const LIMIT_MS = 120_000;

/** Longest piece of what a command said that a message repeats. */
const SAID = 400;

/** The words that switch the power of a host. @throws {Error} when the inventory names none */
export function powerWords(
  { powerCommand }: DrillSettings,
  host: string,
  action: "off" | "on",
): readonly string[] {
  return filled(powerCommand, "power_command", { host, action });
}

/** The words that switch an API server. @throws {Error} when the inventory names none */
export function apiWords(
  { apiCommand }: DrillSettings,
  server: string,
  action: "stop" | "start" | "500" | "200",
): readonly string[] {
  return filled(apiCommand, "api_command", { server, action });
}

/** The words that undo a step. @throws {Error} when the inventory names none */
export function undoWords(settings: DrillSettings, step: GuardStep): readonly string[] {
  return step.kind === "power"
    ? powerWords(settings, step.host, "on")
    : apiWords(settings, step.server, step.act);
}

function filled(
  words: readonly string[] | undefined,
  key: string,
  values: Readonly<Record<string, string>>,
): readonly string[] {
  if (words === undefined) throw new Error(`the inventory names no endpoint.drill.${key}`);
  return words.map((word) => word.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all));
}

/**
 * Runs a command without a shell.
 * @throws {Error} when it cannot be started, takes too long or fails: with the last that it said
 */
export async function runWords([program = "", ...args]: readonly string[]): Promise<void> {
  const name = JSON.stringify([program, ...args].join(" "));
  const limit = AbortSignal.timeout(LIMIT_MS);
  const options = { args, stdin: "null", stdout: "piped", stderr: "piped" } as const;
  let output: Deno.CommandOutput;
  try {
    // Not in the group of this process: a Ctrl-C that asks to heal must not end what heals.
    output = await new Deno.Command(program, { ...options, detached: true, signal: limit })
      .output();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Error(`${name} cannot be started: ${error.message}`, { cause: error });
  }
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim().slice(-SAID);
  const said = text(output.stderr) || text(output.stdout) || "it said nothing";
  if (limit.aborted) throw new Error(`${name} took longer than ${LIMIT_MS / 1000} s: ${said}`);
  if (!output.success) throw new Error(`${name} ended with ${output.code}: ${said}`);
}
