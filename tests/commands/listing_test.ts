import { assertEquals } from "@std/assert";
import { denoArgs } from "../../src/commands/permissions.ts";
import { listing } from "../../src/commands/listing.ts";
import { selectTasks } from "../../src/commands/selection.ts";
import type { Play, Task } from "../../src/model.ts";
import { anEndpoint, withTempDir } from "../helpers.ts";
import { cli, DEAD_END } from "./cli.ts";

function task(name: string, ...tags: readonly string[]): Task {
  return { kind: "word", name, notify: [], tags, probe: "true", plan: () => ({ changes: [] }) };
}

const PLAY: Play = {
  name: "test\x1b[2K",
  packages: [],
  tasks: (_, { host }) => [
    task("first", "b", "a"),
    ...host.name === "lb2" ? [task("second")] : [],
  ],
  handlers: () => [],
  checks: ({ address }) => [{
    kind: "vip",
    name: `vip ${address}`,
    hosts: ["lb1", "lb2", "lb3"],
    probe: () => "true",
    judge: () => ({ ok: true, message: "" }),
    deadlineMs: 0,
  }],
};

const { hosts } = selectTasks({}, PLAY, [anEndpoint("lb1", "lb2", "lb3")], new Set(["lb1", "lb2"]));
const LISTED = { play: PLAY, hosts, checksOnly: false };
const ALL = { listHosts: true, listTasks: true, listTags: true };

Deno.test("listing() shows tasks that hosts have in common once", () => {
  assertEquals(
    listing(LISTED, ALL),
    `play: test\\u{1b}[2K

  endpoint lb (10.9.0.10)
    hosts (2):
      lb1
      lb2
    tasks of lb1:
      first\tTAGS: [a, b]
    tasks of lb2:
      first\tTAGS: [a, b]
      second\tTAGS: []
    checks:
      vip 10.9.0.10
    TASK TAGS: [a, b]
`,
  );
});

Deno.test("listing() shows what was asked for and no more", () => {
  const lines = (flags: object) => listing(LISTED, flags).split("\n").slice(3).join("|");
  assertEquals(lines({ listHosts: true }), "    hosts (2):|      lb1|      lb2|");
  assertEquals(lines({ listTags: true }), "    TASK TAGS: [a, b]|");
});

Deno.test("listing() gives one JSON object a line", () => {
  const rows = listing(LISTED, { ...ALL, json: true }).trimEnd().split("\n")
    .map((line) => JSON.parse(line));
  const at = (host: string) => ({ endpoint: "lb", host });
  assertEquals(rows.slice(1), [
    { type: "host", ...at("lb1") },
    { type: "task", ...at("lb1"), kind: "word", task: "first", tags: ["b", "a"] },
    { type: "host", ...at("lb2") },
    { type: "task", ...at("lb2"), kind: "word", task: "first", tags: ["b", "a"] },
    { type: "task", ...at("lb2"), kind: "word", task: "second", tags: [] },
    { type: "check", endpoint: "lb", check: "vip 10.9.0.10", hosts: ["lb1", "lb2", "lb3"] },
    { type: "tag", endpoint: "lb", tag: "a" },
    { type: "tag", endpoint: "lb", tag: "b" },
  ]);
  assertEquals(rows[0].type, "version");
});

Deno.test("cli lists without a host, a secret or a program", () =>
  withTempDir(async (dir) => {
    // The secret would be an error if anybody looked for it.
    const inventory = DEAD_END.replace("address: 10.0.0.10,", (text) =>
      `${text} vrrp: { auth_pass: { env: NOT_SET_ANYWHERE } },`);
    await Deno.writeTextFile(`${dir}/hosts.yaml`, inventory);
    const offline = { env: [], programs: [], offline: true };
    const flags = denoArgs("apply", "", [], offline).filter((arg) =>
      arg.startsWith("--")
    );
    assertEquals(flags.some((flag) => /allow-(run|all|net|write)/.test(flag)), false);
    for (const command of ["apply", "check", "verify"]) {
      const args = [command, `${dir}/hosts.yaml`, "--list-hosts", "--list-tasks", "-l", "lb2"];
      const { code, out, err } = await cli(args, { flags });
      assertEquals([code, err], [0, ""]);
      assertEquals(/hosts \(1\):\n {6}lb2\n/.test(out), true, out);
      assertEquals(
        /^ {6}service haproxy .*\tTAGS: \[haproxy, services\]$/m.test(out),
        command !== "verify",
      );
      assertEquals(/checks:\n {6}vip 10\.0\.0\.10\n/.test(out), true, out);
    }
    const { out } = await cli([
      "check",
      `${dir}/hosts.yaml`,
      "--list-tags",
      "--json",
      "--tags",
      "packages",
    ]);
    assertEquals(
      out.trimEnd().split("\n").map((line) => JSON.parse(line).tag),
      [
        undefined,
        "packages",
      ],
    );
  }));
