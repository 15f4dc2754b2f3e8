/**
 * The command `lab`: up, down, status, ssh, and the switches that a drill needs.
 *
 * @module
 */
import { defaultName, type Suite, suites } from "./layout.ts";
import * as lab from "./mod.ts";

/** Where a command's words go: results and progress. */
export interface LabIo {
  /** Takes a line of the result. */
  out(line: string): void;
  /** Takes a line of progress or of an error. */
  err(line: string): void;
}

/** The help text. */
export const labHelp = `Usage: holdfast lab COMMAND [--name NAME]

Real Debian hosts and stand-in API servers on this machine. Needs Linux and root.

Commands:
  up [--suite ${suites.join("|")}] [--hosts N]
                            Bring the lab up, or check the one that is up (bookworm, 2 hosts)
  down                      Take it down and remove every trace of it
  status                    Say what runs; ends with 3 when something does not
  ssh HOST [COMMAND...]     Open a shell on a host, or run a command there
  power off|on HOST         Cut a host's power, or give it back
  api SERVER 200|500|stop|start
                            Switch what an API server says about its health, or stop and start it

Options:
  --name NAME               Which lab (${defaultName}); several can run side by side
  -h, --help                This text

Exit codes: 0 as wished, 1 usage or cannot run here, 3 failed`;

/** What was typed behind `lab`. */
export interface LabCall {
  /** Which lab. */
  name: string;
  /** The command and what it is about, without options. */
  words: string[];
  /** Whether the help was asked for. */
  help: boolean;
  /** Debian release of a new lab. */
  suite?: Suite;
  /** Hosts of a new lab. */
  hosts?: number;
}

/** Runs the command and gives its exit code. */
export async function labCommand(args: string[], io: LabIo): Promise<number> {
  try {
    const call = parseLab(args);
    if (call.help || call.words.length === 0) {
      (call.help ? io.out : io.err)(labHelp);
      return call.help ? 0 : 1;
    }
    return await dispatch(call, io);
  } catch (error) {
    io.err(error instanceof Error ? error.message : String(error));
    return error instanceof RangeError || error instanceof lab.UnfitError ? 1 : 3;
  }
}

async function dispatch(call: LabCall, io: LabIo): Promise<number> {
  const { name, words: [command, ...words] } = call;
  const reason = await lab.unfit();
  if (reason !== undefined) throw new lab.UnfitError(reason);
  switch (command) {
    case "up":
      take(words);
      return await up(call, io);
    case "down":
      take(words);
      await lab.labDown({ name, log: (line) => io.err(line) });
      return 0;
    case "status":
      take(words);
      return await status(name, io);
    case "ssh":
      return await ssh(name, words);
    case "power":
      return await power(name, words);
    case "api":
      return await api(name, words);
  }
  throw new RangeError(
    `Cannot run lab command "${command}": expected up, down, status, ssh, power or api`,
  );
}

async function up({ name, suite, hosts }: LabCall, io: LabIo): Promise<number> {
  const made = await lab.labUp({
    name,
    log: (line) => io.err(line),
    ...(suite === undefined ? {} : { suite }),
    ...(hosts === undefined ? {} : { hosts }),
  });
  io.out(`inventory: ${made.inventoryFile}`);
  return 0;
}

async function status(name: string, io: LabIo): Promise<number> {
  const seen = await lab.labStatus({ name });
  const suite = seen.lab === undefined
    ? ""
    : ` (${seen.lab.suite}, ${seen.lab.subnet}, VIP ${seen.lab.vip})`;
  io.out(`lab "${name}" is ${seen.up ? "up" : "not up"}${suite}`);
  for (const host of seen.hosts) {
    const state = host.ssh ? "running" : host.running ? "running, no ssh" : "off";
    io.out(`${host.name}  ${host.address}  ${state}`);
  }
  for (const server of seen.apiServers) {
    io.out(
      `${server.name}   ${server.address}  ${
        server.running ? `readyz ${server.status ?? "silent"}` : "stopped"
      }`,
    );
  }
  const isWhole = seen.hosts.every((host) => host.ssh) &&
    seen.apiServers.every((server) => server.running);
  return seen.up && isWhole ? 0 : 3;
}

