import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { getColorEnabled, setColorEnabled, stripAnsiCode } from "@std/fmt/colors";
import fc from "fast-check";
import type { Event } from "../../src/events.ts";
import { human } from "../../src/reporters/human.ts";
import { EVERYTHING, task, withText } from "./events.ts";

/** What a person sees of events. */
function report(
  events: readonly Event[],
  diff = true,
  color = false,
  columns: { columns?: number } = {},
): string {
  const before = getColorEnabled();
  setColorEnabled(color);
  try {
    let text = "";
    events.forEach(human((part) => text += part, { diff, ...columns }));
    return text;
  } finally {
    setColorEnabled(before);
  }
}

Deno.test("human() shows a run with everything in it", async (t) => {
  await t.assertSnapshot(report(EVERYTHING));
});

Deno.test("human() shows what a check would do, and that nothing was done", () => {
  const start: Event = {
    type: "run-start",
    at: 0,
    mode: "check",
    play: "p",
    inventory: "hosts.yaml",
    places: {},
    hosts: ["lb1"],
  };
  const text = report([start, ...EVERYTHING.slice(4)]);
  assertStringIncludes(text, "check (nothing will be changed) hosts.yaml  lb1\n");
  assertStringIncludes(text, " would start haproxy\n");
  const plan = "Plan: 1 to change on 1 host as far as could be seen; nothing was changed  4.3 s";
  assertEquals(text.trimEnd().split("\n").at(-1), plan);
});

Deno.test("human() calls a rollback by its name, dry or real", () => {
  const [, start] = EVERYTHING;
  assert(start?.type === "run-start");
  const title = (mode: "check" | "apply") =>
    report([{ ...start, mode, what: "rollback" }]).split("\n")[0];
  assertEquals(title("apply"), "rollback hosts.yaml  lb1, load-balancer-2");
  assertEquals(
    title("check"),
    "rollback --check (nothing will be changed) hosts.yaml  lb1, load-balancer-2",
  );
});

Deno.test("human() foresees nothing where no host could be asked", () => {
  const counts = { ok: 0, changed: 0, failed: 0, skipped: 3, roundTrips: 0 };
  const last = (second: number) => {
    const hosts = { lb1: { ...counts, unreachable: 1 }, lb2: { ...counts, unreachable: second } };
    const [, start] = EVERYTHING;
    assert(start?.type === "run-start");
    const end: Event = { type: "run-end", at: 1, exitCode: 4, hosts, ms: 4300 };
    return report([{ ...start, mode: "check" }, end]).trimEnd().split("\n").at(-1);
  };
  assertEquals(last(1), "Plan: none, because no host could be asked  4.3 s");
  assertEquals(last(0), "Plan: nothing to change as far as could be seen  4.3 s");
});

Deno.test("human() says before the start in which order endpoints begin and what stops the run", () => {
  const [, start] = EVERYTHING;
  assert(start?.type === "run-start");
  const batches = [["a"], ["b", "c"], ["d", "e"]];
  assertEquals(
    report([{ ...start, batches, stopsAfter: 2 }]),
    "apply hosts.yaml  lb1, load-balancer-2\n" +
      "5 endpoints, 2 hosts, in batches of 1, 2, 2; " +
      "stops after the 2nd host that fails or cannot be reached\n\n",
  );
  const narrow = report([{ ...start, batches, stopsAfter: 2 }], false, false, { columns: 50 });
  assert(narrow.split("\n").every((line) => line.length <= 50), narrow);
});

Deno.test("human() shows diffs only when they are asked for", () => {
  assertEquals(report(EVERYTHING, false).includes("+++"), false);
  assertStringIncludes(report(EVERYTHING, false), "write /etc/x");
});

Deno.test("human() ends with the recap that Ansible users grep, without colors", () => {
  const text = report(EVERYTHING, false, true);
  assert(
    text.endsWith(
      "\nlb1             : ok=2 changed=1 unreachable=0 failed=1 skipped=1\n" +
        "load-balancer-2 : ok=0 changed=0 unreachable=1 failed=0 skipped=0\n",
    ),
    text,
  );
});

