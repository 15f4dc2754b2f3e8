import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { apiWords, powerWords, runWords, undoWords } from "../../src/commands/drill_commands.ts";
import { Guards } from "../../src/commands/guard.ts";
import { assertEvents } from "../event_lines.ts";
import { withTempDir } from "../helpers.ts";
import { cli, DEAD_END } from "./cli.ts";

/** An inventory whose hosts nobody can reach, with more keys of the endpoint. */
async function withInventory(
  keys: string,
  test: (path: string, dir: string) => Promise<void>,
): Promise<void> {
  await withTempDir(async (dir) => {
    const path = `${dir}/hosts.yaml`;
    await Deno.writeTextFile(
      path,
      DEAD_END.replace("address: 10.0.0.10", `address: 10.0.0.10${keys}`),
    );
    await test(path, dir);
  });
}

Deno.test("drill --list shows every drill and why some would be skipped, and contacts no host", () =>
  withInventory("", async (path) => {
    const { code, out, err } = await cli(["drill", path, "--list"], {
      flags: ["--no-prompt", "--allow-read", "--allow-env"],
    });
    assertEquals([code, err], [0, ""]);
    const names = out.split("\n").flatMap((line) => /^([a-z-]+) /.exec(line)?.[1] ?? []);
    assertEquals(names[0], "keepalived-stopped");
    assertEquals(new Set(names).size, names.length);
    const after = out.slice(out.indexOf("power-off"));
    assertMatch(after.split("\n")[1] ?? "", /would be skipped: .*power_command/);
  }));

Deno.test("drill --list --json is data for scripts", () =>
  withInventory(", drill: { power_command: [p, '{host}', '{action}'] }", async (path) => {
    const { code, out } = await cli(["drill", path, "power-off", "--list", "--json"]);
    assertEquals(code, 0);
    const [drill, ...more] = JSON.parse(out);
    assertEquals([drill.name, drill.suite, drill.skipped, more], ["power-off", "full", {}, []]);
  }));

Deno.test("drill names every unknown drill at once, with what was meant", () =>
  withInventory("", async (path) => {
    const { code, out, err } = await cli([
      "drill",
      path,
      "keepalived-stoped",
      "link-down",
      "xyzzy",
    ]);
    assertEquals([code, out], [1, ""]);
    assertStringIncludes(err, 'Cannot run drill "keepalived-stoped"');
    assertStringIncludes(err, "hint: keepalived-stopped");
    assertStringIncludes(err, 'Cannot run drill "xyzzy"');
    assertStringIncludes(err, "--list shows them all");
  }));

Deno.test("drill breaks no static pods, which it could not give back", () =>
  withInventory(
    ", mode: static-pods, images: { haproxy: 'haproxy:2.8', keepalived: 'k:2.2' }",
    async (path) => {
      const { code, err } = await cli(["drill", path, "haproxy-killed", "--yes"]);
      assertEquals(code, 1);
      assertStringIncludes(
        err,
        "its daemons are static pods, and drills break units [static-pods]",
      );
    },
  ));

Deno.test("drill breaks nothing in production without --yes, and says what it would break", () =>
  withInventory(", production: true", async (path) => {
    const { code, out, err } = await cli(["drill", path, "link-down", "--json"]);
    assertEquals(code, 1);
    assertStringIncludes(err, "production: true");
    assertStringIncludes(err, "link-down: the network link");
    assertStringIncludes(err, "--yes");
    assert(!assertEvents(out.trimEnd().split("\n")).some(({ type }) => type === "run-start"));
    assertEquals((await cli(["drill", path, "link-down", "--yes"])).code, 4);
  }));

Deno.test("drill breaks nothing where a host cannot be reached", () =>
  withInventory("", async (path) => {
    const { code, out } = await cli(["drill", path, "link-down", "--json"]);
    assertEquals(code, 4);
    const events = assertEvents(out.trimEnd().split("\n"));
    const lost = events.filter((event) =>
      event.type === "task-end" && event.status === "unreachable"
    );
    assertEquals(lost.length, 2);
    assertEquals(events.some(({ type }) => type.startsWith("drill")), false);
  }));

