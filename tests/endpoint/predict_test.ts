import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { weight } from "../../src/endpoint/derive.ts";
import { type Fault, predictedFailoverMs, predictedServerMs } from "../../src/endpoint/predict.ts";
import type { Endpoint } from "../../src/model.ts";
import { endpoint, member } from "./fixtures.ts";

const PROFILES = ["guide", "standard", "fast"] as const;

/** Everything that one load balancer can suffer while its way to the API servers is good. */
const SINGLE_HOST: readonly Fault[] = [
  "holder-lost",
  "holder-stopped",
  "holder-returned",
  "keepalived-killed",
  "keepalived-frozen",
  "address-removed",
  "haproxy-dead",
  "haproxy-hung",
  "reloaded",
];

function withPriorities(profile: Endpoint["profile"], priorities: readonly number[]): Endpoint {
  const members = priorities.map((priority, i) =>
    member(`lb${i + 1}`, `10.88.0.1${i + 1}`, { priority })
  );
  return endpoint({ profile, members });
}

Deno.test("predictedFailoverMs() follows the election's formula in every profile", () => {
  const of = (fault: Fault) =>
    PROFILES.map((profile) => predictedFailoverMs(endpoint({ profile }))[fault]);
  // 3 adverts and the skew of the second priority: 100, 240 and 240.
  assertEquals(of("holder-lost"), [3609, 919, 306]);
  assertEquals(of("holder-stopped"), [609, 19, 6]);
  // The seed's unit leaves the address on the host: two holders, but an answer.
  assertEquals(of("keepalived-killed"), [0, 919, 306]);
});

Deno.test("predictedFailoverMs() of a hang is the time in which nobody asks, pace and two limits", () => {
  const hung = PROFILES.map((profile) =>
    predictedFailoverMs(endpoint({ profile }))["haproxy-hung"]
  );
  assertEquals(hung, [
    // 9 runs that fail, 3 s to the next, 2 limits of 2 s, and silence.
    27_000 + 3000 + 4000 + 150 + 3609,
    250 + 250 + 2 * 500 + 150 + 19,
    200 + 100 + 2 * 200 + 150 + 6,
  ]);
});

Deno.test("predictedFailoverMs() is longer than what was measured with the same settings", () => {
  const guide = predictedFailoverMs(endpoint({ profile: "guide" }));
  const standard = predictedFailoverMs(withPriorities("standard", [150, 100]));
  const fast = predictedFailoverMs(withPriorities("fast", [150, 100]));
  const measured = [
    [guide["holder-lost"], 3560],
    [guide["haproxy-dead"], 33280],
    [guide["haproxy-hung"], 33158],
    [guide["api-server-lost"], 27880],
    [standard["holder-lost"], 1057],
    [standard["haproxy-dead"], 240],
    [fast["holder-lost"], 361],
    [fast["haproxy-dead"], 121],
    [fast["api-server-lost"], 2482],
    [predictedFailoverMs(endpoint())["backends-lost"], 11457],
    [predictedServerMs(endpoint({ profile: "fast" })).removed, 980],
  ] as const;
  assertEquals(measured.filter(([predicted, seen]) => predicted < seen), []);
});

Deno.test("predictedFailoverMs() keeps what each profile promises, whatever the priorities are", () => {
  const limits = { standard: 2000, fast: 1000 } as const;
  fc.assert(
    fc.property(
      fc.constantFrom("standard" as const, "fast" as const),
      fc.uniqueArray(fc.integer({ min: 1, max: 254 }), { minLength: 2, maxLength: 6 }),
      (profile, priorities) => {
        const of = withPriorities(profile, priorities);
        fc.pre(canWeigh(of));
        const predicted = predictedFailoverMs(of);
        for (const fault of SINGLE_HOST) {
          assert(predicted[fault] < limits[profile], `${fault}: ${predicted[fault]}`);
        }
        assert(profile === "fast" || predicted["holder-lost"] < 1500);
      },
    ),
  );
});

Deno.test("predictedFailoverMs() only grows with the time between adverts", () => {
  const seconds = fc.integer({ min: 1, max: 400 }).map((it) => it / 100);
  fc.assert(
    fc.property(fc.constantFrom(...PROFILES), seconds, seconds, (profile, a, b) => {
      const [less, more] = [Math.min(a, b), Math.max(a, b)].map((advertInterval) =>
        predictedFailoverMs(endpoint({ profile, vrrp: { ...endpoint().vrrp, advertInterval } }))
      ) as [ReturnType<typeof predictedFailoverMs>, ReturnType<typeof predictedFailoverMs>];
      const shorter = (Object.keys(less) as Fault[]).filter((fault) => more[fault] < less[fault]);
      assertEquals(shorter, []);
      assertEquals(Object.values(more).filter((ms) => !(ms >= 0 && Number.isFinite(ms))), []);
    }),
  );
});

Deno.test("predictedServerMs() is a wait for the next check and for those that confirm it", () => {
  const of = PROFILES.map((profile) => predictedServerMs(endpoint({ profile })));
  assertEquals(of.map(({ removed }) => removed), [6000, 3000, 1200]);
  assertEquals(of.map(({ back }) => back), [4000, 2500, 1200]);
});

function canWeigh(of: Endpoint): boolean {
  try {
    weight(of);
    return true;
  } catch {
    return false;
  }
}

Deno.test("predictedFailoverMs() knows that a killed container leaves the address behind", () => {
  const of = endpoint();
  const images = { haproxy: "haproxy:2.8.10", keepalived: "net/keepalived:2.2.8" };
  const [unit, pod] = [of, { ...of, pods: { images } }].map(predictedFailoverMs);
  assertEquals(pod, { ...unit!, "keepalived-killed": 0 });
  assertEquals(unit!["keepalived-killed"] > 0, true);
});
