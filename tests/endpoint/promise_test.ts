import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { brokenPromises, faultTimes, remedy, slowAdvertMs } from "../../src/endpoint/promise.ts";
import { predictedFailoverMs } from "../../src/endpoint/predict.ts";
import type { Endpoint } from "../../src/model.ts";
import { endpoint } from "./fixtures.ts";

/** An endpoint with a promise, a profile and, where it is set by hand, an advert interval. */
function promising(
  failoverMs: number,
  profile: Endpoint["profile"] = "standard",
  advertInterval: number | "auto" = "auto",
): Endpoint {
  const vrrp = { ...endpoint().vrrp, advertInterval };
  return endpoint({ profile, slo: { failoverMs }, vrrp });
}

const faults = (of: Endpoint) => brokenPromises(of).map(({ fault, ms }) => [fault, ms]);

Deno.test("faultTimes() has every prediction, and says which of them a promise is about", () => {
  const times = faultTimes(endpoint());
  assertEquals(
    Object.fromEntries(times.map(({ fault, ms }) => [fault, ms])),
    predictedFailoverMs(endpoint()),
  );
  assertEquals(times.filter(({ promised }) => !promised).map(({ fault }) => fault), [
    "backends-lost",
    "api-server-refused",
    "api-server-lost",
  ]);
});

Deno.test("brokenPromises() has what takes longer than promised, the longest first", () => {
  assertEquals(faults(promising(2000)), []);
  assertEquals(faults(promising(1669)), []);
  assertEquals(faults(promising(1668)), [["haproxy-hung", 1669]]);
  assertEquals(faults(promising(500, "standard")), [
    ["haproxy-hung", 1669],
    ["holder-lost", 919],
    ["keepalived-killed", 919],
    ["address-removed", 919],
  ]);
  assertEquals(faults(promising(2000, "guide")).map(([fault]) => fault), [
    "haproxy-hung",
    "haproxy-dead",
    "holder-lost",
    "address-removed",
  ]);
});

Deno.test("remedy() is the smallest change with which the promise is kept", () => {
  const cases = {
    "standard, 1 s between adverts": [promising(2000, "standard", 1)],
    "fast, 0.5 s between adverts": [promising(1000, "fast", 0.5)],
    "standard, 1 s": [promising(1000)],
    "standard, 1 s, adverts by hand": [promising(1000, "standard", 1)],
    "guide, 2 s": [promising(2000, "guide")],
    "guide, 1 s": [promising(1000, "guide")],
    "standard, 0.5 s": [promising(500)],
    "fast, 0.5 s": [promising(500, "fast")],
    "standard, 0.1 s, adverts by hand": [promising(100, "standard", 5)],
    "fast, 0.1 s, adverts by hand": [promising(100, "fast", 5)],
    "guide, 0.1 s, adverts that it does not obey": [promising(100, "guide", 5)],
    "fast, 0.1 s, quicker adverts by hand": [promising(100, "fast", 0.05)],
  } as const;
  assertEquals(
    Object.fromEntries(Object.entries(cases).map(([name, [of]]) => [name, remedy(of)])),
    {
      "standard, 1 s between adverts": "vrrp: { advert_interval: auto }",
      "fast, 0.5 s between adverts": "vrrp: { advert_interval: auto }",
      "standard, 1 s": "profile: fast",
      "standard, 1 s, adverts by hand": "profile: fast, vrrp: { advert_interval: auto }",
      "guide, 2 s": "profile: standard",
      "guide, 1 s": "profile: fast",
      "standard, 0.5 s":
        "slo: { failover: 900ms } with profile: fast, the least that a profile can keep",
      "fast, 0.5 s": "slo: { failover: 900ms }, the least that a profile can keep",
      "standard, 0.1 s, adverts by hand":
        "slo: { failover: 900ms } with profile: fast and vrrp: { advert_interval: auto }, the least that a profile can keep",
      "fast, 0.1 s, adverts by hand":
        "slo: { failover: 900ms } with vrrp: { advert_interval: auto }, the least that a profile can keep",
      "guide, 0.1 s, adverts that it does not obey":
        "slo: { failover: 900ms } with profile: fast and vrrp: { advert_interval: auto }, the least that a profile can keep",
      "fast, 0.1 s, quicker adverts by hand":
        "slo: { failover: 900ms }, the least that a profile can keep",
    },
  );
});

Deno.test("slowAdvertMs() is what the inventory says where that makes a broken promise slower", () => {
  assertEquals(slowAdvertMs(promising(100, "standard", 5)), 5000);
  assertEquals(slowAdvertMs(promising(900, "standard", 0.5)), 500);
  // The profile itself, adverts quicker than its own, a promise that is kept, and the seed.
  assertEquals(slowAdvertMs(promising(100)), undefined);
  assertEquals(slowAdvertMs(promising(100, "standard", 0.1)), undefined);
  assertEquals(slowAdvertMs(promising(20_000, "standard", 5)), undefined);
  assertEquals(slowAdvertMs(promising(100, "guide", 5)), undefined);
});

Deno.test("remedy() keeps the promise when it is done, whatever is promised", () => {
  const seconds = fc.option(fc.integer({ min: 1, max: 400 }).map((it) => it / 100));
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 40_000 }),
      fc.constantFrom("guide" as const, "standard" as const, "fast" as const),
      seconds,
      (failoverMs, profile, advert) => {
        const of = promising(failoverMs, profile, advert ?? "auto");
        fc.pre(brokenPromises(of).length > 0);
        const done = obeyed(of, remedy(of));
        assertEquals(faults(done), [], remedy(of));
        assert(JSON.stringify(done) !== JSON.stringify(of));
      },
    ),
  );
});

/** The endpoint after somebody did as the hint says. */
function obeyed(of: Endpoint, hint: string): Endpoint {
  const profile = /profile: (\w+)/.exec(hint)?.[1] as Endpoint["profile"] | undefined;
  const slo = /failover: (\d+)ms/.exec(hint)?.[1];
  const advert = /advert_interval: ([\d.]+|auto)/.exec(hint)?.[1] ??
    String(of.vrrp.advertInterval);
  return {
    ...of,
    ...(profile === undefined ? {} : { profile }),
    slo: { failoverMs: slo === undefined ? of.slo.failoverMs : Number(slo) },
    vrrp: { ...of.vrrp, advertInterval: advert === "auto" ? "auto" : Number(advert) },
  };
}
