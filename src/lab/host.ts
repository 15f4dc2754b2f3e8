/**
 * One host: a disk over the base image, a cable, and Debian's own systemd as its first process.
 *
 * @module
 */
import { join } from "@std/path";
import { makeGroups } from "./cgroup.ts";
import { killInhabitants } from "./inhabitants.ts";
import { hostKeyFile } from "./keys.ts";
import type { Lab, LabHost } from "./layout.ts";
import { isMounted } from "./mounts.ts";
import { cutOff, plugCommands, plugIn, unplug } from "./network.ts";
import { living, start, until } from "./process.ts";
import { users } from "./recipe.ts";
import { lastLines, run } from "./run.ts";
import { raw, sh } from "../shell.ts";
import { greets, loginWorks } from "./ssh.ts";

/** How long a host may take from power-on to its first login. */
const bootLimitMs = 30_000;

/** Gives a host its disk: the base image below, a folder of its own above. */
export async function makeDisk(lab: Lab, host: LabHost, image: string): Promise<void> {
  const root = rootOf(lab, host);
  const [upper, work] = [join(root, "../upper"), join(root, "../work")];
  for (const folder of [root, upper, work]) await Deno.mkdir(folder, { recursive: true });
  // The parents are for root alone, yet the host's own users must pass its "/".
  await Deno.chmod(upper, 0o755);
  const options = `lowerdir=${image},upperdir=${upper},workdir=${work}`;
  const argv = ["mount", "-t", "overlay", "-o", options, "overlay", root];
  await run(argv, { to: `mount the disk of "${host.name}"` });
  await personalize(lab, host, root);
}

/** Plugs a host in, boots it and waits until the deploy user can log in. */
export async function boot(lab: Lab, host: LabHost): Promise<void> {
  const reasons: string[] = [];
  // Which cgroup version a release's systemd accepts depends on this machine's kernel. The first one tried
  // is tried again, for nspawn fails at times when two start at the same moment.
  for (const unified of ["1", "0", "1"]) {
    // A host that went off by itself leaves what a power cut takes.
    await powerCut(lab, host);
    await plugIn(lab, host);
    const reason = await bootOnce(lab, host, unified);
    if (reason === undefined) return;
    reasons.push(`with SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=${unified} ${reason}`);
  }
  await powerCut(lab, host);
  const said = lastLines(await Deno.readTextFile(consoleLog(lab, host)).catch(() => ""), 8);
  throw new Error(
    `Cannot boot "${host.name}": ${reasons.join("; ")}; the end of its console:\n${said}`,
  );
}

/** Cuts a host's power: silent at once, every process gone, its taken addresses forgotten, its disk kept. */
export async function powerCut(lab: Lab, host: LabHost): Promise<void> {
  await cutOff(host);
  await killInhabitants({ names: [host.namespace], pidFiles: [hostPidFile(lab, host)] });
  await forgetMachine(host.namespace, rootOf(lab, host));
  await unplug(host.namespace);
  await Deno.remove(hostPidFile(lab, host)).catch(() => {});
}

