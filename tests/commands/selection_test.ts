import { assertEquals, assertThrows } from "@std/assert";
import { type SelectionFlags, selectTasks } from "../../src/commands/selection.ts";
import { InputError } from "../../src/errors.ts";
import { formatInputError } from "../../src/inventory/problems.ts";
import type { Play, Task } from "../../src/model.ts";
import { file, fileSet } from "../../tasks/file.ts";
import { anEndpoint } from "../helpers.ts";
import { cli, DEAD_END } from "./cli.ts";
import { withTempDir } from "../helpers.ts";

function task(name: string, ...tags: readonly string[]): Task {
  return { kind: "word", name, notify: [], tags, probe: "true", plan: () => ({ changes: [] }) };
}

const SET = fileSet({
  name: "set",
  files: [
    { path: "/a", content: "", tags: ["a"] },
    { path: "/b", content: "", tags: ["b"] },
  ],
  validations: [
    { name: "a -t", script: ":", tags: ["a"] },
    { name: "all -t", script: ":" },
  ],
}, { tags: ["config"] });

const COMMON = [task("install it", "packages"), SET, task("start a", "services", "a")];

/** lb1 has a task more. */
const PLAY: Play = {
  name: "test",
  packages: [],
  tasks: (_, { host }) => host.name === "lb1" ? [...COMMON, task("only lb1", "extra")] : COMMON,
  handlers: () => [],
  checks: () => [],
};

const ENDPOINTS = [anEndpoint("lb1", "lb2")];
const HOSTS = new Set(["lb1", "lb2"]);

function choose(flags: SelectionFlags, selected = HOSTS) {
  return selectTasks(flags, PLAY, ENDPOINTS, selected);
}

/** Names of the tasks of each host. */
function names(flags: SelectionFlags, selected = HOSTS): string[] {
  return choose(flags, selected).hosts.map(({ host, wanted }) =>
    `${host}: ${wanted.map(({ name }) => name).join(", ")}`
  );
}

Deno.test("selectTasks() without flags chooses every task as it is", () => {
  const { hosts, wanted, warnings } = choose({});
  for (const host of hosts) assertEquals(host.wanted, host.all);
  assertEquals(wanted(COMMON).every((one, i) => one === COMMON[i]), true);
  assertEquals(warnings, []);
});

Deno.test("selectTasks() keeps the play's order, whatever the order of the tags", () => {
  assertEquals(names({ tags: ["services", "packages"] }), [
    "lb1: install it, start a",
    "lb2: install it, start a",
  ]);
});

Deno.test("selectTasks() narrows a set to the files of a tag, and its tests with them", () => {
  const [lb1] = choose({ tags: ["b"] }).hosts;
  const [set, ...more] = lb1?.wanted ?? [];
  assertEquals(more, []);
  assertEquals([set?.name, set?.tags], ["files set", ["config", "b"]]);
  const world = {
    host: "lb1",
    facts: new Map(),
    predicted: { packages: [], users: [], paths: [] },
  };
  const plan = set?.plan({ code: 0, stdout: "path /b\nabsent\n", stderr: "" }, world);
  const changes = plan?.changes.map((change) =>
    change.kind === "write" ? [change.summary, change.validations.map((it) => it.name)] : []
  );
  assertEquals(changes, [["write /b", ["all -t"]]]);
});

Deno.test("selectTasks() leaves out the files of a skipped tag, and keeps the rest of the set", () => {
  const [lb1] = choose({ tags: ["config"], skipTags: ["b"] }).hosts;
  assertEquals(lb1?.wanted.map(({ tags }) => tags), [["config", "a"]]);
  assertEquals(choose({ tags: ["config"] }).hosts[0]?.wanted, [SET]);
});

Deno.test("selectTasks() selects a single file by the task's tags", () => {
  const one = file({ path: "/x", content: "" }, { tags: ["x"] });
  const play = { ...PLAY, tasks: () => [one, task("other", "y")] };
  const { hosts } = selectTasks({ tags: ["x"] }, play, ENDPOINTS, HOSTS);
  assertEquals(hosts[0]?.wanted, [one]);
});

const STARTS: readonly (readonly [name: string, names: string])[] = [
  ["install it", "install it, files set, start a, only lb1"],
  ["start a", "start a, only lb1"],
  ["start*", "start a, only lb1"],
  ["*s*", "install it, files set, start a, only lb1"],
  ["only lb1", "only lb1"],
];

for (const [name, left] of STARTS) {
  Deno.test(`selectTasks() starts at ${name}: ${left}`, () => {
    assertEquals(names({ startAtTask: name })[0], `lb1: ${left}`);
  });
}

