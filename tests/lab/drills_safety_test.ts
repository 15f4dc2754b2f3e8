/** When a drill must not begin, and how it ends when a person ends it or its undo fails. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Event } from "../../src/events.ts";
import type { Lab } from "../../src/lab/mod.ts";
import {
  begins,
  drillEnds,
  drilling,
  hostState,
  outcome,
  snapshots,
  unhealed,
} from "./drilling.ts";
import { labAvailable, onHost, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const PREFERRED = "lb1";
const STANDBY = "lb2";
const GO = "/run/hf-test-go";

/** Drills of one's own: one whose fault stands until somebody ends it, one whose undo fails. */
const OWN = `
import { keepalivedStopped } from ${
  JSON.stringify(new URL("../../src/drills/catalogue/keepalived_stopped.ts", import.meta.url))
};
const words = { about: "Tried by a test.", suite: "quick" };
export default [
  {
    ...words,
    name: "stopped-for-long",
    title: "keepalived stays stopped",
    plan: (scene) => ({ ...keepalivedStopped.plan(scene), holdMs: 3600000 }),
  },
  {
    ...words,
    name: "not-undone",
    title: "a file that does not go away",
    plan: ({ holder }) => ({
      targets: [holder],
      breaks: [{
        kind: "host",
        host: holder,
        what: "make a file",
        script: "touch /root/hf-broken",
        undo: "[ -e /root/hf-mend ] || { echo it is glued >&2; exit 4; }; rm -f /root/hf-broken",
      }],
      holdMs: 500,
      expect: { address: "stays", twoHoldersMs: 500 },
    }),
  },
];
`;

async function drill(lab: Lab, names: readonly string[], inventory = lab.inventoryFile) {
  return await (await drilling(inventory, names)).done;
}

function reasons(events: readonly Event[]): string {
  return drillEnds(events).flatMap(({ reasons }) => reasons).join("\n");
}

function codes(events: readonly Event[]): readonly string[] {
  return events.flatMap((e) => e.type === "diagnostic" ? [e.diagnostic.code] : []);
}

function phases(events: readonly Event[]): readonly string[] {
  return events.flatMap((event) => event.type === "drill-phase" ? [event.phase] : []);
}

/** Nothing is armed on any host, nor watches it. */
async function assertUntouched(lab: Lab): Promise<void> {
  for (const { name } of lab.hosts) {
    const { armed, busy } = await hostState(lab, name);
    assertEquals([name, armed.nonce, busy], [name, undefined, ""]);
    assertEquals(await hf.root(lab, name, "ls -d /var/lib/holdfast/drill 2>/dev/null || :"), "");
  }
}

/** One holder, the preferred one, an answer, and every host as it was. */
async function whole(lab: Lab, before: ReadonlyMap<string, string>): Promise<void> {
  let wrong: readonly string[] = [];
  const all = async () => {
    wrong = (await unhealed(lab, before)).wrong;
    return wrong.length === 0 && (await hf.holders(lab)).join() === PREFERRED &&
      await hf.throughVip(lab) === 200;
  };
  await hf.eventually("all is well", all).catch((error) => {
    throw new Error(`${error.message}\n${wrong.join("\n")}`);
  });
}

/** What is wrong before a drill: how to make it so, how to mend it, what the drill says. */
const WRONGS = [
  {
    name: "two members hold the address",
    make: (lab: Lab) => hf.root(lab, STANDBY, `ip addr add ${lab.vip}/32 dev eth0`),
    mend: (lab: Lab) => hf.root(lab, STANDBY, `ip addr del ${lab.vip}/32 dev eth0`),
    said: /nothing was broken: .*lb1.*lb2/,
  },
  {
    name: "no member holds the address",
    make: (lab: Lab) => onAll(lab, "systemctl stop keepalived"),
    mend: (lab: Lab) => onAll(lab, "systemctl start keepalived"),
    said: /nothing was broken: .*(none|nobody|no )/,
  },
  {
    name: "haproxy is dead on a standby",
    make: (lab: Lab) => hf.root(lab, STANDBY, "systemctl stop haproxy"),
    mend: (lab: Lab) => hf.root(lab, STANDBY, "systemctl start haproxy"),
    said: /nothing was broken: .*lb2/,
  },
];

async function onAll(lab: Lab, script: string): Promise<void> {
  for (const { name } of lab.hosts) await hf.root(lab, name, script);
}

/** A play whose step on lb1 waits there until it may go on. */
async function slowPlay(lab: Lab): Promise<string> {
  const path = `${lab.stateDir}/slow.ts`;
  const mod = JSON.stringify(new URL("../../mod.ts", import.meta.url));
  const script = `touch ${GO}-begun; while [ ! -e ${GO} ]; do sleep 0.2; done`;
  await Deno.writeTextFile(
    path,
    `import { definePlay, defineTask } from ${mod};
const slow = defineTask({
  kind: "slow",
  title: () => "wait",
  probe: () => "[ ! -e ${GO} ] || echo done",
  parse: ({ stdout }) => stdout.trim() === "done",
  plan: (done) => ({
    changes: done ? [] : [{
      kind: "run", summary: "wait", timeoutMs: 300000, script: ${JSON.stringify(script)},
    }],
  }),
});
export default definePlay({
  name: "slow",
  packages: [],
  tasks: (_, { host }) => host.name === "lb1" ? [slow({})] : [],
  handlers: () => [],
  checks: () => [],
});
`,
  );
  return path;
}

