import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Endpoint, GroupCheck, Play, Verdict } from "../../src/model.ts";
import { aHost, anEndpoint, LocalSession, runPlay, withTempDir, wordTask } from "../helpers.ts";

/** lb1 and lb2 stay, lb3 leaves. */
const endpoint: Endpoint = {
  ...anEndpoint("lb1", "lb2"),
  leaving: anEndpoint("lb3").members.map((member) => ({ ...member, absent: true })),
};

/** Changes every host, with a condition that says who can carry the service. */
async function applied(verdict: Omit<Verdict, "message">, broken?: string) {
  let result!: Awaited<ReturnType<typeof runPlay>>;
  await withTempDir(async (dir) => {
    const check: GroupCheck = {
      kind: "service",
      name: "service",
      hosts: ["lb1", "lb2", "lb3"],
      probe: () => ":",
      judge: () => ({ ...verdict, message: "made up" }),
      deadlineMs: 100,
    };
    const play: Partial<Play> = {
      tasks: (_, { host }) =>
        host.name === broken
          ? [wordTask(`${dir}/${host.name}`, "it", {
            plan: () => ({ changes: [{ kind: "run", summary: "leave", script: "exit 1" }] }),
          })]
          : [wordTask(`${dir}/${host.name}`, "it")],
      checks: () => [check],
    };
    const sessions = Object.fromEntries(
      ["lb1", "lb2", "lb3"].map((name) => [name, new LocalSession(`${dir}/${name}`)]),
    );
    for (const name of Object.keys(sessions)) await Deno.mkdir(`${dir}/${name}`);
    result = await runPlay("apply", play, sessions, { endpoints: [endpoint] });
  });
  return result;
}

Deno.test("run() takes who leaves out first, while another one can carry the service", async () => {
  const { lines } = await applied({ ok: true, last: ["lb1"], able: ["lb1", "lb2"] });
  assertEquals(lines, ["lb3 word it changed", "lb2 word it changed", "lb1 word it changed"]);
});

Deno.test("run() takes who leaves out first, though nobody else holds the service yet", async () => {
  const { lines } = await applied({ ok: false, last: [], able: ["lb2"] });
  assertEquals(lines[0], "lb3 word it changed");
});

Deno.test("run() takes the only one that can carry the service out last", async () => {
  const { lines } = await applied({ ok: false, last: [], able: [] });
  // Those that are new come side by side.
  assertEquals(lines.slice(0, 2).toSorted(), ["lb1 word it changed", "lb2 word it changed"]);
  assertEquals(lines.slice(2), ["lb3 word it changed"]);
});

Deno.test("run() lets nobody forget a host that answers and could not be taken out", async () => {
  const { lines, events } = await applied({ ok: true, last: ["lb1"], able: ["lb1", "lb2"] }, "lb3");
  assertEquals(lines, ["lb3 word it failed", "lb1 word it skipped", "lb2 word it skipped"]);
  const said = events.flatMap((it) => it.type === "diagnostic" ? [it.diagnostic.message] : []);
  assertStringIncludes(said[0] ?? "", '"lb3", which is to leave, could not be taken out');
});

Deno.test("run() warns of a host that was forgotten, and costs no round trip more", () =>
  withTempDir(async (dir) => {
    const former = [{ name: "lb9", address: "10.9.0.19" }, { name: "lb2", address: "10.9.0.12" }];
    const sessions = { lb1: new LocalSession(dir), lb2: new LocalSession(dir) };
    const { events } = await runPlay("check", {
      tasks: () => [wordTask(dir, "a", { former: () => former, plan: () => ({ changes: [] }) })],
    }, sessions);
    const said = events.flatMap((it) => it.type === "diagnostic" ? [it.diagnostic] : []);
    assertEquals(said.map(({ code, severity }) => [code, severity]), [[
      "former-member",
      "warning",
    ]]);
    assertStringIncludes(said[0]?.message ?? "", '"lb9" (10.9.0.19) was a load balancer of "lb"');
    assertEquals([sessions.lb1.roundTrips, sessions.lb2.roundTrips], [1, 1]);
  }));

