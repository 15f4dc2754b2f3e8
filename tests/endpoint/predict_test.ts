import { assertEquals } from "@std/assert";
import { predictedFailoverMs, predictedServerMs } from "../../src/endpoint/predict.ts";
import { endpoint, member } from "./fixtures.ts";

Deno.test("predictedFailoverMs() follows the election's formula in every profile", () => {
  const lost = (["guide", "standard", "fast"] as const)
    .map((profile) => predictedFailoverMs(endpoint({ profile }))["holder-lost"]);
  // 3 adverts and the skew of the second priority: 100, 240 and 240.
  assertEquals(lost, [3609, 919, 306]);
});

Deno.test("predictedFailoverMs() is longer than what was measured with the same settings", () => {
  const guide = predictedFailoverMs(endpoint({ profile: "guide" }));
  const members = [
    member("lb1", "10.88.0.11", { priority: 150 }),
    member("lb2", "10.88.0.12", { priority: 100 }),
  ];
  const standard = predictedFailoverMs(endpoint({ members }));
  const fast = predictedFailoverMs(endpoint({ profile: "fast", members }));
  const measured = [
    [guide["holder-lost"], 3560],
    [guide["haproxy-dead"], 33280],
    [guide["haproxy-hung"], 33158],
    [guide["api-server-lost"], 27880],
    [standard["holder-lost"], 1057],
    [standard["haproxy-dead"], 240],
    [fast["holder-lost"], 361],
    [fast["haproxy-dead"], 121],
    [fast["haproxy-hung"], 3018],
    [fast["api-server-lost"], 2482],
    [predictedFailoverMs(endpoint())["backends-lost"], 11457],
    [predictedFailoverMs(endpoint())["haproxy-hung"], 3202],
  ] as const;
  assertEquals(measured.filter(([predicted, seen]) => predicted < seen), []);
});

Deno.test("predictedServerMs() counts the checks that take a server out and bring one back", () => {
  const waits = (["guide", "standard", "fast"] as const)
    .map((profile) => predictedServerMs(endpoint({ profile })));
  assertEquals(waits, [
    { removed: 6000, back: 4000 },
    { removed: 3000, back: 2500 },
    { removed: 1200, back: 1200 },
  ]);
  // An API server that answered 500 was gone 980 ms later at the latest, with the settings of fast.
  assertEquals((waits[2]?.removed ?? 0) >= 980, true);
});
