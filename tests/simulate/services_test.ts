import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { weight } from "../../src/endpoint/derive.ts";
import type { Backend, Endpoint, FurtherService, Host } from "../../src/model.ts";
import { fallsToOne, simulate, type Simulation } from "../../src/simulate/simulate.ts";
import { hostFinder } from "../../src/simulate/site.ts";
import { type Places, warningsOf } from "../../src/simulate/warnings.ts";
import { endpoint } from "../endpoint/fixtures.ts";
import { balancer, host, simulated, without } from "./sites.ts";

const NOWHERE: Places = {
  backends: () => undefined,
  host: () => undefined,
  domain: () => undefined,
};

/** API servers at the given last octets, named in order. */
function servers(prefix: string, ...octets: readonly number[]): readonly Backend[] {
  return octets.map((it, i) => ({ name: `${prefix}${i + 1}`, address: `10.88.0.${it}` }));
}

function service(name: string, backends: readonly Backend[]): FurtherService {
  return {
    name,
    addresses: [],
    port: 9443,
    backends,
    backendPort: 6443,
    haproxy: { balance: "auto" },
  };
}

/** An endpoint with three API servers of its own and a further service. */
function both(backends: readonly Backend[], more: Partial<Endpoint> = {}): Endpoint {
  return endpoint({ also: [service("staging", backends)], ...more });
}

function pair(of: Endpoint, hosts: readonly Host[] = []): readonly [Simulation, Simulation] {
  const [own, further, ...more] = simulate(of, hostFinder(hosts));
  assert(own !== undefined && further !== undefined && more.length === 0);
  return [own, further];
}

function messages(of: Endpoint, hosts: readonly Host[] = []): string[] {
  return simulate(of, hostFinder(hosts)).flatMap((it) => warningsOf(it, NOWHERE))
    .map(({ code, message }) => `${code}: ${message}`);
}

Deno.test("simulate() judges every service by API servers of its own", () => {
  const [own, staging] = pair(both(servers("s", 31, 32, 33)));
  assertEquals([own.service, staging.service], [undefined, "staging"]);
  assertEquals([own.endpoint.port, staging.endpoint.port], [8443, 9443]);
  const names = ({ singles }: Simulation) => singles.map(({ lost: [it] }) => it?.name);
  assertEquals(names(own), ["lb1", "lb2", "m1", "m2", "m3"]);
  assertEquals(names(staging), ["lb1", "lb2", "s1", "s2", "s3"]);
  assertEquals(without(staging, "s1", "s2"), {
    holder: "lb1",
    priority: 250 + weight(staging.endpoint).value,
    backends: 1,
    quorum: false,
    answered: false,
    why: "no-quorum",
  });
  assertEquals([without(own, "lb1").holder, without(staging, "lb1").holder], ["lb2", "lb2"]);
});

Deno.test("simulate() gives an endpoint without further services one simulation", () => {
  const found = simulate(endpoint(), hostFinder([]));
  assertEquals(found.length, 1);
  assertEquals(Object.hasOwn(found[0] ?? {}, "service"), false);
});

Deno.test("a loss that takes a further service down is too much, and is told of that one", () => {
  const of = both(servers("s", 31, 32));
  const [own, staging] = pair(of);
  assertEquals([fallsToOne(own), fallsToOne(staging)], [false, true]);
  assertEquals(messages(of), [
    'single-loss: Service "staging" of endpoint "load_balancers" does not outlive one loss: ' +
    'without "s1" or "s2" etcd has no quorum: 1 of 2 members are left, 2 are needed',
  ]);
});

Deno.test("what concerns the load balancers of all services is told once", () => {
  const members = [balancer("lb1", "10.88.0.11", "a"), balancer("lb2", "10.88.0.12", "a")];
  const hosts = members.map((it) => it.host);
  const down =
    'single-loss: Endpoint "load_balancers" does not outlive one loss: without failure ' +
    'domain "a" ("lb1", "lb2") no load balancer is left';
  assertEquals(messages(both(servers("s", 31, 32, 33), { members }), hosts), [down]);
  const three = [...members, balancer("lb3", "10.88.0.13", "b")];
  assertEquals(messages(both(servers("s", 31, 32, 33), { members: three }), hosts), [
    'shared-domain: Load balancers "lb1" and "lb2" are lost together: all of them are in failure ' +
    'domain "a"',
  ]);
});

Deno.test("a failure domain takes each service's own API servers along", () => {
  const hosts = [
    host("m1", "10.88.0.21", "a"),
    host("s1", "10.88.0.31", "a"),
    host("s2", "10.88.0.32", "a"),
  ];
  const of = both(servers("s", 31, 32, 33));
  const [own, staging] = pair(of, hosts);
  assertEquals([without(own, "a").backends, without(own, "a").answered], [2, true]);
  assertEquals([without(staging, "a").backends, without(staging, "a").answered], [1, false]);
  assertEquals(messages(of, hosts), [
    'single-loss: Service "staging" of endpoint "load_balancers" does not outlive one loss: ' +
    'without failure domain "a" ("s1", "s2") etcd has no quorum: 1 of 3 members are left, 2 are ' +
    "needed",
  ]);
});

