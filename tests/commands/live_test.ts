import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Screen } from "../reporters/screen.ts";
import { withTempDir } from "../helpers.ts";
import { CLI, cli, DEAD_END, hasTerminals, plainEnv, start } from "./cli.ts";

const LIVE = new URL("../../src/commands/live.ts", import.meta.url).href;
const DRAWN = "hosts done";

if (!hasTerminals()) {
  console.warn("LEFT OUT: progress on a real terminal: no script(1) of util-linux");
}

/** An inventory, and an ssh that takes its time and then fails. */
async function withSlowHosts(work: (inventory: string, path: string) => Promise<void>) {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/hosts.yaml`, DEAD_END);
    await Deno.mkdir(`${dir}/bin`);
    const ssh = "#!/bin/sh\nsleep 1.5; echo gone away >&2; exit 255\n";
    await Deno.writeTextFile(`${dir}/bin/ssh`, ssh, { mode: 0o755 });
    await work(`${dir}/hosts.yaml`, `${dir}/bin:${plainEnv()["PATH"]}`);
  });
}

/** What a program writes to a terminal of 100 columns, and what stands there at the end. */
async function onTerminal(line: string, env: Record<string, string> = {}) {
  const { out } = await start("script", ["-qec", `stty cols 100 rows 30; ${line}`, "/dev/null"], {
    env: { SHELL: "/bin/sh", TERM: "xterm", ...env },
  });
  const screen = new Screen(100, 30);
  screen.write(out);
  return { written: out, seen: screen.text };
}

const words = (inventory: string, flags: string) =>
  `'${Deno.execPath()}' run -q --no-prompt -A '${CLI}' check '${inventory}' ${flags}; echo "code $?"`;

Deno.test({
  name: "a terminal shows what the slow hosts do, and nothing of it when the run is over",
  ignore: !hasTerminals(),
  fn: () =>
    withSlowHosts(async (inventory, PATH) => {
      const { written, seen } = await onTerminal(words(inventory, ""), { PATH });
      assertStringIncludes(written, "check: 0/2 hosts done");
      assertMatch(written, /lb[12] no answer yet \d s/);
      assert(!seen.includes(DRAWN) && !seen.includes("no answer yet"), seen);
      // What is left is the report, whole and in order.
      assertMatch(seen, /^check \(nothing will be changed\)/);
      assertMatch(seen, /^lb1 : ok=0 changed=0 unreachable=1 failed=0 skipped=0$/m);
      assertMatch(seen, /\ncode 4$/);
    }),
});

const SILENT: Readonly<Record<string, readonly [flags: string, env?: Record<string, string>]>> = {
  "under CI": ["", { CI: "true" }],
  "on a dumb terminal": ["", { TERM: "dumb" }],
  "with --json": ["--json"],
  "where standard error is a file": ["2>/dev/null"],
};

for (const [name, [flags, env]] of Object.entries(SILENT)) {
  Deno.test({
    name: `a terminal shows no progress ${name}`,
    ignore: !hasTerminals(),
    fn: () =>
      withSlowHosts(async (inventory, PATH) => {
        const { written } = await onTerminal(words(inventory, flags), { PATH, ...env });
        assertStringIncludes(written, "code 4");
        assert(!written.includes(DRAWN), written);
      }),
  });
}

Deno.test("a pipe gets no progress", () =>
  withSlowHosts(async (inventory, PATH) => {
    const { out, err } = await cli(["check", inventory], { env: { PATH, FORCE_COLOR: "1" } });
    assertEquals([err, out.includes(DRAWN)], ["", false]);
  }));

const ENDINGS: Readonly<Record<string, string>> = {
  "a second Ctrl-C": "Deno.exit(130);",
  "a bug that nobody catches": `Promise.reject(new TypeError("a bug"));`,
  "a bug in a timer":
    `setTimeout(() => { throw new TypeError("a bug"); }); await new Promise(() => {});`,
};

for (const [name, ending] of Object.entries(ENDINGS)) {
  Deno.test({
    name: `a terminal shows nothing of the progress after ${name}`,
    ignore: !hasTerminals(),
    fn: () =>
      withTempDir(async (dir) => {
        const text = (stream: string) =>
          `(text) => Deno.${stream}.writeSync(new TextEncoder().encode(text))`;
        const program = `import { live } from "${LIVE}";
const region = live({}, { out: ${text("stdout")}, err: ${text("stderr")} });
const at = Date.now() - 5000;
region.read({ type: "run-start", at, mode: "apply", play: "", inventory: "", hosts: ["a"], places: {} });
region.io.out("a line of the report\\n");
${ending}`;
        await Deno.writeTextFile(`${dir}/program.ts`, program);
        const config = new URL("../../deno.json", import.meta.url).pathname;
        const line =
          `'${Deno.execPath()}' run -q --no-check --no-prompt -A -c '${config}' '${dir}/program.ts'`;
        const { written, seen } = await onTerminal(line);
        assertStringIncludes(written, "apply: 0/1 hosts done");
        assert(!seen.includes(DRAWN), seen);
        assert(seen.startsWith("a line of the report"), seen);
        assertEquals(seen.includes("a bug"), name.startsWith("a bug"), seen);
      }),
  });
}
