import { assertEquals, assertStringIncludes } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import { faultTimes } from "../../src/endpoint/promise.ts";
import type { Event, EventOf } from "../../src/events.ts";
import { human } from "../../src/reporters/human.ts";
import { duration, faultPhrase, predictionText } from "../../src/reporters/prediction.ts";
import { endpoint } from "../endpoint/fixtures.ts";

function prediction(more: Partial<EventOf<"prediction">> = {}): EventOf<"prediction"> {
  const faults = faultTimes(endpoint());
  return {
    type: "prediction",
    at: 0,
    endpoint: "lbs",
    sloMs: 2000,
    sloWritten: true,
    faults,
    ...more,
  };
}

/** What a person sees of a run over so many hosts. */
function seen(hosts: number, ...events: readonly Event[]): string {
  let text = "";
  const read = human((part) => text += stripAnsiCode(part), { diff: false });
  const names = Array.from({ length: hosts }, (_, i) => `h${i}`);
  const start = { type: "run-start", at: 0, mode: "check", play: "p", inventory: "hosts.yaml" };
  read({ ...start, hosts: names, places: {} } as EventOf<"run-start">);
  text = "";
  for (const event of events) read(event);
  return text;
}

Deno.test("predictionText() says what the commonest faults cost, and whether that is promised", () => {
  const times = "failover: 0.9 s when the holder is lost, 0.4 s when HAProxy dies, " +
    "1.7 s when HAProxy hangs, 19 ms when the holder is shut down";
  assertEquals(predictionText(prediction()), `${times}; within the slo of 2 s`);
  assertEquals(
    predictionText(prediction({ sloWritten: false })),
    `${times}; within the default slo of 2 s`,
  );
  assertEquals(
    predictionText(prediction({ sloMs: 1000 })),
    `${times}; 1.7 s is over the slo of 1 s`,
  );
});

Deno.test("predictionText() says milliseconds where a tenth of a second hides the difference", () => {
  const faults = [{ fault: "haproxy-hung", ms: 2010, promised: true }];
  assertEquals(
    predictionText(prediction({ faults })),
    "failover: 2,010 ms when HAProxy hangs; 2,010 ms is over the slo of 2,000 ms",
  );
});

Deno.test("predictionText() names every fault that is over the promise, and no other rare one", () => {
  const text = predictionText(prediction({ sloMs: 500 }));
  assertStringIncludes(
    text,
    "0.9 s when Keepalived is killed, 0.9 s when the address is taken off the holder",
  );
  assertEquals(text.includes("API server"), false);
});

Deno.test("faultPhrase() knows every fault that is computed, and leaves later ones as they are", () => {
  const names = faultTimes(endpoint()).map(({ fault }) => fault);
  assertEquals(names.filter((it) => faultPhrase(it) === `at ${it}`), []);
  assertEquals(faultPhrase("disk-full"), "at disk-full");
});

Deno.test("duration() says less than a tenth of a second in milliseconds", () => {
  assertEquals([0, 99, 100, 1000, 1949, 60_000].map((ms) => duration(ms)), [
    "0 ms",
    "99 ms",
    "0.1 s",
    "1 s",
    "1.9 s",
    "60 s",
  ]);
});

Deno.test("human() shows of a fleet only the promises that are not kept", () => {
  const kept = prediction();
  const missed = prediction({ endpoint: "slow", sloMs: 1000 });
  const nobodys = prediction({ endpoint: "unpromised", sloMs: 1000, sloWritten: false });
  assertEquals(seen(9, kept, missed, nobodys).match(/^\S+/gm), ["slow"]);
  assertEquals(seen(8, kept, missed, nobodys).match(/^\S+/gm), ["lbs", "slow", "unpromised"]);
});
