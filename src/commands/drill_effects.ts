/**
 * The world as drills may touch it: ssh, the prober, the inventory's commands, and apply itself.
 * @module
 */
import { describer } from "../describe.ts";
import type { DrillEffects } from "../drills/model.ts";
import type { LockWish } from "../drills/locks.ts";
import type { Event } from "../events.ts";
import type { DrillSettings, Endpoint, Play, Secret } from "../model.ts";
import { probe } from "../prober/mod.ts";
import { run } from "../runner/run.ts";
import { connector } from "../ssh/connect.ts";
import { apiWords, powerWords, runWords, undoWords } from "./drill_commands.ts";
import { Guards } from "./guard.ts";
import type { SudoPasswords } from "./password.ts";

/** What the effects are made of. */
export interface DrillWorld {
  /** What `apply` applies. */
  readonly play: Play;
  /** The inventory as the user typed it. */
  readonly inventory: string;
  /** Endpoints of the run, whose settings name the commands. */
  readonly endpoints: readonly Endpoint[];
  /** What connecting needs beside keys. */
  readonly sudo: SudoPasswords;
  /** Texts that nobody may read in a difference. */
  readonly secrets: readonly Secret[];
  /** The lock of the run: what apply does, it does under the same one. */
  readonly lock: LockWish;
  /** Reports what happens. */
  emit(event: Event): void;
  /** Becomes aborted when a person wants it to end. */
  readonly signal: AbortSignal;
}

/** Makes the effects of a run of drills. */
export function drillEffects(world: DrillWorld): DrillEffects {
  const { play, sudo, endpoints, emit, signal } = world;
  const of = (settings: (endpoint: Endpoint) => boolean): DrillSettings =>
    endpoints.find(settings)?.drill ?? {};
  const ofHost = (name: string) =>
    of(({ members }) => members.some(({ host }) => host.name === name));
  const ofServer = (name: string) => of(({ backends }) => backends.some((it) => it.name === name));
  const connect = connector({ sudoPassword: sudo.of });
  const guards = new Guards();
  const breaking = { know: (pid: number) => guards.know(pid) };
  return {
    connect,
    probe,
    power: (host, act) =>
      runWords(powerWords(ofHost(host), host, act), act === "off" ? breaking : {}),
    api: (server, act) =>
      runWords(
        apiWords(ofServer(server), server, act),
        act === "stop" || act === "500" ? breaking : {},
      ),
    guard: (steps) =>
      Promise.try(() =>
        guards.arm(
          steps.map((step) =>
            undoWords(step.kind === "power" ? ofHost(step.host) : ofServer(step.server), step)
          ),
        )
      ),
    apply: (endpoint) => applyQuietly(world, endpoint, connect),
    check: (endpoint) => {
      const [check] = play.checks(endpoint);
      if (check === undefined) throw new TypeError(`The play "${play.name}" has no check`);
      return check;
    },
    emit,
    now: () => Date.now(),
    clock: () => performance.now(),
    sleep: (ms) => pause(ms, signal),
    nonce: () => crypto.randomUUID(),
    signal,
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}

/** What apply says is no part of the drill's report; why it failed is. */
async function applyQuietly(
  { play, inventory, secrets, lock }: DrillWorld,
  endpoint: Endpoint,
  connect: DrillEffects["connect"],
): Promise<void> {
  const errors: string[] = [];
  const emit = (event: Event) => {
    if (event.type === "task-end" && event.error !== undefined) errors.push(event.error);
    if (event.type === "check-end" && event.status === "failed") errors.push(event.message);
    if (event.type === "diagnostic" && event.diagnostic.severity === "error") {
      errors.push(event.diagnostic.message);
    }
  };
  const { signal } = new AbortController();
  const code = await run({
    mode: "apply",
    play,
    endpoints: [endpoint],
    selected: new Set(endpoint.members.map(({ host }) => host.name)),
    inventory,
    forks: endpoint.members.length,
    lock: { who: lock.who, nonce: lock.nonce },
  }, {
    connect,
    emit,
    now: () => Date.now(),
    // An interrupt ends the hold of the drill; what apply has begun it ends, and it is undone next.
    sleep: (ms) => pause(ms, signal),
    describe: describer(secrets),
    nonce: () => crypto.randomUUID(),
    signal,
  });
  if (code !== 0) throw new Error(errors[0] ?? `apply ended with ${code}`);
}
