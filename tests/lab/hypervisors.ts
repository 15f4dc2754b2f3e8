/**
 * Hosts of a lab as hypervisors: real libvirtd and QEMU with guests of 16 MiB that boot nothing, and
 * the hosts' own virsh for this machine, which gets no package.
 */
import type { Lab } from "../../src/lab/mod.ts";
import { attempt } from "../../src/lab/run.ts";
import { sshArgs } from "../../src/lab/ssh.ts";
import * as hf from "./holdfast.ts";

/** What libvirt cannot have in a container: namespaces and cgroups of its own. */
const INSTALL = `export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq -y --no-install-recommends install libvirt-daemon-system libvirt-clients \
  qemu-system-x86 >/root/install.log 2>&1 || { tail -20 /root/install.log; exit 1; }
printf 'namespaces = []\\ncgroup_controllers = []\\nsecurity_driver = "none"\\nremember_owner = 0\\n' \
  >>/etc/libvirt/qemu.conf
systemctl restart libvirtd`;

/** Makes hosts hypervisors. */
export async function installLibvirt(lab: Lab): Promise<void> {
  await Promise.all(lab.hosts.map(({ name }) => hf.root(lab, name, INSTALL)));
}

/** Defines a guest; it is off. */
export async function define(lab: Lab, host: string, name: string): Promise<void> {
  const xml = `<domain type='qemu'><name>${name}</name><memory unit='MiB'>16</memory>` +
    "<vcpu>1</vcpu><os><type arch='x86_64' machine='pc'>hvm</type></os>" +
    "<devices><emulator>/usr/bin/qemu-system-x86_64</emulator><memballoon model='none'/></devices>" +
    "</domain>";
  await hf.root(
    lab,
    host,
    `cat >/root/guest.xml <<'X'\n${xml}\nX\nvirsh -q define /root/guest.xml`,
  );
}

/** Everything that virsh of a host is made of, with the loader; a container of the same release. */
const PACK = `set -e
libs=$(ldd /usr/bin/virsh | sed -n 's/.*=> \\(.*\\) (.*/\\1/p')
loader=$(ldd /usr/bin/virsh | sed -n 's/^[[:space:]]*\\(\\/.*ld-linux[^ ]*\\) (.*/\\1/p')
mkdir -p /root/virsh
cp -L /usr/bin/virsh $libs /root/virsh
cp -L "$loader" /root/virsh/loader
tar -C /root/virsh -cz .`;

/**
 * A folder of programs for this machine: the hosts' virsh, and ssh with the lab's own host keys,
 * where a user has those in `~/.ssh/known_hosts`.
 */
export async function programs(lab: Lab, dir: string): Promise<string> {
  const [host] = lab.hosts;
  if (host === undefined) throw new RangeError("Cannot take virsh from a lab without hosts");
  const archive = `${dir}/virsh.tar.gz`;
  const ssh = ["ssh", ...sshArgs(lab, host), "--", "sudo sh -s"].map(quoted).join(" ");
  const script = `${dir}/pack.sh`;
  await Deno.writeTextFile(script, `${PACK}\n`);
  const fetching = `${ssh} <${quoted(script)} >${quoted(archive)}
mkdir -p ${quoted(`${dir}/virsh`)} ${quoted(`${dir}/bin`)}
tar -C ${quoted(`${dir}/virsh`)} -xzf ${quoted(archive)}`;
  const { code, stderr } = await attempt(["sh", "-ec", fetching], { to: "take virsh along" });
  if (code !== 0) throw new Error(`Cannot take virsh from ${host.name}: ${stderr}`);
  const config = "IdentitiesOnly yes\nStrictHostKeyChecking yes\n" +
    `UserKnownHostsFile ${lab.knownHostsFile}\n`;
  await Deno.writeTextFile(`${dir}/config`, config);
  const own = (name: string, words: string) =>
    Deno.writeTextFile(`${dir}/bin/${name}`, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  const at = `${dir}/virsh`;
  await own("virsh", `${at}/loader --library-path ${at} ${at}/virsh`);
  await own("ssh", `/usr/bin/ssh -F ${dir}/config`);
  return `${dir}/bin`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
