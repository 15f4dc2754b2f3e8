import { assertEquals } from "@std/assert";
import { ABSENT, differences, LATER, type PlannedChange } from "../src/saved_plan.ts";

const write: PlannedChange = {
  task: "files",
  kind: "write",
  target: "/etc/x",
  summary: "write /etc/x, /etc/y",
  before: "1".repeat(64),
  after: "2".repeat(64),
};
const start: PlannedChange = {
  task: "service x",
  kind: "run",
  target: "x.service",
  summary: "start x",
  after: "3".repeat(64),
};
const host = (...changes: PlannedChange[]) => ({ identity: "4".repeat(64), changes });

Deno.test("differences() finds none where nothing has moved, whatever the summaries of a set", () => {
  const now = { ...write, summary: "write /etc/x" };
  assertEquals(differences(host(write, start), host(now, start)), []);
});

Deno.test("differences() names what has moved", () => {
  const cases: [PlannedChange[], PlannedChange[], string][] = [
    [[write], [], '"files" has no more to "write /etc/x, /etc/y"'],
    [[], [start], '"service x" has to "start x" now, which the plan does not say'],
    [
      [write],
      [{ ...write, before: "5".repeat(64) }],
      "/etc/x has another content than when the plan was made",
    ],
    [[write], [{ ...write, before: ABSENT }], "/etc/x is gone since the plan was made"],
    [
      [{ ...write, before: ABSENT }],
      [write],
      "/etc/x was not there when the plan was made, and is now",
    ],
    [
      [write],
      [{ ...write, after: LATER }],
      "/etc/x would be written otherwise: the inventory, a secret or a version has changed",
    ],
    [
      [{ ...start, summary: "set a = 1 (was 2)" }],
      [{ ...start, summary: "set a = 1 (was 3)" }],
      '"service x" said "set a = 1 (was 2)", and now says "set a = 1 (was 3)"',
    ],
    [
      [start],
      [{ ...start, after: "6".repeat(64) }],
      '"start x" would be done otherwise than the plan says',
    ],
    // Two changes of one target in one task are two changes.
    [[start, start], [start], '"service x" has no more to "start x"'],
  ];
  for (const [was, is, said] of cases) {
    assertEquals(differences(host(...was), host(...is)), [said]);
  }
});

Deno.test("differences() says no more of a machine that is another one", () => {
  const other = { ...host(start), identity: "7".repeat(64) };
  assertEquals(differences(host(write), other), [
    "it is not the machine that the plan was made for, or its ssh host keys are new",
  ]);
});
