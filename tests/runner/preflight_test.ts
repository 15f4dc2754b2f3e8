import { assertEquals, assertMatch } from "@std/assert";
import { EXIT, LinkError, TaskError } from "../../src/errors.ts";
import type { ExecResult, Finding, Play, Preflight } from "../../src/model.ts";
import {
  anEndpoint,
  LocalSession,
  runPlay,
  type TestRun,
  withTempDir,
  wordTask,
} from "../helpers.ts";

/** A preflight that says `free` on a host where all is well, and finds an error where not. */
function asking(
  options: Partial<Preflight> & { readonly severity?: Finding["severity"] } = {},
): Preflight {
  const { severity = "error", ...more } = options;
  return {
    name: "port",
    waits: false,
    concerns: (planned) => [...planned.values()].some((changes) => changes.length > 0),
    probe: (host) => `echo taken on ${host}`,
    judge: (answers) => ({
      findings: [...answers].map(([host, { stdout }]) => ({
        severity,
        hosts: [host],
        message: stdout.trim(),
        hint: "stop it",
      })),
    }),
    ...more,
  };
}

function play(dir: string, ...preflights: readonly Preflight[]): Partial<Play> {
  return {
    tasks: (_, { host }) => [wordTask(dir, host.name)],
    preflights: () => preflights,
  };
}

const hosts = (dir: string) => ({ lb1: new LocalSession(dir), lb2: new LocalSession(`${dir}/2`) });

const errorsOf = ({ events }: TestRun) =>
  events.flatMap((event) => event.type === "task-end" ? event.error ?? [] : []);
const saidOf = ({ events }: TestRun) =>
  events.flatMap(({ ...event }) =>
    event.type === "diagnostic"
      ? [`${event.diagnostic.severity} ${event.diagnostic.code} ${event.diagnostic.message}`]
      : []
  );
const checksOf = ({ events }: TestRun) =>
  events.flatMap((event) => event.type === "check-end" ? [`${event.status} ${event.check}`] : []);

Deno.test("an error of a preflight stops an apply before its first change, on every host", () =>
  withTempDir(async (dir) => {
    const only = asking({
      judge: () => ({
        findings: [{
          severity: "error",
          hosts: ["lb1"],
          message: "the port is taken",
          hint: "stop it",
        }],
      }),
    });
    const never = {
      kind: "vip",
      name: "vip",
      hosts: ["lb1"],
      deadlineMs: 0,
      probe: () => ":",
      judge: () => ({ ok: true, message: "" }),
    };
    const run = await runPlay("apply", { ...play(dir, only), checks: () => [never] }, hosts(dir));
    assertEquals([run.code, ...run.lines], [
      EXIT.failed,
      "lb1 preflight port failed",
      "lb1 word lb1 skipped",
      "lb2 word lb2 skipped",
    ]);
    assertEquals(errorsOf(run), [
      'Cannot begin on "lb1": the port is taken; stop it; to go on all the same: --skip-preflight port',
    ]);
    assertEquals(checksOf(run), ["failed preflight", "skipped vip"]);
    assertEquals([...Deno.readDirSync(dir)].map(({ name }) => name).includes("lb1"), false);
  }));

Deno.test("a preflight that is skipped stops nothing, and what it found is still said", () =>
  withTempDir(async (dir) => {
    const run = await runPlay("apply", play(dir, asking()), hosts(dir), {
      skipPreflight: new Set(["port"]),
    });
    assertEquals([run.code, ...run.lines.toSorted()], [
      EXIT.ok,
      "lb1 word lb1 changed",
      "lb2 word lb2 changed",
    ]);
    assertEquals(saidOf(run), [
      'warning preflight-port "lb1": taken on lb1',
      'warning preflight-port "lb2": taken on lb2',
    ]);
  }));

Deno.test("warnings and notes stop nothing", () =>
  withTempDir(async (dir) => {
    const note = asking({ name: "wire", severity: "note" });
    const run = await runPlay(
      "apply",
      play(dir, asking({ severity: "warning" }), note),
      hosts(dir),
    );
    assertEquals(run.code, EXIT.ok);
    assertEquals(saidOf(run), [
      'warning preflight-port "lb1": taken on lb1',
      'warning preflight-port "lb2": taken on lb2',
      'note preflight-wire not checked on "lb1": taken on lb1',
      'note preflight-wire not checked on "lb2": taken on lb2',
    ]);
    assertEquals(checksOf(run), ["ok preflight"]);
  }));

