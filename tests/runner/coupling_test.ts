import { assertEquals, assertStringIncludes } from "@std/assert";
import { TaskError } from "../../src/errors.ts";
import type { Play, Task } from "../../src/model.ts";
import {
  couplingOf,
  differences,
  saidNow,
  saidThen,
  type Voice,
} from "../../src/runner/coupling.ts";
import { LocalSession, runPlay, withTempDir, wordTask } from "../helpers.ts";

const SLOW = { "advert interval": "1 s", password: "sha256:aa" };
const FAST = { "advert interval": "0.3 s", password: "sha256:aa" };

function voice(host: string, more: Partial<Voice> = {}): Voice {
  return { host, current: SLOW, running: true, ...more };
}

const goes = (host: string, more: Partial<Voice> = {}) => voice(host, { planned: FAST, ...more });

const CASES: Readonly<Record<string, readonly [readonly Voice[], readonly string[]]>> = {
  "couples members that change what they say": [[goes("lb1"), goes("lb2")], ["lb1", "lb2"]],
  "couples three": [[goes("lb1"), goes("lb2"), goes("lb3")], ["lb1", "lb2", "lb3"]],
  "couples one that would leave another behind": [[goes("lb1"), voice("lb2")], ["lb1"]],
  "leaves a change of nothing that is said": [[voice("lb1"), voice("lb2")], []],
  "leaves a plan that says the same": [[voice("lb1", { planned: SLOW }), voice("lb2")], []],
  "leaves one that nobody understands now: it is to catch up": [
    [goes("lb1"), voice("lb2", { current: FAST })],
    [],
  ],
  "couples those alone that understand each other": [
    [goes("lb1"), goes("lb2"), voice("lb3", { current: FAST })],
    ["lb1", "lb2"],
  ],
  "leaves the first installation": [
    [
      { host: "lb1", planned: FAST, running: false },
      { host: "lb2", planned: FAST, running: false },
    ],
    [],
  ],
  "leaves members whose files say nothing": [
    [goes("lb1", { current: {} }), goes("lb2", { current: {} })],
    [],
  ],
  "leaves a member that does not run, and who is alone with it": [
    [goes("lb1"), goes("lb2", { running: false })],
    [],
  ],
  "leaves a single member": [[goes("lb1")], []],
  "takes a member that does not answer for one that listens": [
    [goes("lb1"), { host: "lb2", running: false, silent: true }],
    ["lb1"],
  ],
  "compares passwords": [
    [goes("lb1", { planned: { ...SLOW, password: "sha256:bb" } }), voice("lb2")],
    ["lb1"],
  ],
  "sees a value that comes": [
    [goes("lb1", { planned: { ...SLOW, transport: "multicast" } }), voice("lb2")],
    ["lb1"],
  ],
};

for (const [name, [voices, coupled]] of Object.entries(CASES)) {
  Deno.test(`couplingOf() ${name}`, () => assertEquals(couplingOf(voices).coupled, coupled));
}

Deno.test("couplingOf() refuses to leave a member behind, and says what would differ", () => {
  const { refusal } = couplingOf([goes("lb1"), goes("lb2"), voice("lb3", { current: FAST })]);
  assertEquals(refusal(new Set(["lb1", "lb2"])), undefined);
  assertEquals(refusal(new Set(["lb3"])), undefined);
  assertEquals(
    refusal(new Set(["lb1"])),
    'Cannot change "lb1" without "lb2", left out by --limit: they would no longer believe each other ' +
      "and would both hold the address (advert interval 1 s -> 0.3 s); " +
      "drop --limit, so that all members change together",
  );
});

Deno.test("couplingOf() refuses a coupled change while a member does not answer", () => {
  const { refusal } = couplingOf([goes("lb1"), { host: "lb2", running: false, silent: true }]);
  for (const selected of [["lb1"], ["lb1", "lb2"]]) {
    assertStringIncludes(
      refusal(new Set(selected)) ?? "",
      'Cannot change "lb1" without "lb2", which does not answer: ',
    );
  }
});

const JOINING: Readonly<Record<string, readonly [readonly Voice[], readonly string[]]>> = {
  "who is new, beside one that does not know it": [
    [voice("lb1"), { host: "lb2", planned: FAST, running: false }],
    ["lb2"],
  ],
  "who is new, beside one that gets to know it": [
    [goes("lb1"), { host: "lb2", planned: FAST, running: false }],
    ["lb2"],
  ],
  "who was down while the others go on": [[goes("lb1"), goes("lb2", { running: false })], ["lb2"]],
  "nobody who was down and says what the others say": [
    [voice("lb1"), voice("lb2", { running: false })],
    [],
  ],
  "nobody who is new and understood at once": [
    [voice("lb1"), { host: "lb2", planned: SLOW, running: false }],
    [],
  ],
  "nobody in a first installation": [
    ["lb1", "lb2"].map((host) => ({ host, planned: FAST, running: false })),
    [],
  ],
  "nobody who will say nothing": [[voice("lb1"), { host: "lb2", running: false }], []],
  "nobody because of one that does not answer": [
    [{ host: "lb1", running: true, silent: true }, { host: "lb2", planned: FAST, running: false }],
    [],
  ],
};

