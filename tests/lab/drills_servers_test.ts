import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CATALOGUE } from "../../src/drills/catalogue/mod.ts";
import { OWN_DRILL, ownExample } from "../drills/own_example.ts";
import * as drills from "./drills.ts";
import { ask, labAvailable } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;

/** What breaks behind the load balancers or changes on all of them, and what must be seen of it. */
const DRILLS: Readonly<Record<string, (end: drills.End) => void>> = {
  "api-server-dead": (end) => {
    drills.assertStayed(end);
    assertSeen(end, 2);
  },
  "api-server-unhealthy": (end) => {
    drills.assertStayed(end);
    assertSeen(end, 2);
    // It answers, so that every failure is an answer.
    const kinds = Object.keys(end.figures?.failureKinds ?? {});
    assert(kinds.every((kind) => kind === "http 500"), drills.told(end));
  },
  "api-servers-all-dead": (end) => {
    assertSeen(end, 0);
    assert(end.failures > 0, drills.told(end));
    assertEquals(end.judged, "recoveryMs");
    const overlapMs = end.figures?.twoHoldersMs ?? Infinity;
    assert(overlapMs < 1000, `one holder with nothing behind it: ${drills.told(end)}`);
  },
  "apply-change": (end) => {
    assertEquals(end.targets, [drills.PREFERRED, drills.STANDBY]);
    assertEquals(end.failures, 0, drills.told(end));
    assertEquals(end.maxHolders, 1, drills.told(end));
  },
  "apply-restart": (end) => {
    assertEquals(end.targets, [drills.PREFERRED, drills.STANDBY]);
    const { holders = [], marks = [] } = end.timeline ?? {};
    const heal = marks.find(({ kind }) => kind === "heal")?.at ?? NaN;
    // Its daemons restart while another member has the address.
    const moved = holders.some(({ host, from }) => host === drills.STANDBY && from < heal);
    assert(moved, drills.told(end));
  },
};

/** The processes that systemd started, two of each host; a reload keeps them. */
async function mainProcesses({ lab }: drills.Drilled): Promise<readonly string[]> {
  const ask = "systemctl show -p MainPID --value haproxy.service keepalived.service";
  const said = await Promise.all(lab.hosts.map(({ name }) => hf.root(lab, name, ask)));
  return said.flatMap((text) => text.split("\n").filter((line) => line !== ""));
}

/** Both load balancers came to use so many API servers, and in the end all three again. */
function assertSeen(end: drills.End, up: number): void {
  for (const name of [drills.PREFERRED, drills.STANDBY]) {
    const counts = end.timeline?.backends.filter(({ host }) => host === name) ?? [];
    assert(counts.some((count) => count.up === up), `${name}: ${drills.told(end)}`);
    assertEquals(counts.at(-1)?.up, 3, `${name}: ${drills.told(end)}`);
  }
}

Deno.test({
  name: "each drill of API servers and of apply leaves the address with one holder, and heals",
  ignore,
  fn: (t) =>
    drills.withDrilled("dsrv", async (drilled) => {
      const { lab, inventory } = drilled;
      const before = await mainProcesses(drilled);
      const ends = await drills.drilled(drilled, Object.keys(DRILLS));
      const after = await mainProcesses(drilled);
      for (const [name, assertShown] of Object.entries(DRILLS)) {
        await t.step(name, () => drills.assertDrill(ends.get(name), assertShown));
      }
      await t.step("apply-restart restarts both daemons on both hosts", () => {
        assertEquals([before.length, after.length], [4, 4]);
        assertEquals(after.filter((pid, i) => pid === before[i]), []);
      });
      await t.step("a drill of one's own, as the documents show it", async () => {
        const path = `${lab.stateDir}/standby_stopped.ts`;
        await Deno.writeTextFile(path, await ownExample());
        const run = await drills.drill(lab, inventory, [OWN_DRILL, "--drill", path]);
        const [end, ...more] = drills.endsOf(run);
        assertEquals(more, []);
        // A request that fails while this machine stands still is nobody's fault.
        if (end?.verdict !== "unknown") hf.assertExit(run, 0);
        assert(end !== undefined && end.requests > 0, run.stderr);
        assertEquals(end.targets, [drills.STANDBY], drills.told(end));
        drills.assertStayed(end);
      });
      await t.step("every host and API server is as it was", async () => {
        await drills.assertAsBefore(drilled);
        for (const { name } of lab.apiServers) {
          assertEquals((await ask(lab, name, "/readyz")).status, 200, name);
        }
        await hf.assertConverged(inventory);
      });
      await t.step("without the inventory's commands drills are skipped by name", async () => {
        const without = await hf.editInventory(
          lab,
          "bare",
          (text) => text.replace(/^ +drill:\n( +\w+_command: .*\n)+/m, ""),
        );
        await assertSkipped(drilled, without);
      });
    }),
});

const NEEDS = { "power-off": "power_command", "api-server-unhealthy": "api_command" };

/** Those that need a command say which; nothing is broken, and a run of nothing else is no success. */
async function assertSkipped(drilled: drills.Drilled, inventory: string): Promise<void> {
  const names = Object.keys(NEEDS);
  const run = await drills.drill(drilled.lab, inventory, names);
  const ends = drills.endsOf(run);
  assertEquals(
    ends.map(({ drill, verdict }) => [drill, verdict]),
    names.map((it) => [it, "skipped"]),
  );
  for (const end of ends) {
    const key = NEEDS[end.drill as keyof typeof NEEDS];
    assertStringIncludes(end.reasons.join(), `endpoint.drill.${key}`);
  }
  assert(!run.events.some((event) => event.type === "drill-phase" && event.phase === "fault"));
  assertEquals(run.code, 1);
  const list = await hf.holdfast("drill", inventory, { flags: ["--list"], human: true });
  const skipped = list.stdout.match(/would be skipped/g) ?? [];
  assertEquals(skipped.length, names.length, list.stdout);
  for (const { name } of CATALOGUE) assertStringIncludes(list.stdout, name);
}
