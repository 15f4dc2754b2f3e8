/** Runs that do a part of the play: tasks left out beforehand, or declined one at a time. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { EXIT } from "../../src/errors.ts";
import type { GroupCheck, Play, Task } from "../../src/model.ts";
import { LocalSession, runPlay, type TestRun, withTempDir, wordTask } from "../helpers.ts";

const only = (...names: readonly string[]) => (tasks: readonly Task[]) =>
  tasks.filter(({ name }) => names.includes(name));

/** A condition that holds when a file is there. */
function check(path: string): GroupCheck {
  return {
    kind: "there",
    name: "there",
    hosts: ["lb1"],
    probe: () => `[ -e '${path}' ]`,
    judge: (answers) => {
      const ok = answers.get("lb1")?.code === 0;
      return { ok, message: ok ? "it is there" : "it is gone" };
    },
    deadlineMs: 2000,
  };
}

function checkEnds({ events }: TestRun): string[] {
  return events.flatMap((event) =>
    event.type === "check-end" ? [`${event.status} ${event.message}`] : []
  );
}

Deno.test("run() neither does nor proves what was left out", () =>
  withTempDir(async (dir) => {
    const play = { tasks: () => [wordTask(dir, "a"), wordTask(dir, "b")] };
    const { code, lines } = await runPlay("apply", play, { lb1: new LocalSession(dir) }, {
      wanted: only("word b"),
    });
    assertEquals([code, ...lines], [EXIT.ok, "lb1 word b changed"]);
  }));

Deno.test("run() skips what a person declines, proves the rest, and runs its handlers", () =>
  withTempDir(async (dir) => {
    const asked: string[] = [];
    const play: Partial<Play> = {
      tasks: () => [
        wordTask(dir, "a", { notify: ["not due"] }),
        wordTask(dir, "b", { notify: ["due"] }),
        wordTask(dir, "c"),
      ],
      handlers: () => ["due", "not due"].map((name) => ({ name, script: "true" })),
    };
    await Deno.writeTextFile(`${dir}/c`, "done");
    const { code, lines } = await runPlay("apply", play, { lb1: new LocalSession(dir) }, {
      approve: (host, { name }, changes) => {
        asked.push(`${host} ${name}: ${changes.map(({ summary }) => summary).join()}`);
        return Promise.resolve(name !== "word a");
      },
    });
    assertEquals([code, ...lines], [
      EXIT.ok,
      "lb1 word a skipped",
      "lb1 word b changed",
      "lb1 word c ok",
      "lb1 handler due changed",
    ]);
    // What is right already is nobody's question.
    assertEquals(asked, ["lb1 word a: write a", "lb1 word b: write b"]);
  }));

Deno.test("run() does not count on what a declined task would have brought", () =>
  withTempDir(async (dir) => {
    const install = wordTask(dir, "a", {
      plan: () => ({
        changes: [{ kind: "run", summary: "install it", script: "true" }],
        predicts: { packages: ["it"] },
      }),
    });
    const start = wordTask(dir, "b", {
      plan: (_, { predicted }) => ({
        changes: predicted.packages.includes("it")
          ? [{ kind: "run", summary: "start it", script: "touch /nonexistent/x" }]
          : [],
      }),
    });
    const { lines } = await runPlay("apply", { tasks: () => [install, start] }, {
      lb1: new LocalSession(dir),
    }, { approve: () => Promise.resolve(false) });
    assertEquals(lines, ["lb1 word a skipped", "lb1 word b ok"]);
  }));

Deno.test("run() of a part excuses a condition that did not hold before, and says so", () =>
  withTempDir(async (dir) => {
    const play: Partial<Play> = {
      tasks: () => [wordTask(dir, "a"), wordTask(dir, "b")],
      checks: () => [check(`${dir}/none`)],
    };
    for (const mode of ["check", "apply"] as const) {
      await Deno.writeTextFile(`${dir}/a`, mode === "check" ? "done" : "");
      const run = await runPlay(mode, play, { lb1: new LocalSession(dir) }, {
        wanted: only("word a"),
      });
      assertEquals(run.code, EXIT.ok);
      assertStringIncludes(checkEnds(run).join("|"), "skipped it is gone; as before this run");
    }
  }));

Deno.test("run() of a part fails when a condition held before and fell", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/up`, "");
    const breaks = wordTask(dir, "a", {
      plan: ({ stdout }) => ({
        changes: stdout === "done" ? [] : [{
          kind: "run",
          summary: "break it",
          script: `printf done > '${dir}/a'; rm '${dir}/up'`,
        }],
      }),
    });
    const run = await runPlay(
      "apply",
      {
        tasks: () => [breaks, wordTask(dir, "b")],
        checks: () => [check(`${dir}/up`)],
      },
      { lb1: new LocalSession(dir) },
      { wanted: only("word a") },
    );
    assertEquals([run.code, ...checkEnds(run)], [EXIT.failed, "failed it is gone"]);
  }));

Deno.test("run() of all of it does not excuse a condition that never held", () =>
  withTempDir(async (dir) => {
    const run = await runPlay(
      "apply",
      {
        tasks: () => [wordTask(dir, "a")],
        checks: () => [check(`${dir}/none`)],
      },
      { lb1: new LocalSession(dir) },
      { wanted: (tasks) => tasks },
    );
    assertEquals([run.code, ...checkEnds(run)], [EXIT.failed, "failed it is gone"]);
  }));
