/**
 * Starts inventory programs: no shell, one time limit for all calls of a load, a limit on what they
 * print. It never throws for what a program does; the answer is a value.
 * @module
 */
import { resolve } from "@std/path";

/** How long all calls of one program may take together. */
const LIMIT_MS = 30_000;
/** What all calls of one program may print together. */
const LIMIT_BYTES = 8 * 1024 * 1024;
/** Of what a program says on stderr, the end tells most. */
const STDERR_BYTES = 4096;

/** Makes an inventory program callable; the time limit begins with this. */
export type Programs = (path: string) => Program;

/** Runs an inventory program with these arguments. */
export type Program = (args: readonly string[]) => Promise<ProgramAnswer>;

/** What running a program gave. */
export type ProgramAnswer =
  /** It ended well; this is what it printed. */
  | { readonly kind: "output"; readonly text: string }
  /** It cannot be used; the reason ends a sentence, `stderr` is what it said. */
  | {
    readonly kind: "failed";
    readonly reason: string;
    readonly stderr: string;
    readonly hint?: string;
  }
  /** It was not started, because only its name was asked for. */
  | { readonly kind: "unread" };

/** Limits that tests make smaller. */
export interface ProgramLimits {
  /** Milliseconds for all calls together. @default {30_000} */
  readonly ms?: number;
  /** Bytes that all calls may print together. @default {8 MiB} */
  readonly bytes?: number;
}

/** The real programs, in the environment that Holdfast was given. */
export function realPrograms({ ms = LIMIT_MS, bytes = LIMIT_BYTES }: ProgramLimits = {}): Programs {
  return (path) => {
    // A path without a slash would be looked up in PATH.
    const program = resolve(path);
    const signal = AbortSignal.timeout(ms);
    const budget = { left: bytes };
    return async (args) => {
      const permission = { name: "run", command: program } as const;
      if ((await Deno.permissions.query(permission)).state !== "granted") {
        return {
          kind: "failed",
          reason: "this run may not start it",
          stderr: "",
          hint: `add it to --allow-run: --allow-run=…,${program}`,
        };
      }
      try {
        return await runOne(program, args, signal, budget);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (signal.aborted) return failed(`it did not end within ${ms / 1000} s`);
        return failed(reasonOf(error));
      }
    };
  };
}

interface Budget {
  left: number;
}

async function runOne(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
  budget: Budget,
): Promise<ProgramAnswer> {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const end = () => {
    try {
      child.kill("SIGKILL");
    } catch { /* It has ended already. */ }
  };
  try {
    const [stdout, stderr] = await Promise.all([
      collect(child.stdout, signal, budget),
      tail(child.stderr, signal),
    ]);
    const { success, code, signal: by } = await child.status;
    if (!success) return failed(by === null ? `it ended with ${code}` : `${by} ended it`, stderr);
    return { kind: "output", text: new TextDecoder("utf-8", { fatal: true }).decode(stdout) };
  } finally {
    // What it left behind may hold the pipes open: nobody waits for that.
    end();
  }
}

/** All chunks of a stream until it ends, the time is up or the reader has had enough. */
async function read(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  const reader = stream.getReader();
  const stop = () => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", stop, { once: true });
  try {
    if (signal.aborted) stop();
    for (let next = await reader.read(); !next.done; next = await reader.read()) take(next.value);
    signal.throwIfAborted();
  } catch (error) {
    stop();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function collect(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  budget: Budget,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  await read(stream, signal, (chunk) => {
    budget.left -= chunk.length;
    if (budget.left < 0) throw new RangeError("it prints too much");
    chunks.push(chunk as Uint8Array<ArrayBuffer>);
  });
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

async function tail(stream: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  await read(stream, signal, (chunk) => {
    text = (text + decoder.decode(chunk, { stream: true })).slice(-STDERR_BYTES);
  });
  return text;
}

function failed(reason: string, stderr = ""): ProgramAnswer {
  return { kind: "failed", reason, stderr };
}

function reasonOf(error: Error): string {
  if (error instanceof Deno.errors.NotFound) return "the program of its first line is not there";
  if (error instanceof TypeError) return "what it prints is not UTF-8 text";
  return error.message;
}
