/** What is read of a Proxmox VE, from a server of the test's own. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Pool } from "../../src/placement/model.ts";
import { plan } from "../../src/placement/plan.ts";
import type { FakeMachine, State } from "./fake_proxmox.ts";
import { against, NAME, refused, SECTION, SEEN } from "./proxmox_kit.ts";

Deno.test("it looks: machines, nodes, the cluster, HA resources and rules", async () => {
  const { result, pve } = await against(
    { rules: { [NAME]: SECTION } },
    (p) => p.look(["m2", "lb1", "101"]),
  );
  const pool = "pve-lab";
  assertEquals(result, {
    placements: [
      { vm: "m2", id: "vm:102", host: "pve2", pool },
      { vm: "lb1", id: "ct:201", host: "pve1", pool },
      { vm: "101", id: "vm:101", host: "pve1", pool },
    ],
    pools: [{ name: pool, usableHosts: ["pve1", "pve2", "pve3"], enforcing: "auto" }],
    rules: [SEEN],
  });
  assertEquals(pve.asked, [
    "GET /version",
    "GET /cluster/status",
    "GET /cluster/resources?type=vm",
    "GET /cluster/ha/status/manager_status",
    "GET /cluster/ha/resources",
    "GET /cluster/ha/rules",
  ]);
});

const NODES: readonly [what: string, change: Partial<State>][] = [
  ["offline", { nodes: { pve1: 1, pve2: 0, pve3: 1 } }],
  ["in maintenance", { nodeStatus: { pve1: "online", pve2: "maintenance", pve3: "online" } }],
  ["about to be in maintenance", { lrm: { pve2: { mode: "maintenance" } } }],
  ["fenced", { nodeStatus: { pve1: "online", pve2: "fence" } }],
];

for (const [what, change] of NODES) {
  Deno.test(`a node that is ${what} is not usable`, async () => {
    const { result } = await against(change, (p) => p.look(["m1", "m2"]));
    assertEquals(result.pools[0]?.usableHosts, ["pve1", "pve3"]);
    // What runs there runs there all the same.
    assertEquals(result.placements[1]?.host, "pve2");
  });
}

Deno.test("nodes of which HA has never heard are usable", async () => {
  const { result } = await against({ nodeStatus: {} }, (p) => p.look(["m1"]));
  assertEquals(result.pools[0]?.usableHosts, ["pve1", "pve2", "pve3"]);
});

Deno.test("a node by itself is no pool, and is asked for nothing of HA", async () => {
  const { result, pve } = await against(
    { cluster: undefined, nodes: { pve1: 1 } },
    (p) => p.look(["m1"]),
  );
  assertEquals(result, {
    placements: [{ vm: "m1", id: "vm:101", host: "pve1" }],
    pools: [],
    rules: [],
  });
  assertEquals(pve.asked.filter((one) => one.includes("/ha/")), []);
});

const IDLE: readonly [what: string, change: Partial<State>, why: string][] = [
  [
    "a version before 9",
    { version: "8.4.14" },
    "Proxmox VE 8.4.14 has none that keep machines apart: 9.0 or later has",
  ],
  ["no quorum", { quorate: 0 }, "the cluster has no quorum (pvecm status)"],
  [
    "HA that is disarmed",
    { disarm: { state: "disarmed" } },
    "HA is disarmed (ha-manager crm-command arm-ha)",
  ],
];

for (const [what, change, why] of IDLE) {
  Deno.test(`nobody follows rules with ${what}`, async () => {
    const { result } = await against(change, (p) => p.look(["m1", "m2"]));
    const pool: Pool | undefined = result.pools[0];
    assertEquals([pool?.enforcing, pool?.why], ["off", why]);
  });
}

Deno.test("a version before 9 is not asked for rules; one that has none all the same is told so", async () => {
  const old = await against({ version: "8.4.14" }, (p) => p.look(["m1"]));
  assertEquals(old.pve.asked.includes("GET /cluster/ha/rules"), false);
  const none = await against(
    {},
    (p) => p.look(["m1"]),
    (asked) =>
      asked === "GET /cluster/ha/rules"
        ? new Response("not implemented", { status: 501 })
        : undefined,
  );
  assertEquals([none.result.pools[0]?.enforcing, none.result.rules], ["off", []]);
});

Deno.test("machines that HA does not manage, or ignores, are told of, with what to type", async () => {
  const { result } = await against(
    { resources: { "vm:101": "ignored", "vm:102": "stopped" } },
    (p) => p.look(["m1", "m2", "lb1"]),
  );
  assertEquals(result.placements.map(({ unruled }) => unruled), [
    { why: "an HA resource that HA ignores", hint: "ha-manager set vm:101 --state started" },
    undefined,
    { why: "no HA resource, and rules are about those alone", hint: "ha-manager add ct:201" },
  ]);
});

Deno.test("machines that are off are nowhere; one on a node that does not answer is where it was", async () => {
  const machines: FakeMachine[] = [
    { type: "qemu", vmid: 101, node: "pve1", name: "m1", status: "stopped" },
    { type: "qemu", vmid: 102, node: "pve2", name: "m2", status: "unknown" },
    { type: "qemu", vmid: 103, node: "pve3", name: "m3", status: "paused" },
  ];
  const { result } = await against({ machines }, (p) => p.look(["m1", "m2", "m3"]));
  assertEquals(result.placements.map(({ host }) => host), [undefined, "pve2", "pve3"]);
});

Deno.test("every machine that is not there or there twice is told of at once", async () => {
  const machines: FakeMachine[] = [
    { type: "qemu", vmid: 101, node: "pve1", name: "m1" },
    { type: "lxc", vmid: 102, node: "pve2", name: "m1" },
    { type: "qemu", vmid: 103, node: "pve2", name: "m3", template: 1 },
    // A name of digits is not asked for by it.
    { type: "qemu", vmid: 104, node: "pve2", name: "999" },
  ];
  const error = await refused(
    against({ machines }, (p) => p.look(["m1", "m3", "m4", "999"])),
  );
  assertEquals(error.obstacle, "ambiguous");
  assertEquals(error.message.split("\n"), [
    "Cannot tell which machine m1 is: there is vm:101 on pve1, ct:102 on pve2",
    "Cannot find the machine m3; vm:103 is a template",
    "Cannot find the machine m4; it may be one that the token may not see",
    "Cannot find the machine 999; it may be one that the token may not see",
  ]);
  assertEquals(error.hint, "Write its number: proxmox_vm: 101");
  const { result } = await against({ machines }, (p) => p.look(["102"]));
  assertEquals(result.placements.map(({ id }) => id), ["ct:102"]);
});

Deno.test("rules of every kind are seen as what they are", async () => {
  const rules = {
    "a": { ...SECTION, affinity: "positive" },
    "b": { ...SECTION, resources: "vm:102,ct:201", disable: "1" },
    "c": { type: "node-affinity", resources: "vm:101", nodes: "pve1,pve2" },
    "d": { type: "one-of-tomorrow" },
    "e": { ...SECTION, resources: "vm:102 vm:103;ct:201" },
  };
  const { result } = await against({ rules }, (p) => p.look(["m1"]));
  assertEquals(
    result.rules.map(({ name, kind, enabled, mandatory, vms }) => [
      name,
      kind,
      enabled,
      mandatory,
      vms.length,
    ]),
    [
      ["a", "affinity", true, true, 2],
      ["b", "anti_affinity", false, true, 2],
      ["c", "other", true, true, 1],
      ["d", "other", true, true, 0],
      // HA says that it drops it.
      ["e", "anti_affinity", false, true, 3],
    ],
  );
});

Deno.test("what was planned once and carried out wants nothing more", async () => {
  const group = {
    name: "masters",
    policy: "anti_affinity" as const,
    members: [{ name: "a", vm: "m1" }, { name: "b", vm: "102" }],
  };
  const options = { cluster: "prod", canEnforce: true, places: "hosts", mandatory: true } as const;
  const { pve } = await against({}, async (p) => {
    const first = plan([group], await p.look(["m1", "102"]), options);
    for (const change of first.changes) {
      if (change.kind !== "remove") await p.ensure(change.rule);
    }
    assertEquals(plan([group], await p.look(["m1", "102"]), options).changes, []);
  });
  assertEquals(pve.writes.length, 1);
});

Deno.test("who may not look is told which privilege lacks", async () => {
  const blind = await refused(
    against({ privileges: new Set(["VM.Audit"]) }, (p) => p.look(["m1"])),
  );
  assertEquals(blind.obstacle, "permission");
  assertEquals(
    blind.message,
    "Cannot look at the machines: the token holdfast@pve!deploy lacks Sys.Audit on /",
  );
  // Machines that it may not see are not there: the server says no more.
  const half = await refused(
    against({ privileges: new Set(["Sys.Audit"]) }, (p) => p.look(["m1"])),
  );
  assertEquals(half.obstacle, "not-found");
  assertStringIncludes(half.hint ?? "", "VM.Audit");
});
