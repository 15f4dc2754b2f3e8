/** `placement apply` against a server that answers like a Proxmox VE; every write is counted there. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fakeProxmox, type State, usual } from "../../placement/fake_proxmox.ts";
import { certs, SECTION } from "../../placement/proxmox_kit.ts";
import { CLI } from "../cli.ts";
import { inFolder, inventoryOf, placement } from "./proxmox_site.ts";

const GROUPS = `masters: 2 members on 2 of 3 hosts (wanted: each alone): ok
load_balancers: 2 members on 2 of 3 hosts (wanted: each alone): ok
`;

const MASTERS = "prod-masters-anti-affinity";

Deno.test("placement apply writes each rule once, and the second run writes nothing", async () => {
  await using pve = fakeProxmox(certs);
  const text = inventoryOf(pve.server);
  assertEquals(await placement("apply", text), {
    out: `${GROUPS}created rule prod-masters-anti-affinity of pve-lab
created rule prod-load_balancers-anti-affinity of pve-lab

2 rules written; nobody shares a host
`,
    err: "",
    code: 0,
  });
  assertEquals(pve.state.rules, {
    [MASTERS]: SECTION,
    "prod-load_balancers-anti-affinity": { ...SECTION, resources: "vm:103,ct:201" },
  });
  assertEquals(pve.writes.length, 2);
  const again = { out: `${GROUPS}\nno rules written; nobody shares a host\n`, err: "", code: 0 };
  assertEquals(await placement("apply", text), again);
  assertEquals((await placement("check", text)).code, 0);
  assertEquals((await placement("apply", text, { check: true })).code, 0);
  assertEquals(pve.writes.length, 2);
});

Deno.test("placement apply --check says what would be written, ends with 2, and writes nothing", async () => {
  const machines = usual().machines.map((it) => ({
    ...it,
    node: it.vmid < 103 ? "pve1" : it.node,
  }));
  await using pve = fakeProxmox(certs, { machines });
  const flags = { check: true, diff: true };
  const { out, err, code } = await placement("apply", inventoryOf(pve.server), flags);
  assertEquals(code, 2);
  assertEquals(
    out,
    `masters: 2 members on 1 of 3 hosts (wanted: each alone): not kept apart
  shared pve1: masters-0, masters-1
  would create rule prod-masters-anti-affinity of pve-lab
    + enabled
    + mandatory
    + machine m1
    + machine m2
load_balancers: 2 members on 2 of 3 hosts (wanted: each alone): ok
  would create rule prod-load_balancers-anti-affinity of pve-lab
    + enabled
    + mandatory
    + machine m3
    + machine lb1

check mode: 2 rules would be written; 1 host shared
`,
  );
  assertStringIncludes(err, "[shared-host]");
  assertEquals(pve.writes, []);
});

Deno.test("a rule that was disabled, or lost a member, is repaired, and the diff shows it", async () => {
  const rules = { [MASTERS]: { ...SECTION, resources: "vm:101,vm:103", disable: "1" } };
  await using pve = fakeProxmox(certs, { rules });
  const text = inventoryOf(pve.server, { groups: { masters: ["m1", 102, "m3"] } });
  const { out, code } = await placement("apply", text, { diff: true });
  assertEquals(code, 0);
  assertStringIncludes(
    out,
    `changed rule ${MASTERS} of pve-lab\n    - disabled\n    + enabled\n    + machine 102\n`,
  );
  assertEquals(pve.state.rules[MASTERS], { ...SECTION, resources: "vm:101,vm:102,vm:103" });
  assertEquals(pve.writes.length, 1);
});

Deno.test("placement apply takes over and prunes only where that is asked for", async () => {
  await using pve = fakeProxmox(certs);
  const of = (groups: Record<string, string[]>) => inventoryOf(pve.server, { groups });
  assertEquals((await placement("apply", of({ masters: ["m1", "m2"] }))).code, 0);
  // m2 is in no group any more.
  const masters = of({ masters: ["m1", "m3"] });
  const refused = await placement("apply", masters);
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.err, '"vm:102", which no group of the inventory has');
  const taken = await placement("apply", masters, { takeOver: true, diff: true });
  assertEquals(taken.code, 0);
  assertStringIncludes(taken.out, "    - machine vm:102\n    + machine m3\n");
  const other = of({ workers: ["m1", "m2"] });
  assertStringIncludes((await placement("apply", other)).err, "[rule-stale]");
  assertEquals(Object.keys(pve.state.rules), [MASTERS, "prod-workers-anti-affinity"]);
  // m3 is in no group any more: another inventory may call its cluster the same.
  const kept = await placement("apply", other, { prune: true });
  assertEquals([kept.code, Object.keys(pve.state.rules).length], [1, 2]);
  assertStringIncludes(kept.err, `Cannot remove rule "${MASTERS}"`);
  const pruned = await placement("apply", other, { prune: true, takeOver: true });
  assertEquals([pruned.code, Object.keys(pve.state.rules)], [0, ["prod-workers-anti-affinity"]]);
  assertStringIncludes(pruned.out, `removed rule ${MASTERS} of pve-lab\n\n1 rule removed; `);
  assertEquals(pve.writes.map(({ asked }) => asked.split(" ")[0]), [
    "POST",
    "PUT",
    "POST",
    "DELETE",
  ]);
});

const REFUSED: readonly [what: string, change: Partial<State>, says: string][] = [
  [
    "a version without rules",
    { version: "8.4.14" },
    'pool "pve-lab" follows no rules, Proxmox VE 8.4.14 has none that keep machines apart: ' +
    "9.0 or later has [not-enforced]",
  ],
  ["no quorum", { quorate: 0 }, "the cluster has no quorum (pvecm status) [not-enforced]"],
  [
    "machines that are no HA resources",
    { resources: { "vm:102": "started" } },
    'Cannot have group "masters" kept apart: "masters-0" is no HA resource, and rules are about ' +
    "those alone [machine-unruled]",
  ],
  [
    "too few nodes",
    { nodeStatus: { pve1: "online", pve2: "maintenance", pve3: "maintenance" } },
    "1 host that can be used [no-room]",
  ],
  [
    "a rule that keeps them together",
    { rules: { "by-hand": { ...SECTION, affinity: "positive" } } },
    'rule "by-hand" of pool "pve-lab" keeps "masters-0" and "masters-1" together [rule-against]',
  ],
  [
    "a rule of another type that has the name",
    { rules: { [MASTERS]: { type: "node-affinity", resources: "vm:101", nodes: "pve1" } } },
    "it is of another kind",
  ],
];

for (const [what, change, says] of REFUSED) {
  Deno.test(`with ${what} placement apply writes nothing, and placement check still works`, async () => {
    await using pve = fakeProxmox(certs, change);
    const text = inventoryOf(pve.server, { groups: { masters: ["m1", "m2"] } });
    const applied = await placement("apply", text);
    assertEquals(applied.code, 1);
    assertStringIncludes(applied.err, says);
    assertStringIncludes(applied.out, "nothing written, because of what is wrong");
    const checked = await placement("check", text);
    assertStringIncludes(checked.out, "masters: 2 members on 2 of ");
    // What apply refuses to write is no difference that somebody could mend with it.
    assertEquals(checked.out.includes("would"), false, checked.out);
    assertEquals(checked.code, says.includes("not-enforced") || says.includes("unruled") ? 0 : 1);
    assertStringIncludes(checked.err, says);
    assertEquals(pve.writes, []);
  });
}

Deno.test("what to type for machines that are no HA resources is said, all of it", async () => {
  await using pve = fakeProxmox(certs, { resources: {} });
  const { err } = await placement("apply", inventoryOf(pve.server));
  assertStringIncludes(err, "hint: ha-manager add vm:101; ha-manager add vm:102\n");
  assertStringIncludes(err, "hint: ha-manager add vm:103; ha-manager add ct:201");
});

Deno.test("a node by itself is looked at, with a warning, and nothing is written", async () => {
  await using pve = fakeProxmox(certs, { cluster: undefined, nodes: { pve1: 1 } });
  const { out, err, code } = await placement("apply", inventoryOf(pve.server));
  assertEquals(code, 0);
  assertStringIncludes(err, "[no-pool]");
  assertStringIncludes(out, "no rules written");
  assertEquals(pve.writes, []);
});

Deno.test("a rule that HA drops is written again, and the reason of the server is said", async () => {
  // Of so many nodes the server knows fewer than it has: only it can tell.
  const nodeStatus = { pve1: "online", pve2: "online" };
  const rules = { [MASTERS]: { ...SECTION, resources: "vm:101,vm:102,vm:103" } };
  await using pve = fakeProxmox(certs, { nodeStatus, rules });
  const text = inventoryOf(pve.server, { groups: { masters: ["m1", "m2", "m3"] } });
  const { err, code } = await placement("apply", text);
  assertEquals(code, 3);
  assertStringIncludes(err, "resources: rule defines more resources than available nodes");
  assertEquals((await placement("check", text)).code, 2);
});

Deno.test("who may not write is told which privilege, and who is not known ends with 3, too", async () => {
  const privileges = new Set(["Sys.Audit", "VM.Audit"]);
  await using pve = fakeProxmox(certs, { privileges });
  const denied = await placement("apply", inventoryOf(pve.server));
  assertEquals([denied.code, denied.out], [3, `${GROUPS}\nno rules written; 2 still to do\n`]);
  assertStringIncludes(denied.err, "hosts.yaml:7:26: Cannot create the rule");
  assertStringIncludes(denied.err, "lacks Sys.Console on / [platform-permission]");
  const token = "holdfast@pve!other=b7e2c0de-5ec7-4e70-9a51-000000000000";
  const asked = pve.asked.length;
  const unknown = await placement("apply", inventoryOf(pve.server), {}, { token });
  assertEquals(unknown.code, 3);
  assertStringIncludes(unknown.err, "hosts.yaml:7:16: Cannot ask");
  assertStringIncludes(unknown.err, "has expired [platform-login]");
  assertEquals(pve.asked.length, asked + 1);
});

Deno.test("somebody who changes the rules in between is a conflict: 5, and the next run does it", async () => {
  const rules: State["rules"] = { [MASTERS]: { ...SECTION, resources: "vm:101,vm:103" } };
  let once = true;
  await using pve = fakeProxmox(certs, { rules }, (asked) => {
    if (asked.startsWith("PUT") && once) [once, rules["by-hand"]] = [false, { type: "x" }];
  });
  const text = inventoryOf(pve.server, { groups: { masters: ["m1", "m2"] } });
  const { err, code } = await placement("apply", text, { takeOver: true });
  assertEquals(code, 5);
  assertStringIncludes(err, "[platform-conflict]");
  assertEquals(rules[MASTERS]?.resources, "vm:101,vm:103");
  assertEquals((await placement("apply", text, { takeOver: true })).code, 0);
  assertEquals(pve.state.rules[MASTERS]?.resources, "vm:101,vm:102");
});

Deno.test("placement apply --wait ends as soon as machines are apart", async () => {
  const machines = usual().machines.map((it) => ({ ...it, node: "pve1" }));
  await using pve = fakeProxmox(certs, { machines });
  const text = inventoryOf(pve.server, { groups: { masters: ["m1", "m2"] } });
  const running = placement("apply", text, { wait: 60_000, json: true }, { everyMs: 10 });
  while (pve.state.rules[MASTERS] === undefined) await new Promise((done) => setTimeout(done, 5));
  // No HA moves anything here: the test does it once the rule is there.
  pve.state.machines = usual().machines;
  const { out, code } = await running;
  assertEquals(code, 0);
  const { written, after, placements } = JSON.parse(out);
  assertEquals([written.length, placements[0].violations.length, after[0].violations], [1, 1, []]);
  assert(placements[0].enforced);
});

Deno.test("where machines are afterwards is shown where that is new", async () => {
  const machines = usual().machines.map((it) => ({ ...it, node: "pve1" }));
  await using pve = fakeProxmox(certs, { machines });
  const text = inventoryOf(pve.server, { groups: { masters: ["m1", "m2"] } });
  const running = placement("apply", text, { wait: 60_000 }, { everyMs: 10 });
  while (pve.state.rules[MASTERS] === undefined) await new Promise((done) => setTimeout(done, 5));
  pve.state.machines = usual().machines;
  const { out, code } = await running;
  assertEquals(code, 0);
  assertEquals(
    out,
    `masters: 2 members on 1 of 3 hosts (wanted: each alone): not kept apart
  shared pve1: masters-0, masters-1
created rule prod-masters-anti-affinity of pve-lab

afterwards:
masters: 2 members on 2 of 3 hosts (wanted: each alone): ok

1 rule written; nobody shares a host
`,
  );
});

Deno.test("who interrupts a write hears that it is finished first, and no other one begins", async () => {
  let pid = 0;
  await using pve = fakeProxmox(certs, {}, async (asked) => {
    if (!asked.startsWith("POST")) return;
    Deno.kill(pid, "SIGINT");
    await new Promise((done) => setTimeout(done, 500));
  });
  await inFolder(inventoryOf(pve.server), async (file) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", CLI, "placement", "apply", file],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    pid = child.pid;
    const { code, stdout, stderr } = await child.output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assertEquals(code, 130, err);
    assertEquals(
      err,
      "\nStopping after the rule that is being written; interrupt again to stop at once\n",
    );
    const made = `created rule ${MASTERS} of pve-lab\n\n1 rule written; 1 rule not as it should be`;
    assertStringIncludes(out ?? "", made);
    assertEquals(Object.keys(pve.state.rules), [MASTERS]);
  });
});

Deno.test("nobody waits for what no rule moves apart, and the hint says who can do it", async () => {
  const machines = usual().machines.map((it) => ({ ...it, node: "pve1" }));
  const spread = (text: string) => text.replace("anti_affinity", "spread");
  const groups = { masters: ["m1", "m2"] };
  for (const flags of [{}, { wait: 600_000 }]) {
    await using pve = fakeProxmox(certs, { machines });
    const { out, err, code } = await placement(
      "apply",
      spread(inventoryOf(pve.server, { groups })),
      flags,
    );
    assertEquals([code, err.includes("--wait"), err.includes("Waiting")], [3, false, false], err);
    assertStringIncludes(out, "no rules written; 1 host shared");
    assertStringIncludes(err, "[shared-host]\n");
    assertStringIncludes(err, "hint: move one by hand: policy: spread has no rule\n");
    const alone = { machines, cluster: undefined, nodes: { pve1: 1 } } as const;
    await using node = fakeProxmox(certs, alone);
    const there = await placement("apply", inventoryOf(node.server, { groups }), flags);
    assertEquals([there.code, there.err.includes("--wait")], [3, false], there.err);
    assertEquals(there.err.includes("Waiting"), false);
    assertEquals([...pve.writes, ...node.writes], []);
  }
  await using pve = fakeProxmox(certs, { machines });
  const ruled = await placement("apply", inventoryOf(pve.server, { groups }));
  assertStringIncludes(ruled.err, "hint: --wait 10m looks again until the platform has moved them");
});

Deno.test("what a second write that fails leaves is said in a line, and in the document", async () => {
  for (
    const [reply, exit, what] of [
      [() => Response.json({ data: null, message: "no space" }, { status: 500 }), 3, ""],
      [() => new Response("", { status: 595 }), 4, "; whether the next one was made is not known"],
    ] as const
  ) {
    let posts = 0;
    await using pve = fakeProxmox(certs, {}, (asked) => {
      if (asked.startsWith("POST") && ++posts === 2) return reply();
    });
    const { out, err, code } = await placement("apply", inventoryOf(pve.server));
    assertEquals(code, exit, err);
    assertEquals(
      out,
      `${GROUPS}created rule ${MASTERS} of pve-lab\n\n1 rule written; 1 still to do${what}\n`,
    );
    assertStringIncludes(err, "Cannot create the rule prod-load_balancers-anti-affinity");
    posts = 1;
    const { placements, written, errors } = JSON.parse(
      (await placement("apply", inventoryOf(pve.server), { json: true })).out,
    );
    assertEquals([placements[0].errors, written.length, errors.length], [[], 0, 1]);
  }
});
