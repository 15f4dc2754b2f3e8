import { assertEquals, assertStringIncludes } from "@std/assert";
import { EXIT } from "../../src/errors.ts";
import type { Event } from "../../src/events.ts";
import type { ExecResult, Play, Session } from "../../src/model.ts";
import { HELD, LOCK_DIR, lockScript, peekScript } from "../../src/runner/lock.ts";
import { STATE_DIR } from "../../src/runner/script.ts";
import { localTransport } from "../../src/ssh/local.ts";
import { openSession, type ShellSession } from "../../src/ssh/session.ts";
import { anEndpoint, lockedIn, runPlay, withTempDir, wordTask } from "../helpers.ts";
import { textOf } from "../ssh/shells.ts";

/** A real shell that stands for a host: what it locks and does is in a folder of its own. */
class HostSession implements Session {
  readonly sent: string[] = [];
  readonly #dir: string;
  readonly #before: (count: number) => Promise<void>;
  #shell: Promise<ShellSession> | undefined;

  constructor(dir: string, before: (count: number) => Promise<void> = () => Promise.resolve()) {
    this.#dir = dir;
    this.#before = before;
  }

  get roundTrips(): number {
    return this.sent.length;
  }

  async run(script: string): Promise<ExecResult> {
    this.sent.push(script);
    await this.#before(this.sent.length);
    this.#shell ??= openSession("local", localTransport(["sh"]));
    const here = lockedIn(script, `${this.#dir}/run`).replaceAll(STATE_DIR, `${this.#dir}/state`);
    return await (await this.#shell).run(here);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#shell)?.[Symbol.asyncDispose]();
  }
}

/** Somebody else who has the lock of a host. */
async function holder(dir: string, nonce = "other"): Promise<HostSession> {
  const session = new HostSession(dir);
  const request = { what: "drill link-cut", who: "ann@desk", sinceS: 1_795_383_250, nonce };
  assertEquals((await session.run(lockScript(request))).code, 0);
  return session;
}

async function isHeld(dir: string): Promise<boolean> {
  await using session = new HostSession(dir);
  return (await session.run(peekScript("somebody-else"))).code === HELD;
}

/** A play that makes `DIR/HOST/word` hold its word, and has a condition. */
function play(dir: string): Partial<Play> {
  return {
    tasks: (_, { host }) => [wordTask(`${dir}/${host.name}`, "word")],
    checks: ({ name, members }) => [{
      kind: "stands",
      name: `stands ${name}`,
      hosts: members.map(({ host }) => host.name),
      probe: () => "echo yes",
      judge: () => ({ ok: true, message: "it stands" }),
      deadlineMs: 1000,
    }],
  };
}

async function withHosts(
  names: readonly string[],
  test: (dir: string, at: (host: string) => string) => Promise<void>,
): Promise<void> {
  await withTempDir(async (dir) => {
    for (const name of names) await Deno.mkdir(`${dir}/${name}`);
    await test(dir, (host) => `${dir}/${host}`);
  });
}

function diagnostics(events: readonly Event[]) {
  return events.flatMap((event) => event.type === "diagnostic" ? [event.diagnostic] : []);
}

Deno.test("run() changes no host of an endpoint when one of them is locked, and exits 5", () =>
  withHosts(["lb1", "lb2"], async (dir, at) => {
    await using _other = await holder(at("lb2"));
    const { code, lines, events } = await runPlay("apply", play(dir), {
      lb1: new HostSession(at("lb1")),
      lb2: new HostSession(at("lb2")),
    });
    assertEquals([code, ...lines.toSorted()], [
      EXIT.stale,
      "lb1 word word skipped",
      "lb2 word word skipped",
    ]);
    assertEquals(diagnostics(events).map(({ code }) => code), ["lock-held"]);
    const { message = "", hint = "" } = diagnostics(events)[0] ?? {};
    for (const word of ['"lb2"', "ann@desk", "drill link-cut", "2026-11-22 21:34:10 UTC"]) {
      assertStringIncludes(message, word);
    }
    assertStringIncludes(hint, "--lock-timeout 60s");
    const judged = events.flatMap((it) => it.type === "check-end" ? [it.status] : []);
    assertEquals(judged, ["skipped"]);
    assertEquals([textOf(`${at("lb1")}/word`), textOf(`${at("lb2")}/word`)], ["", ""]);
    assertEquals([await isHeld(at("lb1")), await isHeld(at("lb2"))], [false, true]);
  }));

Deno.test("run() waits for a lock as long as it may, then looks again", () =>
  withHosts(["lb1", "lb2"], async (dir, at) => {
    const other = await holder(at("lb2"));
    const held: boolean[] = [];
    const sessions = {
      lb1: new HostSession(at("lb1")),
      lb2: new HostSession(at("lb2")),
    };
    let sleeps = 0;
    const { code, lines, events } = await runPlay("apply", play(dir), sessions, {
      lock: { who: "me", waitMs: 30_000 },
      sleep: async () => {
        // Who waits holds nothing.
        held.push(await isHeld(at("lb1")));
        if (++sleeps !== 3) return;
        await other.run(`printf done >'${at("lb2")}/word'`);
        await other[Symbol.asyncDispose]();
      },
    });
    assertEquals([code, ...lines.toSorted()], [
      EXIT.ok,
      "lb1 word word changed",
      "lb2 word word ok",
    ]);
    assertEquals(held.slice(0, 3), [false, false, false]);
    assertEquals(diagnostics(events).map(({ code, severity }) => [code, severity]), [
      ["lock-wait", "warning"],
    ]);
  }));

Deno.test("run() gives up at the end of the time that it may wait", () =>
  withHosts(["lb1"], async (dir, at) => {
    await using _other = await holder(at("lb1"));
    let sleeps = 0;
    const { code, events } = await runPlay("apply", play(dir), {
      lb1: new HostSession(at("lb1")),
    }, {
      lock: { who: "me", waitMs: 5000 },
      sleep: () => (sleeps++, Promise.resolve()),
    });
    // One a second, and the clock of the test moves a little by itself.
    assertEquals([code, sleeps], [EXIT.stale, 5]);
    assertEquals(diagnostics(events).map(({ code }) => code), ["lock-wait", "lock-held"]);
  }));

Deno.test("run() comes apart from another that has the other half of the locks", () =>
  withHosts(["lb1", "lb2"], async (dir, at) => {
    const taken = { a: Promise.withResolvers<void>(), b: Promise.withResolvers<void>() };
    const asleep = { a: Promise.withResolvers<void>(), b: Promise.withResolvers<void>() };
    const done = Promise.withResolvers<void>();
    /** Looks at one host, and at the other only when the other run has locked that. */
    const start = (us: "a" | "b", them: "a" | "b", mine: string, theirs: string) => {
      const first = new HostSession(at(mine));
      const second = new HostSession(at(theirs), async (count) => {
        if (count > 1) return;
        while (!await isHeld(at(mine))) await new Promise((resolve) => setTimeout(resolve, 5));
        taken[us].resolve();
        await taken[them].promise;
      });
      return runPlay("apply", play(dir), { [mine]: first, [theirs]: second }, {
        sleep: async () => {
          asleep[us].resolve();
          await asleep[them].promise;
          if (us === "b") await done.promise;
        },
      });
    };
    const a = start("a", "b", "lb1", "lb2").finally(() => done.resolve());
    const b = start("b", "a", "lb2", "lb1");
    const [first, second] = [await a, await b];
    assertEquals([first.code, second.code], [EXIT.ok, EXIT.ok]);
    assertEquals(first.lines.toSorted(), ["lb1 word word changed", "lb2 word word changed"]);
    assertEquals(second.lines.toSorted(), ["lb1 word word ok", "lb2 word word ok"]);
  }));

Deno.test("run() does what it can for endpoints that nobody has locked, but not with a plan", () =>
  withHosts(["lb1", "lb2"], async (dir, at) => {
    await using _other = await holder(at("lb1"));
    const endpoints = [
      { ...anEndpoint("lb1"), name: "one" },
      { ...anEndpoint("lb2"), name: "two" },
    ];
    const apply = (more: Parameters<typeof runPlay>[3]) =>
      runPlay("apply", play(dir), {
        lb1: new HostSession(at("lb1")),
        lb2: new HostSession(at("lb2")),
      }, { endpoints, ...more });
    const bound = await apply({ bound: new Map() });
    assertEquals([bound.code, ...bound.lines.toSorted()], [
      EXIT.stale,
      "lb1 word word skipped",
      "lb2 word word skipped",
    ]);
    const free = await apply({});
    assertEquals([free.code, ...free.lines.toSorted()], [
      EXIT.stale,
      "lb1 word word skipped",
      "lb2 word word changed",
    ]);
  }));

Deno.test("run() asks for the lock of a host that it only observes, and does not take it", () =>
  withHosts(["lb1", "lb2"], async (dir, at) => {
    const apply = () =>
      runPlay("apply", play(dir), {
        lb1: new HostSession(at("lb1")),
        lb2: new HostSession(at("lb2")),
      }, { selected: ["lb1"] });
    const other = await holder(at("lb2"));
    assertEquals((await apply()).code, EXIT.stale);
    await other[Symbol.asyncDispose]();
    await Deno.remove(`${at("lb2")}/run`, { recursive: true });
    const { code, lines } = await apply();
    assertEquals([code, ...lines], [EXIT.ok, "lb1 word word changed"]);
    assertEquals([...Deno.readDirSync(at("lb2"))].map(({ name }) => name), []);
  }));

Deno.test("run() and another that has other hosts of the endpoint never change it together", () =>
  withHosts(["lb1", "lb2"], async (dir, at) => {
    const asked = { a: Promise.withResolvers<void>(), b: Promise.withResolvers<void>() };
    const together: boolean[] = [];
    const changing = new Set<string>();
    /** A run with a part: it locks its own host when both have asked for that of the other. */
    const start = (us: "a" | "b", mine: string, other: string) => {
      const own: HostSession = new HostSession(at(mine), async (count) => {
        if (count === 1) await Promise.all([asked.a.promise, asked.b.promise]);
        if (!own.sent.at(-1)?.includes("printf done")) return;
        // Whoever gives way may have had its own lock for a moment; what counts is who changes.
        changing.add(us);
        together.push(changing.size > 1);
      });
      const observed = new class extends HostSession {
        override async run(script: string): Promise<ExecResult> {
          const answer = await super.run(script);
          asked[us].resolve();
          return answer;
        }
      }(at(other));
      return runPlay("apply", play(dir), { [mine]: own, [other]: observed }, {
        selected: [mine],
        lock: { who: us, waitMs: 1e9 },
        sleep: () => new Promise((resolve) => setTimeout(resolve, 5)),
      }).finally(() => changing.delete(us));
    };
    const [first, second] = await Promise.all([start("a", "lb1", "lb2"), start("b", "lb2", "lb1")]);
    assertEquals([first.code, second.code], [EXIT.ok, EXIT.ok]);
    assertEquals([first.lines, second.lines], [["lb1 word word changed"], [
      "lb2 word word changed",
    ]]);
    assertEquals(together, [false, false]);
  }));

Deno.test("run() asks again where it only observes, once it has its locks, and nowhere else", () =>
  withHosts(["lb1", "lb2"], async (dir, at) => {
    const peeks = async (selected: readonly string[]) => {
      const sessions = { lb1: new HostSession(at("lb1")), lb2: new HostSession(at("lb2")) };
      await runPlay("apply", play(dir), sessions, { selected });
      const asks = ({ sent }: HostSession) => sent.filter((text) => text.includes("idle()")).length;
      return [asks(sessions.lb1), asks(sessions.lb2)];
    };
    assertEquals(await peeks(["lb1", "lb2"]), [0, 0]);
    assertEquals(await peeks(["lb1"]), [0, 2]);
  }));

Deno.test("run() takes no lock when it changes nothing, and asks for none", () =>
  withHosts(["lb1"], async (dir, at) => {
    await using _other = await holder(at("lb1"));
    for (const [mode, expected] of [["check", EXIT.changes], ["verify", EXIT.ok]] as const) {
      const session = new HostSession(at("lb1"));
      const { code } = await runPlay(mode, play(dir), { lb1: session });
      assertEquals([code, session.sent.some((text) => text.includes(`${LOCK_DIR} `))], [
        expected,
        false,
      ]);
    }
  }));

Deno.test("run() goes on under a lock that was taken with its own word", () =>
  withHosts(["lb1"], async (dir, at) => {
    await using _ours = await holder(at("lb1"), "ours");
    const { code, lines } = await runPlay("apply", play(dir), {
      lb1: new HostSession(at("lb1")),
    }, { lock: { who: "me", nonce: "ours" } });
    assertEquals([code, ...lines], [EXIT.ok, "lb1 word word changed"]);
    assertEquals(await isHeld(at("lb1")), true);
  }));

Deno.test("run() fails a host whose lock cannot be written, and changes nothing there", () =>
  withHosts(["lb1"], async (dir, at) => {
    await Deno.writeTextFile(`${at("lb1")}/run`, "a file");
    const { code, lines, events } = await runPlay("apply", play(dir), {
      lb1: new HostSession(at("lb1")),
    });
    assertEquals([code, ...lines], [EXIT.failed, "lb1 lock failed"]);
    assertStringIncludes(JSON.stringify(events), "cannot make the folder");
    assertEquals(textOf(`${at("lb1")}/word`), "");
  }));

Deno.test("run() has locked every host before it changes the first, and frees all at the end", () =>
  withHosts(["lb1", "lb2"], async (dir, at) => {
    const held: boolean[] = [];
    const watched = (host: string) =>
      new HostSession(at(host), async (count) => {
        if (count > 1) held.push(await isHeld(at("lb1")), await isHeld(at("lb2")));
      });
    const { code } = await runPlay("apply", play(dir), {
      lb1: watched("lb1"),
      lb2: watched("lb2"),
    });
    assertEquals([code, held.length > 4, held.every((it) => it)], [EXIT.ok, true, true]);
    assertEquals([await isHeld(at("lb1")), await isHeld(at("lb2"))], [false, false]);
  }));