async function ssh(name: string, [host, ...command]: string[]): Promise<number> {
  if (host === undefined) {
    throw new RangeError("Cannot open a shell: expected the name of a host, as in: lab ssh lb1");
  }
  const words = command[0] === "--" ? command.slice(1) : command;
  const args = [...lab.labSshArgs(name, host), ...(words.length === 0 ? [] : ["--", ...words])];
  const child = new Deno.Command("ssh", {
    args,
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
  return (await child.spawn().status).code;
}

async function power(name: string, words: string[]): Promise<number> {
  const [act, host] = take(words, "off|on", "HOST");
  if (act !== "off" && act !== "on") {
    throw new RangeError(`Cannot switch power to "${act}": expected off or on`);
  }
  const opened = await lab.openLab(name);
  await (act === "off" ? lab.powerOff : lab.powerOn)(opened, host ?? "");
  return 0;
}

async function api(name: string, words: string[]): Promise<number> {
  const [server = "", act] = take(words, "SERVER", "200|500|stop|start");
  const acts: Record<string, (opened: lab.Lab) => Promise<void>> = {
    "200": (opened) => lab.setReady(opened, server, 200),
    "500": (opened) => lab.setReady(opened, server, 500),
    stop: (opened) => lab.stopApiServer(opened, server),
    start: (opened) => lab.startApiServer(opened, server),
  };
  const chosen = acts[act ?? ""];
  if (chosen === undefined) {
    throw new RangeError(`Cannot switch API server to "${act}": expected 200, 500, stop or start`);
  }
  await chosen(await lab.openLab(name));
  return 0;
}

function take(words: string[], ...expected: string[]): string[] {
  if (words.length === expected.length) return words;
  const wish = expected.length === 0 ? "no further words" : expected.join(" ");
  throw new RangeError(`Cannot use ${JSON.stringify(words.join(" "))} here: expected ${wish}`);
}

/**
 * Reads the words behind `lab`. Options may stand anywhere, but what is run on a host is the host's.
 * @throws {RangeError} when one of them cannot be used
 */
export function parseLab(args: readonly string[]): LabCall {
  const call: LabCall = { name: defaultName, words: [], help: false };
  const rest = [...args];
  while (rest.length > 0) {
    const word = rest.shift() ?? "";
    // From its first word on, whatever is run on a host is the host's business.
    if (call.words[0] === "ssh" && call.words.length >= 2 && !/^--name(=|$)/.test(word)) {
      call.words.push(word, ...rest.splice(0));
    } else if (word === "-h" || word === "--help") call.help = true;
    else if (word.startsWith("--")) option(call, word, rest);
    else call.words.push(word);
  }
  return call;
}

function option(call: LabCall, word: string, rest: string[]): void {
  const [name, attached] = word.split(/=(.*)/s);
  const value = attached ?? rest.shift();
  if (value === undefined) {
    throw new RangeError(`Cannot use ${name} alone: expected a value after it`);
  }
  switch (name) {
    case "--name":
      call.name = value;
      return;
    case "--suite":
      call.suite = suiteOf(value);
      return;
    case "--hosts":
      call.hosts = countOf(value);
      return;
  }
  throw new RangeError(`Cannot use ${name}: expected --name, --suite or --hosts`);
}

function suiteOf(value: string): Suite {
  const suite = suites.find((known) => known === value);
  if (suite !== undefined) return suite;
  throw new RangeError(`Cannot use suite "${value}": expected ${suites.join(", ")}`);
}

function countOf(value: string): number {
  if (/^([1-9][0-9]?|100)$/.test(value)) return Number(value);
  throw new RangeError(`Cannot use "${value}" as a number of hosts: expected 1 to 100`);
}
