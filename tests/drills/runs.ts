/** Drills that run on a cluster which exists only in the tests, and how one looks at what they did. */
import { assertEquals } from "@std/assert";
import type { Break, Drill, DrillPlan, Scene } from "../../src/drills/model.ts";
import { type DrillSpec, runDrills } from "../../src/drills/run.ts";
import type { EventOf } from "../../src/events.ts";
import { assertEvents } from "../event_lines.ts";
import { anEndpoint } from "../helpers.ts";
import { Cluster, FAULTS, UNDO } from "./cluster.ts";

/** A break of the holder. */
export function onHolder(script: string, more: object = {}): (scene: Scene) => Break[] {
  return (
    { holder },
  ) => [{ kind: "host", host: holder, what: "stop it", script, undo: UNDO, ...more }];
}

/** A drill that moves the address. */
export function aDrill(
  breaks: (scene: Scene) => readonly Break[] = onHolder(FAULTS.stop),
  more: Partial<DrillPlan> = {},
): Drill {
  return {
    name: "stopped",
    title: "it is stopped",
    about: "It is stopped.",
    suite: "quick",
    plan: (scene) => ({
      targets: [scene.holder],
      breaks: breaks(scene),
      holdMs: 6000,
      predictedMs: 200,
      expect: { address: "moves", twoHoldersMs: 500 },
      ...more,
    }),
  };
}

/** Runs drills on a cluster, and checks the frame of what was said. */
export async function drill(
  cluster: Cluster,
  drills: readonly Drill[],
  more: Partial<DrillSpec> = {},
  effects = cluster.effects(),
) {
  const lock = { what: "drill", who: "bob@pc", nonce: "lock", timeoutMs: 0 };
  const spec = {
    inventory: "x.yaml",
    endpoints: [cluster.endpoint],
    drills,
    rounds: 1,
    retries: 2,
  };
  const code = await runDrills({ ...spec, lock, ...more }, effects);
  const version = { type: "version", format: 1, holdfast: "0.0.0" } as const;
  assertEvents([version, ...cluster.events].map((event) => JSON.stringify(event)));
  const ends = cluster.events.filter((event): event is EventOf<"drill-end"> =>
    event.type === "drill-end"
  );
  return { code, ends, end: ends[0], said: ends.flatMap(({ reasons }) => reasons).join("\n") };
}

export function two(): Cluster {
  return new Cluster(anEndpoint("lb1", "lb2"));
}

/** Asserts that nothing of a drill is left anywhere. */
export function assertClean(cluster: Cluster): void {
  for (const name of cluster.names) {
    const { broken, armed, sampledAt } = cluster.host(name);
    assertEquals([name, broken, armed, sampledAt], [name, false, undefined, undefined]);
  }
}

/** The power of the holder is cut. */
export const POWER: (scene: Scene) => Break[] = ({ holder }) => [
  { kind: "power", host: holder, what: "cut the power" },
];
