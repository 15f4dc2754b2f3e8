import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ConnectError, EXIT } from "../../src/errors.ts";
import type { Diagnostic, Endpoint, ExecResult, Play, Session, Task } from "../../src/model.ts";
import { parseBatchSizes } from "../../src/runner/batches.ts";
import {
  anEndpoint,
  LocalSession,
  runPlay,
  type TestRun,
  withTempDir,
  wordTask,
} from "../helpers.ts";

/** What becomes of the change of a host; the default: it works. */
type Fate = "fails" | "unreachable" | "lost at the second look";

const FLEET = ["a", "b", "c", "d", "e"];

/** Five endpoints of two hosts each, and a diary of which of them were under way. */
class Fleet {
  readonly diary: string[] = [];
  readonly endpoints: readonly Endpoint[] = FLEET.map((name) => ({
    ...anEndpoint(`${name}1`, `${name}2`),
    name,
  }));
  readonly sessions: Record<string, Session | Error> = {};
  readonly #underWay = new Set<string>();
  most = 0;

  constructor(dir: string, fates: Readonly<Record<string, Fate>> = {}) {
    for (const { host: { name } } of this.endpoints.flatMap(({ members }) => members)) {
      this.sessions[name] = fates[name] === "unreachable"
        ? new ConnectError(name, `Cannot reach "${name}"`)
        : this.#session(dir, name, fates[name]);
    }
  }

  #session(dir: string, name: string, fate: Fate | undefined): LocalSession {
    const noteBegin = () => this.#begin(name.slice(0, 1));
    const noteEnd = () => this.#end(name.slice(0, 1));
    return new class extends LocalSession {
      override run(script: string): Promise<ExecResult> {
        if (fate === "lost at the second look" && this.sent.length > 0) {
          return Promise.reject(new ConnectError(name, `Cannot reach "${name}"`));
        }
        if (script.includes("printf done")) noteBegin();
        return super.run(script);
      }
      override [Symbol.asyncDispose](): Promise<void> {
        noteEnd();
        return super[Symbol.asyncDispose]();
      }
    }(`${dir}/${name}`);
  }

  #begin(endpoint: string): void {
    if (this.#underWay.has(endpoint)) return;
    this.#underWay.add(endpoint);
    this.diary.push(`${endpoint} begins`);
    this.most = Math.max(this.most, this.#underWay.size);
  }

  #end(endpoint: string): void {
    if (this.#underWay.delete(endpoint)) this.diary.push(`${endpoint} ends`);
  }

  /** How many requests a host was sent. */
  requests(host: string): number {
    const session = this.sessions[host];
    return session instanceof LocalSession ? session.sent.length : 0;
  }
}

type Options = Parameters<typeof runPlay>[3] & { readonly fates?: Readonly<Record<string, Fate>> };

/** Applies a word to every host of a fleet. */
async function applied(
  dir: string,
  { fates = {}, ...options }: Options,
  play: Partial<Play> = {},
): Promise<TestRun & { readonly fleet: Fleet }> {
  const fleet = new Fleet(dir, fates);
  for (const host of Object.keys(fleet.sessions)) await Deno.mkdir(`${dir}/${host}`);
  const tasks = (_: Endpoint, { host: { name } }: { host: { name: string } }) => [
    fates[name] === "fails" ? FAILING : wordTask(`${dir}/${name}`, "w"),
  ];
  const { endpoints } = fleet;
  const run = await runPlay("apply", { tasks, ...play }, fleet.sessions, { endpoints, ...options });
  return { ...run, fleet };
}

const FAILING: Task = {
  ...wordTask("/nonexistent", "w"),
  plan: () => ({
    changes: [{ kind: "run", summary: "break", script: ": printf done; exit 5" }],
  }),
};

const serial = (text: string) => ({ serial: parseBatchSizes(text) ?? [] });

function startOf({ events }: TestRun) {
  const start = events.find(({ type }) => type === "run-start");
  return start?.type === "run-start" ? start : undefined;
}

function diagnosticsOf({ events }: TestRun): readonly Diagnostic[] {
  return events.flatMap((event) => event.type === "diagnostic" ? [event.diagnostic] : []);
}

