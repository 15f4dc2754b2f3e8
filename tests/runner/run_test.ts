import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ConnectError, EXIT } from "../../src/errors.ts";
import type { ExecResult, GroupCheck, Play, Session, Task } from "../../src/model.ts";
import { LocalSession, runPlay, withTempDir, wordTask } from "../helpers.ts";

const failing: Task = {
  kind: "word",
  name: "broken",
  notify: [],
  tags: [],
  probe: "true",
  plan: () => ({
    changes: [{ kind: "run", summary: "break", script: "echo no space >&2; exit 5" }],
  }),
};

function tasks(...list: readonly Task[]): Partial<Play> {
  return { tasks: () => list };
}

Deno.test("run() makes it true the first time and changes nothing the second", () =>
  withTempDir(async (dir) => {
    const play = tasks(wordTask(dir, "a"), wordTask(dir, "b"));
    const first = await runPlay("apply", play, { lb1: new LocalSession(dir) });
    assertEquals(first.lines, ["lb1 word a changed", "lb1 word b changed"]);
    const session = new LocalSession(dir);
    const second = await runPlay("apply", play, { lb1: session });
    assertEquals([second.code, ...second.lines], [EXIT.ok, "lb1 word a ok", "lb1 word b ok"]);
  }));

Deno.test("run() takes one round trip for a converged host, however many tasks there are", () =>
  withTempDir(async (dir) => {
    const names = Array.from({ length: 40 }, (_, i) => `w${i}`);
    for (const name of names) await Deno.writeTextFile(`${dir}/${name}`, "done");
    const session = new LocalSession(dir);
    const { lines } = await runPlay("apply", tasks(...names.map((name) => wordTask(dir, name))), {
      lb1: session,
    });
    assertEquals([session.roundTrips, lines.length], [1, 40]);
  }));

Deno.test("run() in check mode sends one script that holds no change", () =>
  withTempDir(async (dir) => {
    const session = new LocalSession(dir);
    const play = {
      ...tasks(wordTask(dir, "a", { notify: ["reload"] })),
      handlers: () => [{ name: "reload", script: "touch /nonexistent/x" }],
    };
    const { code, lines } = await runPlay("check", play, { lb1: session });
    assertEquals(code, EXIT.changes);
    assertEquals(lines, ["lb1 word a changed", "lb1 handler reload changed"]);
    assertEquals(session.sent.length, 1);
    assertEquals(/printf done|nonexistent/.test(session.sent.join()), false);
    assertEquals(await Array.fromAsync(Deno.readDir(dir)), []);
  }));

