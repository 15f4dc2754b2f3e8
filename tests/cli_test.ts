import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { VERSION } from "../src/version.ts";
import { cli, DEAD_END, hasTerminals, onTerminal, plainEnv, start } from "./commands/cli.ts";
import { withTempDir } from "./helpers.ts";

/** Without any permission, as somebody types it first. */
const BARE = { flags: [] };

// deno-lint-ignore no-control-regex
const ESCAPE = /\x1b/;

async function withDeadEnd(work: (inventory: string, dir: string) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/hosts.yaml`, DEAD_END);
    await work(`${dir}/hosts.yaml`, dir);
  });
}

Deno.test("cli --help names every command and needs no permission", async () => {
  const { code, out, err } = await cli(["--help"], BARE);
  assertEquals([code, err], [0, ""]);
  for (const name of ["apply", "check", "verify", "render", "lab"]) {
    assertMatch(out, new RegExp(`^  ${name} `, "m"));
  }
});

Deno.test("cli apply --help names every flag and needs no permission", async () => {
  const { code, out, err } = await cli(["apply", "--help"], BARE);
  assertEquals([code, err], [0, ""]);
  const flags = ["-C, --check", "-D, --diff", "-l, --limit", "-f, --forks", "-e, --extra-vars"];
  for (const flag of [...flags, "-u, --user", "-b, --become", "-K, --ask-become-pass", "--json"]) {
    assertStringIncludes(out, `  ${flag} `);
  }
});

Deno.test("cli --version says the version and needs no permission", async () => {
  assertEquals(await cli(["--version"], BARE), { code: 0, out: `${VERSION}\n`, err: "" });
});

Deno.test("cli without arguments shows the usage as an error", async () => {
  const { code, out, err } = await cli([], BARE);
  assertEquals([code, out], [1, ""]);
  assertStringIncludes(err, "Usage: holdfast");
});

const MISTAKES: Readonly<Record<string, readonly [args: readonly string[], said: string]>> = {
  "an unknown command": [["aply", "x"], "   hint: holdfast apply\n"],
  "an unknown flag": [["apply", "x", "--chekc"], "   hint: --check\n"],
  "no inventory": [["apply"], "Cannot apply without an inventory\n"],
  "--forks 0": [["apply", "x", "--forks", "0"], 'Cannot use "0" as "--forks"'],
};

for (const [name, [args, said]] of Object.entries(MISTAKES)) {
  Deno.test(`cli refuses ${name} with 1 and a sentence`, async () => {
    const { code, out, err } = await cli(args, BARE);
    assertEquals([code, out], [1, ""]);
    assertStringIncludes(err, said);
  });
}

Deno.test("cli without permissions says what it needs, and the command that it prints works", () =>
  withTempDir(async (dir) => {
    const folder = `${dir}/it's $(here)`;
    const refused = await cli(["render", "inventories/prod.yaml", "--out", folder], BARE);
    assertEquals([refused.code, refused.out], [1, ""]);
    for (const flag of ["--allow-read", "--allow-write", "--allow-env="]) {
      assertMatch(refused.err, new RegExp(`^  ${flag}.*\n      to [a-z]`, "m"));
    }
    const command = refused.err.trimEnd().split("\n").at(-1)?.trim() ?? "";
    assertMatch(command, /^deno run --no-prompt /);
    assert(!command.includes("--allow-all"), command);
    // The command says `deno`, whatever this one is called.
    await Deno.symlink(Deno.execPath(), `${dir}/deno`);
    const { code, out } = await start("sh", ["-c", command], {
      env: { PATH: `${dir}:${plainEnv().PATH}` },
    });
    assertEquals(code, 0);
    assertStringIncludes(out, `${folder}/lb1/etc/haproxy/haproxy.cfg\n`);
    assertEquals((await Deno.stat(`${folder}/lb1/etc/haproxy/haproxy.cfg`)).isFile, true);
  }));

Deno.test({
  name: "cli on a terminal asks once, and a yes runs it and passes its exit code on",
  ignore: !hasTerminals(),
  fn: () =>
    withDeadEnd(async (inventory, dir) => {
      const { code, screen } = await onTerminal(["apply", inventory], "y", dir);
      assertStringIncludes(screen, '"apply" needs\r\n  --allow-run=ssh');
      assertStringIncludes(screen, "lb1 : ok=0 changed=0 unreachable=1 failed=0 skipped=0");
      assertEquals(code, 4);
    }),
});

Deno.test({
  name: "cli on a terminal ends with 1 when the answer is no",
  ignore: !hasTerminals(),
  fn: () =>
    withDeadEnd(async (inventory, dir) => {
      const { code, screen } = await onTerminal(["apply", inventory], "n", dir);
      assertStringIncludes(screen, 'Cannot run "apply": the permission was not given');
      assertEquals([code, screen.includes("ok=0")], [1, false]);
    }),
});

Deno.test("cli shows the place of a mistake in an inventory, and touches no host", () =>
  withTempDir(async (dir) => {
    const text = DEAD_END.replace("{ address:", "{ adress:");
    await Deno.writeTextFile(`${dir}/hosts.yaml`, text);
    const { code, out, err } = await cli(["apply", "hosts.yaml"], { cwd: dir });
    assertEquals([code, out], [1, ""]);
    const line = text.split("\n").findIndex((it) => it.includes("adress")) + 1;
    assertMatch(err, new RegExp(`^hosts\\.yaml:${line}:\\d+: .*"adress"`, "m"));
    assertMatch(err, /^ {5} \| +\^{6}$/m);
    assertMatch(err, /^ {3}hint: address$/m);
  }));

