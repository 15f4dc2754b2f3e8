/** Drills that are watched while they run: what they say as they say it, and how hosts are meanwhile. */
import { denoArgs } from "../../src/commands/permissions.ts";
import { secretsNamed } from "../../src/commands/secrets_named.ts";
import { type Armed, armedProbe, parseArmed } from "../../src/drills/remote/arm.ts";
import { differences, snapshotScript } from "../../src/drills/remote/snapshot.ts";
import type { Event, EventOf } from "../../src/events.ts";
import { type Lab, labStatus } from "../../src/lab/mod.ts";
import { root, type Run } from "./holdfast.ts";

const ROOT = new URL("../../", import.meta.url);

/** A run of drills that is under way. */
export interface Drilling {
  /** Its process: the controller itself, whose children are its sessions and guards. */
  readonly child: Deno.ChildProcess;
  /** Waits for something that it says; fails with all that it said when it ends without it. */
  said(what: (event: Event) => boolean): Promise<Event>;
  /** What it left, once it has ended. */
  readonly done: Promise<Run>;
}

/** Starts drills on the inventory of a lab, with the permissions that they are documented to need. */
export async function drilling(
  inventory: string,
  flags: readonly string[],
): Promise<Drilling> {
  const { drills } = await secretsNamed(inventory);
  const words = ["drill", inventory, ...flags, "--json"];
  const wants = { env: [], programs: [], writes: [], ...(drills === undefined ? {} : { drills }) };
  const child = new Deno.Command(Deno.execPath(), {
    args: [...denoArgs("drill", "cli.ts", words, wants)],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const events: Event[] = [];
  const waiting = new Set<() => void>();
  const stderr = new Response(child.stderr).text();
  let ended = false;
  const read = async () => {
    let [stdout, rest] = ["", ""];
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      stdout += text;
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      events.push(...lines.filter((line) => line !== "").map((line) => JSON.parse(line)));
      for (const wake of waiting) wake();
    }
    const { code } = await child.status;
    ended = true;
    for (const wake of waiting) wake();
    return { code, events, stdout, stderr: await stderr };
  };
  const done = read();
  const said = async (what: (event: Event) => boolean): Promise<Event> => {
    let heard = 0;
    for (;;) {
      for (; heard < events.length; heard++) {
        const event = events[heard];
        if (event !== undefined && what(event)) return event;
      }
      if (ended) {
        throw new Error(
          `it ended before it said that:\n${(await done).stderr}\n${outcome(events)}`,
        );
      }
      await new Promise<void>((resolve) => {
        const wake = () => (waiting.delete(wake), resolve());
        waiting.add(wake);
      });
    }
  };
  return { child, said, done };
}

/** Whether an event is the beginning of one of these phases of a drill. */
export function begins(
  ...phases: readonly EventOf<"drill-phase">["phase"][]
): (event: Event) => boolean {
  return (event) => event.type === "drill-phase" && phases.includes(event.phase);
}

/** The drills that have ended. */
export function drillEnds(events: readonly Event[]): readonly EventOf<"drill-end">[] {
  return events.filter((event): event is EventOf<"drill-end"> => event.type === "drill-end");
}

/** What a run had to say that a person who reads a failure wants to know. */
export function outcome(events: readonly Event[]): string {
  return events.flatMap((event) => {
    if (event.type === "drill-end") return [`${event.drill} ${event.verdict}`, ...event.reasons];
    if (event.type === "drill-phase") return [`${event.drill} ${event.phase}: ${event.message}`];
    if (event.type === "diagnostic") return [event.diagnostic.message];
    return event.type === "task-end" && event.error !== undefined ? [event.error] : [];
  }).join("\n");
}

/** How one host is. */
export interface HostState {
  /** Everything that a drill may touch. */
  readonly snapshot: string;
  /** What is armed there. */
  readonly armed: Armed;
  /** Units of a drill that do something: a fault that goes on, an undo that runs. */
  readonly busy: string;
}

const CUT = "== holdfast test ==";

/** Looks at a host; fails when it cannot be reached. */
export async function hostState(lab: Lab, host: string): Promise<HostState> {
  const busy = "systemctl list-units --plain --no-legend --state=active,activating,reloading " +
    "'holdfast-drill-fault*' 'holdfast-drill-undo*' 'holdfast-drill-session*' " +
    "'holdfast-drill-early*' 'holdfast-drill-boot*'";
  const parts = [snapshotScript([lab.vip]), armedProbe(), busy].map((text) => `(\n${text}\n)`);
  const stdout = await root(lab, host, parts.join(`\necho '${CUT}'\n`));
  const [snapshot = "", armed = "", said = ""] = stdout.split(`${CUT}\n`);
  return { snapshot, armed: parseArmed(armed), busy: said };
}

/** Snapshots of every host of a lab. */
export async function snapshots(lab: Lab): Promise<ReadonlyMap<string, string>> {
  const all = lab.hosts.map(async ({ name }) =>
    [name, (await hostState(lab, name)).snapshot] as const
  );
  return new Map(await Promise.all(all));
}

/** What is not as it was, or still under way, on any host; a host without an answer too. */
export async function unhealed(
  lab: Lab,
  before: ReadonlyMap<string, string>,
): Promise<{ readonly wrong: readonly string[]; readonly armed: ReadonlyMap<string, Armed> }> {
  const status = await labStatus({ name: lab.name });
  const armed = new Map<string, Armed>();
  const wrong = await Promise.all(status.hosts.map(async ({ name, running }) => {
    if (!running) return [`${name} is off`];
    try {
      const state = await hostState(lab, name);
      armed.set(name, state.armed);
      return [
        ...differences(before.get(name) ?? "", state.snapshot).map((line) => `${name}: ${line}`),
        ...(state.armed.armed ? [`${name}: armed: ${state.armed.record.join("; ")}`] : []),
        ...(state.busy === "" ? [] : [`${name}: runs ${state.busy}`]),
      ];
    } catch (error) {
      return [`${name}: ${error instanceof Error ? error.message : error}`];
    }
  }));
  const servers = status.apiServers.flatMap(({ name, status }) =>
    status === 200 ? [] : [`${name} answers ${status ?? "nothing"}`]
  );
  return { wrong: [...wrong.flat(), ...servers], armed };
}

/** Those of these processes that still run. */
export function alive(pids: readonly number[]): readonly number[] {
  return pids.filter((pid) => {
    try {
      return !/\) Z /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
    } catch {
      return false;
    }
  });
}