Deno.test("the holder loses priority for every service that a loss leaves without", () => {
  const hosts = [host("m1", "10.88.0.21", "a"), host("s1", "10.88.0.31", "a")];
  // What takes both: their one machine, a failure domain, the load balancer that they run on.
  const cases: readonly (readonly [string, number, number, string, number])[] = [
    ["m1", 21, 21, "lb1", 250],
    ["a", 21, 31, "lb1", 250],
    ["lb1", 11, 11, "lb2", 240],
  ];
  for (const [lost, own, staging, holder, priority] of cases) {
    const of = both(servers("s", staging), { backends: servers("m", own) });
    const [found] = pair(of, hosts);
    const cost = weight(of).value;
    assertEquals(found.whole.priority, 250);
    const outcome = without(found, lost);
    assertEquals([outcome.holder, outcome.priority], [holder, Math.max(1, priority + 2 * cost)]);
  }
  const [alone] = pair(both(servers("s", 31), { backends: servers("m", 22) }));
  assertEquals(without(alone, "m1").priority, 250 + weight(alone.endpoint).value);
});

Deno.test("a service without any API server costs its weight in every case, and no holder", () => {
  const [own, staging] = pair(both([]));
  const cost = weight(own.endpoint).value;
  assertEquals([own.whole.priority, staging.whole.priority], [250 + cost, 250 + cost]);
  assertEquals([own.whole.answered, staging.whole.answered], [true, false]);
  assertEquals(without(own, "lb1").holder, "lb2");
  // What is down already is taken down by nothing.
  assertEquals(messages(both([])), []);
});

Deno.test("API servers of one name at different addresses are not one machine", () => {
  const [own] = pair(both(servers("m", 31), { backends: servers("m", 21) }));
  assertEquals(without(own, "m1").priority, 250 + weight(own.endpoint).value);
});

Deno.test("a service does not change what is said of the endpoint's own API servers", () => {
  const lbs = [["lb1", "a"], ["lb2", "b"]] as const;
  const masters = [["m1", "a"], ["m2", "b"], ["m3", "c"]] as const;
  const alone = simulated(lbs, masters);
  const beside = simulated(lbs, masters, {
    more: { also: [service("staging", servers("s", 31, 32, 33))] },
  });
  assertEquals({ ...beside, endpoint: alone.endpoint }, alone);
});

const domain = fc.constantFrom(undefined, "a", "b", "c");

/** Any endpoint with a further service, some of whose API servers are the endpoint's own. */
const anyServices: fc.Arbitrary<readonly Simulation[]> = fc.record({
  balancers: fc.array(domain, { minLength: 1, maxLength: 3 }),
  own: fc.array(domain, { minLength: 1, maxLength: 4 }),
  further: fc.array(domain, { maxLength: 4 }),
  shared: fc.nat(2),
}).map(({ balancers, own, further, shared }) => {
  const members = balancers.map((it, i) => balancer(`lb${i + 1}`, `10.88.0.${11 + i}`, it));
  const backends = own.map((_, i) => ({ name: `m${i + 1}`, address: `10.88.0.${21 + i}` }));
  const its = further.map((_, i) => ({
    name: `s${i + 1}`,
    address: `10.88.0.${(i < shared ? 21 : 31) + i}`,
  }));
  const hosts = [
    ...members.map((it) => it.host),
    ...own.map((it, i) => host(`m${i + 1}`, `10.88.0.${21 + i}`, it)),
    ...further.map((it, i) => host(`s${i + 1}`, its[i]?.address ?? "", it)),
  ];
  return simulate(both(its, { members, backends }), hostFinder(hosts));
});

Deno.test("one loss is warned of exactly where it takes any service down, and by its name", () => {
  fc.assert(fc.property(anyServices, (all) => {
    const said = all.flatMap((it) => warningsOf(it, NOWHERE))
      .filter(({ code }) => code === "single-loss").map(({ message }) => message);
    assertEquals(said.length > 0, all.some(fallsToOne));
    for (const { service, singles, whole } of all) {
      const others = singles.some(({ outcome: { why } }) =>
        why !== undefined && why !== "no-holder"
      );
      const named = said.some((it) =>
        it.startsWith(service === undefined ? "Endpoint" : `Service "${service}"`)
      );
      if (whole.answered && others) assert(named, said.join("\n"));
    }
  }));
});

Deno.test("who holds the addresses does not depend on which service is asked", () => {
  fc.assert(fc.property(anyServices, ([own, further]) => {
    for (const { lost, outcome } of own?.singles ?? []) {
      const same = further?.singles.find(({ lost: [it] }) =>
        it?.kind === lost[0]?.kind && it?.name === lost[0]?.name
      );
      if (same === undefined || lost[0]?.kind === "api-server") continue;
      assertEquals([same.outcome.holder, same.outcome.priority], [
        outcome.holder,
        outcome.priority,
      ]);
    }
  }));
});
