import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { everyAddress } from "../../../src/reporters/drill/addresses.ts";
import { factsOf } from "../../../src/reporters/drill/facts.ts";
import { html } from "../../../src/reporters/html.ts";
import { EventSchema } from "../../../src/event_schema.ts";
import { drillEnd, drillRun, timeline } from "../drills.ts";

const other = drillEnd("x", { takeoverMs: 60 });
const { figures, timeline: seen } = other;
if (figures === undefined || seen === undefined) throw new TypeError("nothing was simulated");
const END = drillEnd("x", { takeoverMs: 500 }, {
  address: "fd00::10",
  others: [
    { address: "10.9.0.10", verdict: "pass", figures, timeline: seen },
    { address: "10.9.0.9", verdict: "unknown" },
  ],
});

const fact = (end: typeof END) => factsOf(end).find(({ name }) => name === "address")?.text;

Deno.test("factsOf() says which address fared worst, and how the others did", () => {
  const text = fact(END) ?? "";
  assertMatch(
    text,
    /^fd00::10 fared worst; 10\.9\.0\.10 passed, outage \d+ ms, 3 requests failed; /,
  );
  assertStringIncludes(text, "10.9.0.9 was not asked to the end");
});

Deno.test("factsOf() does not say that nothing was degraded where a request failed", () => {
  const once = (failures: number) => {
    const other = { ...figures, degradedMs: 0, failures };
    const end = drillEnd("x", {}, { judged: "degradedMs", address: "fd00::10", failures });
    const all = { ...end, figures: { ...other, failureKinds: { closed: failures } } };
    const verdict = "pass" as const;
    return { ...all, others: [{ address: "10.9.0.10", verdict, figures: other, timeline: seen }] };
  };
  const degraded = (end: typeof END) => factsOf(end).find(({ name }) => name === "degraded")?.text;
  assertEquals(
    fact(once(1)),
    "fd00::10 fared worst; 10.9.0.10 passed, degraded 0 ms, 1 request failed",
  );
  assertEquals(degraded(once(1)), "0 ms (predicted 306, allowed 2,000)");
  assertEquals(fact(once(0)), "fd00::10 fared worst; 10.9.0.10 passed, no request failed");
  assertEquals(degraded(once(0)), "none (predicted 306, allowed 2,000)");
});

Deno.test("factsOf() names no address where there is only one", () => {
  assertEquals(fact(drillEnd("x")), undefined);
});

Deno.test("everyAddress() gives one drill for each, as if it had no other", () => {
  const all = everyAddress(END);
  assertEquals(all.map(({ address }) => address), ["fd00::10", "10.9.0.10", "10.9.0.9"]);
  assertEquals(all.map(({ timeline }) => timeline), [END.timeline, seen, undefined]);
  assertEquals(all.map(({ outageMs }) => outageMs), [END.outageMs, other.outageMs, undefined]);
  for (const one of all) {
    assertEquals(one.others, undefined);
    EventSchema.parse(one);
  }
  assertEquals(everyAddress(drillEnd("x")), [drillEnd("x")]);
});

Deno.test("html() draws each address by itself, and says which one it is", () => {
  let text = "";
  drillRun([END]).forEach(html((part) => text += part));
  const captions = [...text.matchAll(/<figcaption>([^<]*)</g)].map(([, caption = ""]) => caption);
  assertEquals(captions.map((caption) => caption.split(": ")[0]), [
    ...["fd00::10", "fd00::10"],
    ...["10.9.0.10", "10.9.0.10"],
  ]);
  assertStringIncludes(text, "Timeline of drill x through 10.9.0.10, from");
  assertEquals(text.split("<details>").length - 1, 2);
  const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  assertEquals(ids.length, new Set(ids).size, "no id is there twice");
  assertEquals(timeline().ms, seen.ms);
});