Deno.test("human() folds a long summary to the terminal, and breaks no word", () => {
  const paths = ["/etc/haproxy/haproxy.cfg", "/etc/keepalived/keepalived.conf"];
  const event: Event = {
    type: "task-end",
    at: 0,
    host: "lb1",
    endpoint: "lb",
    kind: "files",
    task: "files",
    status: "changed",
    changes: [{ summary: `write ${paths.join(", ")}`, kind: "write", targets: paths }],
    ms: 0,
  };
  let text = "";
  human((part) => text += part, { diff: false, columns: 60 })(event);
  const lines = stripAnsiCode(text).trimEnd().split("\n").slice(1);
  assertEquals(lines.map((line) => line.trim()), [`write ${paths[0]},`, paths[1] ?? ""]);
});

Deno.test({
  name: "human() says the same with colors as without",
  // Without NO_COLOR only can colors be switched on.
  ignore: Deno.noColor,
  fn: () => {
    const painted = report(EVERYTHING, true, true);
    assert(painted.includes("\x1b["));
    assertEquals(stripAnsiCode(painted), report(EVERYTHING));
  },
});

Deno.test("human() lets no character through that moves a cursor or turns the text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
    const shown = report(withText(text));
    assert(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(shown.replaceAll(/[\n\t]/g, "")), shown);
  }));
});

Deno.test("human() lets no text of a host begin a line that looks like a recap", () => {
  const forged = "x\nlb1 : ok=9 changed=0 unreachable=0 failed=0 skipped=0\n";
  const events = withText(forged);
  // The lines of a diff have a sign in front.
  const lines = report(events, false).split("\n");
  assertEquals(lines.filter((line) => line.startsWith("lb1 : ok=")), []);
});

Deno.test("human() keeps the lines of an error, each indented", () => {
  const text = report([task("lb1", "x", "failed", { error: "a\nb" })]);
  assertEquals(text, "lb1      failed      x\n         a\n         b\n");
});

/** A run over hosts of which each has these events. */
function run(
  mode: "check" | "apply",
  hosts: readonly string[],
  of: (host: string) => readonly Event[],
): readonly Event[] {
  const start = { type: "run-start", at: 0, mode, play: "p", inventory: "hosts.yaml" } as const;
  const recap = (host: string) => {
    const events = of(host);
    const count = (status: string) =>
      events.filter((event) => event.type === "task-end" && event.status === status).length;
    const changed = count("changed");
    return {
      ok: count("ok") + changed,
      changed,
      unreachable: 0,
      failed: count("failed"),
      skipped: 0,
    };
  };
  const counts = hosts.map((host) => [host, { ...recap(host), roundTrips: 1 }] as const);
  return [
    { ...start, hosts, places: {} },
    ...hosts.flatMap((host): Event[] => [
      ...of(host),
      { type: "host-end", at: 0, host, endpoint: "load_balancers" },
    ]),
    { type: "run-end", at: 0, exitCode: 0, hosts: Object.fromEntries(counts), ms: 100 },
  ];
}

/** A task that writes a file of so many new lines. */
function writes(host: string, count: number): Event {
  const lines = Array.from({ length: count }, (_, i) => `+line ${i}\n`).join("");
  const diff = `--- /dev/null\n+++ /etc/x\n@@ -0,0 +1,${count} @@\n${lines}`;
  return task(host, "files x", "changed", {
    changes: [{ kind: "write", targets: ["/etc/x"], summary: "write /etc/x", diff }],
  });
}

Deno.test("human() ends a check with a plan of what would change, where", () => {
  const last = (events: readonly Event[]) => report(events).trimEnd().split("\n").at(-1);
  const hosts = ["lb1", "lb2", "lb3"];
  const some = run("check", hosts, (host) => host === "lb3" ? [] : [writes(host, 1)]);
  assertEquals(last(some), "Plan: 2 to change on 2 hosts; nothing was changed  0.1 s");
  const none = run("check", hosts, (host) => [task(host, "files x", "ok")]);
  assertEquals(last(none), "Plan: nothing to change  0.1 s");
  assertMatch(report(none), /^lb3 : ok=1 changed=0 unreachable=0 failed=0 skipped=0$/m);
});

