/** Where machines run, asked of real libvirtd with real QEMU guests, over real ssh. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { denoArgs } from "../../src/commands/permissions.ts";
import { platformNeeds } from "../../src/commands/secrets_named.ts";
import { loadInventory, noSecrets } from "../../src/inventory/load.ts";
import type { Lab, Suite } from "../../src/lab/mod.ts";
import { withTempDir } from "../helpers.ts";
import { full, labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import { define, installLibvirt, programs } from "./hypervisors.ts";

const ignore = await labAvailable() !== undefined;

/** What a test changes of the inventory. */
interface Site {
  /** Hypervisors in flow style. @default {"lb1, lb2"} */
  readonly hypervisors?: string;
  /** Masters in flow style. */
  readonly masters?: string;
  /** More of the placement. */
  readonly more?: string;
}

const MASTERS = '{ m1: { libvirt_domain: "k8s m1", failure_domain: lb1 }, m2: {} }';

function inventory(lab: Lab, { hypervisors = "lb1, lb2", masters = MASTERS, more = "" }: Site) {
  const hosts = lab.hosts.map(({ name, address }) => `${name}: { ansible_host: ${address} }`);
  return `all:
  vars:
    placement:
      provider: libvirt
      libvirt: { hypervisors: [${hypervisors}] }
      groups: { masters: { policy: anti_affinity } }
      ${more}
  children:
    kvm:
      vars:
        ansible_user: ${lab.user}
        ansible_ssh_private_key_file: ${lab.keyFile}
        endpoint: { address: ${lab.vip}, backends: [{ name: a, address: ${lab.controllerAddress} }] }
      hosts: { ${hosts.join(", ")} }
    masters: { hosts: ${masters}, vars: { ansible_host: ${lab.vip} } }
`;
}

/** What libvirt and virsh print is another one in each. */
const SUITES: readonly Suite[] = full ? ["bookworm", "bullseye", "trixie"] : ["bookworm"];