Deno.test("drill --drill takes drills of one's own, and says what is wrong with a file", () =>
  withInventory("", async (path, dir) => {
    const mine = { name: "mine", title: "mine is broken", about: "x", suite: "quick" };
    const text = (more: string) => `export default [{ ...${JSON.stringify(mine)}${more} }];\n`;
    await Deno.writeTextFile(`${dir}/mine.ts`, text(", plan: () => ({})"));
    await Deno.writeTextFile(`${dir}/bad.ts`, text(""));
    const good = await cli(["drill", path, "mine", "--drill", `${dir}/mine.ts`, "--list"]);
    assertEquals(good.code, 0);
    assertMatch(good.out, /^mine +quick +mine is broken$/m);
    const files = ["--drill", `${dir}/bad.ts`, "--drill", `${dir}/none.ts`];
    const bad = await cli(["drill", path, ...files]);
    assertEquals(bad.code, 1);
    assertStringIncludes(bad.err, 'bad.ts": its default export is no drill');
    assertStringIncludes(bad.err, "none.ts");
  }));

Deno.test("drill says which permissions it needs when nobody can be asked", () =>
  withInventory(", drill: { power_command: [ipmi, '{host}', '{action}'] }", async (path) => {
    const { code, err } = await cli(["drill", path, "link-down"], {
      flags: ["--no-prompt", "--allow-read"],
    });
    assertEquals(code, 1);
    assertStringIncludes(err, "--allow-net=10.0.0.10:8443");
    assertStringIncludes(err, "--allow-run=ssh,sh,ipmi");
  }));

Deno.test("drill contacts no host when it may not ask the endpoint, or start what it needs", () =>
  withInventory(", drill: { power_command: [ipmi, '{host}', '{action}'] }", async (path) => {
    const flags = ["--no-prompt", "--allow-read", "--allow-env", "--allow-run=ssh,sh"];
    const refused = (name: string) => cli(["drill", path, name, "--json"], { flags });
    const { code, out, err } = await refused("power-off");
    assertEquals(code, 1);
    assertStringIncludes(err, "give it --allow-net=10.0.0.10:8443 --allow-run=ipmi too");
    const events = assertEvents(out.trimEnd().split("\n"));
    assertEquals(events.some(({ type }) => type === "run-start"), false);
    // What switches power is not needed for a link that is down.
    assertStringIncludes(
      (await refused("link-down")).err,
      "give it --allow-net=10.0.0.10:8443 too",
    );
  }));

Deno.test("words of commands are filled in without a shell, whatever stands in them", async () => {
  const settings = {
    powerCommand: ["ipmi", "--host={host}", "{action}", "$(x) {host}"],
    apiCommand: ["ctl", "{server}", "{action}"],
  };
  assertEquals(powerWords(settings, "lb1", "off"), ["ipmi", "--host=lb1", "off", "$(x) lb1"]);
  assertEquals(apiWords(settings, "m1", "500"), ["ctl", "m1", "500"]);
  assertEquals(undoWords(settings, { kind: "power", host: "lb2" })[2], "on");
  assertEquals(undoWords(settings, { kind: "api", server: "m1", act: "start" })[2], "start");
  await withTempDir(async (dir) => {
    await runWords(["touch", `${dir}/a b;c`]);
    assertEquals((await Deno.stat(`${dir}/a b;c`)).isFile, true);
    const failed = await runWords(["sh", "-c", "echo out of order >&2; exit 7"]).catch(String);
    assertMatch(String(failed), /ended with 7: out of order/);
    assertMatch(await runWords([`${dir}/none`]).then(() => "", String), /cannot be started/);
  });
});

