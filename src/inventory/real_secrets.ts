/**
 * Secrets from the environment, from files and from programs. With `read.ts` the only files of the
 * inventory that touch the world.
 * @module
 */
import { deadline } from "@std/async/deadline";
import { take } from "../bytes.ts";
import { quote } from "../diagnostics.ts";
import { masker, secret } from "../secret.ts";
import { reasonOf, type SecretReader } from "./read.ts";

/** What a secret may hold at most, in bytes. */
const LIMIT = 64 * 1024;

// A variable that holds a secret is taken out of the environment, so that neither ssh nor any other
// child inherits it. Who reads it afterwards finds it here.
const taken = new Map<string, string>();

/** The real secrets. */
export const realSecrets: SecretReader = systemSecrets();

/** The same with a time limit for programs of one's own, in milliseconds. */
export function systemSecrets(timeoutMs = 60_000): SecretReader {
  return {
    conceal,
    env: fromEnvironment,
    file: fromFile,
    command: (argv) => fromProgram(argv, timeoutMs),
  };
}

/** Reads no secret at all: for commands that only look (`verify`, `inventory --list`). */
export const noSecrets: SecretReader = {
  blind: true,
  conceal,
  env: (name) => (conceal(name), ""),
  file: () => Promise.resolve(""),
  command: () => Promise.resolve(""),
};

function mayRead(name: string): boolean {
  return Deno.permissions.querySync({ name: "env", variable: name }).state === "granted";
}

function conceal(name: string): void {
  if (mayRead(name)) fromEnvironment(name);
}

function fromEnvironment(name: string): string | undefined {
  // An environment that is closed off answers like one without the variable: ask first.
  if (!mayRead(name)) {
    throw new Error(`this run may not read it; add it to --allow-env: --allow-env=…,${name}`);
  }
  const value = Deno.env.get(name);
  if (value === undefined) return taken.get(name);
  taken.set(name, value);
  Deno.env.delete(name);
  return value;
}

async function fromFile(path: string): Promise<string> {
  const home = path.startsWith("~/") ? Deno.env.get("HOME") : undefined;
  try {
    return await readOwn(home === undefined ? path : home + path.slice(1));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new Error("there is no such file");
    throw new Error(reasonOf(error), { cause: error });
  }
}

async function fromProgram(argv: readonly string[], timeoutMs: number): Promise<string> {
  const program = start(argv);
  try {
    return await deadline(outputOf(program), timeoutMs);
  } catch (error) {
    await end(program);
    const late = error instanceof DOMException && error.name === "TimeoutError";
    throw late ? new Error(`it took longer than ${timeoutMs / 1000} s`) : error;
  }
}

/** Reads a file that nobody else may read or may have put there. Links are followed, and judged by their end. */
async function readOwn(path: string): Promise<string> {
  const real = await Deno.realPath(path);
  const typed = quote(real, 200);
  // A pipe or a device would wait, or never end.
  if (!(await Deno.stat(real)).isFile) throw new Error("it is not a regular file");
  using file = await Deno.open(real);
  // Of the open file: the path may mean another one by now.
  const { mode, uid, size } = await file.stat();
  if (mode !== null && (mode & 0o077) !== 0) {
    const octal = (mode & 0o7777).toString(8).padStart(4, "0");
    throw new Error(`others may read it (mode ${octal}): type chmod 600 ${typed}`);
  }
  if (uid !== null && !(await isOurs(uid))) {
    throw new Error(`it belongs to another user (${uid}): type chown "$(id -u)" ${typed}`);
  }
  if (size > LIMIT) throw new Error(`it is larger than ${LIMIT} bytes`);
  return decode(await new Response(file.readable).bytes());
}

/**
 * Whether a user is ours: the one that we are, or root. Without the permission to ask who we are
 * (`--allow-sys=uid`), we are the one whose home this is.
 */
async function isOurs(uid: number): Promise<boolean> {
  if (uid === 0) return true;
  if ((await Deno.permissions.query({ name: "sys", kind: "uid" })).state === "granted") {
    return uid === Deno.uid();
  }
  const home = Deno.env.get("HOME");
  return home === undefined || uid === (await Deno.stat(home)).uid;
}

/** Starts a program without a shell. Its own line to the user, the terminal, is not taken away. */
function start([program = "", ...args]: readonly string[]): Deno.ChildProcess {
  try {
    return new Deno.Command(program, { args, stdin: "null", stdout: "piped", stderr: "piped" })
      .spawn();
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  }
}

/** What it started itself may live on and hold its output open: nobody waits for that. */
async function end(program: Deno.ChildProcess): Promise<void> {
  try {
    program.kill("SIGKILL");
  } catch { /* It has ended already. */ }
  await program.status;
}

async function outputOf(program: Deno.ChildProcess): Promise<string> {
  const [out, err, { success, code, signal }] = await Promise.all([
    take(program.stdout, (bytes) => {
      if (bytes.length > LIMIT) throw new Error(`it printed more than ${LIMIT} bytes`);
      return bytes;
    }),
    take(program.stderr, (bytes) => bytes.subarray(-LIMIT)),
    program.status,
  ]);
  if (success) return decode(out);
  const how = signal === null ? `it ended with ${code}` : `it was ended by ${signal}`;
  throw new Error(how + complaint(err, out));
}

/** The last that a program complained, without what it printed: that may be the secret already. */
function complaint(err: Uint8Array, out: Uint8Array): string {
  const [said, printed] = [err, out].map((bytes) => new TextDecoder().decode(bytes).trim());
  const mask = masker((printed ?? "").split("\n").map((line) => secret(line.trim())));
  const lines = mask(said ?? "").split("\n").map((line) => line.trim()).filter((line) =>
    line !== ""
  );
  return lines.length === 0 ? "" : `: ${lines.slice(-3).join(" | ").slice(-400)}`;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("it is not UTF-8 text");
  }
}
