import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Mark } from "../../../src/events.ts";
import { closeUpOf, focusOf, ticksOf } from "../../../src/reporters/drill/focus.ts";
import { FAULT_AT, timeline } from "../drills.ts";

const mark = (kind: Mark["kind"], at: number): Mark => ({ kind, at, text: kind });

Deno.test("focusOf() begins a second before the fault, and ends two after the last thing", () => {
  const seen = timeline();
  assertEquals(focusOf(seen), {
    about: "fault",
    origin: FAULT_AT,
    from: FAULT_AT - 1000,
    to: FAULT_AT + 5000 + 3900 + 2000,
  });
});

Deno.test("focusOf() stays inside what was measured", () => {
  const seen = timeline();
  const marks = [mark("fault", 300), mark("steady", seen.ms - 100)];
  const { from, to } = focusOf({ ...seen, marks });
  assertEquals([from, to], [0, seen.ms]);
});

Deno.test("focusOf() counts from the heal where nothing was broken, else from the start", () => {
  const seen = timeline();
  const healed = focusOf({ ...seen, marks: [mark("prepare", 100), mark("heal", 4000)] });
  assertEquals([healed.about, healed.origin, healed.from], ["heal", 4000, 3000]);
  const bare = focusOf({ ...seen, marks: [] });
  assertEquals([bare.about, bare.origin, bare.from], ["start", 0, 0]);
});

Deno.test("closeUpOf() shows a short reaction nearer, and nothing that is long anyway", () => {
  const seen = timeline({ takeoverMs: 160, holdMs: 20_000 });
  const near = closeUpOf(seen);
  assert(near !== undefined);
  assert(near.from < FAULT_AT && near.to > FAULT_AT + 160, JSON.stringify(near));
  const whole = focusOf(seen);
  assert(near.to - near.from < (whole.to - whole.from) / 2);
  // What comes back long after the outage takes no room of it.
  const back = { host: "lb1", from: FAULT_AT + 15_000, to: seen.ms, uncertaintyMs: 1 };
  const again = { ...seen, holders: [...seen.holders.slice(0, 2), back] };
  assertEquals(closeUpOf(again), undefined);
  const outage = { from: FAULT_AT, to: FAULT_AT + 170 };
  assert((closeUpOf(again, outage)?.to ?? Infinity) < FAULT_AT + 1000);
  const late = { host: "lb1", at: FAULT_AT + 4900, up: 1 };
  assertEquals(closeUpOf({ ...timeline(), backends: [late] }), undefined);
  assertEquals(closeUpOf({ ...seen, marks: [mark("heal", 4000)] }), undefined);
});

Deno.test("focusOf() holds a hundred thousand failures", () => {
  const at = Array.from({ length: 200_000 }, (_, i) => i);
  const requests = { kinds: ["ok", "refused"], at, ms: at.map(() => 1), kind: at.map(() => 1) };
  assertEquals(focusOf({ ...timeline(), ms: 200_000, requests }).to, 200_000);
});

Deno.test("ticksOf() gives round moments inside the stretch, in order, no more than asked for", () => {
  const length = fc.double({ min: 1, max: 1e7, noNaN: true });
  fc.assert(fc.property(length, fc.integer({ min: 1, max: 30 }), length, (ms, most, origin) => {
    const focus = { from: 0, to: ms, origin: Math.min(origin, ms), about: "fault" } as const;
    const ticks = ticksOf(focus, most);
    assert(ticks.length <= most + 1, `${ticks.length} ticks`);
    for (const [i, { at }] of ticks.entries()) {
      assert(at >= -1e-3 && at <= ms * 1.001, `${at} of ${ms}`);
      assert(i === 0 || at > (ticks[i - 1]?.at ?? Infinity));
    }
    assertEquals(new Set(ticks.map(({ text }) => text)).size, ticks.length);
  }));
});
