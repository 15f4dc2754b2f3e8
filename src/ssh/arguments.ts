/**
 * The command line of ssh. Pure: nothing here starts anything.
 * @module
 */
import type { Host } from "../model.ts";
import { raw, sh } from "../shell.ts";

/** What sudo shall print when it asks for a password, and what its shell prints when it listens. */
export interface SudoWords {
  /** Sudo's prompt. */
  readonly prompt: string;
  /** The first word of the shell behind it. */
  readonly ready: string;
}

/** Arguments for `ssh` that lead to a POSIX shell on a host. */
export function sshArguments(host: Host, connectTimeoutS: number, sudo?: SudoWords): string[] {
  return [
    // ssh keeps the first value it meets, so what the inventory says comes first.
    ...host.sshArgs,
    "-T",
    "-a",
    "-x",
    // No banners and no greetings; what is wrong with a host key is an error.
    ...options({ ...common(connectTimeoutS), ClearAllForwardings: "yes", LogLevel: "ERROR" }),
    ...login(host),
    // After this an address cannot be taken for an option.
    "--",
    host.address,
    remoteCommand(host.become, sudo),
  ];
}

/**
 * Arguments for `ssh` that forward one local port and send back all that comes on standard input,
 * after a greeting on a line of its own.
 *
 * `forward` is what `-L` takes.
 */
export function forwardArguments(
  host: Host,
  connectTimeoutS: number,
  forward: string,
  greeting: string,
): string[] {
  return [
    // Before what the inventory says: a shared connection would keep the forward when this one
    // ends, and what is said about a channel that was refused is not an error to ssh.
    ...options({ ControlMaster: "no", ControlPath: "none", LogLevel: "INFO" }),
    ...options({ ExitOnForwardFailure: "yes" }),
    ...host.sshArgs,
    ...["-T", "-a", "-x", "-L", forward],
    ...options(common(connectTimeoutS)),
    ...login(host),
    "--",
    host.address,
    sh`echo ${greeting}; exec cat`,
  ];
}

function common(connectTimeoutS: number): Record<string, string | number> {
  return {
    BatchMode: "yes",
    StrictHostKeyChecking: "yes",
    ConnectTimeout: connectTimeoutS,
    ServerAliveInterval: 15,
    ServerAliveCountMax: 4,
    PermitLocalCommand: "no",
    RemoteCommand: "none",
  };
}

function login({ user, port, keyFile }: Host): string[] {
  return [
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(keyFile === undefined ? [] : ["-i", keyFile, ...options({ IdentitiesOnly: "yes" })]),
  ];
}

/**
 * The jump host that the inventory's own arguments lead through, as they name it. A `ProxyCommand` is
 * one where it is ssh that it starts.
 */
export function jumpHost({ sshArgs }: Pick<Host, "sshArgs">): string | undefined {
  for (const [i, word] of sshArgs.entries()) {
    const value = (flag: string) =>
      word === flag ? sshArgs[i + 1] : word.startsWith(flag) ? word.slice(flag.length) : undefined;
    const [, name = "", way] =
      /^\s*(ProxyJump|ProxyCommand)\s*[= ]\s*(.+)$/i.exec(value("-o") ?? "") ??
        [];
    // ssh keeps the first value it meets.
    if (way !== undefined) {
      return /^proxyjump$/i.test(name) || /(^|[\s/])ssh\s/.test(way) ? way : undefined;
    }
    const jump = value("-J");
    if (jump !== undefined) return jump;
  }
  return undefined;
}

/** How long ssh waits for a connection: what the inventory's own arguments say, else ours. */
export function connectTimeout(host: Host, fallbackS: number): number {
  const set = /ConnectTimeout\s*[= ]\s*(\d+)/i.exec(host.sshArgs.join(" "))?.[1];
  return set === undefined ? fallbackS : Number(set);
}

// A login may leave any PATH behind, or none that leads to sudo.
const FIND =
  'PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; exec "$0" "$@"';

// Read by the user's login shell, whichever it is: one line, and quotes that all of them know.
function remoteCommand(become: boolean, sudo: SudoWords | undefined): string {
  if (!become) return "exec /bin/sh";
  const through = sh`exec /bin/sh -c ${FIND} sudo`;
  if (!sudo) return `${through} -n -H -- /bin/sh`;
  const shell = sh`printf ${sudo.ready}; exec /bin/sh`;
  return sh`${raw(through)} -S -H -p ${sudo.prompt} -- /bin/sh -c ${shell}`;
}

function options(values: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}
