/** What `check` and `apply` say of machines of a vCenter, before they contact a host. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { withTempDir } from "../../helpers.ts";
import { PASSWORD } from "../../placement/fake_vcenter.ts";
import { simulated, type Simulator, simulator } from "../../placement/simulator.ts";
import { cli, type CliResult, DEAD_END } from "../cli.ts";
import { inFolder, place } from "./vsphere_site.ts";

/** Two load balancers at a port where nobody listens, that are machines 0 and 1. */
const inventory = (server: string, placement: string) =>
  DEAD_END.replace(
    "ansible_port: 1",
    `ansible_port: 1
    placement:
      provider: vsphere
      cluster_name: prod
      vsphere: { server: '${server}', ca_file: ca.pem, user: deploy@vsphere.local, ${placement} }
      groups: { load_balancers: { policy: anti_affinity } }`,
  ).replace(/lb1: \{ ?/, "lb1: { vsphere_vm: DC0_C0_RP0_VM0, ")
    .replace(/lb2: \{ ?/, "lb2: { vsphere_vm: DC0_C0_RP0_VM1, ");

async function run(
  command: "check" | "apply",
  text: string,
  env: Readonly<Record<string, string>> = { VSPHERE_PASSWORD: PASSWORD },
): Promise<CliResult> {
  let result: CliResult = { code: -1, out: "", err: "" };
  await inFolder(text, async (file) => {
    result = await cli([command, file], { env });
  });
  assert(!`${result.out}${result.err}`.includes(PASSWORD));
  return result;
}

const SHARED =
  'Members of group "load_balancers" share host "DC0_C0_H0": "lb1" and "lb2" [shared-host]';
const REQUIRED = (text: string) =>
  text.replace("cluster_name", "required: true\n      cluster_name");

async function shared(): Promise<Simulator> {
  const sim = await simulator("-hosts", "3", "-vms", "4");
  await place(sim, [0, 0]);
  return sim;
}

for (const command of ["check", "apply"] as const) {
  simulated(`${command} warns of machines that share a host, where it knows who asks`, async () => {
    await using sim = await shared();
    const text = inventory(sim.server, "cluster: DC0/DC0_C0");
    const warned = await run(command, text);
    assertEquals(warned.code, 4, warned.err);
    assertStringIncludes(warned.err, `warning: ${SHARED}`);
    const unasked = await run(command, text, {});
    assertEquals([unasked.code, unasked.err.includes("shared-host")], [4, false]);
    assertEquals(await sim.writes(), 0);
  });

  simulated(`${command} contacts no host where machines must be apart and are not`, async () => {
    await using sim = await shared();
    const { code, out, err } = await run(command, REQUIRED(inventory(sim.server, "")));
    assertEquals(code, 1);
    assertStringIncludes(err, SHARED);
    assert(!`${out}${err}`.includes("Cannot connect"), err);
    await place(sim, [0, 1]);
    const apart = await run(command, REQUIRED(inventory(sim.server, "")));
    assertEquals([apart.code, apart.err.includes("shared-host")], [4, false]);
  });
}

simulated(
  "a vCenter that cannot be asked is a warning, and an error where that is required",
  async () => {
    const text = inventory("127.0.0.1:1", "");
    const warned = await run("check", text);
    assertEquals(warned.code, 4);
    assertStringIncludes(warned.err, "warning: Cannot reach 127.0.0.1:1");
    const refused = await run("check", REQUIRED(text));
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.err, "hosts.yaml:");
    assertStringIncludes(refused.err, "[platform-unreachable]");
  },
);

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

simulated("no program is started for a placement that nobody requires", async () => {
  await using sim = await shared();
  await withTempDir(async (dir) => {
    const text = inventory(sim.server, `password: { command: [mkdir, '${dir}/started'] }`);
    const passed = await run("check", text);
    assertEquals([passed.code, passed.err.includes("placement")], [4, false]);
    assertEquals(await exists(`${dir}/started`), false);
    const refused = await run("check", REQUIRED(text));
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.err, 'from the program "mkdir": it is empty');
    assertEquals(await exists(`${dir}/started`), true);
  });
});
