/** How virsh is started: a stand-in of that name shows its words, and misbehaves. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import type { VirshEnd } from "../../src/placement/libvirt/virsh.ts";
import { withTempDir } from "../helpers.ts";
import { ROOT } from "../commands/cli.ts";

const URI = "qemu+ssh://-oX@kvm/system?no_tty=1&keyfile=/a b;c$(d)";

/** Runs what the stand-in says in a process of its own, whose PATH leads to it. */
async function asked(script: string | undefined, more: {
  readonly flags?: readonly string[];
  readonly timeoutMs?: number;
} = {}): Promise<{ end?: VirshEnd; error?: [string, string, string?]; ms: number }> {
  const { flags = ["--allow-all"], timeoutMs = 5000 } = more;
  let text = "";
  await withTempDir(async (dir) => {
    if (script !== undefined) {
      await Deno.writeTextFile(join(dir, "virsh"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    const main = join(dir, "main.ts");
    const module = (path: string) => JSON.stringify(new URL(path, `file://${ROOT}`).href);
    await Deno.writeTextFile(
      main,
      `import { systemVirsh } from ${module("src/placement/libvirt/virsh.ts")};
const began = performance.now();
const over = (it: object) => console.log(JSON.stringify({ ...it, ms: performance.now() - began }));
try {
  const { code, stdout, stderr } = await systemVirsh(${timeoutMs})("kvm", ${JSON.stringify(URI)});
  over({ end: { code, stdout: new TextDecoder().decode(stdout), stderr } });
} catch (error) {
  over({ error: [error.obstacle, error.message, error.hint] });
}
Deno.exit();
`,
    );
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", ...flags, "--config", join(ROOT, "deno.json"), main],
      env: {
        ...(Deno.env.has("DENO_DIR") ? { DENO_DIR: Deno.env.get("DENO_DIR") ?? "" } : {}),
        PATH: script === undefined ? dir : `${dir}:/usr/bin:/bin`,
        HOME: Deno.env.get("HOME") ?? "/",
        SSH_AUTH_SOCK: "/agent",
        LC_ALL: "de_DE.UTF-8",
        VSPHERE_PASSWORD: "s3cret",
        LIBVIRT_DEFAULT_URI: "test:///default",
      },
      clearEnv: true,
      stdin: "null",
    }).output();
    text = new TextDecoder().decode(stdout);
    assert(text !== "", new TextDecoder().decode(stderr));
  });
  return JSON.parse(text);
}

Deno.test("virsh gets its words as arguments, no terminal and no input, and little of the environment", async () => {
  const { end } = await asked(
    `for word; do printf '[%s]' "$word"; done; echo; env | sort
cat | wc -c; (exec </dev/tty) 2>/dev/null || echo no terminal; echo late >&2; exit 7`,
  );
  const lines = (end?.stdout.toString() ?? "").split("\n")
    .filter((line) => !/^(PWD|OLDPWD|SHLVL|_|HOME)=/.test(line));
  assertEquals([end?.code, end?.stderr], [7, "late\n"]);
  assertEquals(
    lines[0],
    `[--readonly][--connect][${URI}][list --all --uuid --name; echo active; list --uuid --name]`,
  );
  assertEquals(lines.slice(1, 3), ["LC_ALL=C", lines[2]]);
  assert(lines[2]?.startsWith("PATH="));
  assertEquals(lines.slice(3), ["SSH_AUTH_SOCK=/agent", "0", "no terminal", ""]);
});

Deno.test("a virsh that does not end is ended", async () => {
  const { error, ms } = await asked("exec sleep 60", { timeoutMs: 300 });
  assertEquals(error?.slice(0, 2), [
    "unreachable",
    "Cannot ask hypervisor kvm: no answer within 0.3 s",
  ]);
  assert(ms < 5000, `${ms}`);
});

Deno.test("a virsh that says too much is ended, and of complaints the last is kept", async () => {
  const { error } = await asked("exec yes");
  assertEquals(error?.slice(0, 2), [
    "answer",
    "Cannot ask hypervisor kvm: its answer is longer than 4194304 bytes",
  ]);
  const { end } = await asked("yes complaint | head -n 20000 >&2; echo last >&2");
  assert((end?.stderr.length ?? 0) <= 16 * 1024);
  assertStringIncludes(end?.stderr ?? "", "complaint\nlast\n");
});

Deno.test("a machine without virsh is told which package has it", async () => {
  const { error } = await asked(undefined);
  assertEquals(error, [
    "setting",
    "Cannot start virsh: it is not on this machine",
    "Debian package: libvirt-clients",
  ]);
});

Deno.test("a process that may not start virsh, or not read what ssh needs, says what allows it", async () => {
  const env = "--allow-env=PATH,HOME,SSH_AUTH_SOCK";
  const { error } = await asked("exit 0", { flags: ["--allow-read", env] });
  assertEquals(error?.[2], "Allow it with --allow-run=virsh");
  const { error: closed } = await asked("exit 0", { flags: ["--allow-run=virsh"] });
  assertEquals(closed?.[2], "Allow it with --allow-env=PATH,HOME,SSH_AUTH_SOCK");
  const { end } = await asked("exit 0", { flags: ["--allow-run=virsh", env] });
  assertEquals(end?.code, 0);
});