for (const [name, [voices, joining]] of Object.entries(JOINING)) {
  Deno.test(`couplingOf() has join last: ${name}`, () =>
    assertEquals(couplingOf(voices).joining, joining));
}

Deno.test("couplingOf() refuses to take one in beside another that does not hear of it", () => {
  const { refusal } = couplingOf([goes("lb1"), { host: "lb2", planned: FAST, running: false }]);
  assertEquals(refusal(new Set(["lb1", "lb2"])), undefined);
  assertEquals(refusal(new Set(["lb1"])), undefined);
  assertEquals(
    refusal(new Set(["lb2"])),
    'Cannot take "lb2" in without "lb1", left out by --limit: they would not believe each other ' +
      "and would both hold the address (advert interval 1 s -> 0.3 s); drop --limit, so that the " +
      "others know of it before it starts",
  );
});

Deno.test("couplingOf() refuses nothing that is not coupled", () => {
  const { refusal } = couplingOf([voice("lb1"), { host: "lb2", running: false, silent: true }]);
  assertEquals(refusal(new Set(["lb1"])), undefined);
});

Deno.test("differences() says what differs, and nothing of a secret", () => {
  assertEquals(differences(SLOW, SLOW), []);
  assertEquals(
    differences(
      { a: "1", b: "2", password: "sha256:aa", gone: "x" },
      { a: "1", b: "3", password: "sha256:bb", token: "sha256:cc" },
    ),
    ["b 2 -> 3", "another password", "gone x -> none", "token none -> set"],
  );
});

Deno.test("saidNow() joins what tasks say, whatever the others are", () => {
  const answer = (stdout: string) => ({ code: 0, stdout, stderr: "" });
  const speaks = (name: string): Task =>
    wordTask("/x", name, { agreement: ({ stdout }) => ({ [name]: stdout }) });
  const broken = wordTask("/x", "c", {
    agreement: () => {
      throw new TaskError("no sense");
    },
  });
  const seen = [answer("1"), answer("2"), answer("3"), answer("4")];
  const tasks = [speaks("a"), wordTask("/x", "b"), broken, speaks("d")];
  assertEquals(saidNow(tasks, seen), { a: "1", d: "4" });
  assertEquals(saidNow(tasks.slice(1, 3), seen), undefined);
  assertEquals(saidNow(tasks, []), undefined);
});

Deno.test("saidThen() is what the writes of a plan bring", () => {
  const write = { kind: "write", summary: "", files: [], validations: [], before: {} } as const;
  assertEquals(saidThen([write, { kind: "remove", summary: "", path: "/x" }]), undefined);
  assertEquals(saidThen([write, { ...write, agreement: { before: SLOW, after: FAST } }]), FAST);
});

Deno.test("run() asks a host that is not selected what it says, and nothing else of its tasks", () =>
  withTempDir(async (dir) => {
    const asked: string[] = [];
    const play: Partial<Play> = {
      tasks: (_, { host }) => [
        wordTask(dir, "silent", { probe: `: silent ${host.name}` }),
        wordTask(dir, "speaks", {
          probe: `: speaks ${host.name}`,
          plan: () => ({ changes: [] }),
          agreement: () => {
            asked.push(host.name);
            return SLOW;
          },
        }),
      ],
    };
    const lb1 = new LocalSession(dir);
    const lb2 = new LocalSession(dir);
    for (const mode of ["apply", "check"] as const) {
      const { events, lines } = await runPlay(mode, play, { lb1, lb2 }, { selected: ["lb1"] });
      assertEquals(lines.filter((line) => line.startsWith("lb2")), []);
      const ended = events.at(-1);
      assertEquals(ended?.type === "run-end" && Object.keys(ended.hosts), ["lb1"]);
    }
    assertEquals([asked.includes("lb1"), asked.includes("lb2")], [true, true]);
    const sent = lb2.sent.join("\n");
    assertEquals([sent.includes("speaks lb2"), sent.includes("silent lb2")], [true, false]);
    // One look each, and once more whether somebody has locked it meanwhile, where lb1 is changed.
    assertEquals(lb2.roundTrips, 3);
  }));
