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

/** What {@link runWords} may be told. */
export interface RunWordsOptions {
  /** How long the command may take, in milliseconds. @default {120000} */
  readonly limitMs?: number;
  /**
   * Is told the command's process before the command begins, and gives what is told its end. A
   * controller that dies in between leaves a command that never began, or one that is known.
   */
  readonly know?: (pid: number) => Promise<() => Promise<void>>;
}

// The words are arguments: no shell reads them.
const WAITS = `IFS= read -r word && [ "$word" = go ] || exit 125
"$@" </dev/null`;

/**
 * Runs a command, whose words no shell reads.
 * @throws {Error} when it cannot be started, takes too long or fails: with the last that it said
 */
export async function runWords(
  words: readonly string[],
  { limitMs = LIMIT_MS, know }: RunWordsOptions = {},
): Promise<void> {
  const name = JSON.stringify(words.join(" "));
  const child = started(words, name, know !== undefined);
  const over = await know?.(child.pid);
  if (know !== undefined) await go(child);
  const output = await within(child, limitMs);
  await over?.();
  if (output === undefined) throw new Error(`${name} took longer than ${limitMs / 1000} s`);
  if (output.success) return;
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim().slice(-SAID);
  const said = text(output.stderr) || text(output.stdout) || "it said nothing";
  throw new Error(`${name} ended with ${output.code}: ${said}`);
}

function started(words: readonly string[], name: string, waits: boolean): Deno.ChildProcess {
  const [program = "", ...args] = waits ? ["sh", "-c", WAITS, "holdfast-break", ...words] : words;
  try {
    return new Deno.Command(program, {
      args,
      stdin: waits ? "piped" : "null",
      stdout: "piped",
      stderr: "piped",
      // Not in the group of this process: a Ctrl-C that asks to heal must not end what heals.
      detached: true,
    }).spawn();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Error(`${name} cannot be started: ${error.message}`, { cause: error });
  }
}

async function go({ stdin }: Deno.ChildProcess): Promise<void> {
  const writer = stdin.getWriter();
  await writer.write(new TextEncoder().encode("go\n"));
  await writer.close();
}

/** What a process said, once it has ended; nothing when it does not end in time. */
async function within(
  child: Deno.ChildProcess,
  limitMs: number,
): Promise<Deno.CommandOutput | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, limitMs, undefined);
  });
  // What it started may hold its output for longer than it lives: that is not waited for.
  const output = await Promise.race([child.output(), late]);
  clearTimeout(timer);
  if (output === undefined) leave(child);
  return output;
}

function leave(child: Deno.ChildProcess): void {
  child.unref();
  try {
    child.kill("SIGKILL");
  } catch (error) {
    // It has ended, and only what it started goes on.
    if (!(error instanceof TypeError)) throw error;
  }
}
