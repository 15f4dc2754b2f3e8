import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { type Lab, powerOff, powerOn } from "../../src/lab/mod.ts";
import type { SavedPlan } from "../../src/saved_plan.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;

/** Makes a plan; it must be one with changes. */
async function planned(lab: Lab, inventory: string, env = {}): Promise<string> {
  const out = `${lab.stateDir}/plan.json`;
  const check = await hf.holdfast("check", inventory, { flags: ["--out", out], env });
  hf.assertExit(check, 2);
  return out;
}

const readPlan = async (path: string) => JSON.parse(await Deno.readTextFile(path)) as SavedPlan;

/** Everything that a run could have touched. */
async function state(lab: Lab): Promise<string> {
  const looks = lab.hosts.filter(({ pid }) => pid !== undefined).map(async ({ name }) =>
    await hf.root(
      lab,
      name,
      `find /etc /var/lib/holdfast /usr/sbin /run/systemd/system -xdev -type f -printf '%p %m %u %T@ %i %s\\n' 2>/dev/null | sort`,
    ) + await hf.daemons(lab, name)
  );
  return (await Promise.all(looks)).join("\n");
}

/** What a run said against a plan. */
function staleOf(run: hf.Run): string[] {
  return run.events.flatMap((event) =>
    event.type === "diagnostic" && event.diagnostic.code === "stale-plan"
      ? [event.diagnostic.message.replace(/^Cannot apply the plan to /, "")]
      : []
  );
}

/** Asserts that a plan is refused for these reasons, and that nothing is touched. */
async function assertStale(lab: Lab, plan: string, reasons: readonly RegExp[], env = {}) {
  const before = await state(lab);
  const run = await hf.holdfast("apply", plan, { env });
  hf.assertExit(run, 5);
  const said = staleOf(run);
  assertEquals(said.length, reasons.length, said.join("\n"));
  reasons.forEach((reason, i) => assertMatch(said[i] ?? "", reason));
  assertEquals(hf.changesOf(run), []);
  assertEquals(await state(lab), before);
}

interface Move {
  readonly what: string;
  readonly script: string;
  readonly reasons: readonly RegExp[];
}

const CFG = "/etc/haproxy/haproxy.cfg";

/** What somebody does on lb1 between plan and apply. The plan would write haproxy.cfg. */
const MOVES: readonly Move[] = [
  {
    what: "the file that will be written was edited",
    script: `echo '# by hand' >> ${CFG}`,
    reasons: [
      /^"lb1": \/etc\/haproxy\/haproxy\.cfg has another content than when the plan was made$/,
    ],
  },
  {
    what: "the file that will be written is gone",
    script: `mv ${CFG} /root/away`,
    reasons: [/^"lb1": \/etc\/haproxy\/haproxy\.cfg is gone since the plan was made$/],
  },
  {
    what: "a service was stopped",
    script: "systemctl stop keepalived",
    reasons: [
      /^"lb1": "service keepalived .*" has to "start keepalived" now, which the plan does not say$/,
    ],
  },
  {
    what: "another file has drifted",
    script: "rm /etc/keepalived/check_haproxy_ready.sh",
    reasons: [
      /^"lb1": "files .*" has to "write .*check_haproxy_ready\.sh.*" now/,
      /^"lb1": "handler reload keepalived" has to/,
    ],
  },
  {
    what: "the machine is another one",
    script: "ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_other_key",
    reasons: [/^"lb1": it is not the machine that the plan was made for/],
  },
];

/** Takes back what {@link MOVES} did. */
const BACK = `rm -f /etc/ssh/ssh_host_other_key*; [ ! -e /root/away ] || mv /root/away ${CFG}`;

