/**
 * What hosts say of themselves, whoever did the job.
 * @module
 */
import type { Lab, LabHost } from "../src/lab/mod.ts";
import { run } from "../src/lab/run.ts";
import { sshArgs } from "../src/lab/ssh.ts";
import { sh } from "../src/shell.ts";
import { type HostState, hostState, JOB_FILES } from "./outcome.ts";

const SETTINGS = ["time", "intvl", "probes"].map((it) => `net.ipv4.tcp_keepalive_${it}`);

/** Prints everything that the job makes true of one host. */
export function lookText(address: string): string {
  return sh`export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
sha256sum -- ${JOB_FILES} 2>/dev/null
stat -c '%a %U:%G %n' -- ${JOB_FILES} 2>/dev/null
dpkg-query -W -f '\${Package} \${Version} \${db:Status-Status}\n' haproxy keepalived curl 2>/dev/null
getent passwd keepalived_script | cut -d : -f 1,5-
sysctl ${SETTINGS}
systemctl is-enabled haproxy keepalived
systemctl is-active haproxy keepalived
[ -n "$(ip -o address show to ${address})" ] && echo "holds it" || echo "holds nothing"`;
}

/** Asks all hosts at once. What differs from lab to lab, the authority, is the same word for all. */
export async function lookAt(
  lab: Lab,
  addressOf: (host: LabHost) => string,
): Promise<readonly HostState[]> {
  const authority = await hashOf(lab.caFile);
  return await Promise.all(lab.hosts.map(async (host) => {
    const script = sh`sudo -n sh -c ${lookText(addressOf(host))}`;
    const argv = ["ssh", ...sshArgs(lab, host), "--", script];
    const said = await run(argv, { to: `look at "${host.name}"` });
    return hostState(said.replaceAll(authority, "CA"));
  }));
}

/** Versions that the first host runs. */
export async function hostVersions(lab: Lab): Promise<readonly string[]> {
  const [host] = lab.hosts;
  if (host === undefined) return [];
  const script = sh`. /etc/os-release; echo "$NAME $VERSION_ID"
dpkg-query -W -f '\${Package} \${Version} on the hosts\n' haproxy keepalived python3 openssh-server`;
  const argv = ["ssh", ...sshArgs(lab, host), "--", script];
  return (await run(argv, { to: `ask "${host.name}" for versions` })).trim().split("\n");
}

async function hashOf(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest).toHex();
}