Deno.test("an apply with nothing to change asks nothing, and costs one round trip", () =>
  withTempDir(async (dir) => {
    for (const name of ["lb1", "lb2"]) await Deno.writeTextFile(`${dir}/${name}`, "done");
    const sessions = hosts(dir);
    const run = await runPlay("apply", play(dir, asking()), sessions);
    assertEquals([run.code, checksOf(run), sessions.lb1.roundTrips], [EXIT.ok, [], 1]);
  }));

Deno.test("an apply that changes something asks everything in one more round trip", () =>
  withTempDir(async (dir) => {
    const sessions = hosts(dir);
    const fine = { judge: () => ({ findings: [], message: "fine" }) };
    const probe = () => `echo asked >> '${dir}/asked'`;
    const three = ["a", "b", "c"].map((name) => asking({ name, probe, ...fine }));
    const run = await runPlay(
      "apply",
      play(dir, ...three, asking({ name: "d", waits: true, ...fine })),
      sessions,
    );
    assertEquals(run.code, EXIT.ok);
    const asking_ = sessions.lb1.sent.filter((script) => script.includes("taken on"));
    assertEquals(asking_.length, 1);
    // What is asked in the same words is asked once; each of the two hosts was asked.
    assertEquals(await Deno.readTextFile(`${dir}/asked`), "asked\nasked\n");
  }));

Deno.test("a check asks what needs no waiting in its one look, and what waits in one more where it concerns", () =>
  withTempDir(async (dir) => {
    const waiting = asking({
      name: "wire",
      waits: true,
      probe: (host, facts) => `echo ${host} ${facts.size}`,
    });
    const sessions = hosts(dir);
    const run = await runPlay("check", play(dir, asking(), waiting), sessions);
    assertEquals([run.code, sessions.lb1.roundTrips], [EXIT.failed, 2]);
    assertEquals(errorsOf(run).map((it) => it.replace(/;.*/, "")), [
      'Cannot begin on "lb1": taken on lb1',
      'Cannot begin on "lb2": taken on lb2',
      'Cannot begin on "lb1": lb1 2',
      'Cannot begin on "lb2": lb2 2',
    ]);
  }));

Deno.test("a check with nothing to change costs one round trip, and warns of what it sees", () =>
  withTempDir(async (dir) => {
    for (const name of ["lb1", "lb2"]) await Deno.writeTextFile(`${dir}/${name}`, "done");
    const sessions = hosts(dir);
    const run = await runPlay(
      "check",
      play(dir, asking(), asking({ name: "wire", waits: true })),
      sessions,
    );
    assertEquals([run.code, sessions.lb1.roundTrips, checksOf(run)], [EXIT.ok, 1, [
      "ok preflight",
    ]]);
    assertEquals(saidOf(run)[0], 'warning preflight-port "lb1": taken on lb1');
  }));

Deno.test("verify asks no preflight", () =>
  withTempDir(async (dir) => {
    const run = await runPlay("verify", play(dir, asking()), hosts(dir));
    assertEquals([run.code, checksOf(run), saidOf(run)], [EXIT.ok, [], []]);
  }));

Deno.test("what is wrong with a member that is not selected is a warning", () =>
  withTempDir(async (dir) => {
    const about = asking({
      judge: () => ({ findings: [{ severity: "error", hosts: ["lb2"], message: "taken" }] }),
    });
    const run = await runPlay("apply", play(dir, about), hosts(dir), { selected: ["lb1"] });
    assertEquals([run.code, saidOf(run)], [EXIT.ok, ['warning preflight-port "lb2": taken']]);
  }));