Deno.test("run() takes a host out of service that left its group and is in the inventory", () =>
  withTempDir(async (dir) => {
    const names = ["lb1", "lb2", "lb9"];
    for (const name of names) await Deno.mkdir(`${dir}/${name}`);
    const sessions = Object.fromEntries(
      names.map((name) => [name, new LocalSession(`${dir}/${name}`)]),
    );
    const former = [{ name: "lb9", address: "10.9.0.19" }, { name: "lb8", address: "10.9.0.18" }];
    const task = (word: string, host: string) =>
      wordTask(`${dir}/${host}`, word, { former: () => former });
    const { code, lines, events } = await runPlay(
      "apply",
      {
        tasks: (_, { host, absent }) => [task(absent === true ? "gone" : "here", host.name)],
        checks: () => [{
          kind: "service",
          name: "service",
          hosts: names,
          probe: () => ":",
          judge: () => ({ ok: true, message: "made up", able: ["lb1"], last: ["lb1"], faults: [] }),
          deadlineMs: 100,
        }],
      },
      sessions,
      {
        endpoints: [anEndpoint("lb1", "lb2")],
        hostNamed: (name) => name === "lb9" ? aHost("lb9") : undefined,
      },
    );
    assertEquals([code, ...lines], [
      0,
      "lb9 word gone changed",
      "lb2 word here changed",
      "lb1 word here changed",
    ]);
    const said = events.flatMap((it) => it.type === "diagnostic" ? [it.diagnostic] : []);
    assertEquals(said.map((it) => [it.code, it.message.slice(0, 5)]), [
      ["leaving-member", '"lb9"'],
      // Of this one nothing is known but its name.
      ["former-member", '"lb8"'],
    ]);
  }));

Deno.test("run() of one part of a fleet leaves a member of another part alone", () =>
  withTempDir(async (dir) => {
    const former = [{ name: "lb9", address: "10.9.0.19" }];
    const sessions = { lb1: new LocalSession(dir), lb2: new LocalSession(dir) };
    const play = { tasks: () => [wordTask(dir, "a", { former: () => former })] };
    const others = [{ ...anEndpoint("lb9"), name: "moved" }];
    const { events } = await runPlay("check", play, sessions, {
      shard: { index: 1, count: 2, others },
      hostNamed: aHost,
    });
    assertEquals(events.flatMap((it) => it.type === "diagnostic" ? [it.diagnostic.code] : []), []);
    assertEquals(events.flatMap((it) => it.type === "run-start" ? [it.shard] : []), [
      { index: 1, count: 2, endpoints: ["lb"], of: 2 },
    ]);
  }));

Deno.test("run() has nobody hand the service over to one that leaves", () =>
  withTempDir(async (dir) => {
    const alone: Endpoint = {
      ...anEndpoint("lb1"),
      leaving: anEndpoint("lb3").members.map((member) => ({ ...member, absent: true })),
    };
    const check: GroupCheck = {
      kind: "service",
      name: "service",
      hosts: ["lb1", "lb3"],
      probe: () => ":",
      judge: () => ({ ok: true, last: ["lb1"], able: ["lb1"], message: "made up" }),
      deadlineMs: 100,
    };
    const play: Partial<Play> = {
      tasks: (_, { host }) => [wordTask(`${dir}/${host.name}`, "it", { notify: ["again"] })],
      handlers: () => [{ name: "again", script: ":", disrupts: true }],
      checks: () => [check],
      standDown: () => ({ leave: `touch ${dir}/left`, join: ":" }),
    };
    const sessions = Object.fromEntries(
      ["lb1", "lb3"].map((name) => [name, new LocalSession(`${dir}/${name}`)]),
    );
    for (const name of Object.keys(sessions)) await Deno.mkdir(`${dir}/${name}`);
    const { lines } = await runPlay("apply", play, sessions, { endpoints: [alone] });
    assertEquals(lines.filter((line) => line.includes("hand the service over")), []);
    assertEquals(lines.includes("lb1 word it changed"), true);
    assertEquals(await Deno.lstat(`${dir}/left`).then(() => true, () => false), false);
  }));
