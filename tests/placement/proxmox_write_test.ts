/** What is written to a Proxmox VE, at a server of the test's own that counts writes. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { fault, type Hook, type State } from "./fake_proxmox.ts";
import { against, MASTERS, NAME, refused, SECTION, SEEN } from "./proxmox_kit.ts";

const RULES = "GET /cluster/ha/rules";

Deno.test("a rule is created, and looked at afterwards", async () => {
  const { pve } = await against({}, (p) => p.ensure(MASTERS));
  assertEquals(pve.writes, [
    { asked: "POST /cluster/ha/rules", values: { rule: NAME, ...SECTION } },
  ]);
  assertEquals(pve.state.rules, { [NAME]: SECTION });
  assertEquals(pve.asked.filter((one) => one === RULES).length, 2);
});

Deno.test("a rule that differs is changed under the digest it was read with, and keeps its comment", async () => {
  const rules = {
    [NAME]: { ...SECTION, resources: "vm:101,vm:103", disable: "1", comment: "by hand" },
  };
  const current = { ...SEEN, enabled: false, vms: ["vm:101", "vm:103"] };
  const { pve } = await against({ rules }, (p) => p.ensure(MASTERS, current));
  const [write] = pve.writes;
  assertEquals(write?.asked, `PUT /cluster/ha/rules/${NAME}`);
  assertEquals(/^[0-9a-f]{40}$/.test(write?.values["digest"] ?? ""), true);
  assertEquals(write?.values["delete"], "disable");
  assertEquals(pve.state.rules, { [NAME]: { ...SECTION, comment: "by hand" } });
});

Deno.test("a rule that is as it should be is not written, also where nobody asked for it to be strict", async () => {
  const { pve } = await against(
    { rules: { [NAME]: SECTION } },
    (p) => p.ensure({ ...MASTERS, mandatory: false }, SEEN),
  );
  assertEquals(pve.writes, []);
});

Deno.test("a rule that somebody else made or changed meanwhile is left alone", async () => {
  const other = { [NAME]: { ...SECTION, resources: "vm:101,vm:103" } };
  for (
    const work of [
      () => against({ rules: other }, (p) => p.ensure(MASTERS)),
      () => against({ rules: other }, (p) => p.ensure(MASTERS, SEEN)),
      () => against({}, (p) => p.ensure(MASTERS, SEEN)),
      () => against({ rules: other }, (p) => p.remove(SEEN)),
    ]
  ) {
    const error = await refused(work());
    assertEquals([error.obstacle, error.hint], ["conflict", "Run it again"]);
  }
});

Deno.test("the server refuses a digest that is no longer that of the rules", async () => {
  const current = { ...SEEN, vms: ["vm:101", "vm:103"] };
  const rules: State["rules"] = { [NAME]: { ...SECTION, resources: "vm:101,vm:103" } };
  const hook: Hook = (asked) => {
    // Between the look and the write somebody makes a rule of their own.
    if (asked.startsWith("PUT")) rules["other"] = SECTION;
  };
  const error = await refused(against({ rules }, (p) => p.ensure(MASTERS, current), hook));
  assertEquals([error.obstacle, error.hint], ["conflict", "Run it again"]);
  assertStringIncludes(error.message, "somebody else has changed the rules in between");
  assertEquals(rules[NAME]?.resources, "vm:101,vm:103");
});

Deno.test("what another one has made between the look and the write is a conflict", async () => {
  const error = await refused(
    against(
      {},
      (p) => p.ensure(MASTERS),
      (asked) =>
        asked.startsWith("POST")
          ? fault(500, `create ha rule failed: HA rule '${NAME}' already defined`)
          : undefined,
    ),
  );
  assertEquals(error.obstacle, "conflict");
});

Deno.test("what the server finds wrong with a rule is said as it says it", async () => {
  const together = { "x": { ...SECTION, affinity: "positive" } };
  const error = await refused(against({ rules: together }, (p) => p.ensure(MASTERS)));
  assertEquals(error.obstacle, "refused");
  assertEquals(
    error.message,
    `Cannot create the rule ${NAME} of the cluster pve-lab: the server says Rule '${NAME}' is ` +
      "invalid; resources: rule shares two or more resources with a positive resource affinity rule",
  );
  const unmanaged = await refused(
    against({ resources: { "vm:101": "started" } }, (p) => p.ensure(MASTERS)),
  );
  assertEquals([unmanaged.obstacle, unmanaged.hint], ["refused", "ha-manager add vm:102"]);
});

Deno.test("a rule that is not as it was written is no success", async () => {
  const lying = (asked: string) =>
    asked.startsWith("POST") ? Response.json({ data: null }) : undefined;
  const error = await refused(against({}, (p) => p.ensure(MASTERS), lying));
  assertEquals(error.obstacle, "refused");
  assertStringIncludes(error.message, "yet afterwards the rule is not there");
  const kept = await refused(
    against(
      { rules: { [NAME]: SECTION } },
      (p) => p.remove(SEEN),
      (asked) => asked.startsWith("DELETE") ? Response.json({ data: null }) : undefined,
    ),
  );
  assertStringIncludes(kept.message, "yet it is there");
});

Deno.test("who may not write is told which privilege lacks", async () => {
  const privileges = new Set(["Sys.Audit", "VM.Audit"]);
  const error = await refused(against({ privileges }, (p) => p.ensure(MASTERS)));
  assertEquals(error.obstacle, "permission");
  assertStringIncludes(error.message, "lacks Sys.Console on /");
});

Deno.test("a rule is removed once, and only as it was seen", async () => {
  const { pve } = await against({ rules: { [NAME]: SECTION } }, async (p) => {
    await p.remove(SEEN);
    await p.remove(SEEN);
  });
  assertEquals(pve.writes, [{ asked: `DELETE /cluster/ha/rules/${NAME}`, values: {} }]);
  assertEquals(pve.state.rules, {});
});

Deno.test("a server that is lost over a change leaves open whether it was made", async () => {
  for (const status of [502, 596]) {
    const error = await refused(
      against(
        {},
        (p) => p.ensure(MASTERS),
        (asked) => asked.startsWith("POST") ? new Response("", { status }) : undefined,
      ),
    );
    assertEquals(error.obstacle, "unreachable");
    assertStringIncludes(error.message, "; whether the change was made is not known");
  }
});

Deno.test("a name that cannot be that of a rule reaches no URL", async () => {
  for (
    const name of ["../../access/users", "1-masters-anti-affinity", "a.b-anti-affinity", "a?b"]
  ) {
    for (const rule of [{ ...SEEN, name, id: name }]) {
      assertEquals((await refused(against({}, (p) => p.ensure(rule, rule)))).obstacle, "setting");
      assertEquals((await refused(against({}, (p) => p.remove(rule)))).obstacle, "setting");
    }
  }
});

Deno.test("rules of one name are an answer that makes no sense", async () => {
  const twice = Response.json({ data: [1, 2].map(() => ({ rule: NAME, ...SECTION })) });
  const text = await twice.text();
  const error = await refused(
    against(
      {},
      (p) => p.ensure(MASTERS),
      (asked) => asked === RULES ? new Response(text) : undefined,
    ),
  );
  assertEquals(error.obstacle, "answer");
});
