/**
 * Why a hypervisor did not answer, read from the last words of `virsh` and of the ssh that it
 * starts. Pure.
 * @module
 */
import { printableLine } from "../../terminal.ts";
import { PlacementError, type PlacementObstacle } from "../errors.ts";

type Meaning = readonly [obstacle: PlacementObstacle, why: string, hint?: string];

const SSH_HINT = "virsh starts ssh by itself: what ~/.ssh/config and the agent say counts, and " +
  "ansible_ssh_common_args does not";

// The first that fits is told: what a socket of libvirt says looks like what ssh says. All are texts
// of the C locale.
const MEANINGS: readonly (readonly [RegExp, Meaning])[] = [
  [
    /-sock(?:-ro)?': Permission denied|authentication (?:failed|unavailable|cancelled)|polkit|access denied/i,
    [
      "permission",
      "libvirt lets this user see nothing",
      "Reading has to be allowed there: org.libvirt.unix.monitor of polkit, or unix_sock_ro_perms",
    ],
  ],
  [
    /Failed to connect socket|virt-ssh-helper: |nc: .*(?:not found|No such file|refused)/i,
    [
      "unreachable",
      "libvirt does not listen there",
      "On the hypervisor: systemctl status libvirtd (or virtqemud); Debian package libvirt-daemon-system",
    ],
  ],
  [
    /HOST IDENTIFICATION HAS CHANGED/i,
    ["untrusted", "its host key has changed", "Find out why, then: ssh-keygen -R HOST"],
  ],
  [
    /Host key verification failed|No \S+ host key is known/i,
    [
      "untrusted",
      "its host key is not known",
      "Connect once with ssh and compare its fingerprint; virsh asks no questions",
    ],
  ],
  [
    /Permission denied \(|Too many authentication failures/i,
    ["login", "ssh: permission denied", SSH_HINT],
  ],
  [/Could not resolve hostname/i, ["unreachable", "its name does not resolve", SSH_HINT]],
  [/Connection refused/i, ["unreachable", "connection refused: no ssh server listens there"]],
  [/timed out/i, ["unreachable", "the connection timed out"]],
  [/No route to host|Network is unreachable/i, ["unreachable", "there is no route to it"]],
  [
    /kex_exchange_identification|banner exchange/i,
    ["unreachable", "it dropped the connection before a handshake"],
  ],
  [
    /Cannot find 'ssh' in path/i,
    ["setting", "virsh finds no ssh on this machine", "Debian package: openssh-client"],
  ],
  [
    /no connection driver available|unexpected \w+ URI path/i,
    ["setting", "libvirt has no such driver or service there", "Look at the URI"],
  ],
];

/** The error for a `virsh` that ended with another code than 0. */
export function faultError(hypervisor: string, code: number, stderr: string): PlacementError {
  const known = MEANINGS.find(([pattern]) => pattern.test(stderr))?.[1];
  const [obstacle, why, hint] = known ?? ["refused", `virsh ended with ${code}`];
  const words = saidBy(stderr);
  const said = words === "" ? "" : `: ${words}`;
  return new PlacementError(obstacle, `Cannot ask hypervisor ${hypervisor}: ${why}${said}`, hint);
}

/** What virsh says around every reason. */
const WRAPPED =
  /^error: |(?:Cannot recv data|End of file while reading data): |: (?:Connection reset by peer|Input\/output error)$/g;

/** The end of what was said, on one line, without what virsh says around it. */
function saidBy(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.replace(WRAPPED, "").trim())
    .filter((line) => line !== "" && line !== "failed to connect to the hypervisor")
    // ssh frames what it finds important.
    .filter((line) => /[A-Za-z]/.test(line));
  return printableLine(lines.slice(-3).join(" | ")).slice(-300);
}