/** A program that arms a guard, says what it did, and waits to be killed. */
const CONTROLLER = (undo: readonly string[], more = "") =>
  `import { Guards } from ${
    JSON.stringify(new URL("../../src/commands/guard.ts", import.meta.url))
  };
import { runWords } from ${
    JSON.stringify(new URL("../../src/commands/drill_commands.ts", import.meta.url))
  };
const guards = new Guards();
guards.arm([${JSON.stringify(undo)}]);
${more}
console.log("armed");
await new Promise((resolve) => setTimeout(resolve, 60_000));
`;

/** Runs a controller in a folder until it is armed and something holds, and kills it. */
async function killed(dir: string, program: string, holds: () => Promise<boolean>): Promise<void> {
  await Deno.writeTextFile(`${dir}/x.ts`, program);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${dir}/x.ts`],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  await eventually(holds);
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("it never came");
}

const textOf = (path: string) => Deno.readTextFile(path).catch(() => "");

Deno.test("a guard undoes what its controller cannot, when that is killed", () =>
  withTempDir(async (dir) => {
    const words = ["sh", "-c", 'printf %s "$1" > "$0"', `${dir}/undone`, "it's $HOME"];
    await killed(dir, CONTROLLER(words), async () => await textOf(`${dir}/undone`) === "");
    await eventually(async () => await textOf(`${dir}/undone`) === "it's $HOME");
  }));

Deno.test("a guard undoes nothing before what breaks has ended, however long that takes", () =>
  withTempDir(async (dir) => {
    const undo = ["sh", "-c", 'echo undone >>"$0"', `${dir}/log`];
    // It goes on until it is let go: nobody can be fast enough by luck.
    const slow = 'echo begun >>"$0"; until [ -e "$0.go" ]; do sleep 0.1; done; echo broke >>"$0"';
    const breaks = JSON.stringify(["sh", "-c", slow, `${dir}/log`]);
    const more = `runWords(["true"], { know: (pid) => guards.know(pid) }).then(() =>
  runWords(${breaks}, { know: (pid) => guards.know(pid) }));`;
    const program = CONTROLLER(undo, more);
    await killed(dir, program, async () => await textOf(`${dir}/log`) === "begun\n");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assertEquals(await textOf(`${dir}/log`), "begun\n");
    await Deno.writeTextFile(`${dir}/log.go`, "");
    await eventually(async () => await textOf(`${dir}/log`) === "begun\nbroke\nundone\n");
  }));

Deno.test("a command that breaks begins only when its process is known", () =>
  withTempDir(async (dir) => {
    const order: string[] = [];
    const ended = () => Promise.resolve(void order.push("over"));
    await runWords(["sh", "-c", 'echo $PPID >"$0"', `${dir}/a b`], {
      know: async (pid) => {
        order.push(await textOf(`${dir}/a b`), String(pid));
        return ended;
      },
    });
    const parent = (await textOf(`${dir}/a b`)).trim();
    assertEquals(order, ["", parent, "over"]);
    const fails = runWords(["sh", "-c", "echo no >&2; exit 7"], {
      know: () => Promise.resolve(ended),
    });
    assertMatch(await fails.then(() => "", String), /ended with 7: no/);
    assertEquals(order.length, 4);
  }));

Deno.test({
  name: "a command that hangs is given up, though what it started holds its output",
  // What it started is left to itself, which is what is tried.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const since = performance.now();
    for (const script of ["sleep 20 & wait", "sleep 20 &"]) {
      const hangs = runWords(["sh", "-c", script], { limitMs: 300 });
      assertMatch(await hangs.then(() => "", String), /took longer than 0.3 s/);
    }
    assert(performance.now() - since < 15_000);
  },
});

Deno.test("a guard that is disarmed undoes nothing", () =>
  withTempDir(async (dir) => {
    // It waits for the guard's own end: what has not happened by then never will.
    await new Guards().arm([["touch", `${dir}/undone`], ["touch", `${dir}/undone`]])();
    assertEquals(await Array.fromAsync(Deno.readDir(dir)), []);
  }));