Deno.test("human() counts what is as wished on many hosts, and lists all the rest", () => {
  const hosts = Array.from({ length: 9 }, (_, i) => `lb${i}`);
  const of = (host: string) => [
    task(host, "packages haproxy", "ok"),
    ...(host === "lb4"
      ? [task(host, "files x", "changed"), task(host, "service x", "failed")]
      : []),
    ...(host === "lb8" ? [] : [task(host, "user haproxy", "ok")]),
  ];
  const rows = (hosts: readonly string[]) =>
    report(run("apply", hosts, of)).split("\n").filter((line) => /^lb\d {6}/.test(line));
  assertEquals(rows(hosts), [
    ...["lb0", "lb1", "lb2", "lb3"].map((host) => `${host}      ok          2 tasks`),
    "lb4      changed     files x",
    "lb4      failed      service x",
    "lb4      ok          2 tasks",
    ...["lb5", "lb6", "lb7"].map((host) => `${host}      ok          2 tasks`),
    "lb8      ok          packages haproxy",
  ]);
  assertEquals(rows(hosts.slice(0, 8)).length, 18);
});

Deno.test("human() cuts a long difference on a terminal, says how much, and nowhere else", () => {
  const events = run("apply", ["lb1"], () => [writes("lb1", 5009)]);
  const lines = report(events, true, false, { columns: 80 }).split("\n");
  assertEquals(lines.filter((line) => line.startsWith("+line")).length, 197);
  const rest = "… 4,812 more lines of difference; --report jsonl:FILE has all of them";
  assertEquals(lines.filter((line) => line.startsWith("…")), [rest]);
  const whole = report(events).split("\n");
  assertEquals(whole.filter((line) => line.startsWith("+line")).length, 5009);
});

Deno.test("human() cuts each file of a change for itself", () => {
  const small = "--- /etc/y\n+++ /etc/y\n@@ -1,1 +1,1 @@\n-a\n+b\n";
  const [event] = [writes("lb1", 300)];
  assert(event?.type === "task-end");
  const changes = event.changes.map((it) => ({ ...it, diff: `${it.diff}${small}` }));
  const text = report(run("apply", ["lb1"], () => [{ ...event, changes }]), true, false, {
    columns: 80,
  });
  assertStringIncludes(text, "… 103 more lines");
  assertStringIncludes(text, small);
});

Deno.test("human() points at a long difference that another host had, and shows a short one", () => {
  const long = report(run("check", ["lb1", "lb2"], (host) => [writes(host, 20)]));
  assertEquals(long.split("+line 7\n").length, 2);
  assertMatch(long, /^lb2 .*\n +would write \/etc\/x\nsame difference as on lb1$/m);
  const short = report(run("check", ["lb1", "lb2"], (host) => [writes(host, 5)]));
  assertEquals(short.split("+line 4\n").length, 3);
  const other = report(run("check", ["lb1", "lb2"], (host) => [writes(host, +host.slice(2) + 20)]));
  assertEquals(other.includes("same difference"), false);
});

Deno.test("human() fits 40 columns, except for words to copy and the recap", async (t) => {
  const error =
    'Cannot open a shell on "lb1" (127.0.0.1:1) as "deploy": connection refused: no ssh server listens there';
  const names = "service haproxy-with-a-name-of-some-length: enabled, running";
  const events = run("check", ["lb1", "load-balancer-2"], (host) => [
    task(host, names, "ok"),
    writes(host, 2),
    task(host, "connect", "failed", { error, ms: 12_345 }),
  ]);
  const text = report(events, false, false, { columns: 40 });
  for (const line of text.split("\n").filter((line) => !/ : ok=/.test(line))) {
    assert(line.length <= 40, line);
  }
  await t.assertSnapshot(text);
});
