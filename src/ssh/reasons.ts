/**
 * Why there is no shell, in words for people, read from the last words of ssh. Pure.
 * @module
 */
import type { Host } from "../model.ts";
import { printable } from "../terminal.ts";
import { endedUnheard, type Failure, type Gone, lastWords } from "./gone.ts";
import { WRONG_PASSWORD } from "./sudo.ts";

type Reason = (host: Host, found: RegExpExecArray, words: string) => string;

const SUDO_PASSWORD = "sudo asks for a password: add -K, or set " +
  "ansible_become_password: { env: NAME } in the inventory";

// What sudo was told to ask with says nothing to people.
const PROMPT = /holdfast-[0-9a-f]{16,}/g;

// The first that fits is told, so what explains most comes first: a refused jump host also makes
// the handshake behind it fail.
const REASONS: readonly (readonly [RegExp, Reason])[] = [
  [/HOST IDENTIFICATION HAS CHANGED|host key for .* has changed/i, hostKeyChanged],
  [/No (\S+) host key is known for/i, hostKeyUnknown],
  [/Host key verification failed/i, hostKeyUnknown],
  [/Identity file (\S+) not accessible/i, (_host, found) => `there is no key file ${found[1]}`],
  [
    /UNPROTECTED PRIVATE KEY FILE|bad permissions/i,
    (host) => `the key file ${host.keyFile ?? ""} can be read by others: type chmod 600 on it`,
  ],
  [
    /Too many authentication failures/i,
    () => "the host refused after too many keys: set ansible_ssh_private_key_file",
  ],
  [
    /Permission denied \(([^)]*)\)/i,
    (host, found) =>
      `permission denied (${found[1]}): the host does not take ${
        host.keyFile === undefined ? "any key of the agent or of ~/.ssh" : `the key ${host.keyFile}`
      } for ${host.user === undefined ? "this user" : `user "${host.user}"`}`,
  ],
  [/Connection refused/i, () => "connection refused: no ssh server listens there"],
  [/timed out/i, () => "the connection timed out"],
  [/Could not resolve hostname/i, (host) => `the name "${host.address}" does not resolve`],
  [/No route to host|Network is unreachable/i, () => "there is no route to it"],
  [/hostname contains invalid characters/i, () => "ssh does not take this address"],
  [
    /kex_exchange_identification|banner exchange/i,
    () =>
      "the host dropped the connection before a handshake (MaxStartups of sshd limits how many)",
  ],
  [
    /account is currently not available|nologin/i,
    () => "the login shell of this user runs nothing",
  ],
  [new RegExp(WRONG_PASSWORD), () => "sudo did not take the password: it asked again"],
  [/Sorry, try again|incorrect password attempt/i, () => "sudo did not take the password"],
  [
    /(not in the sudoers file|not allowed to (execute|run)|may not run sudo)/i,
    (host) =>
      `${host.user === undefined ? "this user" : `user "${host.user}"`} may not use sudo here`,
  ],
  [/sudo: (a password is required|a terminal is required|no tty present)/i, () => SUDO_PASSWORD],
  [/must have a tty/i, () => "sudo wants a terminal: take requiretty out of sudoers"],
  [
    /sudo: (command )?not found|sudo: No such file|exec: sudo|unknown command:? .?sudo/i,
    () => "there is no sudo on it: log in as root and leave ansible_become out",
  ],
  [/holdfast: (.+)/, (_host, found) => found[1] ?? "the shell is of no use"],
];

// What ssh says of a connection that had been opened: a shell may have listened behind it.
const OPENED =
  /^(client_loop|Read from remote host|Timeout, server|Connection to \S+ closed|packet_write|Write)/im;

/** Explains why a host gave no shell, and whether another try makes sense. */
export function explain(host: Host, gone: Gone): Failure {
  const [reason, retry, known] = reasonOf(host, gone);
  const port = host.port === undefined ? "" : `:${host.port}`;
  const user = host.user === undefined ? "" : ` as "${host.user}"`;
  return {
    message: `Cannot open a shell on "${host.name}" (${host.address}${port})${user}: ` +
      printable(reason) + lastWords(gone).replaceAll(PROMPT, ""),
    retry,
    nothingRan: endedUnheard(gone) || (known && !OPENED.test(gone.words)),
  };
}

function reasonOf(host: Host, gone: Gone): [reason: string, retry: boolean, known: boolean] {
  const said = [gone.message, gone.words, gone.noise].join("\n");
  for (const [pattern, reason] of REASONS) {
    const found = pattern.exec(said);
    // Refused before the handshake: nothing was sent, and the next try may find room.
    if (found) {
      return [reason(host, found, said), gone.code === 255 && /^kex_/.test(found[0]), true];
    }
  }
  if (gone.code === 127 || gone.code === 126) {
    return ["the login shell found no /bin/sh", false, true];
  }
  return [gone.code === undefined ? gone.message : `ssh ${gone.message}`, false, false];
}

function hostKeyChanged(host: Host, _found: RegExpExecArray, words: string): string {
  const file = /Offending \S+ key in (\S+?):\d+/.exec(words)?.[1] ?? knownHosts(host);
  return `its host key has changed. If that is expected, type: ` +
    `ssh-keygen -f ${file} -R "${keyName(host)}"`;
}

function hostKeyUnknown(host: Host, found: RegExpExecArray): string {
  const port = host.port === undefined ? "" : `-p ${host.port} `;
  const kind = found[1] === undefined ? "host key" : `${found[1]} host key`;
  return `its ${kind} is not in ${knownHosts(host)}. Compare the fingerprint, then type: ` +
    `ssh-keyscan ${port}${host.address} >> ${knownHosts(host)}`;
}

function knownHosts(host: Host): string {
  return /UserKnownHostsFile\s*[= ]\s*(\S+)/i.exec(host.sshArgs.join(" "))?.[1] ??
    "~/.ssh/known_hosts";
}

function keyName(host: Host): string {
  const plain = host.port === undefined || host.port === 22;
  return plain ? host.address : `[${host.address}]:${host.port}`;
}