/** Endpoints whose hosts were all left as they were, and said to be skipped. */
function untouched({ lines, fleet }: TestRun & { readonly fleet: Fleet }): string {
  return FLEET.filter((name) =>
    [1, 2].every((i) =>
      lines.includes(`${name}${i} word w skipped`) && fleet.requests(`${name}${i}`) === 1
    )
  ).join("");
}

Deno.test("apply works on as many endpoints at a time as --forks says, in the inventory's order", () =>
  withTempDir(async (dir) => {
    const run = await applied(dir, { forks: 2 });
    assertEquals([run.code, run.fleet.most], [EXIT.ok, 2]);
    const begun = run.fleet.diary.filter((line) => line.endsWith("begins"));
    // Those that are under way together may be seen in either order.
    assertEquals(begun.slice(0, 2).toSorted(), ["a begins", "b begins"]);
    assertEquals(begun.toSorted(), FLEET.map((name) => `${name} begins`));
    assertEquals([startOf(run)?.batches, startOf(run)?.stopsAfter], [[FLEET], undefined]);
  }));

Deno.test("apply begins a batch when the one before has ended", () =>
  withTempDir(async (dir) => {
    const run = await applied(dir, serial("1,40%"));
    assertEquals(run.code, EXIT.ok);
    const { diary, most } = run.fleet;
    assertEquals([diary.slice(0, 2), most], [["a begins", "a ends"], 2]);
    assertEquals(diary.slice(2, 4).toSorted(), ["b begins", "c begins"]);
    assertEquals(diary.slice(4, 6).toSorted(), ["b ends", "c ends"]);
    assertEquals(diary.slice(6, 8).toSorted(), ["d begins", "e begins"]);
    assertEquals(startOf(run)?.batches, [["a"], ["b", "c"], ["d", "e"]]);
    assertEquals(startOf(run)?.stopsAfter, 1);
  }));

Deno.test("apply in batches stops after the first host that fails, and says what it left", () =>
  withTempDir(async (dir) => {
    const run = await applied(dir, { ...serial("1"), fates: { b2: "fails" } });
    assertEquals([run.code, untouched(run)], [EXIT.failed, "cde"]);
    assertEquals(diagnosticsOf(run).map(({ code, severity }) => [code, severity]), [
      ["fail-budget", "error"],
    ]);
    const [{ message = "", hint = "" } = {}] = diagnosticsOf(run);
    assertEquals(
      message,
      "Cannot go on with c, d, e: 1 of 10 hosts failed or could not be reached (b2), " +
        "and at most 0 may; nothing was done on 6 hosts",
    );
    assertStringIncludes(hint, "--max-fail-percentage 10");
    const ended = run.events.flatMap((event) => event.type === "host-end" ? [event.host] : []);
    assertEquals(ended.length, 10);
  }));

Deno.test("apply lets endpoints that are under way come to their end when the budget is spent", () =>
  withTempDir(async (dir) => {
    const fates = { a1: "fails", b1: "fails" } as const;
    const run = await applied(dir, { ...serial("1,3,1"), maxFailPercentage: 10, fates });
    assertEquals(startOf(run)?.stopsAfter, 2);
    assertEquals(run.lines.includes("d2 word w changed"), true);
    assertEquals(untouched(run), "e");
  }));

Deno.test("apply in one batch goes on with the other endpoints, as long as nothing else is asked", () =>
  withTempDir(async (dir) => {
    const run = await applied(dir, { forks: 1, fates: { a1: "fails", b1: "fails" } });
    assertEquals([untouched(run), diagnosticsOf(run)], ["", []]);
    assertEquals(run.fleet.diary.filter((line) => line.endsWith("begins")).length, 5);
  }));

Deno.test("apply begins nothing when too many hosts cannot be reached from the start", () =>
  withTempDir(async (dir) => {
    const fates = { b1: "unreachable", e2: "unreachable" } as const;
    const run = await applied(dir, { maxFailPercentage: 10, fates });
    assertEquals([run.code, run.fleet.diary, untouched(run)], [EXIT.unreachable, [], "acd"]);
    assertStringIncludes(
      diagnosticsOf(run)[0]?.message ?? "",
      "2 of 10 hosts failed or could not be reached (b1, e2), and at most 1 may; " +
        "nothing was done on 10 hosts",
    );
  }));

