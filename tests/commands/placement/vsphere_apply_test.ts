/** `placement apply` against the simulator of a vCenter: every write is counted there. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { named, rename, simulated, type Simulator, simulator } from "../../placement/simulator.ts";
import { CLI } from "../cli.ts";
import { inFolder, inventoryOf, place, placement } from "./vsphere_site.ts";

/** Four machines on hosts of these numbers. */
async function site(hosts: readonly number[], ...flags: string[]): Promise<Simulator> {
  const sim = await simulator("-hosts", "3", "-vms", "6", ...flags);
  await place(sim, hosts);
  return sim;
}

const GROUPS = `masters: 2 members on 2 of 3 hosts (wanted: each alone): ok
load_balancers: 2 members on 2 of 3 hosts (wanted: each alone): ok
`;

simulated("placement apply writes each rule once, and the second run writes nothing", async () => {
  await using sim = await site([0, 1, 1, 2]);
  const text = inventoryOf(sim.server);
  assertEquals(await placement("apply", text), {
    out: `${GROUPS}created rule prod-masters-anti-affinity of DC0_C0
created rule prod-load_balancers-anti-affinity of DC0_C0

2 rules written; nobody shares a host
`,
    err: "",
    code: 0,
  });
  assertEquals(await sim.writes(), 2);
  const again = { out: `${GROUPS}\nno rules written; nobody shares a host\n`, err: "", code: 0 };
  assertEquals(await placement("apply", text), again);
  assertEquals((await placement("check", text)).code, 0);
  const checked = await placement("apply", text, { check: true });
  assertEquals([checked.code, checked.out.split("\n").at(-2)], [
    0,
    "check mode: no rules would be written; nobody shares a host",
  ]);
  assertEquals(await sim.writes(), 2);
});

simulated(
  "placement apply --check says what would be written, ends with 2, and writes nothing",
  async () => {
    await using sim = await site([0, 0, 1, 2]);
    const { out, err, code } = await placement("apply", inventoryOf(sim.server), {
      check: true,
      diff: true,
    });
    assertEquals(code, 2);
    assertEquals(
      out,
      `masters: 2 members on 1 of 3 hosts (wanted: each alone): not kept apart
  shared DC0_C0_H0: masters-0, masters-1
  would create rule prod-masters-anti-affinity of DC0_C0
    + enabled
    + not mandatory
    + machine DC0_C0_RP0_VM0
    + machine DC0_C0_RP0_VM1
load_balancers: 2 members on 2 of 3 hosts (wanted: each alone): ok
  would create rule prod-load_balancers-anti-affinity of DC0_C0
    + enabled
    + not mandatory
    + machine DC0_C0_RP0_VM2
    + machine DC0_C0_RP0_VM3

check mode: 2 rules would be written; 1 host shared
`,
    );
    assertStringIncludes(err, "[shared-host]");
    assertEquals(await sim.writes(), 0);
  },
);

simulated("placement apply changes the members of a rule, and shows which", async () => {
  await using sim = await site([0, 1, 2]);
  const of = (masters: readonly number[]) => inventoryOf(sim.server, { groups: { masters } });
  assertEquals((await placement("apply", of([0, 1]))).code, 0);
  const { out, err, code } = await placement("apply", of([0, 1, 2]), { diff: true });
  assertEquals(code, 0);
  assertStringIncludes(
    out,
    "\nchanged rule prod-masters-anti-affinity of DC0_C0\n    + machine DC0_C0_RP0_VM2\n\n1 rule written",
  );
  assertStringIncludes(err, "has no spare host");
  assertEquals(await sim.writes(), 2);
});