/** Removes what nspawn leaves under /run when it is killed. */
export async function forgetMachine(machine: string, root: string): Promise<void> {
  for (const folder of foldersOf(machine)) {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
  if (!await isMounted(root)) return;
  const { dev, ino } = await Deno.stat(root);
  await Deno.remove(join(NSPAWN, "locks", `inode-${dev}:${ino}`)).catch(() => {});
}

const NSPAWN = "/run/systemd/nspawn";

function foldersOf(machine: string): string[] {
  return ["propagate", "unix-export"].map((folder) => join(NSPAWN, folder, machine));
}

/** The file with the record of a host's nspawn. */
export function hostPidFile(lab: Lab, host: LabHost): string {
  return join(lab.stateDir, "pids", host.name);
}

/** Where a host's console goes. */
export function consoleLog(lab: Lab, host: LabHost): string {
  return join(lab.stateDir, "logs", `${host.name}.log`);
}

// The reason why it did not come up, or nothing when it did.
async function bootOnce(lab: Lab, host: LabHost, unified: string): Promise<string | undefined> {
  await startNspawn(lab, host, unified);
  const runs = async () => await living(hostPidFile(lab, host)) !== undefined;
  let up = false;
  await until(async () => !await runs() || (up = await greets(host)), bootLimitMs);
  if (up) await until(async () => !await runs() || (up = await loginWorks(lab, host)), bootLimitMs);
  if (!await runs()) return "systemd-nspawn ended";
  if (!up) return `no login was possible within ${bootLimitMs / 1000} s`;
}

async function startNspawn(lab: Lab, host: LabHost, unified: string): Promise<void> {
  await start([
    ...["bash", "-c", rebooting(lab, host), "host"],
    ...["systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit", "--console=pipe"],
    `--directory=${rootOf(lab, host)}`,
    `--machine=${host.namespace}`,
    `--hostname=${host.name}`,
    `--network-namespace-path=/run/netns/${host.namespace}`,
    "--capability=CAP_NET_ADMIN,CAP_NET_RAW",
    // What systemd gives its services on a machine of its own; else the lab would hand down its caller's limit.
    "--rlimit=NOFILE=1024:524288",
    "--resolv-conf=off",
    "--timezone=off",
  ], {
    pidFile: hostPidFile(lab, host),
    logFile: consoleLog(lab, host),
    groups: await makeGroups(host.namespace),
    // Without the first, /proc/sys/net is read-only and no sysctl can be set.
    env: { SYSTEMD_NSPAWN_API_VFS_WRITABLE: "network", SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: unified },
  });
}

/**
 * Shell text that runs nspawn, its arguments, and again whenever the host reboots, which nspawn ends
 * for with 133. A machine that boots has none of the addresses, routes and rules that it had taken,
 * so its network is made anew. nspawn fails at times when two start at the same moment: once a host
 * ran, it is given more tries.
 */
function rebooting(lab: Lab, host: LabHost): string {
  const { namespace } = host;
  const plug = plugCommands(lab, host).map((argv) => sh`${argv}`).join(" &&\n");
  return sh`tries=0
while :; do
"$@"
code=$?
if [ "$code" = 133 ]; then tries=3
elif [ "$code" = 1 ] && [ "$tries" -gt 0 ]; then tries=$((tries - 1)); sleep 1
else exit "$code"
fi
ip link delete ${namespace}
ip netns delete ${namespace}
rm -rf --one-file-system -- ${foldersOf(namespace)}
${raw(plug)} || exit
done`;
}

async function personalize(lab: Lab, host: LabHost, root: string): Promise<void> {
  const write = (path: string, text: string) => Deno.writeTextFile(join(root, path), text);
  await write("etc/hostname", `${host.name}\n`);
  const others = lab.hosts.map(({ address, name }) => `${address} ${name}\n`).join("");
  await write("etc/hosts", `127.0.0.1 localhost\n::1 localhost\n${others}`);
  await write("etc/resolv.conf", await resolvConf());
  // With an id of its own a host is no first boot, on which systemd would enable every unit it has.
  await write("etc/machine-id", `${crypto.randomUUID().replaceAll("-", "")}\n`);
  await copyHostKey(lab, host, root);
  const key = await Deno.readTextFile(`${lab.keyFile}.pub`);
  for (const { name } of users) await authorize(root, name, key);
}

async function copyHostKey(lab: Lab, host: LabHost, root: string): Promise<void> {
  const to = join(root, "etc/ssh/ssh_host_ed25519_key");
  await Deno.copyFile(hostKeyFile(lab, host), to);
  await Deno.copyFile(`${hostKeyFile(lab, host)}.pub`, `${to}.pub`);
  await Deno.chmod(to, 0o600);
}

async function authorize(root: string, user: string, key: string): Promise<void> {
  const home = join(root, "home", user);
  const { uid, gid } = await Deno.stat(home);
  await Deno.mkdir(join(home, ".ssh"), { recursive: true, mode: 0o700 });
  await Deno.writeTextFile(join(home, ".ssh/authorized_keys"), key, { mode: 0o600 });
  for (const path of [".ssh", ".ssh/authorized_keys"]) await Deno.chown(join(home, path), uid, gid);
}

// A resolver on this machine's loopback cannot be reached from a host; systemd-resolved names its own sources.
async function resolvConf(): Promise<string> {
  const text = await Deno.readTextFile("/etc/resolv.conf").catch(() => "");
  if (!/^nameserver\s+127\./m.test(text)) return text;
  return await Deno.readTextFile("/run/systemd/resolve/resolv.conf").catch(() => text);
}

function rootOf(lab: Lab, host: LabHost): string {
  return join(lab.stateDir, "hosts", host.name, "root");
}