Deno.test("apply counts the hosts of an endpoint that does not stand after its change", () =>
  withTempDir(async (dir) => {
    const checks = ({ name }: Endpoint) => [{
      kind: "vip",
      name: "vip",
      hosts: [`${name}1`],
      probe: () => "true",
      judge: () => ({ ok: name !== "a", message: "nobody holds it" }),
      deadlineMs: 0,
    }];
    const run = await applied(dir, { ...serial("1"), maxFailPercentage: 15 }, { checks });
    assertEquals([run.code, untouched(run)], [EXIT.failed, "bcde"]);
    const ends = run.events.flatMap((event) =>
      event.type === "check-end" ? [`${event.endpoint} ${event.status}`] : []
    );
    assertEquals(ends, ["a failed", "b skipped", "c skipped", "d skipped", "e skipped"]);
  }));

Deno.test("apply looks again at what it saw long before it begins, and at nothing else", () =>
  withTempDir(async (dir) => {
    // The change of the first endpoint makes the wish of all others true.
    const tasks = (_: Endpoint, { host }: { host: { name: string } }) =>
      ["a1", "b1", "c1"].includes(host.name) ? [wordTask(dir, "shared")] : [];
    const late = await applied(dir, { ...serial("1"), tickMs: 4000 }, { tasks });
    assertEquals(late.lines, ["a1 word shared changed", "b1 word shared ok", "c1 word shared ok"]);
    assertEquals([late.fleet.requests("b1"), late.fleet.requests("b2")], [2, 2]);
    await Deno.remove(`${dir}/shared`);
    for (const host of Object.keys(late.fleet.sessions)) {
      await Deno.remove(`${dir}/${host}`, { recursive: true });
    }
    const soon = await applied(dir, serial("1"), { tasks });
    assertEquals(soon.lines.filter((line) => line.endsWith("changed")).length, 3);
  }));

Deno.test("apply counts a host that is lost before its endpoint begins", () =>
  withTempDir(async (dir) => {
    const fates = { b1: "lost at the second look" } as const;
    const run = await applied(dir, { ...serial("1"), tickMs: 4000, fates });
    assertEquals([run.code, run.fleet.diary], [EXIT.unreachable, ["a begins", "a ends"]]);
    assert(run.lines.includes("b1 connect unreachable"));
    assert(run.lines.includes("b2 word w skipped"));
  }));

Deno.test("apply of a plan begins no batch unless the plan holds on every host", () =>
  withTempDir(async (dir) => {
    const fates = { e1: "unreachable" } as const;
    const some = { ...serial("1"), maxFailPercentage: 100, fates };
    const run = await applied(dir, { ...some, bound: new Map() });
    assertEquals([run.code, run.fleet.diary], [EXIT.unreachable, []]);
  }));

Deno.test("apply counts selected hosts alone, and splits no endpoint", () =>
  withTempDir(async (dir) => {
    const selected = ["a1", "b1", "b2", "c2"];
    const run = await applied(dir, { ...serial("50%"), maxFailPercentage: 25, selected });
    assertEquals([startOf(run)?.hosts, startOf(run)?.stopsAfter], [selected, 2]);
    assertEquals(startOf(run)?.batches, [["a", "b"], ["c", "d"], ["e"]]);
  }));

Deno.test("a run of one endpoint says nothing of batches unless it is asked to", () =>
  withTempDir(async (dir) => {
    const play = { tasks: () => [wordTask(dir, "w")] };
    const plain = await runPlay("apply", play, { lb1: new LocalSession(dir) });
    assertEquals(Object.keys(startOf(plain) ?? {}).includes("batches"), false);
    const asked = await runPlay("apply", play, { lb1: new LocalSession(dir) }, {
      maxFailPercentage: 0,
    });
    assertEquals([startOf(asked)?.batches, startOf(asked)?.stopsAfter], [[["lb"]], 1]);
  }));