Deno.test({
  name: "a plan binds",
  ignore,
  fn: (t) =>
    withLab("plan", async (lab) => {
      const { inventoryFile } = lab;

      await t.step(
        "of bare hosts: saved for its owner alone, and applied to the letter",
        async () => {
          const plan = await planned(lab, inventoryFile);
          assertEquals(((await Deno.stat(plan)).mode ?? 0) & 0o777, 0o600);
          const { holdfastPlan, inventory, hosts } = await readPlan(plan);
          assertEquals([holdfastPlan, inventory], [1, inventoryFile]);
          assertEquals(Object.keys(hosts), ["lb1", "lb2"]);
          const run = await hf.holdfast("apply", plan);
          hf.assertExit(run, 0);
          const said = Object.entries(hosts).flatMap(([host, { changes }]) =>
            changes.map(({ task, kind, target }) => [host, task, kind, target].join(" | "))
          );
          assertEquals(hf.changesOf(run), [...new Set(said)].sort());
          await hf.assertConverged(inventoryFile);
          // What is done is no longer to be done.
          assertEquals((await hf.holdfast("apply", plan)).code, 5);
        },
      );

      const timeout = (minutes: number) =>
        hf.editInventory(
          lab,
          `timeout-${minutes}`,
          hf.withEndpoint(`haproxy: { client_timeout: ${minutes}m }`),
        );

      for (const [i, { what, script, reasons }] of MOVES.entries()) {
        await t.step(`${what}: 5, named, and nothing is touched`, async () => {
          const inventory = await timeout(20 + i);
          const plan = await planned(lab, inventory);
          await hf.root(lab, "lb1", script);
          await assertStale(lab, plan, reasons);
          await hf.root(lab, "lb1", BACK);
          hf.assertExit(await hf.holdfast("apply", inventory), 0);
        });
      }

      await t.step(
        "the inventory has changed: what would be written otherwise is named",
        async () => {
          const inventory = await timeout(40);
          const plan = await planned(lab, inventory);
          const text = await Deno.readTextFile(inventory);
          await Deno.writeTextFile(inventory, text.replace("40m", "41m"));
          const otherwise = /haproxy\.cfg would be written otherwise: the inventory, a secret or/;
          await assertStale(lab, plan, [otherwise, otherwise]);
        },
      );

      await t.step("the same content has another hash on every host", async () => {
        const plan = await planned(lab, await timeout(42));
        const { hosts } = await readPlan(plan);
        const [one, two] = ["lb1", "lb2"].map((host) =>
          hosts[host]?.changes.find(({ target }) => target === CFG)?.after
        );
        assertMatch(one ?? "", /^[0-9a-f]{64}$/);
        assertNotEquals(one, two);
      });

      await t.step("a host without power: 4, and the other one is left alone", async () => {
        const plan = await planned(lab, await timeout(43));
        await powerOff(lab, "lb2");
        const before = await hf.managedFiles(lab, "lb1");
        hf.assertExit(await hf.holdfast("apply", plan), 4);
        assertEquals(await hf.managedFiles(lab, "lb1"), before);
        await powerOn(lab, "lb2");
      });

      await t.step(
        "a plan that cannot be written is refused before a host is contacted",
        async () => {
          const flags = ["--out", `${lab.stateDir}/no/such/folder/plan.json`];
          const run = await hf.holdfast("check", inventoryFile, { flags });
          hf.assertExit(run, 1);
          assertMatch(run.stderr, /Cannot write plan ".*plan\.json": .*No such file/);
          assertEquals(run.events.filter(({ type }) => type === "run-start"), []);
        },
      );

      await t.step("flags that would change it, and damaged plans, are refused", async () => {
        const plan = await planned(lab, await timeout(44));
        const flagged = await hf.holdfast("apply", plan, { flags: ["--limit", "lb1"] });
        hf.assertExit(flagged, 1);
        assertMatch(flagged.stderr, /it is applied as it was made, without --limit/);
        const text = await Deno.readTextFile(plan);
        const damages: [string, RegExp][] = [
          [text.slice(0, -100), /cut short or damaged/],
          [text.replace('"holdfastPlan": 1', '"holdfastPlan": 2'), /its format is 2/],
          [text.replace('"kind": "write"', '"kind": "burn"'), /at "hosts\.lb\d\.changes/],
        ];
        for (const [damaged, reason] of damages) {
          await Deno.writeTextFile(plan, damaged);
          const run = await hf.holdfast("apply", plan);
          hf.assertExit(run, 1);
          assertMatch(run.stderr, reason);
        }
      });
    }),
});

Deno.test({
  name: "a plan holds no secret, and a new secret makes it stale",
  ignore,
  fn: () =>
    withLab("planpass", async (lab) => {
      const inventory = await hf.editInventory(
        lab,
        "guide",
        hf.withEndpoint("profile: guide", "vrrp: { auth_pass: { env: VRRP_PASS } }"),
      );
      const plan = await planned(lab, inventory, { VRRP_PASS: "canary42" });
      const text = await Deno.readTextFile(plan);
      assert(!text.includes("canary42"));
      assertEquals((await readPlan(plan)).secrets, [{ env: "VRRP_PASS" }]);
      const otherwise = /keepalived\.conf would be written otherwise/;
      await assertStale(lab, plan, [otherwise, otherwise], { VRRP_PASS: "canary43" });
      const run = await hf.holdfast("apply", plan, { env: { VRRP_PASS: "canary42" } });
      hf.assertExit(run, 0);
    }),
});
