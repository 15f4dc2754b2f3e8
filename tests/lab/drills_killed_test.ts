/** The controller of every drill is killed in the middle: hosts, power and API servers heal by themselves. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { CATALOGUE } from "../../src/drills/catalogue/mod.ts";
import type { HealedBy } from "../../src/drills/remote/arm.ts";
import type { Lab } from "../../src/lab/mod.ts";
import { alive, begins, drillEnds, drilling, outcome, snapshots, unhealed } from "./drilling.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import { below } from "./processes.ts";

const ignore = await labAvailable() !== undefined;
const PREFERRED = "lb1";

/** How long a fault stands before the controller dies, in milliseconds. */
const MOMENT_MS = 1000;

/** Drills in which no undo lies on a host: a guard on this machine runs the inventory's commands. */
const GUARDED: readonly string[] = ["power-off", "api-server-unhealthy"];

/** What a drill makes on a host, and must take away again. */
const TRACES = `find / -xdev -name '*holdfast-drill*' -not -path '/proc/*' -not -path '/sys/*'
ls -A /var/lib/holdfast/drill 2>/dev/null || :
systemctl list-units --all --plain --no-legend 'holdfast-drill*'`;

/** Kills the controller of a drill a moment after it broke something; gives its other processes. */
async function killed(lab: Lab, name: string): Promise<readonly number[]> {
  const { child, said, done } = await drilling(lab.inventoryFile, [name]);
  // The one drill that breaks nothing but what it prepares says no fault.
  await said(begins(name === "preferred-returns" ? "prepare" : "fault"));
  await delay(MOMENT_MS);
  const left = below(child.pid);
  child.kill("SIGKILL");
  const { events } = await done;
  assertEquals(events.filter(begins("heal")), [], "it was healed before it was killed");
  assertEquals(drillEnds(events), []);
  assert(left.length >= lab.hosts.length, `it had no sessions: ${left}`);
  return left;
}

/** Waits until all is as it was, and gives who healed each host that was armed, by nonce. */
async function healed(
  lab: Lab,
  before: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, HealedBy>> {
  let wrong: readonly string[] = [];
  let by = new Map<string, HealedBy>();
  const all = async () => {
    const found = await unhealed(lab, before);
    wrong = found.wrong;
    by = new Map(
      [...found.armed.values()].flatMap(({ nonce, healedBy }) =>
        nonce === undefined || healedBy === undefined ? [] : [[nonce, healedBy] as const]
      ),
    );
    return wrong.length === 0 && (await hf.holders(lab)).join() === PREFERRED &&
      await hf.throughVip(lab) === 200;
  };
  await hf.eventually("everything is as it was", all, 120_000).catch((error) => {
    throw new Error(`${error.message}\n${wrong.join("\n")}`);
  });
  return by;
}

/** Kills drills one after the other. Each takes over what the one before has left, or it would break nothing. */
async function killedAll(lab: Lab, names: readonly string[]): Promise<void> {
  hf.assertExit(await hf.holdfast("apply", lab.inventoryFile), 0);
  const before = await snapshots(lab);
  const known = new Set<string>();
  const orphans: number[] = [];
  for (const name of names) {
    try {
      orphans.push(...await killed(lab, name));
      const fresh = [...await healed(lab, before)].filter(([nonce]) => !known.has(nonce));
      if (!GUARDED.includes(name)) assertNotEquals(fresh, [], "no host was armed");
      for (const [nonce, by] of fresh) {
        assertNotEquals(by, "controller");
        known.add(nonce);
      }
    } catch (error) {
      throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
  }
  await assertWayFree(lab);
  await hf.eventually(
    "nothing of the dead controllers runs",
    () => Promise.resolve(alive(orphans).length === 0),
  ).catch(() => assertEquals(alive(orphans), []));
}

/** The next drill runs to its end, and no trace of any is left. */
async function assertWayFree(lab: Lab): Promise<void> {
  const run = await (await drilling(lab.inventoryFile, ["keepalived-stopped"])).done;
  const [end] = drillEnds(run.events);
  const said = outcome(run.events);
  if (end?.verdict === "unknown") assert((end.figures?.stalledMs ?? 0) > 0, said);
  else assertEquals(end?.verdict, "pass", said);
  for (const { name } of lab.hosts) {
    assertEquals(await hf.root(lab, name, TRACES), "", `left on ${name}`);
  }
}

// Two labs at the same time: most of it is waiting.
const HALVES = [0, 1].map((half) =>
  CATALOGUE.map(({ name }) => name).filter((_, i) => i % 2 === half)
);

Deno.test({
  name: "every drill whose controller is killed is healed without it, and leaves the way free",
  ignore,
  fn: async () => {
    const ends = await Promise.allSettled(
      HALVES.map((names, half) => withLab(`kill${half}`, (lab) => killedAll(lab, names))),
    );
    const failed = ends.flatMap((end) => end.status === "rejected" ? [end.reason] : []);
    if (failed.length > 0) throw new AggregateError(failed, failed.map(String).join("\n"));
  },
});