Deno.test({
  name:
    "a drill breaks nothing that is not well, not free or not its own, and ends when it is told",
  ignore,
  fn: (t) =>
    withLab("safe", async (lab) => {
      hf.assertExit(await hf.holdfast("apply", lab.inventoryFile), 0);
      const before = await snapshots(lab);
      await whole(lab, before);
      const own = `${lab.stateDir}/own.ts`;
      await Deno.writeTextFile(own, OWN);

      for (const { name, make, mend, said } of WRONGS) {
        await t.step(`refuses while ${name}`, async () => {
          await make(lab);
          try {
            const run = await drill(lab, ["haproxy-killed", "link-down"]);
            assertEquals(run.code, 3, outcome(run.events));
            assertMatch(reasons(run.events), said);
            assertEquals(drillEnds(run.events).map(({ verdict }) => verdict), [
              "unknown",
              "unknown",
            ]);
            assertEquals(phases(run.events), ["preflight"]);
            await assertUntouched(lab);
          } finally {
            await mend(lab);
          }
          await whole(lab, before);
        });
      }

      await t.step("refuses production without --yes, and contacts no host", async () => {
        const inventory = await hf.editInventory(lab, "prod", hf.withEndpoint("production: true"));
        const run = await drill(lab, ["haproxy-killed"], inventory);
        assertEquals(run.code, 1, outcome(run.events));
        assertMatch(run.stderr, /production: true/);
        assertEquals(run.events.filter(({ type }) => type === "task-start"), []);
      });

      await t.step("refuses while an apply is at work, says who, and ends with 5", async () => {
        const { done } = hf.start("apply", lab.inventoryFile, {
          flags: ["--play", await slowPlay(lab)],
        });
        await hf.eventually(
          "the step is under way",
          async () => (await onHost(lab, "lb1", `ls ${GO}-begun`)).code === 0,
        );
        try {
          const run = await drill(lab, ["haproxy-killed"]);
          assertEquals(run.code, 5, outcome(run.events));
          assert(codes(run.events).includes("lock-held"), outcome(run.events));
          assertMatch(outcome(run.events), /Cannot work on "lb1": .*: apply, process \d+ there/);
          assertEquals(phases(run.events), []);
          await assertUntouched(lab);
        } finally {
          await hf.root(lab, "lb1", `touch ${GO}`);
          await done;
        }
      });

      await t.step("Ctrl-C heals at once; until it has, an apply changes nothing", async () => {
        const { child, said, done } = await drilling(lab.inventoryFile, [
          ...["stopped-for-long", "link-down"],
          ...["--drill", own],
        ]);
        await said(begins("fault"));
        const apply = await hf.holdfast("apply", lab.inventoryFile);
        hf.assertExit(apply, 5);
        assertMatch(outcome(apply.events), /: drill stopped-for-long link-down, process/);
        assertEquals(hf.tasksOf(apply, "changed"), []);
        child.kill("SIGINT");
        const run = await done;
        assertEquals(run.code, 130, outcome(run.events));
        assertMatch(run.stderr, /Healing what is broken, then stopping/);
        assertEquals(phases(run.events).slice(-4), ["fault", "heal", "settle", "disarm"]);
        assertEquals(drillEnds(run.events).map(({ drill, verdict }) => `${drill} ${verdict}`), [
          "stopped-for-long unknown",
        ]);
        assertStringIncludes(reasons(run.events), "interrupted; what was broken was healed");
        // It was whole when the run ended, not some time later.
        assertEquals((await unhealed(lab, before)).wrong, []);
        assertEquals(await hf.holders(lab), [PREFERRED]);
        await assertUntouched(lab);
      });

      await t.step("a second Ctrl-C leaves the healing to the hosts", async () => {
        const { child, said, done } = await drilling(lab.inventoryFile, [
          ...["stopped-for-long", "--drill", own],
        ]);
        await said(begins("fault"));
        child.kill("SIGINT");
        await said(begins("heal"));
        child.kill("SIGINT");
        const run = await done;
        assertEquals(run.code, 130, outcome(run.events));
        await whole(lab, before);
      });

      await t.step("an undo that fails is said loudly, stays armed, and works later", async () => {
        const run = await drill(lab, ["not-undone", "haproxy-killed", "--drill", own]);
        const said = reasons(run.events);
        assertEquals(run.code, 3, said);
        assertEquals(drillEnds(run.events).map(({ verdict }) => verdict), ["fail", "unknown"]);
        assertMatch(said, /the undo fails on lb1: .*it is glued/);
        assertMatch(said, /lb1 was not seen whole: its undo stays armed there/);
        assertMatch(said, /not begun: an earlier drill did not leave every host as it was/);
        const { armed } = await hostState(lab, PREFERRED);
        assert(armed.armed, "it was disarmed");
        assertMatch(armed.record.join("\n"), /try 60 of 60 ended with 1: it is glued/);
        await hf.root(lab, PREFERRED, "ls /root/hf-broken && touch /root/hf-mend");
        await whole(lab, before);
        assertEquals(await hf.root(lab, PREFERRED, "ls /root/hf-broken 2>/dev/null || :"), "");
        // The next drill takes over what is left, and says so.
        const next = await drill(lab, ["not-undone", "--drill", own]);
        assert(codes(next.events).includes("drill-left"), outcome(next.events));
        assertEquals(phases(next.events).at(-1), "disarm", outcome(next.events));
        await assertUntouched(lab);
      });
    }),
});
