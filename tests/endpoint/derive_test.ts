import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { derive, priorities, routerId, weight } from "../../src/endpoint/derive.ts";
import { TaskError } from "../../src/errors.ts";
import type { Endpoint, FurtherService } from "../../src/model.ts";
import { endpoint, member, world } from "./fixtures.ts";

/** An endpoint whose members have these priorities; undefined: derived. */
function prioritized(profile: Endpoint["profile"], ...set: (number | undefined)[]): Endpoint {
  return endpoint({
    profile,
    members: set.map((it, i) =>
      member(`lb${i + 1}`, `10.88.0.${11 + i}`, it === undefined ? {} : { priority: it })
    ),
  });
}

/** An endpoint with so many services in all. */
function withServices(of: Endpoint, count: number): Endpoint {
  const also = Array.from({ length: count - 1 }, (_, i): FurtherService => ({
    ...{ name: `s${i}`, addresses: [], port: 9000 + i, backends: of.backends, backendPort: 6443 },
    haproxy: { balance: "auto" },
  }));
  return { ...of, also };
}

function values(of: Endpoint): number[] {
  return [...priorities(of).values()].map((it) => it.value);
}

Deno.test("priorities() go down by position", () => {
  assertEquals(values(prioritized("standard", undefined, undefined, undefined)), [250, 240, 230]);
  assertEquals(values(prioritized("guide", undefined, undefined, undefined)), [101, 100, 99]);
});

Deno.test("priorities() come down to one that is set by hand until a weight can work", () => {
  const of = prioritized("standard", undefined, 100);
  assertEquals([values(of), weight(of).value], [[190, 100], -99]);
});

Deno.test("priorities() step around one that is set by hand", () => {
  assertEquals(values(prioritized("standard", undefined, 250)), [249, 250]);
});

Deno.test("priorities() and weight() hold together for any number of members and any one by hand", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 40 }),
    fc.option(fc.tuple(fc.nat(39), fc.integer({ min: 60, max: 254 })), { nil: undefined }),
    fc.constantFrom(1, 2),
    (count, byHand, services) => {
      fc.pre(services === 1 || count <= 12);
      const set = Array<number | undefined>(count).fill(undefined);
      if (byHand) set[byHand[0] % count] = byHand[1];
      const of = withServices(prioritized("standard", ...set), services);
      const all = values(of);
      const lost = -weight(of).value;
      assertEquals(new Set(all).size, count);
      assert(all.every((it) => it >= 1 && it <= 254 && it - services * lost >= 1));
      assert(lost > Math.max(...all) - Math.min(...all));
    },
  ));
});

Deno.test("weight() refuses priorities that no weight can work with", () => {
  const error = assertThrows(() => weight(prioritized("standard", 200, 50)), TaskError);
  assertEquals(
    error.message,
    'Cannot choose a weight for endpoint "load_balancers": priorities 50 to 200 are 150 apart, ' +
      'and no weight both exceeds that and leaves 50 above 0; endpoint_host.priority is 50 of "lb2", ' +
      '200 of "lb1"',
  );
  assertEquals(error.setting, { host: "lb2", path: ["endpoint_host", "priority"] });
});

Deno.test("weight() is taken once for each service, and all of them leave the lowest priority above 0", () => {
  const three = prioritized("standard", undefined, undefined, undefined);
  const of = (count: number) => withServices(three, count);
  assertEquals([1, 2, 3, 4, 10].map((it) => weight(of(it)).value), [-60, -60, -60, -57, -22]);
  assertEquals(
    weight(of(2)).reason,
    "more than the 20 that the priorities are apart, for each service that it sees nothing of",
  );
  // Eleven do not fit below 230 any more with 20 between the first and the last: they move together.
  assertEquals([values(of(10)), values(of(11))], [[250, 240, 230], [240, 239, 238]]);
  assertEquals(weight(of(11)).value, -21);
  const byHand = withServices(prioritized("standard", 200, 120), 2);
  const error = assertThrows(() => weight(byHand), TaskError);
  assert(
    error.message.includes(
      "and no weight both exceeds that and 2 times, once for each service, leaves",
    ),
    error.message,
  );
});

Deno.test("routerId() is the address's last octet, in range, never 51 and the same each time", () => {
  const ids = ["10.0.0.10", "10.0.0.51", "10.0.1.0", "10.0.0.255", "fd00::1f", "fd00::"]
    .map((address) => routerId(endpoint({ address })).value);
  assertEquals(ids, [10, 251, 252, 255, 31, 252]);
  assertEquals(
    routerId(endpoint({ vrrp: { ...endpoint().vrrp, routerId: 51 } })).value,
    51,
  );
});

Deno.test("derive() gives every value with its reason", () => {
  const of = endpoint();
  assertEquals(derive(of, of.members[1]!, world(of)), {
    instances: [{
      family: 4,
      addresses: ["10.88.0.10"],
      interface: { value: "eth0", reason: "10.88.0.12/24 of eth0 holds 10.88.0.10" },
      source: { value: "10.88.0.12", reason: "10.88.0.12/24 of eth0 holds 10.88.0.10" },
      peers: { value: ["10.88.0.11"], reason: "every other member of the group" },
    }],
    priority: { value: 240, reason: "second of 2 in the inventory" },
    weight: { value: -60, reason: "more than the 10 that the priorities are apart" },
    state: {
      value: "BACKUP",
      reason: "on every member: the priority decides, nobody starts as holder",
    },
    routerId: { value: 10, reason: "last octet of 10.88.0.10" },
    advertMs: { value: 300, reason: "profile standard" },
    vrrpVersion: { value: 3, reason: "profile standard" },
    balance: { value: "leastconn", reason: "profile standard" },
    haproxy: { value: "2.6.12", reason: "installed" },
    keepalived: { value: "2.2.7", reason: "installed" },
  });
});

Deno.test("derive() makes the guide's highest priority MASTER, unless the inventory says otherwise", () => {
  const of = prioritized("guide", 90, undefined);
  const states = of.members.map((it) => derive(of, it, world(of)).state.value);
  assertEquals(states, ["BACKUP", "MASTER"]);
  const forced = {
    ...of,
    members: [{ ...of.members[0]!, state: "MASTER" as const }, of.members[1]!],
  };
  assertEquals(derive(forced, forced.members[0]!, world(forced)).state.value, "MASTER");
});

Deno.test("derive() takes what is set by hand", () => {
  const of = endpoint({
    vrrp: { routerId: 77, mode: "multicast", advertInterval: 0.5 },
    haproxy: { ...endpoint().haproxy, balance: "source" },
  });
  const { routerId, advertMs, balance, instances } = derive(of, of.members[0]!, world(of));
  assertEquals([routerId.value, advertMs.value, balance.value], [77, 500, "source"]);
  assertEquals(instances[0]?.peers, { value: [], reason: "adverts are multicast" });
});
