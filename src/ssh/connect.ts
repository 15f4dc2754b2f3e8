/**
 * Opens sessions over the system's `ssh`, one process for each host.
 *
 * Needs `--allow-run=ssh` and nothing else. Keys, agents, jump hosts and multiplexing stay what the
 * user's own ssh configuration says.
 * @module
 */
import { ConnectError } from "../errors.ts";
import type { Connect, ConnectWish, Host, Secret } from "../model.ts";
import { connectTimeout, jumpHost, sshArguments, type SudoWords } from "./arguments.ts";
import { explain } from "./reasons.ts";
import { Ramp } from "./ramp.ts";
import { openSession, type ShellSession } from "./session.ts";
import { SudoGate } from "./sudo.ts";
import { type Spawn, spawnProgram } from "./transport.ts";

/** How to connect. */
export interface ConnectOptions {
  /** Given to sudo on this host when it asks; without it sudo must not ask. */
  readonly sudoPassword?: (host: Host) => Secret | undefined;
  /** How long to wait for a connection. @default {10} */
  readonly connectTimeoutS?: number;
  /** Pause before another try to connect, by number of tries. @default {0.1 to 0.4 s at first, twice as long each time} */
  readonly pauseMs?: (tries: number) => number;
  /** Starts ssh; another program in tests. */
  readonly spawn?: Spawn;
}

/** ssh keeps the first value it meets: these come before all others. */
const UNSHARED = ["-o", "ControlMaster=no", "-o", "ControlPath=none"];

// Beyond the connection itself: the handshake, a login, a slow name service.
const LOGIN_S = 30;

/**
 * Gives the function that opens a session on a host.
 *
 * It returns as soon as ssh has started; the first `run` throws the `ConnectError` of a host that
 * gives no shell.
 */
export function connector(options: ConnectOptions = {}): Connect {
  const ramp = new Ramp();
  return (host, wish) => connect(host, options, ramp, wish);
}

async function connect(
  host: Host,
  options: ConnectOptions,
  ramp: Ramp,
  wish: ConnectWish = {},
): Promise<ShellSession> {
  const { connectTimeoutS = 10, spawn = spawnSsh } = options;
  const sudoPassword = host.become ? options.sudoPassword?.(host) : undefined;
  const waitS = connectTimeout(host, connectTimeoutS);
  const words = sudoPassword && sudoWords();
  const own = sshArguments(host, connectTimeoutS, words);
  const args = wish.fresh === true ? [...UNSHARED, ...own] : own;
  return await openSession(host.name, () => started(host, () => spawn(args)), {
    helloMs: (waitS + LOGIN_S) * 1000,
    explain: (gone) => explain(host, gone),
    // The connection that confirms a change is waited for by a host that would go back without it.
    admit: () => ramp.enter(doorOf(host), wish.fresh === true),
    pauseMs: options.pauseMs ?? pauseMs,
    ...(words && sudoPassword ? { gate: () => new SudoGate(words, sudoPassword) } : {}),
  });
}

/** Where a connection begins: at a jump host, or at the host itself. */
function doorOf(host: Host): string {
  return jumpHost(host) ?? `${host.address}:${host.port ?? ""}`;
}

/** @throws {ConnectError} where a person can do something about what kept ssh from starting */
function started<T>(host: Host, start: () => T): T {
  try {
    return start();
  } catch (error) {
    const why = unstarted(error);
    if (why === undefined) throw error;
    throw new ConnectError(host.name, `Cannot open a shell on "${host.name}": ${why}`, {
      cause: error,
    });
  }
}

/** Random, so that hosts behind one jump host do not come back all at once. */
const pauseMs = (tries: number) => 2 ** tries * (50 + Math.random() * 150);

/** Why ssh could not be started; undefined: for no reason that a person can do something about. */
function unstarted(error: unknown): string | undefined {
  if (error instanceof Deno.errors.NotFound) {
    return "there is no ssh on this machine: install the OpenSSH client";
  }
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EMFILE" || code === "ENFILE") {
    return "this machine lets Holdfast open no more files; each host takes four: type " +
      "ulimit -n 4096 before, or do it in parts with --limit or --shard";
  }
  if (code === "EAGAIN" || code === "ENOMEM") {
    return "this machine lets Holdfast start no more processes; each host takes one: raise " +
      "ulimit -u, or do it in parts with --limit or --shard";
  }
  return undefined;
}

function spawnSsh(args: readonly string[]) {
  return spawnProgram("ssh", args);
}

function sudoWords(): SudoWords {
  const [prompt, ready] = [crypto.randomUUID(), crypto.randomUUID()]
    .map((id) => `holdfast-${id.replaceAll("-", "")}`);
  return { prompt: prompt ?? "", ready: ready ?? "" };
}