Deno.test("selectTasks() leaves a host without the task alone, and says so", () => {
  const { hosts, warnings } = choose({ startAtTask: "only lb1" });
  assertEquals(hosts.map(({ wanted }) => wanted.length), [1, 0]);
  assertEquals(warnings.map(({ message }) => message), [
    'No task is left for "lb2": --start-at-task "only lb1"',
  ]);
});

Deno.test("selectTasks() counts the exact name first, as names may hold brackets", () => {
  const play = { ...PLAY, tasks: () => [task("a1"), task("a[12]"), task("z")] };
  const { hosts } = selectTasks({ startAtTask: "a[12]" }, play, ENDPOINTS, HOSTS);
  assertEquals(hosts[0]?.wanted.map(({ name }) => name), ["a[12]", "z"]);
});

Deno.test("selectTasks() takes tags of what follows the start", () => {
  assertEquals(names({ startAtTask: "files*", tags: ["packages,services"] }), [
    "lb1: start a",
    "lb2: start a",
  ]);
});

Deno.test("selectTasks() asks the play about selected hosts only", () => {
  assertEquals(names({}, new Set(["lb2"])), ["lb2: install it, files set, start a"]);
});

Deno.test("selectTasks() says everything that means nothing at once", () => {
  const flags = { tags: ["pakages,zz"], skipTags: ["servces", "nevr"], startAtTask: "lb1" };
  assertEquals(
    formatInputError(assertThrows(() => choose(flags), InputError)),
    `Cannot use --tags "pakages": no task has this tag [tags]
   hint: packages
Cannot use --tags "zz": no task has this tag [tags]
   hint: tags are a, b, config, extra, packages, services
Cannot use --skip-tags "servces": no task has this tag [tags]
   hint: services
Cannot use --skip-tags "nevr": no task has this tag [tags]
   hint: never
Cannot start at task "lb1": no host has a task of this name [start-at-task]
   hint: only lb1`,
  );
});

const NOTHING: Readonly<Record<string, SelectionFlags>> = {
  "--tags packages --skip-tags packages leaves none on any host": {
    tags: ["packages"],
    skipTags: ["packages"],
  },
  '--tags packages --start-at-task "start a" leaves none on any host': {
    tags: ["packages"],
    startAtTask: "start a",
  },
  "--tags untagged leaves none on any host": { tags: ["untagged"] },
  "--skip-tags all leaves none on any host": { skipTags: ["all"] },
  "--tags names no tag": { tags: [","] },
};

for (const [said, flags] of Object.entries(NOTHING)) {
  Deno.test(`selectTasks() refuses: ${said}`, () => {
    assertThrows(() => choose(flags), InputError, `Cannot choose tasks: ${said}`);
  });
}

/** Arguments, and what standard error says; nobody is contacted. */
const REFUSALS: Readonly<Record<string, string>> = {
  "apply --tags hapoxy": "hint: haproxy",
  "check --skip-tags packags": 'Cannot use --skip-tags "packags": no task has this tag',
  "check --start-at-task srvice": "Cannot start at task",
  "check --tags packages --skip-tags packages": "leaves none on any host",
  "verify --tags haproxy": "Cannot use --tags with verify",
  "apply --check --step": "Cannot use --step with --check",
  "apply --step": "Cannot ask before each task (--step): there is no terminal to ask on",
  "check --limit lb9,~(?!x),@nowhere": 'Cannot read the hosts of "@nowhere"',
  "check --limit lb9:lb8": 'Cannot select "lb8"',
  "render --out /nonexistent/x --limit lb9": 'Cannot select "lb9"',
};

for (const [line, said] of Object.entries(REFUSALS)) {
  Deno.test(`cli refuses ${line} with 1`, () =>
    withTempDir(async (dir) => {
      await Deno.writeTextFile(`${dir}/hosts.yaml`, DEAD_END);
      const [command = "", ...flags] = line.split(" ");
      const { code, out, err } = await cli([command, `${dir}/hosts.yaml`, ...flags]);
      assertEquals([code, out, err.includes(said)], [1, "", true], err);
    }));
}

Deno.test("cli does a part of the play on a part of the hosts", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/hosts.yaml`, DEAD_END);
    await Deno.writeTextFile(`${dir}/away`, "# this week\nlb2\n");
    const { code, out } = await cli([
      "apply",
      `${dir}/hosts.yaml`,
      "--tags",
      "haproxy",
      "--limit",
      `all:!@${dir}/away`,
    ]);
    // Nobody listens there: it was lb1 that was tried, and counted.
    assertEquals([code, /^lb1 : .*unreachable=1/m.test(out), /^lb2 :/m.test(out)], [
      4,
      true,
      false,
    ]);
  }));