simulated("placement apply takes over and prunes only where that is asked for", async () => {
  await using sim = await site([0, 1, 2, 0]);
  const masters = (...all: number[]) => inventoryOf(sim.server, { groups: { masters: all } });
  assertEquals((await placement("apply", masters(0, 1))).code, 0);
  // VM1 is in no group any more.
  const refused = await placement("apply", masters(0, 2));
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.err, "[rule-foreign]");
  assertStringIncludes(refused.out, "nothing written, because of what is wrong");
  assertEquals(await sim.writes(), 1);
  const taken = await placement("apply", masters(0, 2), { takeOver: true, diff: true });
  assertEquals(taken.code, 0);
  assertStringIncludes(taken.out, "    - machine vm-");
  assertStringIncludes(taken.out, "    + machine DC0_C0_RP0_VM2\n");
  assertEquals(await sim.writes(), 2);
  const other = inventoryOf(sim.server, { groups: { workers: [0, 2] } });
  const kept = await placement("apply", other);
  assertEquals(kept.code, 0);
  assertStringIncludes(kept.err, "[rule-stale]\n");
  assertStringIncludes(kept.err, "   hint: placement apply --prune takes it away\n");
  // The rule of masters keeps the same two apart, and may go any time: it does not count.
  assertStringIncludes(kept.out, "created rule prod-workers-anti-affinity of DC0_C0\n");
  const writes = await sim.writes();
  const pruned = await placement("apply", other, { prune: true });
  assertEquals(pruned.code, 0);
  assertStringIncludes(pruned.out, "removed rule prod-masters-anti-affinity of DC0_C0\n");
  assertEquals(await sim.writes(), writes + 1);
});

simulated("an error of one group keeps every write back", async () => {
  await using sim = await site([0, 1, 2, 0, 1]);
  const text = inventoryOf(sim.server, { groups: { masters: [0, 1], others: [2, 3, 4, 5] } });
  const { out, err, code } = await placement("apply", text);
  assertEquals(code, 1);
  assertStringIncludes(err, "[no-room]");
  assertStringIncludes(out, "nothing written, because of what is wrong");
  const data = await placement("apply", text, { json: true });
  assertEquals(data.code, 1);
  const { placements: [one], written } = JSON.parse(data.out);
  assertEquals([one.errors.map((it: { code: string }) => it.code), one.changes, written], [
    ["no-room"],
    [],
    [],
  ]);
  assertEquals(await sim.writes(), 0);
});

simulated("placement apply writes nothing where nobody would follow it", async () => {
  await using sim = await site([0, 1, 1, 2], "-drs=false");
  const text = inventoryOf(sim.server);
  const { err, code } = await placement("apply", text);
  assertEquals(code, 1);
  assertStringIncludes(err, "follows no rules, its scheduler is off [not-enforced]");
  assertEquals(await sim.writes(), 0);
  const checked = await placement("check", text);
  assertEquals([checked.code, checked.out], [0, GROUPS]);
  assertStringIncludes(checked.err, "warning: Cannot have group");
});

simulated("who lacks the privilege is told which, and ends with 3", async () => {
  await using sim = await site([0, 1, 1, 2], "-deny");
  const { out, err, code } = await placement("apply", inventoryOf(sim.server));
  assertEquals([code, out], [3, `${GROUPS}\nno rules written; 2 still to do\n`]);
  assertStringIncludes(err, "Host.Inventory.EditCluster");
  assertStringIncludes(err, "[platform-permission]");
});

simulated("what was written before something came in the way is said", async () => {
  await using first = await site([0, 1, 1, 2]);
  await using second = await site([0, 1, 1, 2], "-deny");
  const text = two(first.server, second.server);
  const { out, err, code } = await placement("apply", text, { json: true });
  assertEquals(code, 3);
  assertStringIncludes(err, "hosts.yaml:18:30: Cannot create the rule two-two-anti-affinity");
  assertStringIncludes(err, "[platform-permission]");
  const { check, written, after, placements, errors: [wrong, ...more] } = JSON.parse(out);
  assertEquals(written.map((it: { placement: string }) => it.placement), ["one"]);
  assertEquals([wrong.code, wrong.source.line, more], ["platform-permission", 18, []]);
  assertStringIncludes(wrong.message, "Host.Inventory.EditCluster");
  assertEquals([check, after, placements.length], [false, [], 2]);
  assertEquals([await first.writes(), await second.writes()], [1, 1]);
});

simulated("placement apply ends with 3 where some still share a host, and says who", async () => {
  await using sim = await site([0, 0, 1, 2]);
  const { out, err, code } = await placement("apply", inventoryOf(sim.server), { wait: 30 }, {
    everyMs: 10,
  });
  assertEquals(code, 3);
  assertStringIncludes(out, "\n2 rules written; 1 host shared\n");
  assertStringIncludes(err, "Waiting up to 0.03 s for machines to be moved apart\n");
  const said = 'Members of group "masters" share host "DC0_C0_H0": "masters-0" and "masters-1"';
  assertEquals([err.split(said).length, err.includes("hint: --wait")], [2, false], err);
  const again = await placement("apply", inventoryOf(sim.server));
  assertEquals([again.code, again.err.split(said).length], [3, 2]);
  assertStringIncludes(again.err, "hint: --wait 10m looks again");
  assertEquals(await sim.writes(), 2);
});

