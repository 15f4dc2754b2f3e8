/** Waiting until machines are apart: what a look that fails does to it. */
import { assertEquals, assertRejects } from "@std/assert";
import { ObstacleError } from "../../../src/commands/placement/obstacles.ts";
import type { Subject } from "../../../src/commands/placement/subject.ts";
import type { Planned } from "../../../src/commands/placement/text.ts";
import { untilApart } from "../../../src/commands/placement/wait.ts";
import { PlacementError, type PlacementObstacle } from "../../../src/placement/errors.ts";
import type { Violation } from "../../../src/placement/plan_model.ts";

const SETTINGS = { name: "all", provider: "proxmox", required: false, groups: [] } as const;
const SITE = { sources: new Map<string, string>(), hosts: [], locate: () => undefined };

const SHARED: Violation = { group: "masters", host: "pve1", members: ["m1", "m3"], most: 1 };

/** What is seen while some still share a host, or none does. */
function seen(...violations: readonly Violation[]): Planned {
  return {
    settings: SETTINGS,
    options: { cluster: "prod", canEnforce: true, places: "hosts" },
    seen: {
      placements: ["m1", "m3"].map((vm) => ({ vm, id: vm, host: "pve1", pool: "lab" })),
      pools: [],
      rules: [],
    },
    plan: {
      groups: [{
        name: "masters",
        policy: "anti_affinity",
        members: 2,
        hosts: ["pve1"],
        usable: 2,
        most: 1,
        unknown: [],
      }],
      violations,
      changes: [],
      errors: [],
      warnings: [],
      notes: [],
    },
  };
}

function obstacle(kind: PlacementObstacle): ObstacleError {
  return new ObstacleError(new PlacementError(kind, "Cannot reach pve1"), SETTINGS, SITE);
}

/** Waits over looks that give or throw these, one after the other; the last one again and again. */
async function wait(looks: readonly (Planned | ObstacleError)[], ms: number) {
  const said: string[] = [];
  let looked = 0;
  const subject: Subject = {
    settings: SETTINGS,
    provider: {
      canEnforce: true,
      look: () => Promise.reject(new TypeError("nobody looks")),
      ensure: () => Promise.reject(new TypeError("nobody writes")),
      remove: () => Promise.reject(new TypeError("nobody writes")),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    plan() {
      const next = looks[Math.min(looked++, looks.length - 1)];
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next ?? seen());
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const { signal } = new AbortController();
  const say = (text: string) => void said.push(text);
  const options = { ms, signal, say, everyMs: 1 };
  const after = await untilApart([subject], [seen(SHARED)], options);
  return { after: after.map(({ plan }) => plan.violations.length), looked, said };
}

Deno.test("a platform that is away for a moment is looked at again, and said once", async () => {
  const away = obstacle("unreachable");
  const { after, looked, said } = await wait(
    [seen(SHARED), away, away, seen(SHARED), seen()],
    60_000,
  );
  assertEquals([after, looked], [[0], 5]);
  assertEquals(said.filter((line) => line.includes("Cannot reach pve1")).length, 1);
});

Deno.test("one that is away when the time is over is told of", async () => {
  const error = await assertRejects(() => wait([obstacle("unreachable")], 20), ObstacleError);
  assertEquals(error.code, 4);
});

Deno.test("what waiting does not mend ends it at once", async () => {
  const error = await assertRejects(() => wait([obstacle("permission")], 60_000), ObstacleError);
  assertEquals(error.code, 3);
});