for (const suite of SUITES) {
  Deno.test({
    name: `placement check asks hypervisors of ${suite}, before and after a live migration`,
    ignore,
    fn: (t) =>
      withLab(`libvirt${suite.slice(0, 2)}`, (lab) =>
        withTempDir(async (dir) => {
          await installLibvirt(lab);
          await define(lab, "lb1", "k8s m1");
          await define(lab, "lb1", "stopped");
          await define(lab, "lb2", "m2");
          await hf.root(lab, "lb1", "virsh -q start 'k8s m1'");
          await hf.root(lab, "lb2", "virsh -q start m2");
          const bin = await programs(lab, dir);

          /** Runs a command with the permissions that it names, and no agent. */
          const run = async (site: Site = {}, command = "placement") => {
            const file = `${dir}/hosts.yaml`;
            await Deno.writeTextFile(file, inventory(lab, site));
            const { inventory: read } = await loadInventory(file, { secrets: noSecrets });
            const words = command === "placement" ? ["placement", "check", file] : [command, file];
            const platforms = platformNeeds(read.placements);
            const args = denoArgs(command, "cli.ts", words, { env: [], programs: [], platforms });
            const env = { PATH: `${bin}:/usr/bin:/bin`, NO_COLOR: "1", SSH_AUTH_SOCK: "" };
            return await hf.spawn(args, env).done;
          };

          await t.step(
            "each on a hypervisor of its own, asked by a user who may only read",
            async () => {
              const { code, stdout, stderr } = await run();
              assertEquals([code, stderr], [0, ""]);
              assertEquals(stdout, "masters: 2 members on 2 of 2 hosts (wanted: each alone): ok\n");
            },
          );

          await t.step("a machine that is off has no host", async () => {
            const { code, stdout, stderr } = await run({ masters: "{ m2: {}, stopped: {} }" });
            assertEquals(code, 0, stderr);
            assertStringIncludes(
              stdout,
              "2 members on 1 of 2 hosts (wanted: each alone): not known of 1",
            );
            assertStringIncludes(stderr, 'where "stopped" of group "masters" will be');
          });

          await t.step("a machine that is nowhere", async () => {
            const { code, stderr } = await run({
              masters: '{ m22: {}, m1: { libvirt_domain: "-c" } }',
            });
            assertEquals(code, 1);
            assertStringIncludes(
              stderr,
              'Cannot find machine "m22" on "lb1" and "lb2"; did you mean "m2"? [platform-not-found]',
            );
            assertStringIncludes(stderr, 'Cannot find machine "-c" on "lb1" and "lb2"');
          });

          await t.step(
            "after a live migration two share one, and what is left counts no more",
            async () => {
              await Promise.all(
                lab.hosts.map(({ name }) => hf.root(lab, name, `usermod -aG libvirt ${lab.user}`)),
              );
              await migrate(lab, bin, "k8s m1");
              const { code, stdout, stderr } = await run();
              assertEquals(code, 2, stderr);
              assertStringIncludes(stdout, "  shared lb2: m1, m2\n");
              assertStringIncludes(
                stderr,
                '"m1" runs on host "lb2", and the inventory says failure',
              );
            },
          );

          await t.step("check stops before it contacts a host where that is required", async () => {
            const { code, stdout, stderr } = await run({ more: "required: true" }, "check");
            assertEquals([code, stdout], [1, ""]);
            assertStringIncludes(stderr, 'share host "lb2": "m1" and "m2" [shared-host]');
          });

          await t.step("a machine on two hypervisors at once", async () => {
            await hf.root(lab, "lb1", "virsh -q start 'k8s m1'");
            const { code, stderr } = await run();
            assertEquals(code, 1);
            assertStringIncludes(stderr, 'it is on "lb1" and "lb2" at once [platform-ambiguous]');
          });

          await t.step("the lists of the test driver, by a URI", async () => {
            const { code, stdout, stderr } = await run({
              hypervisors: "test+ssh://lb1/default",
              masters: "{ a: { libvirt_domain: test } }",
            });
            assertEquals(code, 0, stderr);
            assertStringIncludes(
              stdout,
              "masters: 1 member on 1 of 1 host (wanted: each alone): ok",
            );
          });

          await t.step("everything that is in the way is said at once", async () => {
            const [first] = lab.hosts.map(({ address }) => address);
            await hf.root(lab, "lb1", "systemctl stop 'libvirtd*'");
            await hf.root(lab, "lb2", "kill -STOP $(cat /run/libvirtd.pid)");
            const others = `lb1, lb2, '${first}:444', qemu+ssh://root@lb1/session, nowhere.invalid`;
            const { code, stderr } = await run({ hypervisors: `${others}, xen+ssh://lb2/system` });
            assertEquals(code, 4, stderr);
            for (
              const [name, why] of [
                ["lb1", "libvirt does not listen there"],
                ["lb2", "no answer within 20 s [platform-unreachable]"],
                [`${first}`, "connection refused: no ssh server listens there"],
                ["lb1", "ssh: permission denied: "],
                ["nowhere.invalid", "its name does not resolve"],
              ]
            ) assertStringIncludes(stderr, `Cannot ask hypervisor ${name}: ${why}`);
            assertStringIncludes(stderr, "[platform-login]");
          });

          await t.step("a host key that is not known, a socket that is closed", async () => {
            await hf.root(lab, "lb2", "kill -CONT $(cat /run/libvirtd.pid)");
            await hf.root(
              lab,
              "lb1",
              "systemctl start libvirtd.socket libvirtd-ro.socket; chmod 700 /run/libvirt/libvirt-sock-ro",
            );
            const closed = await run();
            assertEquals(closed.code, 3, closed.stderr);
            assertStringIncludes(closed.stderr, "lb1: libvirt lets this user see nothing: ");
            assertStringIncludes(closed.stderr, "[platform-permission]");
            await Deno.writeTextFile(
              `${dir}/config`,
              "StrictHostKeyChecking ask\nUserKnownHostsFile /dev/null\nGlobalKnownHostsFile /dev/null\n",
            );
            const unknown = await run();
            assertEquals(unknown.code, 3, unknown.stderr);
            assertStringIncludes(unknown.stderr, "lb2: its host key is not known: ");
          });
        }), { suite }),
  });
}

/** Moves a running guest from lb1 to lb2; its definition stays on both. */
async function migrate(lab: Lab, bin: string, name: string): Promise<void> {
  const [from, to] = lab.hosts.map(({ address }) => address);
  const uri = (address: string | undefined) =>
    `qemu+ssh://${lab.user}@${address}/system?no_tty=1&keyfile=${lab.keyFile}`;
  const { success, stderr } = await new Deno.Command(`${bin}/virsh`, {
    args: ["-c", uri(from), "migrate", "--live", "--persistent", name, uri(to), `tcp://${to}`],
    env: { PATH: `${bin}:/usr/bin:/bin` },
  }).output();
  assertEquals([success, new TextDecoder().decode(stderr)], [true, ""]);
}