Deno.test("members that leave are not asked", () =>
  withTempDir(async (dir) => {
    const { members: [one, two], ...rest } = anEndpoint("lb1", "lb2");
    if (one === undefined || two === undefined) throw new RangeError("Cannot happen");
    const endpoint = { ...rest, members: [one], leaving: [{ ...two, absent: true }] };
    const sessions = hosts(dir);
    const run = await runPlay("apply", play(dir, asking({ severity: "warning" })), sessions, {
      endpoints: [endpoint],
    });
    assertEquals(saidOf(run), ['warning preflight-port "lb1": taken on lb1']);
  }));

Deno.test("a host that is lost while it is asked is unreachable, and the others go on", () =>
  withTempDir(async (dir) => {
    class Lost extends LocalSession {
      override run(script: string): Promise<ExecResult> {
        if (script.includes("taken on")) {
          return Promise.reject(new LinkError("lb2", "the link is gone"));
        }
        return super.run(script);
      }
    }
    const sessions = { lb1: new LocalSession(dir), lb2: new Lost(`${dir}/2`) };
    const run = await runPlay("apply", play(dir, asking({ severity: "warning" })), sessions);
    assertEquals(run.code, EXIT.unreachable);
    assertEquals(run.lines.toSorted(), [
      "lb1 word lb1 changed",
      "lb2 preflight unreachable",
    ]);
  }));

Deno.test("an answer that is cut short fails the host, before anything is changed on it", () =>
  withTempDir(async (dir) => {
    const run = await runPlay(
      "apply",
      play(dir, asking({ probe: () => "kill -9 $PPID; kill -9 $$; sleep 1" })),
      {
        lb1: new LocalSession(dir),
      },
    );
    assertEquals([run.code, run.lines[0]], [EXIT.failed, "lb1 preflight failed"]);
    assertMatch(errorsOf(run)[0] ?? "", /^Cannot ask "lb1" what a change would meet: /);
  }));

/** A play whose task on lb2 cannot have what it wants, and a preflight about just that. */
function wanting(dir: string, options: Partial<Preflight> = {}): Partial<Play> {
  const about = asking({
    name: "packages",
    concerns: (planned) =>
      [...planned.values()].flat().some((it) => it.kind === "run" && it.targets?.[0] === "haproxy"),
    judge: () => ({ findings: [{ severity: "error", hosts: ["lb2"], message: "not offered" }] }),
    ...options,
  });
  const plan = () => {
    throw new TaskError("Cannot install haproxy 9.*: not offered", undefined, ["haproxy"]);
  };
  const follows = () => {
    throw new TaskError("Cannot start haproxy: there is no unit");
  };
  return {
    tasks: (_, { host: { name } }) =>
      name === "lb2"
        ? [wordTask(dir, name, { plan }), wordTask(dir, "more", { plan: follows })]
        : [wordTask(dir, name)],
    preflights: () => [about],
  };
}

Deno.test("what cannot be planned on one host is asked about before another one is changed", () =>
  withTempDir(async (dir) => {
    const run = await runPlay("apply", wanting(dir), hosts(dir));
    assertEquals([run.code, ...run.lines], [
      EXIT.failed,
      "lb2 preflight packages failed",
      "lb1 word lb1 skipped",
      "lb2 word lb2 skipped",
      "lb2 word more skipped",
    ]);
    assertEquals([...Deno.readDirSync(dir)].map(({ name }) => name).includes("lb1"), false);
  }));

Deno.test("a check says once what a preflight has refused, and else what the plan says", () =>
  withTempDir(async (dir) => {
    const refused = await runPlay("check", wanting(dir), hosts(dir));
    assertEquals([refused.code, ...errorsOf(refused)], [
      EXIT.failed,
      'Cannot begin on "lb2": not offered; to go on all the same: --skip-preflight packages',
    ]);
    assertEquals(refused.lines.filter((line) => line.startsWith("lb2 word")), [
      "lb2 word lb2 skipped",
      "lb2 word more skipped",
    ]);
    const silent = { judge: () => ({ findings: [] }) };
    const planned = await runPlay("check", wanting(dir, silent), hosts(dir));
    assertEquals([planned.code, ...errorsOf(planned)], [
      EXIT.failed,
      'Cannot install haproxy 9.* on "lb2": not offered',
      'Cannot start haproxy on "lb2": there is no unit',
    ]);
  }));
