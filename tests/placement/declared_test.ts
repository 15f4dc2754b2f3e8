import { assertEquals, assertRejects } from "@std/assert";
import { plan } from "../../src/placement/plan.ts";
import { declared } from "../../src/placement/providers/declared.ts";

const HOSTS = [
  { name: "m1", vm: "m1", failureDomain: "a" },
  { name: "m2", vm: "m2", failureDomain: "b" },
  { name: "m3", vm: "m3" },
];

Deno.test("declared() tells what the inventory says, and nothing of a host it does not know", async () => {
  await using provider = declared(HOSTS, ["a", "b", "a", "c"]);
  assertEquals(await provider.look(["m3", "m1", "m9"]), {
    placements: [
      { vm: "m3", id: "m3", pool: "inventory" },
      { vm: "m1", id: "m1", pool: "inventory", host: "a" },
    ],
    pools: [{ name: "inventory", usableHosts: ["a", "b", "c"], enforcing: "off" }],
    rules: [],
  });
});

Deno.test("declared() enforces nothing: no rule is ever wanted, and none can be written", async () => {
  await using provider = declared(HOSTS, ["a", "b", "c"]);
  const group = { name: "masters", policy: "anti_affinity" as const, members: HOSTS };
  const seen = await provider.look(["m1", "m2", "m3"]);
  const { canEnforce } = provider;
  const made = plan([group], seen, {
    cluster: "x",
    canEnforce,
    places: "domains",
    purpose: "apply",
  });
  assertEquals([canEnforce, made.changes, made.errors, made.notes], [false, [], [], []]);
  assertEquals(made.warnings.map(({ code }) => code), ["place-unknown"]);
  const rule = { name: "x", mandatory: false, pool: "inventory", vms: ["m1", "m2"] };
  await assertRejects(() => provider.ensure(rule), TypeError);
  await assertRejects(
    () => provider.remove({ ...rule, id: "1", kind: "anti_affinity", enabled: true }),
    TypeError,
  );
});
