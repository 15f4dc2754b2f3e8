/**
 * Which options of ssh an inventory may set, and what their values may look like. Everything that
 * is not listed is refused: some options run programs or open ports on this machine.
 * @module
 */
import { isAddress, isHostName, isPath, isPort, isUser } from "./grammar.ts";

/** What is said about an option's value. */
export interface Verdict {
  /** Why it cannot be used; ends a sentence. */
  readonly refused?: string;
  /** What to know about it though it is used. */
  readonly warning?: string;
}

type Rule = (value: string) => Verdict;

const expect = (test: (value: string) => boolean, expected: string): Rule => (value) =>
  test(value) ? {} : { refused: `expected ${expected}` };

const number = expect((v) => /^\d{1,9}$/.test(v), "a whole number");
const duration = expect((v) => /^\d{1,9}[smhdw]?$/i.test(v) || /^(yes|no)$/.test(v), "a duration");
const flag = expect((v) => /^(yes|no)$/.test(v), "yes or no");
const file = expect(isPath, "a path without control characters that does not begin with a dash");
const files = expect((v) => v.split(" ").every(isPath), "paths that do not begin with a dash");
const list = expect((v) => /^[+^]?-?[A-Za-z0-9@._,*?!-]+$/.test(v), "names separated by commas");
const word = (...allowed: string[]) => expect((v) => allowed.includes(v), allowed.join(" or "));

const strictHostKeys: Rule = (value) => {
  if (value === "yes" || value === "accept-new") return {};
  if (value !== "no" && value !== "off") return { refused: "expected yes or accept-new" };
  return { warning: "any machine that answers is trusted with what is sent to it" };
};

const proxyCommand: Rule = (value) => {
  // %h %p %r %n have passed the grammar of hosts, ports and users; other tokens may hold anything.
  const unknown = value.replaceAll("%%", "").match(/%(?![hprn]).?/);
  if (unknown) return { refused: `the token "${unknown[0]}" is not one of %h %p %r %n` };
  return { warning: "ssh runs this command on this machine, through a shell" };
};

const RULES: Readonly<Record<string, Rule>> = {
  addressfamily: word("any", "inet", "inet6"),
  batchmode: flag,
  bindaddress: expect(isAddress, "an address"),
  bindinterface: expect((v) => /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/.test(v), "a network interface"),
  certificatefile: file,
  checkhostip: flag,
  ciphers: list,
  compression: flag,
  connectionattempts: number,
  connecttimeout: duration,
  controlmaster: word("yes", "no", "ask", "auto", "autoask"),
  controlpath: file,
  controlpersist: duration,
  forwardagent: word("no"),
  globalknownhostsfile: files,
  gssapiauthentication: flag,
  hashknownhosts: flag,
  hostkeyalgorithms: list,
  hostkeyalias: expect(isHostName, "a host name"),
  identitiesonly: flag,
  identityagent: file,
  identityfile: file,
  ipqos: expect((v) => /^[A-Za-z0-9 ]+$/.test(v), "one or two names or numbers"),
  kbdinteractiveauthentication: flag,
  kexalgorithms: list,
  loglevel: expect((v) => /^[A-Z0-9]+$/.test(v), "QUIET, ERROR, INFO, VERBOSE or DEBUG"),
  macs: list,
  numberofpasswordprompts: number,
  passwordauthentication: flag,
  port: expect((v) => /^\d{1,5}$/.test(v) && isPort(Number(v)), "a port from 1 to 65535"),
  preferredauthentications: list,
  proxycommand: proxyCommand,
  proxyjump: expect(isJump, "[user@]host[:port], several with commas between them"),
  pubkeyacceptedalgorithms: list,
  pubkeyauthentication: flag,
  rekeylimit: expect((v) => /^[A-Za-z0-9 ]+$/.test(v), "a size and a duration"),
  serveralivecountmax: number,
  serveraliveinterval: number,
  stricthostkeychecking: strictHostKeys,
  tcpkeepalive: flag,
  updatehostkeys: word("yes", "no", "ask"),
  userknownhostsfile: files,
  verifyhostkeydns: word("yes", "no", "ask"),
};

const REFUSED: Readonly<Record<string, string>> = {
  dynamicforward: "it opens a port on this machine",
  exitonforwardfailure: "Holdfast forwards nothing",
  forwardx11: "it gives the host access to this screen",
  hostname: "ansible_host says where to connect",
  include: "-F FILE names a configuration file",
  knownhostscommand: "it runs a program that decides which hosts to trust",
  localcommand: "it runs a program on this machine",
  localforward: "it opens a port on this machine",
  permitlocalcommand: "it lets ssh run a program on this machine",
  pkcs11provider: "it loads a library into ssh",
  remotecommand: "Holdfast runs its own shell",
  remoteforward: "it opens a port on the host",
  requesttty: "Holdfast needs a connection without a terminal",
  securitykeyprovider: "it loads a library into ssh",
  sendenv: "it passes this environment to the host",
  user: "ansible_user says who to be",
};

/** Judges `-o Key=Value`. */
export function judgeOption(key: string, value: string): Verdict {
  const name = key.toLowerCase();
  const reason = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined;
  if (reason !== undefined) return { refused: reason };
  if (!Object.hasOwn(RULES, name)) {
    return { refused: "it is not one of the options that an inventory may set" };
  }
  if (name === "forwardagent" && value !== "no") {
    return { refused: "it lends your keys to the host" };
  }
  return RULES[name]!(value);
}

/** Whether a string names jump hosts. */
function isJump(text: string): boolean {
  return text === "none" || text.split(",").every((hop) => {
    const match = /^(?:([^@]+)@)?(\[[^\]]+\]|[^:@[\]]+)(?::(\d{1,5}))?$/.exec(hop);
    if (!match) return false;
    const [, user, host = "", port] = match;
    return (user === undefined || isUser(user)) && isAddress(host.replace(/^\[|\]$/g, "")) &&
      (port === undefined || isPort(Number(port)));
  });
}
