/**
 * The one place where the lab runs other programs: argv arrays only, never a shell string with values in it.
 *
 * @module
 */

/** How a program is run. */
export interface RunOptions {
  /** What the program is for, as in "create bridge \"hf-lab\""; the start of the error's sentence. */
  to: string;
  /** Text for its standard input; without it the program reads nothing. */
  stdin?: string;
  /** Variables set on top of the caller's environment. */
  env?: Record<string, string>;
  /** After this time the program is killed and the call fails. @default {60000} */
  timeoutMs?: number;
}

/** What a finished program left. */
export interface RunResult {
  /** Its exit code. */
  code: number;
  /** Its standard output. */
  stdout: string;
  /** Its standard error. */
  stderr: string;
}

/** Runs a program and gives what it left, whatever its exit code. */
export async function attempt(argv: readonly string[], options: RunOptions): Promise<RunResult> {
  const [program = "", ...args] = argv;
  const { to, stdin, env, timeoutMs = 60_000 } = options;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeoutMs);
  try {
    const child = new Deno.Command(program, {
      args,
      env: { ...env, PATH: searchPath(), LC_ALL: "C.UTF-8" },
      stdin: stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
      signal: limit.signal,
    }).spawn();
    if (stdin !== undefined) await feed(child, stdin);
    const { code, stdout, stderr } = await child.output();
    if (limit.signal.aborted) throw new Error(`${program} did not end within ${timeoutMs} ms`);
    const text = new TextDecoder();
    return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot ${to}: ${reason}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Runs a program that has to succeed and gives its standard output.
 *
 * @throws {Error} with one sentence that names the act, the program, its exit code and its last words.
 */
export async function run(argv: readonly string[], options: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await attempt(argv, options);
  if (code === 0) return stdout;
  const words = lastLines(stderr.trim() || stdout, 5);
  throw new Error(`Cannot ${options.to}: ${argv[0]} ended with ${code}: ${words}`);
}

/** Tells whether a program of this name can be run. */
export async function hasProgram(name: string): Promise<boolean> {
  for (const folder of searchPath().split(":")) {
    const found = await Deno.stat(`${folder}/${name}`).catch(() => undefined);
    if (found?.isFile) return true;
  }
  return false;
}

/** The last lines of a text, without blank ones. */
export function lastLines(text: string, count: number): string {
  return text.split("\n").filter((line) => line.trim() !== "").slice(-count).join("\n");
}

// A user's PATH often lacks the sbin folders, where ip and nft live.
function searchPath(): string {
  return `${
    Deno.env.get("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
  }:/usr/local/sbin:/usr/sbin:/sbin`;
}

async function feed(child: Deno.ChildProcess, text: string): Promise<void> {
  const writer = child.stdin.getWriter();
  // A program that ends without reading says why in its exit code.
  await writer.write(new TextEncoder().encode(text)).catch(() => {});
  await writer.close().catch(() => {});
}