Deno.test("run() stops a host that fails, skips the rest of it, and finishes the others", () =>
  withTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/lb2`);
    const play: Partial<Play> = {
      tasks: (_, { host }) =>
        host.name === "lb1" ? [failing, wordTask(dir, "a")] : [wordTask(dir, "b")],
    };
    const { code, lines, events } = await runPlay("apply", play, {
      lb1: new LocalSession(dir),
      lb2: new LocalSession(`${dir}/lb2`),
    });
    assertEquals(code, EXIT.failed);
    assertEquals(lines.toSorted(), [
      "lb1 broken failed",
      "lb1 word a skipped",
      "lb2 word b changed",
    ]);
    const failure = events.find((event) => event.type === "task-end" && event.status === "failed");
    assertStringIncludes(
      JSON.stringify(failure),
      'Cannot break on \\"lb1\\": it ended with 5: no space',
    );
  }));

Deno.test("run() counts a host that cannot be reached and finishes the others", () =>
  withTempDir(async (dir) => {
    const { code, lines } = await runPlay("apply", tasks(wordTask(dir, "a")), {
      lb1: new ConnectError("lb1", "Cannot open a shell"),
      lb2: new LocalSession(dir),
    });
    assertEquals([code, ...lines], [
      EXIT.unreachable,
      "lb1 connect unreachable",
      "lb2 word a changed",
    ]);
  }));

Deno.test("run() runs a handler once, after all tasks, and strikes it off", () =>
  withTempDir(async (dir) => {
    const play: Partial<Play> = {
      tasks: () => [
        wordTask(dir, "a", { notify: ["reload"] }),
        wordTask(dir, "b", { notify: ["reload"] }),
      ],
      handlers: () => [{ name: "reload", script: `echo x >> '${dir}/log'` }],
    };
    const { lines } = await runPlay("apply", play, { lb1: new LocalSession(dir) });
    assertEquals(lines.at(-1), "lb1 handler reload changed");
    assertEquals(await Deno.readTextFile(`${dir}/log`), "x\n");
    assertEquals(await Array.fromAsync(Deno.readDir(`${dir}/state/pending`)), []);
  }));

Deno.test("run() runs a handler that a failed run left behind, though nothing changes any more", () =>
  withTempDir(async (dir) => {
    const handlers = () => [{ name: "reload it", script: `echo x >> '${dir}/log'` }];
    const first = wordTask(dir, "a", { notify: ["reload it"] });
    const broken = await runPlay("apply", { tasks: () => [first, failing], handlers }, {
      lb1: new LocalSession(dir),
    });
    assertEquals(broken.lines.includes("lb1 handler reload it changed"), false);
    const { code, lines } = await runPlay("apply", { tasks: () => [first], handlers }, {
      lb1: new LocalSession(dir),
    });
    assertEquals([code, ...lines], [EXIT.ok, "lb1 word a ok", "lb1 handler reload it changed"]);
    assertEquals(await Deno.readTextFile(`${dir}/log`), "x\n");
  }));

Deno.test("run() leaves out a handler that another one makes needless", () =>
  withTempDir(async (dir) => {
    const play: Partial<Play> = {
      tasks: () => [wordTask(dir, "a", { notify: ["reload", "restart"] })],
      handlers: () => [
        { name: "restart", script: `echo restart >> '${dir}/log'`, supersedes: ["reload"] },
        { name: "reload", script: `echo reload >> '${dir}/log'` },
      ],
    };
    await runPlay("apply", play, { lb1: new LocalSession(dir) });
    assertEquals(await Deno.readTextFile(`${dir}/log`), "restart\n");
    assertEquals(await Array.fromAsync(Deno.readDir(`${dir}/state/pending`)), []);
  }));

Deno.test("run() fails a task that asks for the same again after it was applied", () =>
  withTempDir(async (dir) => {
    const restless: Task = {
      ...failing,
      name: "restless",
      plan: () => ({ changes: [{ kind: "run", summary: "try", script: "true" }] }),
    };
    const { code, lines, events } = await runPlay("apply", tasks(restless), {
      lb1: new LocalSession(dir),
    });
    assertEquals([code, ...lines], [EXIT.failed, "lb1 restless changed", "lb1 restless failed"]);
    assertMatch(JSON.stringify(events), /a second look still asks for: try/);
  }));

Deno.test("run() does not run a handler that a start has settled, and check knows it", () =>
  withTempDir(async (dir) => {
    const starting: Task = {
      ...wordTask(dir, "b"),
      name: "start it",
      plan: ({ stdout }) => ({
        changes: stdout === "done" ? [] : [{
          kind: "run",
          summary: "start it",
          script: `printf done > '${dir}/b'`,
          settles: ["reload it"],
        }],
      }),
    };
    const play = {
      ...tasks(wordTask(dir, "a", { notify: ["reload it"] }), starting),
      handlers: () => [{ name: "reload it", script: `echo >> '${dir}/log'` }],
    };
    const host = new LocalSession(dir);
    const expected = ["lb1 word a changed", "lb1 start it changed"];
    assertEquals((await runPlay("check", play, { lb1: host })).lines, expected);
    assertEquals((await runPlay("apply", play, { lb1: host })).lines, expected);
    assertEquals(await Array.fromAsync(Deno.readDir(`${dir}/state/pending`)), []);
  }));

Deno.test("run() fails what is still not known when it is its turn", () =>
  withTempDir(async (dir) => {
    const vague: Task = {
      ...failing,
      name: "vague",
      plan: () => ({
        changes: [{
          kind: "write",
          summary: "write /etc/x",
          files: [],
          validations: [],
          before: {},
          unknown: [{ path: "/etc/x", why: "nobody knows" }],
        }],
      }),
    };
    const host = { lb1: new LocalSession(dir) };
    const check = await runPlay("check", tasks(vague), host);
    assertEquals([check.code, ...check.lines], [EXIT.changes, "lb1 vague changed"]);
    const apply = await runPlay("apply", tasks(vague), host);
    assertEquals([apply.code, ...apply.lines], [EXIT.failed, "lb1 vague failed"]);
    assertMatch(JSON.stringify(apply.events), /Cannot write \/etc\/x.*: nobody knows/);
  }));

Deno.test("run() plans a later task over what an earlier change has done", () =>
  withTempDir(async (dir) => {
    // The second task sees the first one's file, which was not there at the first look.
    const second: Task = {
      ...wordTask(dir, "a"),
      name: "follows",
    };
    const { lines } = await runPlay("apply", tasks(wordTask(dir, "a"), second), {
      lb1: new LocalSession(dir),
    });
    assertEquals(lines, ["lb1 word a changed", "lb1 follows ok"]);
  }));

Deno.test("run() only observes a host that is not selected", () =>
  withTempDir(async (dir) => {
    const [one, two] = [new LocalSession(dir), new LocalSession(`${dir}/2`)];
    const { lines } = await runPlay("apply", tasks(wordTask(dir, "a")), { lb1: one, lb2: two }, {
      selected: ["lb1"],
    });
    assertEquals(lines, ["lb1 word a changed"]);
    // One look, and once the lock of the other is taken: does nobody work here?
    assertEquals([two.sent.length, two.sent.join().includes("word")], [2, false]);
  }));

Deno.test("run() starts no task after an interrupt, and says 130", () =>
  withTempDir(async (dir) => {
    const interrupt = new AbortController();
    let plans = 0;
    const last = wordTask(dir, "a", {
      plan: () => {
        // The first time it is only foreseen.
        if (++plans > 1) interrupt.abort();
        return { changes: [{ kind: "run", summary: "a", script: `printf done > '${dir}/a'` }] };
      },
    });
    const { code, lines } = await runPlay("apply", tasks(last, wordTask(dir, "b")), {
      lb1: new LocalSession(dir),
    }, { signal: interrupt.signal });
    assertEquals([code, ...lines], [
      EXIT.interrupted,
      "lb1 word a changed",
      "lb1 word b skipped",
    ]);
  }));

Deno.test("run() stops at once when it is interrupted while a host does not answer", async () => {
  const interrupt = new AbortController();
  const never: Session = {
    roundTrips: 0,
    run: () => (interrupt.abort(), new Promise(() => {})),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const { code, lines } = await runPlay("apply", tasks(failing), { lb1: never }, {
    signal: interrupt.signal,
  });
  assertEquals([code, ...lines], [EXIT.interrupted]);
});

Deno.test("run() refuses to work as an ordinary user, and says how to become root", () =>
  withTempDir(async (dir) => {
    class Ordinary extends LocalSession {
      override async run(script: string): Promise<ExecResult> {
        const result = await super.run(script);
        return { ...result, stdout: result.stdout.replace(/^uid 0$/m, "uid 1000") };
      }
    }
    const session = new Ordinary(dir);
    const { code, lines, events } = await runPlay("apply", tasks(wordTask(dir, "a")), {
      lb1: session,
    });
    assertEquals([code, session.sent.length, ...lines], [EXIT.failed, 1, "lb1 connect failed"]);
    assertMatch(JSON.stringify(events), /ansible_become: true/);
  }));

function check(dir: string): GroupCheck {
  return {
    kind: "vip",
    name: "vip",
    hosts: ["lb1"],
    deadlineMs: 5000,
    probe: () => `printf x >> '${dir}/asked'; cat '${dir}/asked'`,
    judge: (answers) => {
      const asked = answers.get("lb1")?.stdout.length ?? 0;
      return { ok: asked >= 3, message: `asked ${asked} times` };
    },
  };
}

Deno.test("run() waits for a condition after a change until its deadline", () =>
  withTempDir(async (dir) => {
    const play = { tasks: () => [wordTask(dir, "a")], checks: () => [check(dir)] };
    const { code, events } = await runPlay("apply", play, { lb1: new LocalSession(dir) });
    assertEquals(code, EXIT.ok);
    const end = events.find((event) => event.type === "check-end");
    assertEquals(end?.type === "check-end" && [end.status, end.message], ["ok", "asked 3 times"]);
  }));

Deno.test("run() fails when a condition does not come true", () =>
  withTempDir(async (dir) => {
    const never = { ...check(dir), judge: () => ({ ok: false, message: "held by no host" }) };
    const { code } = await runPlay("apply", { checks: () => [never] }, {
      lb1: new LocalSession(dir),
    });
    assertEquals(code, EXIT.failed);
  }));

Deno.test("run() in verify mode asks once more before a bad verdict, and runs no task", () =>
  withTempDir(async (dir) => {
    const session = new LocalSession(dir);
    const play = { tasks: () => [failing], checks: () => [check(dir)] };
    const { code, lines } = await runPlay("verify", play, { lb1: session });
    assertEquals([code, session.roundTrips, lines], [EXIT.failed, 2, ["lb1 look ok"]]);
  }));

Deno.test("run() judges at once in verify mode, with the answers of the one look", () =>
  withTempDir(async (dir) => {
    const session = new LocalSession(dir);
    const judged: (boolean | undefined)[] = [];
    const good: GroupCheck = {
      ...check(dir),
      judge: (_, strict) => (judged.push(strict), { ok: true, message: "stands" }),
    };
    const { code } = await runPlay("verify", { checks: () => [good] }, { lb1: session });
    assertEquals([code, session.roundTrips, judged], [EXIT.ok, 1, [true]]);
  }));

/** A condition that holds while a file says so, and stands on one host. */
function standing(dir: string, host: string): GroupCheck {
  return {
    ...check(dir),
    hosts: ["lb1", "lb2"],
    probe: () => `cat '${dir}/fallen' 2>/dev/null`,
    judge: (answers) => ({
      ok: answers.size === 2 && [...answers.values()].every(({ stdout }) => stdout === ""),
      message: "fallen",
      last: [host],
    }),
  };
}

Deno.test("run() changes the host that the service stands on last, one after the other", () =>
  withTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/lb1`);
    await Deno.mkdir(`${dir}/lb2`);
    const play: Partial<Play> = {
      tasks: (
        _,
        { host },
      ) => [wordTask(`${dir}/${host.name}`, "a"), wordTask(`${dir}/${host.name}`, "b")],
      checks: () => [standing(dir, "lb1")],
    };
    const { code, lines } = await runPlay("apply", play, {
      lb1: new LocalSession(`${dir}/lb1`),
      lb2: new LocalSession(`${dir}/lb2`),
    });
    assertEquals([code, ...lines], [
      EXIT.ok,
      "lb2 word a changed",
      "lb2 word b changed",
      "lb1 word a changed",
      "lb1 word b changed",
    ]);
  }));

Deno.test("run() does not touch the next host when the service fell with the change of one", () =>
  withTempDir(async (dir) => {
    const breaking: Task = {
      ...failing,
      name: "breaks",
      plan: () => ({
        changes: [{ kind: "run", summary: "break", script: `printf x > '${dir}/fallen'` }],
      }),
      probe: "true",
    };
    const once = { ...breaking, plan: breaking.plan };
    const play: Partial<Play> = { tasks: () => [once], checks: () => [standing(dir, "lb1")] };
    const two = new LocalSession(dir);
    const one = new LocalSession(dir);
    const { code, lines, events } = await runPlay("apply", play, { lb1: one, lb2: two });
    assertEquals(code, EXIT.failed);
    assertEquals(lines.includes("lb1 breaks skipped"), true);
    assertEquals(one.sent.some((script) => script.includes("printf x")), false);
    assertMatch(JSON.stringify(events), /Cannot go on with .*lb1.*fallen/);
  }));
