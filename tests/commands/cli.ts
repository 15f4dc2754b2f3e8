/**
 * The command line as a person meets it: a process of its own, in a folder of its own.
 * @module
 */
import { fromFileUrl, join } from "@std/path";

/** Folder of the project. */
export const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** The file that is run. */
export const CLI = join(ROOT, "cli.ts");

/** How a run of the command line is started. */
export interface CliOptions {
  /** Flags of deno. @default everything is allowed */
  readonly flags?: readonly string[];
  /** Variables, added to a few of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folder to start in. @default the project's */
  readonly cwd?: string;
}

/** How it ended. */
export interface CliResult {
  /** Exit code. */
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  /** Standard error. */
  readonly err: string;
}

/** Variables of a plain terminal: what the tests themselves run under must not show. */
export function plainEnv(): Record<string, string> {
  const { PATH = "", HOME = "", DENO_DIR } = Deno.env.toObject();
  return { PATH, HOME, ...(DENO_DIR === undefined ? {} : { DENO_DIR }) };
}

/** Runs a program to its end, without a terminal and without input. */
export async function start(
  program: string,
  args: readonly string[],
  { env = {}, cwd = ROOT }: CliOptions = {},
): Promise<CliResult> {
  const command = new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { ...plainEnv(), ...env },
    clearEnv: true,
    stdin: "null",
  });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

/** Runs the command line. */
export function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { flags = ["--no-prompt", "--allow-all"] } = options;
  return start(Deno.execPath(), ["run", "--quiet", ...flags, CLI, ...args], options);
}

/** A CA, so that no lint misses one. */
const CA = join(ROOT, "tests/commands/ca.crt");

/** An inventory without traps, whose hosts are at a port of this machine where nobody listens. */
export const DEAD_END = `all:
  vars:
    ansible_user: deploy
    ansible_port: 1
  children:
    load_balancers:
      vars:
        endpoint: { address: 10.0.0.10, backends: [
          { name: m1, address: 10.0.0.21 }, { name: m2, address: 10.0.0.22 }], ca_file: ${CA} }
      hosts: { lb1: { ansible_host: 127.0.0.1 }, lb2: { ansible_host: 127.0.0.2 } }
`;

/** Runs a command line on a pseudo terminal and types an answer to deno's question. */
export async function onTerminal(
  args: readonly string[],
  answer: string,
  dir: string,
): Promise<{ readonly code: number; readonly screen: string }> {
  const words = [Deno.execPath(), "run", "--quiet", CLI, ...args].map((word) => `'${word}'`);
  // The code by way of a file: some versions of script lose it while they read from a pipe.
  const line = `${words.join(" ")}; echo $? > '${dir}/code'`;
  const child = new Deno.Command("script", {
    args: ["-qec", line, "/dev/null"],
    cwd: ROOT,
    env: { ...plainEnv(), SHELL: "/bin/sh", TERM: "xterm" },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  let screen = "";
  // Deno throws away what was typed before its question stood there: the answer is repeated.
  const typing = setInterval(() => {
    const asking = screen.includes("[y/n") && !/Granted|Denied/.test(screen);
    if (asking) writer.write(new TextEncoder().encode(`${answer}\n`)).catch(() => {});
  }, 300);
  try {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) screen += decoder.decode(chunk, { stream: true });
  } finally {
    clearInterval(typing);
    await writer.close().catch(() => {});
    await child.status;
  }
  return { code: Number(await Deno.readTextFile(`${dir}/code`)), screen };
}

/** Whether this machine can make a pseudo terminal. */
export function hasTerminals(): boolean {
  try {
    const { stdout } = new Deno.Command("script", { args: ["--version"] }).outputSync();
    return new TextDecoder().decode(stdout).includes("util-linux");
  } catch {
    return false;
  }
}
