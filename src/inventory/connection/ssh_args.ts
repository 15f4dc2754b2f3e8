/**
 * `ansible_ssh_common_args`: words of a command line, each held against the list of what is
 * allowed, and written anew so that every option is one word and its value the next.
 * @module
 */
import { judgeOption } from "./ssh_options.ts";
import { words } from "./words.ts";

/** What splitting and judging gave. */
export interface SshArgs {
  /** Arguments for ssh. */
  readonly args: readonly string[];
  /** What cannot be used; each ends a sentence that names the line. */
  readonly problems: readonly string[];
  /** What to know about options that are used. */
  readonly warnings: readonly string[];
}

/** Short options with a value, and the `-o` key whose rule the value must pass. */
const AS_KEY: Readonly<Record<string, string>> = {
  J: "ProxyJump",
  i: "IdentityFile",
  p: "Port",
  c: "Ciphers",
  m: "MACs",
  F: "IdentityFile",
};

const REFUSED: Readonly<Record<string, string>> = {
  A: "it lends your keys to the host",
  D: "it opens a port on this machine",
  E: "it writes a file on this machine",
  I: "it loads a library into ssh",
  L: "it opens a port on this machine",
  M: "ControlMaster=auto does this for one connection at a time",
  N: "Holdfast runs its own shell",
  O: "it steers another connection",
  R: "it opens a port on the host",
  S: "ControlPath does this",
  W: "it connects to somewhere else",
  X: "it gives the host access to this screen",
  Y: "it gives the host access to this screen",
  f: "ssh must not leave for the background",
  l: "ansible_user says who to be",
  n: "Holdfast talks to ssh through its input",
  s: "Holdfast runs its own shell",
  t: "Holdfast needs a connection without a terminal",
  w: "it opens a network device",
};

/** Reads a line of arguments for ssh. */
export function sshArgs(line: string): SshArgs {
  const args: string[] = [];
  const problems: string[] = [];
  const warnings: string[] = [];
  const judge = (key: string, value: string, shown: string, out: readonly string[]) => {
    const verdict = judgeOption(key, value);
    if (verdict.refused !== undefined) problems.push(`${shown}: ${verdict.refused}`);
    else args.push(...out);
    if (verdict.warning !== undefined) warnings.push(`${shown}: ${verdict.warning}`);
  };
  let rest: string[];
  try {
    rest = words(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { args, problems: [error.message], warnings };
  }
  while (rest.length > 0) {
    const word = rest.shift()!;
    const match = /^-([A-Za-z0-9])(.*)$/s.exec(word);
    if (!match) {
      problems.push(`"${word}" is not an option`);
      continue;
    }
    const [, letter = "", attached = ""] = match;
    if (/^[46Cqvax]+$/.test(letter + attached)) args.push(word);
    else if (letter !== "o" && !Object.hasOwn(AS_KEY, letter)) {
      const reason = Object.hasOwn(REFUSED, letter) ? REFUSED[letter] : "it is not allowed here";
      problems.push(`-${letter}: ${reason}`);
      // What follows it was meant as its value; judging that as an option would only confuse.
      if (!attached && rest[0] !== undefined && !rest[0].startsWith("-")) rest.shift();
    } else {
      const value = attached || rest.shift();
      if (value === undefined) problems.push(`-${letter}: its value is missing`);
      else if (letter === "o") option(value, judge, problems);
      else judge(AS_KEY[letter]!, value, `-${letter}`, [`-${letter}`, value]);
    }
  }
  return { args, problems, warnings };
}

type Judge = (key: string, value: string, shown: string, out: readonly string[]) => void;

/** `Key=Value`, or `Key Value`, which ssh takes as well. */
function option(text: string, judge: Judge, problems: string[]): void {
  const match = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)(.+)$/s.exec(text);
  if (!match) {
    problems.push(`-o "${text}": an option is written Key=Value`);
    return;
  }
  const [, key = "", value = ""] = match;
  judge(key, value, key, ["-o", `${key}=${value}`]);
}
