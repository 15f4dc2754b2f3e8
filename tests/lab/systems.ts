/**
 * Hosts of a lab as they would be with another package manager: real dnf or zypper and rpm, a
 * repository with the daemons as RPMs, and no apt and dpkg any more.
 */
import type { Lab } from "../../src/lab/mod.ts";
import { attempt } from "../../src/lab/run.ts";
import { sshArgs } from "../../src/lab/ssh.ts";

/** What a host is turned into. */
export type System = "rocky" | "opensuse";

/** The version that the repository has of HAProxy beside Debian's own, which is newer. */
export const OTHER_VERSION = "2.5.0";

/** Turns a bare host into one of another family. */
export async function turnInto(lab: Lab, host: string, system: System): Promise<void> {
  const target = lab.hosts.find(({ name }) => name === host);
  if (target === undefined) throw new RangeError(`Cannot find host "${host}"`);
  const { code, stdout, stderr } = await attempt(
    ["ssh", ...sshArgs(lab, target), "--", "sudo sh -s"],
    { to: `turn "${host}" into ${system}`, stdin: `${script(system)}\n`, timeoutMs: 400_000 },
  );
  if (code !== 0) throw new Error(`Cannot turn "${host}" into ${system}: ${stdout}${stderr}`);
}

function script(system: System): string {
  const programs = system === "rocky" ? "dnf dnf-plugins-core" : "zypper";
  return `set -e
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq -y --no-install-recommends install ${programs} rpm createrepo-c >/dev/null
mkdir -p /etc/rpm /var/lib/rpm /root/debs /srv/repo
echo '%_dbpath /var/lib/rpm' >/etc/rpm/macros
rpmdb --initdb
cp /var/cache/apt/archives/haproxy_*.deb /var/cache/apt/archives/keepalived_*.deb /var/cache/apt/archives/curl_*.deb /root/debs
# What the daemons need stays; they themselves come as RPMs.
systemctl -q mask --runtime haproxy keepalived
apt-get -qq -y --no-install-recommends install haproxy keepalived curl >/dev/null
dpkg --purge haproxy keepalived curl >/dev/null
systemctl -q unmask --runtime haproxy keepalived
rm -rf /etc/haproxy /etc/keepalived
${PACK}
pack haproxy "$(version haproxy)"
pack haproxy ${OTHER_VERSION}
pack keepalived "$(version keepalived)"
pack curl "$(version curl)"
pack base 1
rpm -i --nodeps /srv/repo/*/base-*.rpm 2>/dev/null
rm /srv/repo/*/base-*.rpm
createrepo_c -q /srv/repo
${REPOSITORY[system]}
rm -f /usr/bin/apt /usr/bin/apt-* /usr/bin/dpkg /usr/bin/dpkg-*`;
}

// As the packages of these systems do: nothing is started at first, and an upgrade restarts.
const PACK =
  `version() { dpkg-deb -f /root/debs/$1_*.deb Version | sed 's/^[0-9]*://; s/-.*//; s/[~+].*//'; }
pack() {
  root=/root/pack/$1
  rm -rf /root/pack && mkdir -p $root
  if [ "$1" = base ]; then mkdir -p $root/usr/share/base; echo base >$root/usr/share/base/base; else dpkg-deb -x /root/debs/$1_*.deb $root; fi
  ( cd $root && rm -rf usr/share/doc usr/share/man && find . -type f -o -type l ) | sed 's/^.//; s/.*/"&"/; s|^"/etc/.*|%config(noreplace) &|' >/root/files
  ( cd $root && find . -type d -empty ) | sed 's/^.//; s/.*/%dir "&"/' >>/root/files
  {
    printf 'Name: %s\\nVersion: %s\\nRelease: 1\\nSummary: repacked\\nLicense: GPL\\nAutoReqProv: no\\n' "$1" "$2"
    [ "$1" != base ] || echo 'Provides: /bin/sh'
    printf '%%description\\nRepacked.\\n%%install\\nmkdir -p %%{buildroot}\\ncp -a %s/. %%{buildroot}/\\n%%files -f /root/files\\n' "$root"
    if [ -e "$root/lib/systemd/system/$1.service" ] || [ -e "$root/usr/lib/systemd/system/$1.service" ]; then
      printf '%%pre\\nid haproxy >/dev/null 2>&1 || useradd -r -d /var/lib/haproxy haproxy\\nmkdir -p /var/lib/haproxy\\n'
      printf '%%post\\n[ $1 -ne 1 ] || systemctl preset %s.service || :\\n' "$1"
      printf '%%postun\\nsystemctl daemon-reload || :\\n[ $1 -lt 1 ] || systemctl try-restart %s.service || :\\n' "$1"
    fi
  } >/root/$1.spec
  rpmbuild -bb --quiet --define '_topdir /root/rpmbuild' --define '_rpmdir /srv/repo' --define '__os_install_post %{nil}' --define '_build_id_links none' --define 'debug_package %{nil}' /root/$1.spec
}`;

const REPOSITORY: Readonly<Record<System, string>> = {
  rocky: `mkdir -p /etc/yum.repos.d
printf '[repacked]\\nname=repacked\\nbaseurl=file:///srv/repo\\ngpgcheck=0\\n' >/etc/yum.repos.d/repacked.repo
printf '[main]\\ngpgcheck=1\\nbest=True\\nskip_if_unavailable=False\\n' >/etc/dnf/dnf.conf
printf '[main]\\nenabled=0\\n' >/etc/dnf/plugins/local.conf
echo 9 >/etc/dnf/vars/releasever
rm -f /etc/os-release
printf 'ID="rocky"\\nID_LIKE="rhel centos fedora"\\nVERSION_ID="9.5"\\nPRETTY_NAME="Rocky Linux 9.5"\\n' >/etc/os-release
mkdir -p /etc/systemd/system-preset
echo 'disable *' >/etc/systemd/system-preset/99-default.preset`,
  opensuse: `zypper -n -q addrepo -f -G file:///srv/repo repacked >/dev/null
zypper -n -q search none >/dev/null || :
rm -rf /var/cache/zypp/*
rm -f /etc/os-release
printf 'ID="opensuse-leap"\\nID_LIKE="suse opensuse"\\nVERSION_ID="15.6"\\nPRETTY_NAME="openSUSE Leap 15.6"\\n' >/etc/os-release`,
};
