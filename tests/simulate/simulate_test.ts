import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { TaskError } from "../../src/errors.ts";
import { goneWith, holds } from "../../src/simulate/losses.ts";
import { outcomeOf } from "../../src/simulate/outcome.ts";
import { fallsToOne } from "../../src/simulate/simulate.ts";
import { domainOf } from "../../src/simulate/domains.ts";
import { endpoint } from "../endpoint/fixtures.ts";
import { anySimulation, balancer, host, own, simulated, without } from "./sites.ts";

const LBS = [["lb1", "a"], ["lb2", "b"], ["lb3", "c"]] as const;
const MASTERS = [["m1", "a"], ["m2", "b"], ["m3", "c"]] as const;

Deno.test("simulate() gives the address to the highest priority that is left", () => {
  const found = simulated(LBS, MASTERS);
  assertEquals(found.whole, {
    holder: "lb1",
    priority: 250,
    backends: 3,
    quorum: true,
    answered: true,
  });
  assertEquals(without(found, "lb1").holder, "lb2");
  assertEquals(without(found, "lb2").holder, "lb1");
  assertEquals(without(found, "lb1", "lb2"), {
    holder: "lb3",
    priority: 230,
    backends: 3,
    quorum: true,
    answered: true,
  });
});

Deno.test("simulate() takes priorities that are set by hand as they are", () => {
  const members = [
    balancer("lb1", "10.88.0.11"),
    { ...balancer("lb2", "10.88.0.12"), priority: 254 },
    { ...balancer("lb3", "10.88.0.13"), priority: 200 },
  ];
  const found = own(endpoint({ members }));
  assertEquals(found.whole.holder, "lb2");
  assertEquals(without(found, "lb2").holder, "lb1");
  assertEquals(without(found, "lb1", "lb2").holder, "lb3");
});

Deno.test("simulate() refuses priorities with which no weight moves the address", () => {
  const members = [
    { ...balancer("lb1", "10.88.0.11"), priority: 250 },
    { ...balancer("lb2", "10.88.0.12"), priority: 20 },
  ];
  assertThrows(() => own(endpoint({ members })), TaskError, "apart");
});

Deno.test("simulate() knows nobody without a load balancer, and one without an API server", () => {
  const found = simulated([["lb1"], ["lb2"]], [["m1"], ["m2"]], { externalEtcd: true });
  assertEquals(without(found, "lb1", "lb2"), { backends: 2, answered: false, why: "no-holder" });
  // All that are left lose the same weight, so the address stays where it is.
  assertEquals(without(found, "m1", "m2"), {
    holder: "lb1",
    priority: 190,
    backends: 0,
    answered: false,
    why: "no-backend",
  });
  assertEquals(without(found, "m1").answered, true);
});

Deno.test("simulate() asks for the majority of the API servers as members of etcd", () => {
  const names = (count: number) => Array.from({ length: count }, (_, i) => [`m${i + 1}`] as const);
  const needed = [1, 2, 3, 4, 5, 6].map((it) => simulated([["lb1"]], names(it)).site.quorum);
  assertEquals(needed, [1, 2, 2, 3, 3, 4]);
  const three = simulated([["lb1"], ["lb2"]], names(3));
  assertEquals([without(three, "m1").quorum, without(three, "m1", "m2").quorum], [true, false]);
  assertEquals(without(three, "m1", "m2").why, "no-quorum");
  const five = simulated([["lb1"], ["lb2"]], names(5));
  assertEquals(without(five, "m1", "m2").answered, true);
});

Deno.test("simulate() lowers priorities without etcd where health checks ask for readiness", () => {
  const priority = (profile: "guide" | "standard", ...lost: readonly string[]) =>
    without(simulated([["lb1"], ["lb2"]], [["m1"], ["m2"], ["m3"]], { more: { profile } }), ...lost)
      .priority;
  assertEquals([priority("standard", "m1"), priority("standard", "m1", "m2")], [250, 190]);
  // The seed asks for a TLS hello, which an API server without etcd still gives.
  assertEquals([priority("guide", "m1"), priority("guide", "m1", "m2")], [101, 101]);
});

Deno.test("simulate() loses all of a failure domain at once", () => {
  const found = simulated([["lb1", "esx-01"], ["lb2", "esx-01"], ["lb3"]], MASTERS);
  assertEquals(without(found, "esx-01").holder, "lb3");
  assertEquals(without(found, "lb3", "esx-01").holder, undefined);
  const both = simulated([["lb1", "esx-01"], ["lb2", "esx-01"]], MASTERS);
  assertEquals(without(both, "esx-01").why, "no-holder");
  assertEquals([fallsToOne(both), fallsToOne(found)], [true, false]);
});

