/**
 * This machine as it would be with another package manager: real dnf or zypper and rpm over a disk of
 * its own that is gone afterwards, without apt and dpkg, and with a repository of made-up packages.
 * Nothing of it is seen outside: it has mounts and processes of its own.
 * @module
 */
import { cacheRoot } from "../../src/lab/roots.ts";
import { childrenOf } from "../matrix/processes.ts";
import { type Ran, ran } from "../matrix/room.ts";

/** Managers that Debian has a package of. */
export type Real = "dnf" | "zypper";

/** What a sandbox has: a package manager, or a service manager that is running. */
export type Kind = Real | "openrc";

/** Their packages; each has what the other cannot be installed beside. */
const PACKAGES: Readonly<Record<Real, string>> = {
  dnf: "dnf dnf-plugins-core rpm createrepo-c",
  zypper: "zypper rpm createrepo-c",
};

/** A sandbox. */
export class Sandbox implements AsyncDisposable {
  readonly #keeper: Deno.ChildProcess;
  readonly #pid: number;

  private constructor(keeper: Deno.ChildProcess, pid: number) {
    this.#keeper = keeper;
    this.#pid = pid;
  }

  /** Makes one; the first time on a machine its disk is made, which takes half a minute. */
  static async open(kind: Kind): Promise<Sandbox> {
    const disk = await diskOf(kind);
    const keeper = unshared(
      `${MOUNTED}
tar -C /mnt/upper -xf "$1" || exit
${OVERLAID}
# The first process, which bash can be: it takes note of those that nobody else does.
exec chroot /mnt/root bash -c 'echo ready; while read -r _; do :; done'`,
      [disk],
    ).spawn();
    const reader = keeper.stdout.getReader();
    const { value } = await reader.read();
    reader.cancel().catch(() => {});
    if (!new TextDecoder().decode(value).startsWith("ready")) {
      throw new Error("Cannot make a sandbox: see what mount says above");
    }
    return new Sandbox(keeper, childrenOf(keeper.pid)[0] ?? 0);
  }

  /** Runs shell text in it, as a session would: a shell of its own that reads nothing. */
  run(script: string): Promise<Ran> {
    return ran(["nsenter", "-t", `${this.#pid}`, "-m", "-p", "-r", "-w", "sh", "-c", script]);
  }

  /** Runs shell text that has to work, and gives what it said. */
  async must(script: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(script);
    if (code !== 0) throw new Error(`It ended with ${code}: ${stdout}${stderr}`);
    return stdout;
  }

  /** Ends all that runs in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#keeper.stdin.close();
    await this.#keeper.status;
  }
}

/** The reason why no sandbox can be made here, said loudly; in CI that is a failure. */
export function unavailable(): boolean {
  const command = new Deno.Command("unshare", {
    args: ["-m", "-p", "-f", "--propagation", "private", "sh", "-c", `${MOUNTED}\n${OVERLAID}`],
    stdout: "null",
    stderr: "null",
  });
  let able = false;
  try {
    able = Deno.uid() === 0 && command.outputSync().success &&
      new Deno.Command("apt-get", { args: ["--version"], stdout: "null" }).outputSync().success;
  } catch {
    // There is no such program.
  }
  if (able || Deno.env.get("CI") === "true") return false;
  console.log(
    "!!! Not tried, because this machine lays no disk over its own: real dnf, zypper and OpenRC",
  );
  return true;
}

const MOUNTED =
  `mount -t tmpfs -o mode=755 sandbox /mnt && mkdir /mnt/upper /mnt/work /mnt/root || exit`;

const OVERLAID =
  `mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root || exit
mount --rbind /dev /mnt/root/dev && mount -t proc proc /mnt/root/proc || exit
mount -t tmpfs -o mode=755 run /mnt/root/run && mount -t tmpfs -o mode=1777 tmp /mnt/root/tmp || exit`;

function unshared(script: string, args: readonly string[]): Deno.Command {
  return new Deno.Command("unshare", {
    args: [
      ...["-m", "-p", "-f", "--kill-child=KILL", "--propagation", "private"],
      ...["sh", "-c", script, "sandbox", ...args],
    ],
    stdin: "piped",
    stdout: "piped",
  });
}

/** What lies above this machine's own files, as an archive; made once for every state of its dpkg. */
async function diskOf(kind: Kind): Promise<string> {
  const { mtime } = await Deno.stat("/var/lib/dpkg/status");
  const script = kind === "openrc" ? OPENRC : build(kind);
  const text = JSON.stringify([mtime, script]);
  const hash = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)),
  );
  const folder = `${cacheRoot()}/managers`;
  const path = `${folder}/${kind}-${hash.toHex().slice(0, 12)}.tar`;
  if (await Deno.stat(path).then(() => true, () => false)) return path;
  await Deno.mkdir(folder, { recursive: true });
  const draft = `${path}.${crypto.randomUUID()}`;
  const child = unshared(
    `${MOUNTED}\n${OVERLAID}
chroot /mnt/root sh -ec "$1" >&2 || exit
rm -rf /mnt/upper/tmp /mnt/upper/var/cache/apt /mnt/upper/var/lib/apt
exec tar -C /mnt/upper -cf "$2" .`,
    [script, draft],
  ).spawn();
  await child.stdin.close();
  const { code } = await child.output();
  if (code !== 0) {
    await Deno.remove(draft).catch(() => {});
    throw new Error(`Cannot install ${kind} in a sandbox: see what is said above`);
  }
  await Deno.rename(draft, path);
  return path;
}

