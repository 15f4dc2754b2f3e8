/**
 * Doubles for tests: a session over a local sh in a folder of its own, and a run with counters in
 * place of the clock.
 * @module
 */
import type { Event } from "../src/events.ts";
import type { Endpoint, ExecResult, Host, Play, Session, Task } from "../src/model.ts";
import type { Effects } from "../src/runner/host.ts";
import { LOCK_DIR } from "../src/runner/lock.ts";
import { STATE_DIR } from "../src/runner/script.ts";
import { describer } from "../src/describe.ts";
import { run, type RunSpec } from "../src/runner/run.ts";
import { assertEvents } from "./event_lines.ts";

/** Runs shell text with `sh -c` and gives its result. */
export async function runSh(
  script: string,
  shell: readonly string[] = ["sh"],
): Promise<ExecResult> {
  const [program = "sh", ...args] = shell;
  const command = new Deno.Command(program, { args: [...args, "-c", script], stdin: "null" });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** The same text with its lock in another folder. */
export function lockedIn(script: string, dir: string): string {
  return script.replace(new RegExp(`${LOCK_DIR}(?![\\w-])`, "g"), dir);
}

/** A session that records what it is sent and runs it here, its state kept under `dir`. */
export class LocalSession implements Session {
  /** Every script that was sent. */
  readonly sent: string[] = [];
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  get roundTrips(): number {
    return this.sent.length;
  }

  run(script: string): Promise<ExecResult> {
    this.sent.push(script);
    const here = lockedIn(script, `${this.#dir}/run`)
      .replaceAll(STATE_DIR, `${this.#dir}/state`);
    // A step has a parent that ends with it, so that what it locks is free afterwards.
    return runSh(here, ["sh", "-c", '"$@"; exit', "session", "sh"]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** A host with nothing special about it. */
export function aHost(name: string): Host {
  return { name, address: name, become: false, sshArgs: [], groups: ["lb"], vars: {} };
}

/** An endpoint of these hosts, otherwise as the schema's defaults make it. */
export function anEndpoint(...hosts: readonly string[]): Endpoint {
  return {
    name: "lb",
    address: "10.9.0.10",
    port: 8443,
    backends: [{ name: "m1", address: "10.9.0.21" }],
    backendPort: 6443,
    profile: "standard",
    interface: "auto",
    vrrp: { routerId: "auto", mode: "unicast", advertInterval: "auto" },
    haproxy: { balance: "auto", clientTimeout: "1h", stats: "127.0.0.1:8404" },
    slo: { failoverMs: 2000 },
    members: hosts.map((name) => ({ host: aHost(name) })),
  };
}

/** A task that is satisfied when a file in its folder holds a word, and writes it when not. */
export function wordTask(dir: string, name: string, options: Partial<Task> = {}): Task {
  const path = `${dir}/${name}`;
  return {
    kind: "word",
    name: `word ${name}`,
    notify: [],
    tags: [],
    probe: `cat '${path}' 2>/dev/null`,
    plan: ({ stdout }) =>
      stdout === "done" ? { changes: [] } : {
        changes: [{ kind: "run", summary: `write ${name}`, script: `printf done > '${path}'` }],
      },
    ...options,
  };
}

/** What a test run needs and brings. */
export interface TestRun {
  /** Exit code. */
  readonly code: number;
  /** Everything that happened. */
  readonly events: readonly Event[];
  /** `host task status`, in order. */
  readonly lines: readonly string[];
}

/** Runs a play over sessions by host name, without ssh and without a real clock. */
export async function runPlay(
  mode: "apply" | "check" | "verify",
  play: Partial<Play>,
  sessions: Readonly<Record<string, Session | Error>>,
  options:
    & { selected?: readonly string[]; signal?: AbortSignal }
    & Partial<
      Pick<
        RunSpec,
        | "wanted"
        | "lock"
        | "endpoints"
        | "bound"
        | "serial"
        | "maxFailPercentage"
        | "hostNamed"
        | "shard"
        | "skipPreflight"
      >
    >
    & { forks?: number; tickMs?: number }
    & Partial<Pick<Effects, "approve" | "sleep">> = {},
): Promise<TestRun> {
  const events: Event[] = [];
  let time = 0;
  const names = Object.keys(sessions);
  const effects: Effects = {
    connect: ({ name }, wish) => {
      const session = sessions[name];
      if (session === undefined || session instanceof Error) return Promise.reject(session);
      return Promise.resolve(wish?.fresh === true ? lent(session) : session);
    },
    emit: (event) => events.push(event),
    now: () => time += options.tickMs ?? 10,
    sleep: async (ms) => {
      // Long ones are heartbeats: what they are raced against ends first.
      if (ms < 10_000) time += ms;
      // What others do meanwhile must have its turn.
      await new Promise((resolve) => setTimeout(resolve, 0));
      await options.sleep?.(ms);
    },
    describe: describer([]),
    nonce: () => crypto.randomUUID(),
    signal: options.signal ?? new AbortController().signal,
    ...(options.approve === undefined ? {} : { approve: options.approve }),
  };
  const code = await run({
    mode,
    play: {
      name: "test",
      packages: [],
      tasks: () => [],
      handlers: () => [],
      checks: () => [],
      ...play,
    },
    endpoints: options.endpoints ?? [anEndpoint(...names)],
    selected: new Set(options.selected ?? names),
    inventory: "test.yaml",
    forks: options.forks ?? 4,
    ...(options.serial === undefined ? {} : { serial: options.serial }),
    ...(options.maxFailPercentage === undefined
      ? {}
      : { maxFailPercentage: options.maxFailPercentage }),
    ...(options.wanted === undefined ? {} : { wanted: options.wanted }),
    ...(options.hostNamed === undefined ? {} : { hostNamed: options.hostNamed }),
    ...(options.shard === undefined ? {} : { shard: options.shard }),
    ...(options.skipPreflight === undefined ? {} : { skipPreflight: options.skipPreflight }),
    ...(options.lock === undefined ? {} : { lock: options.lock }),
    ...(options.bound === undefined ? {} : { bound: options.bound }),
  }, effects);
  const version: Event = { type: "version", format: 1, holdfast: "0.0.0" };
  assertEvents([version, ...events].map((event) => JSON.stringify(event)));
  const lines = events.flatMap((event) =>
    event.type === "task-end" ? [`${event.host} ${event.task} ${event.status}`] : []
  );
  return { code, events, lines };
}

/** A session over the connection of another one, which stays open when it ends. */
function lent(session: Session): Session {
  return {
    get roundTrips() {
      return session.roundTrips;
    },
    run: (script, options) => session.run(script, options),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** A folder that is gone after the work, of which it gives the result. */
export async function withTempDir<Result>(
  work: (dir: string) => Promise<Result>,
): Promise<Result> {
  const dir = await Deno.makeTempDir();
  try {
    return await work(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