Deno.test("simulate() loses a load balancer and the API server of its machine as one", () => {
  const members = [balancer("lb1", "10.88.0.11"), balancer("m2", "10.88.0.12")];
  const backends = [
    { name: "m1", address: "10.88.0.11" },
    { name: "m2", address: "10.88.9.9" },
    { name: "m3", address: "10.88.0.23" },
  ];
  const found = own(endpoint({ members, backends }));
  assertEquals(found.singles.map(({ lost: [it], gone }) => [it?.kind, it?.name, gone.servers]), [
    ["load-balancer", "lb1", ["m1"]],
    ["load-balancer", "m2", ["m2"]],
    ["api-server", "m3", ["m3"]],
  ]);
  assertEquals(without(found, "lb1"), {
    holder: "m2",
    priority: 240,
    backends: 2,
    quorum: true,
    answered: true,
  });
});

Deno.test("simulate() finds the failure domain of a backend by its name and by its address", () => {
  const backends = [
    { name: "m1", address: "10.88.0.21" },
    { name: "two", address: "10.88.0.22" },
    { name: "v6", address: "fd00:0::22" },
  ];
  const hosts = [
    host("m1", "192.0.2.1", "a"),
    host("m2", "10.88.0.22", "b"),
    host("m3", "fd00::0:22", "c"),
    host("other", "10.88.0.99", "d"),
  ];
  const { site } = own(endpoint({ backends }), hosts);
  assertEquals(site.servers.map(({ domains }) => domains), [["a"], ["b"], ["c"]]);
});

Deno.test("domainOf() gives names and numbers, and no expression", () => {
  const of = (domain: unknown) =>
    domainOf({ ...host("lb1", "10.88.0.11"), vars: { failure_domain: domain } });
  assertEquals([of("esx-01"), of(7), of("rack 2")], ["esx-01", "7", "rack 2"]);
  assertEquals([of("esx-01 "), of(" rack 2\t")], ["esx-01", "rack 2"]);
  const none = ["", " ", "{{ rack }}", null, undefined, true, ["a"], { a: 1 }, NaN];
  assertEquals(none.map(of), none.map(() => undefined));
});

Deno.test("simulate() tries every pair of losses that is more than one of them", () => {
  fc.assert(fc.property(anySimulation, ({ singles, doubles }) => {
    const losses = singles.map(({ lost: [it] }) => it!);
    const names = (it: { kind: string; name: string }) => `${it.kind} ${it.name}`;
    const wanted = losses.flatMap((a, i) =>
      losses.slice(i + 1).filter((b) => !holds(a, b) && !holds(b, a))
        .map((b) => `${names(a)}, ${names(b)}`)
    );
    assertEquals(doubles.map(({ lost }) => lost.map(names).join(", ")), wanted);
    for (const { lost, gone } of doubles) assertEquals(gone, goneWith(lost));
  }));
});

Deno.test("simulate() has exactly one holder while a load balancer is left, and else nobody", () => {
  fc.assert(fc.property(anySimulation, ({ site, singles, doubles, whole }) => {
    assert(whole.answered);
    for (const { gone, outcome } of [...singles, ...doubles]) {
      const left = site.balancers.filter(({ name }) => !gone.balancers.includes(name));
      const highest = Math.max(...left.map(({ priority }) => priority));
      const wanted = left.find(({ priority }) => priority === highest)?.name;
      assertEquals(outcome.holder, wanted);
      assertEquals(outcome.why === "no-holder", left.length === 0);
      assert(outcome.priority === undefined || outcome.priority >= 1);
    }
  }));
});

Deno.test("losing more never brings back an API server, the quorum, a holder or an answer", () => {
  fc.assert(fc.property(anySimulation, ({ site, whole, singles, doubles }) => {
    const all = [{ gone: goneWith([]), outcome: whole }, ...singles, ...doubles];
    for (const less of all) {
      for (const more of all.filter(({ gone }) => holds(gone, less.gone))) {
        assert(more.outcome.backends <= less.outcome.backends);
        assert(!more.outcome.answered || less.outcome.answered);
        assert(more.outcome.quorum !== true || less.outcome.quorum === true);
        assert(more.outcome.holder === undefined || less.outcome.holder !== undefined);
      }
    }
    const everything = {
      balancers: site.balancers.map(({ name }) => name),
      servers: site.servers.map(({ name }) => name),
    };
    assertEquals(outcomeOf(site, everything).backends, 0);
  }));
});

Deno.test("an answer needs a holder, an API server and, where etcd is beside them, its quorum", () => {
  fc.assert(fc.property(anySimulation, ({ singles, doubles }) => {
    for (const { outcome } of [...singles, ...doubles]) {
      const { holder, backends, quorum, answered, why } = outcome;
      assertEquals(answered, holder !== undefined && backends > 0 && quorum !== false);
      assertEquals(why === undefined, answered);
    }
  }));
});