function build(manager: Real): string {
  return `export DEBIAN_FRONTEND=noninteractive
apt-get -qq update >/dev/null
apt-get -qq -y --no-install-recommends install ${PACKAGES[manager]} >/dev/null
rm -f /usr/bin/apt-get /usr/bin/apt-cache /usr/bin/apt-mark /usr/bin/dpkg /usr/bin/dpkg-query
mkdir -p /etc/rpm /var/lib/rpm
# Debian's rpm is for looking into packages, and keeps its database elsewhere.
echo '%_dbpath /var/lib/rpm' >/etc/rpm/macros
rpmdb --initdb
${PACK}
pack base 0 1 1 'Provides: /bin/sh'
for version in 2.4.22 2.6.12 2.8.3; do pack haproxy 0 $version 1; done
pack keepalived 1 2.2.8 3
pack curl-minimal 0 7.76.1 2 'Provides: curl = 7.76.1'
rpm -i --nodeps /srv/repo/noarch/base-*.rpm 2>/dev/null
rm /srv/repo/noarch/base-*.rpm
createrepo_c -q /srv/repo
# The last version of it, to be built anew.
mv /tmp/haproxy.spec /srv
${REPOSITORY[manager]}
rm /etc/os-release
mv /tmp/release /etc/os-release`;
}

// It cannot be installed beside systemd. Its state is what its first script would make at boot; Debian
// starts daemons with dpkg's program, so that OpenRC's own record of them is missing here.
const OPENRC = `apt-get -qq update >/dev/null
cd /tmp
apt-get -qq download openrc librc1 libeinfo1 2>/dev/null
for deb in ./*.deb; do
  dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C /
done
touch /etc/insserv.conf`;

// Each says what runs of it, so that a test can tell who was run how often.
const PACK = `pack() {
  cat >/tmp/$1.spec <<SPEC
Name: $1
Epoch: $2
Version: $3
Release: $4
Summary: made up
License: MIT
BuildArch: noarch
$5
%description
Made up.
%install
mkdir -p %{buildroot}/usr/share/made-up
echo "$3" >%{buildroot}/usr/share/made-up/$1
%files
/usr/share/made-up/$1
%post
echo "post $1 $3" >>/var/log/scriptlets
SPEC
  rpmbuild -bb --quiet --define '_topdir /tmp/rpmbuild' --define '_rpmdir /srv/repo' /tmp/$1.spec
}`;

const REPOSITORY: Readonly<Record<Real, string>> = {
  dnf: `mkdir -p /etc/yum.repos.d
printf '[made-up]\\nname=made up\\nbaseurl=file:///srv/repo\\ngpgcheck=0\\n' >/etc/yum.repos.d/made-up.repo
printf '[main]\\ngpgcheck=1\\nbest=True\\nskip_if_unavailable=False\\n' >/etc/dnf/dnf.conf
printf '[main]\\nenabled=0\\n' >/etc/dnf/plugins/local.conf
echo 9 >/etc/dnf/vars/releasever
printf 'ID="rocky"\\nID_LIKE="rhel centos fedora"\\nVERSION_ID="9.5"\\nPRETTY_NAME="Rocky Linux 9.5"\\n' >/tmp/release`,
  zypper: `zypper -n -q addrepo -f -G file:///srv/repo made-up >/dev/null
# What it notes when it is used for the first time.
zypper -n -q search none >/dev/null || :
rm -rf /var/cache/zypp/*
printf 'ID="opensuse-leap"\\nID_LIKE="suse opensuse"\\nVERSION_ID="15.6"\\nPRETTY_NAME="openSUSE Leap 15.6"\\n' >/tmp/release`,
} as const;
