/** Commands over hypervisors, with a stand-in for virsh; the real one is in tests/lab/libvirt_test.ts. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { withTempDir } from "../../helpers.ts";
import { printed } from "../../placement/libvirt_kit.ts";
import { cli, type CliResult, DEAD_END, plainEnv } from "../cli.ts";

/** Two load balancers at a port where nobody listens. */
const inventory = (more: string) =>
  DEAD_END.replace(
    "ansible_port: 1",
    `ansible_port: 1
    placement:
      provider: libvirt${more}
      libvirt: { hypervisors: [kvm1, root@kvm2] }
      groups: { load_balancers: { policy: anti_affinity } }`,
  ).replace(/lb1: \{ ?/, "lb1: { libvirt_domain: k8s lb1, ");

/** Runs a command; `answers` is what virsh prints, by hypervisor. */
async function run(
  args: readonly string[],
  answers: Readonly<Record<string, string>> | undefined,
  more = "",
): Promise<CliResult & { readonly asked: readonly string[] }> {
  let result: CliResult & { readonly asked: readonly string[] } | undefined;
  await withTempDir(async (dir) => {
    const log = join(dir, "asked");
    await Deno.writeTextFile(log, "");
    await Deno.mkdir(join(dir, "bin"));
    for (const [name, text] of Object.entries(answers ?? {})) {
      await Deno.writeTextFile(join(dir, name), text);
    }
    const script = `#!/bin/sh
echo "$3" >>'${log}'
for name in kvm1 kvm2; do case $3 in *$name*) cat '${dir}'/$name || exit 1; esac; done
`;
    if (answers !== undefined) {
      await Deno.writeTextFile(join(dir, "bin", "virsh"), script, { mode: 0o755 });
    }
    const file = join(dir, "hosts.yaml");
    await Deno.writeTextFile(file, inventory(more));
    const [command = "", ...others] = args;
    const words = command === "placement" ? [command, ...others, file] : [command, file, ...others];
    const path = `${join(dir, "bin")}:${plainEnv()["PATH"]}`;
    const ended = await cli(words, { env: { PATH: path } });
    const asked = (await Deno.readTextFile(log)).split("\n").filter((line) => line !== "").sort();
    result = { ...ended, asked };
  });
  if (result === undefined) throw new Error("Cannot tell how it ended");
  return result;
}

const SHARED = { kvm1: printed({ "k8s lb1": 1, lb2: 2 }), kvm2: printed({}) };
const APART = { kvm1: printed({ "k8s lb1": 1 }), kvm2: printed({ lb2: 2 }) };
const SAID = 'Members of group "load_balancers" share host "kvm1": "lb1" and "lb2" [shared-host]';

Deno.test("placement check says who shares a hypervisor, and asks each once, read only", async () => {
  const { code, out, err, asked } = await run(["placement", "check"], SHARED);
  assertEquals(code, 2, err);
  assertStringIncludes(out, "  shared kvm1: lb1, lb2\n");
  assertStringIncludes(err, SAID);
  assertEquals(asked, [
    "qemu+ssh://kvm1/system?no_tty=1",
    "qemu+ssh://root@kvm2/system?no_tty=1",
  ]);
  const apart = await run(["placement", "check"], APART);
  assertEquals([apart.code, apart.out], [
    0,
    "load_balancers: 2 members on 2 of 2 hosts (wanted: each alone): ok\n",
  ]);
});

Deno.test("placement check --json gives a document", async () => {
  const { out } = await run(["placement", "check", "--json"], SHARED);
  const [first] = JSON.parse(out).placements;
  assertEquals([first.provider, first.enforced, first.places, first.violations.length], [
    "libvirt",
    false,
    "hosts",
    1,
  ]);
});

Deno.test("simulate loses hypervisors with --placement, and starts no virsh without it", async () => {
  const { code, out, err, asked } = await run(["simulate", "--placement", "--strict"], SHARED);
  assertEquals([code, asked.length], [2, 2], err);
  assertStringIncludes(out, "according to libvirt\n(placement of all).");
  assertStringIncludes(err, 'without host "kvm1" ("lb1", "lb2") no load balancer is left');
  const apart = await run(["simulate", "--placement"], APART);
  assertEquals([apart.code, apart.err.includes("no load balancer is left")], [0, false]);
  assertEquals((await run(["simulate"], SHARED)).asked, []);
  assertEquals((await run(["simulate", "--placement"], { kvm2: printed({}) })).code, 3);
});

Deno.test("placement apply says that there is nothing to write", async () => {
  const { code, out } = await run(["placement", "apply"], APART);
  assertEquals(code, 0);
  assertStringIncludes(out, "Nothing to write for the placement of all: provider libvirt has no");
  assertEquals((await run(["placement", "apply"], SHARED)).code, 3);
});

Deno.test("a virsh that fails is an error at its hypervisor; one that is missing is said once", async () => {
  const { code, err } = await run(["placement", "check"], { kvm2: printed({}) });
  assertEquals(code, 3);
  assertStringIncludes(err, "Cannot ask hypervisor kvm1: virsh ended with 1");
  assertStringIncludes(err, "[platform-refused]");
  const missing = await run(["placement", "check"], undefined);
  // Somebody's machine may have it: then it reaches nothing of these names.
  if (missing.err.includes("Cannot start virsh")) {
    assertEquals(missing.code, 1);
    assertEquals(missing.err.match(/Cannot start virsh/g)?.length, 1);
    assertStringIncludes(missing.err, "hint: Debian package: libvirt-clients");
  }
});

for (const command of ["check", "apply"]) {
  Deno.test(`${command} starts no virsh for a placement that nobody requires`, async () => {
    const { code, err, asked } = await run([command], SHARED);
    assertEquals([code, err.includes("shared-host"), asked], [4, false, []]);
  });

  Deno.test(`${command} contacts no host where machines must be apart and are not`, async () => {
    const required = "\n      required: true";
    const { code, out, err } = await run([command], SHARED, required);
    assertEquals([code, `${out}${err}`.includes("Cannot connect")], [1, false]);
    assertStringIncludes(err, SAID);
    const apart = await run([command], APART, required);
    assertEquals([apart.code, apart.err.includes("shared-host"), apart.asked.length], [
      4,
      false,
      2,
    ]);
    const failing = await run([command], { kvm1: "" }, required);
    assertEquals(failing.code, 1);
    assertStringIncludes(failing.err, "[platform-answer]");
    assertStringIncludes(failing.err, "[platform-refused]");
  });
}
