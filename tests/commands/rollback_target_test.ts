import { assertEquals, assertThrows } from "@std/assert";
import { announcement, targetOf } from "../../src/commands/rollback_target.ts";
import { InputError } from "../../src/errors.ts";
import type { RunRecord } from "../../src/journal/history.ts";
import type { Endpoint } from "../../src/model.ts";
import { endpoint } from "../endpoint/fixtures.ts";

const [FIRST, SECOND] = ["20261127T01-a", "20261127T02-b"] as const;

/** A kept run that changed keepalived.conf, or made it where nothing was. */
function kept(id: string, made = false): RunRecord {
  const about = { id, what: "apply", who: "ann@desk", sinceS: 1, endpoint: "lb", inventory: "x" };
  const file = { path: "/etc/keepalived/keepalived.conf", saved: `/s/${id}/1` };
  return {
    about,
    verdict: { state: "committed" },
    files: [made ? { ...file, made } : file],
    steps: [],
  };
}

const BOTH = endpoint();
const NAMES = BOTH.members.map(({ host }) => host.name);

const memories = (...records: readonly RunRecord[]) =>
  new Map(NAMES.map((name) => [name, records]));

function refusal(on: Endpoint, of: ReturnType<typeof memories>, wanted?: string) {
  const { diagnostics } = assertThrows(() => targetOf(of, [on], wanted), InputError);
  return diagnostics.map(({ message, hint }) => [message, hint])[0];
}

Deno.test("targetOf() gives the last run that was kept, or the one that was asked for", () => {
  const all = memories(kept(FIRST, true), kept(SECOND), kept("20261127T03-c"));
  assertEquals(targetOf(all, [BOTH], undefined).id, "20261127T03-c");
  assertEquals(targetOf(all, [BOTH], SECOND).id, SECOND);
});

Deno.test("targetOf() says how to take away what was never deployed before", () => {
  const first = memories(kept(FIRST, true));
  assertEquals(NAMES, ["lb1", "lb2"]);
  assertEquals(refusal(BOTH, first), [
    `Cannot go back to before run "${FIRST}": on lb1, lb2 nothing was deployed before it`,
    "to take the whole endpoint away: endpoint: { state: absent }, then apply",
  ]);
  const joined = new Map([["lb1", [kept(SECOND)]], ["lb2", [kept(SECOND, true)]]]);
  assertEquals(refusal(BOTH, joined), [
    `Cannot go back to before run "${SECOND}": on lb2 nothing was deployed before it`,
    "to take lb2 out of service: endpoint_host: { state: absent }, then apply",
  ]);
});

Deno.test("targetOf() names no run as one that can be undone which it would refuse", () => {
  const unknown = 'Cannot go back to before run "nope": no host remembers it, or it was not kept';
  assertEquals(refusal(BOTH, memories(kept(FIRST, true), kept(SECOND)), "nope"), [
    unknown,
    `runs that can be undone: ${SECOND}`,
  ]);
  assertEquals(refusal(BOTH, memories(kept(FIRST, true)), "nope"), [
    unknown,
    `no run can be undone, not even ${FIRST}: on lb1, lb2 nothing was deployed before it; ` +
    "to take the whole endpoint away: endpoint: { state: absent }, then apply",
  ]);
  assertEquals(refusal(BOTH, memories(), "nope"), [unknown, undefined]);
  assertEquals(refusal(BOTH, memories()), ["Cannot go back: no host remembers a run", undefined]);
});

Deno.test("targetOf() does not go back behind a run on a host that shall be absent", () => {
  const gone = { ...BOTH, members: [], leaving: BOTH.members };
  const all = memories(kept(FIRST, true), kept(SECOND));
  const why =
    "which the inventory wants absent, and rollback brings back files alone, no accounts " +
    "and no units";
  assertEquals(refusal(gone, all), [
    `Cannot go back to before run "${SECOND}": it changed lb1, lb2, ${why}`,
    'to have it again: without "state: absent" in "endpoint", then apply',
  ]);
  const one = { ...BOTH, members: BOTH.members.slice(0, 1), leaving: BOTH.members.slice(1) };
  assertEquals(refusal(one, all), [
    `Cannot go back to before run "${SECOND}": it changed lb2, ${why}`,
    'to have lb2 again: without "state: absent" in "endpoint_host", then apply',
  ]);
  // What the others did after it had left is another matter.
  const later = new Map([["lb1", [kept(FIRST, true), kept(SECOND)]], ["lb2", [kept(FIRST, true)]]]);
  assertEquals(targetOf(later, [one], undefined).id, SECOND);
});

Deno.test("announcement() does not claim that the inventory asks for what is undone", () => {
  assertEquals(
    announcement(kept(SECOND).about, "hosts.yaml"),
    `Back to before run ${SECOND} (apply by ann@desk). What of it the inventory still asks for, ` +
      "the next apply makes again: holdfast check hosts.yaml says what that is.\n",
  );
});