Deno.test("cli shows what to add to an inventory without an endpoint", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/hosts.yaml`, "all:\n  hosts: { a: {} }\n");
    const { code, out, err } = await cli(["check", `${dir}/hosts.yaml`]);
    assertEquals([code, out], [1, ""]);
    assertMatch(err, /no group has an "endpoint" map/);
    assertMatch(err, /^ +endpoint:\n +address: 10\.0\.0\.10/m);
  }));

const REFUSALS: Readonly<Record<string, readonly [args: readonly string[], said: string]>> = {
  "a missing inventory": [["apply", "no such.yaml"], 'Cannot read "no such.yaml"'],
  "--limit of an unknown name": [
    ["check", "inventories/prod.yaml", "-l", "lb"],
    'Cannot select "lb": the inventory names no such host or group',
  ],
  "--limit without a load balancer": [
    ["check", "inventories/prod.yaml", "-l", "masters"],
    "hint: load balancers are lb1, lb2",
  ],
  "malformed --extra-vars": [
    ["check", "inventories/prod.yaml", "-e", "nonsense"],
    '--extra-vars:1:1: Cannot read "nonsense": expected k=v, {"k": "v"} or @file',
  ],
  "a user that is none": [["check", "inventories/prod.yaml", "-u", "-oProxyCommand=x"], "user"],
  "an empty sudo password": [["check", "inventories/prod.yaml", "-K"], "empty sudo password"],
  "a folder that cannot be": [
    ["render", "inventories/prod.yaml", "--out", "/dev/null"],
    'Cannot write "/dev/null/lb1/etc/haproxy/haproxy.cfg"',
  ],
};

for (const [name, [args, said]] of Object.entries(REFUSALS)) {
  Deno.test(`cli refuses ${name} with 1, on standard error only`, async () => {
    const { code, out, err } = await cli(args);
    assertEquals([code, out], [1, ""]);
    assertStringIncludes(err, said);
    assert(!err.includes("This is a bug"), err);
  });
}

Deno.test("cli render works offline and says what it assumes", () =>
  withTempDir(async (dir) => {
    const { code, out, err } = await cli(["render", "inventories/prod.yaml", "--out", dir]);
    assertEquals(code, 0);
    assertMatch(
      err,
      /^warning: no host was asked, assumed .*: haproxy \d.*, interface eth0 on lb1/m,
    );
    const listed = out.trim().split("\n");
    assertEquals(listed.filter((path) => path.startsWith(`${dir}/lb2/`)).length * 2, listed.length);
    const { mode } = await Deno.stat(`${dir}/lb1/etc/keepalived/check_haproxy_alive.sh`);
    assertEquals((mode ?? 0) & 0o777, 0o755);
    const text = await Deno.readTextFile(`${dir}/lb1/etc/keepalived/keepalived.conf`);
    assertMatch(text, /interface eth0\n/);
  }));

Deno.test("cli says 4 and a sentence for hosts that cannot be reached", () =>
  withDeadEnd(async (inventory) => {
    const { code, out } = await cli(["apply", inventory]);
    assertEquals(code, 4);
    assertStringIncludes(
      out,
      'Cannot open a shell on "lb2" (127.0.0.2:1) as "deploy": connection refused',
    );
    assertMatch(out, /^lb1 : ok=0 changed=0 unreachable=1 failed=0 skipped=0$/m);
    assertEquals(ESCAPE.test(out), false);
  }));

Deno.test("cli paints into a pipe when FORCE_COLOR asks for it, but never the recap", () =>
  withDeadEnd(async (inventory) => {
    const { out } = await cli(["check", inventory], { env: { FORCE_COLOR: "1" } });
    assertEquals(ESCAPE.test(out), true);
    assertMatch(out, /^lb1 : ok=0 /m);
  }));

Deno.test({
  name: "cli paints on a terminal, unless NO_COLOR is set",
  ignore: !hasTerminals(),
  fn: () =>
    withDeadEnd(async (inventory) => {
      const line = `'${Deno.execPath()}' run -q --no-prompt -A cli.ts check '${inventory}'`;
      const screen = async (env: Record<string, string>) =>
        (await start("script", ["-qec", line, "/dev/null"], {
          env: { SHELL: "/bin/sh", TERM: "xterm", ...env },
        })).out;
      assertEquals(ESCAPE.test(await screen({})), true);
      const plain = await screen({ NO_COLOR: "1" });
      assertEquals([ESCAPE.test(plain), plain.includes("lb2 : ok=0")], [false, true]);
    }),
});

Deno.test("cli does not mind a reader that has seen enough", () =>
  withDeadEnd(async (inventory) => {
    const line =
      `{ "$0" run --quiet --no-prompt --allow-all cli.ts apply "$1"; echo "code $?" >&2; } | head -n 1`;
    const { out, err } = await start("sh", ["-c", line, Deno.execPath(), inventory]);
    assertEquals([out, err], [`apply ${inventory}  lb1, lb2\n`, "code 4\n"]);
  }));