simulated("placement apply --wait ends as soon as machines are apart", async () => {
  await using sim = await site([0, 0, 1, 2]);
  const running = placement("apply", inventoryOf(sim.server), { wait: 60_000, json: true }, {
    everyMs: 20,
  });
  // The simulator moves nothing by itself: somebody does it once the rules are there.
  while (await sim.writes() < 2) await new Promise((done) => setTimeout(done, 10));
  await place(sim, [0, 1]);
  const { out, code } = await running;
  assertEquals(code, 0);
  const { written, after, placements } = JSON.parse(out);
  assertEquals(
    written.map((it: { placement: string; kind: string; rule: { name: string } }) => [
      it.placement,
      it.kind,
      it.rule.name,
    ]),
    [
      ["all", "create", "prod-masters-anti-affinity"],
      ["all", "create", "prod-load_balancers-anti-affinity"],
    ],
  );
  assertEquals([placements[0].violations.length, after[0].violations], [1, []]);
  assertEquals([placements[0].changes.length, after[0].changes], [2, []]);
  assertEquals(await sim.writes(), 2);
});

simulated("a person who interrupts ends the waiting, and hears what was written", async () => {
  await using sim = await site([0, 0, 1, 2]);
  await inFolder(inventoryOf(sim.server), async (file) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", CLI, "placement", "apply", file, "--wait", "10m"],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const out = new Response(child.stdout).text();
    let err = "";
    for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
      if (err === "" && part.includes("Waiting")) child.kill("SIGINT");
      err += part;
    }
    assertEquals((await child.status).code, 130, err);
    assertStringIncludes(await out, "2 rules written; 1 host shared");
    assertStringIncludes(err, "Stopping, no rule is being written now; interrupt again");
  });
});

simulated("what goes away after a write is no mistake of the inventory alone", async () => {
  await using first = await site([0, 1, 1, 2]);
  // Those of "two" share a host, so that it is waited for.
  await using second = await site([0, 1, 2, 2]);
  const running = placement("apply", two(first.server, second.server), { wait: 60_000 }, {
    everyMs: 20,
  });
  while (await second.writes() < 1) await new Promise((done) => setTimeout(done, 10));
  await second.behind(async (session) => {
    const vm = (await named(session, "VirtualMachine")).get("DC0_C0_RP0_VM3");
    assert(vm);
    await rename(session, vm, "elsewhere");
  });
  const { out, err, code } = await running;
  assertEquals(code, 3, err);
  const made = "created rule two-two-anti-affinity of DC0_C0\n\n2 rules written; ";
  assertStringIncludes(out, `${made}where machines are by now is not known\n`);
  assertStringIncludes(err, "[platform-not-found]");
});

/** An inventory of two placements, each at a server. */
function two(one: string, other: string): string {
  const map = (name: string, server: string, n: number) =>
    `    ${name}:
      vars:
        placement:
          provider: vsphere
          cluster_name: ${name}
          vsphere: { server: '${server}', ca_file: ca.pem, user: deploy@vsphere.local, password: { file: password } }
          groups: { ${name}: { policy: anti_affinity } }
      hosts:
        ${name}-0: { vsphere_vm: DC0_C0_RP0_VM${n} }
        ${name}-1: { vsphere_vm: DC0_C0_RP0_VM${n + 1} }
`;
  return `all:\n  children:\n${map("one", one, 0)}${map("two", other, 2)}`;
}

simulated("nothing is written when one of several placements cannot be looked at", async () => {
  await using sim = await site([0, 1, 1, 2]);
  const lost = await placement("apply", two(sim.server, "127.0.0.1:1"));
  assertEquals([lost.code, lost.out], [4, ""]);
  assertEquals(await sim.writes(), 0);
  const { out, code } = await placement("apply", two(sim.server, sim.server));
  assertEquals(code, 0);
  assert(out.startsWith("placement of one\none: 2 members on 2 of 3 hosts"), out);
  assertStringIncludes(out, "created rule one-one-anti-affinity of DC0_C0\n");
  assertStringIncludes(out, "created rule two-two-anti-affinity of DC0_C0\n\n2 rules written;");
});
