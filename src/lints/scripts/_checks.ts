/**
 * What the check scripts of a load balancer ask for. Pure.
 * @module
 */
import type { Word } from "../../configs/model.ts";
import { remembered } from "../../remembered.ts";
import { type Command, commandsIn, commandsOf } from "../../configs/shell_commands.ts";
import { DEFAULTS, type Script, vrrpOf } from "../../configs/vrrp.ts";
import type { Node, SmallFile, Subject } from "../model.ts";

/** A check that Keepalived runs, or may run. */
export interface Check {
  /** The load balancer. */
  readonly node: Node;
  /** Its file; unset: the command stands in keepalived.conf itself. */
  readonly file?: SmallFile;
  /** The `vrrp_script` that runs it; unset: none does, or no keepalived.conf is at hand. */
  readonly script?: Script;
  /** The commands of a shell script; of another language none. */
  readonly commands: readonly Command[];
  /** The requests among them. */
  readonly requests: readonly Request[];
}

/** A request of curl or wget. */
export interface Request {
  /** Which of the two. */
  readonly tool: "curl" | "wget";
  /** The word that calls it. */
  readonly word: Word;
  /** Its command. */
  readonly command: Command;
  /** What it asks for. */
  readonly urls: readonly Url[];
  /** Its options by their long names, with their values. */
  readonly options: ReadonlyMap<string, Word>;
}

/** A URL with its host and port. */
export interface Url {
  /** As written. */
  readonly word: Word;
  /** `http` or `https`. */
  readonly scheme: string;
  /** Without brackets; where nobody knows it, a variable. */
  readonly host: string;
  /** The port, that of the scheme where none is written; NaN: nobody knows it. */
  readonly port: number;
}

/** Every check of every load balancer. */
export const checks: (subject: Subject) => readonly Check[] = remembered((subject) => [
  ...checksIn(subject),
]);

function* checksIn({ nodes }: Subject): Generator<Check> {
  for (const node of nodes) {
    const scripts = node.keepalived ? vrrpOf(node.keepalived).scripts : [];
    for (const file of node.scripts) {
      const script = scripts.find(({ command }) => command && runs(command, file));
      const commands = isShell(file) ? commandsIn(file.file, file.text) : [];
      yield { node, file, ...(script && { script }), commands, requests: requestsOf(commands) };
    }
    for (const script of scripts) {
      const { command } = script;
      if (!command || node.scripts.some((file) => runs(command, file))) continue;
      const commands = commandsOf(command.text, () => command.source);
      yield { node, script, commands, requests: requestsOf(commands) };
    }
  }
}

/**
 * Whether a command line runs a file: by its name, because of files by hand nobody knows where they
 * stand on a host.
 */
function runs(command: Word, { path }: SmallFile): boolean {
  const name = path.split("/").at(-1);
  return command.text.split(/\s+/).some((it) =>
    it === path || (it.startsWith("/") && it.split("/").at(-1) === name)
  );
}

function isShell({ text }: SmallFile): boolean {
  const first = text.split(/\r?\n/, 1)[0] ?? "";
  return !first.startsWith("#!") || /\b(?:ba|da|a|k|z)?sh\b/.test(first);
}

/** Seconds after which Keepalived ends a run and counts it as failed. */
export function limitOf({ timeout, interval }: Script): number {
  return timeout?.value ?? interval?.value ?? DEFAULTS.interval;
}

/** Addresses that Keepalived moves to and from a load balancer. */
export function virtualAddresses({ keepalived }: Node): ReadonlySet<string> {
  const instances = keepalived ? vrrpOf(keepalived).instances : [];
  return new Set(
    instances.flatMap((it) => [...it.addresses, ...it.excluded].map(({ address }) => address)),
  );
}

function requestsOf(commands: readonly Command[]): readonly Request[] {
  return commands.flatMap((command) => {
    const at = command.words.findIndex(({ text }) => /^(?:\S*\/)?(?:curl|wget)$/.test(text));
    const word = command.words[at];
    // Asking whether it is there, or speaking of it, is no request.
    if (!word || command.words.some(({ text }, i) => i < at && SPEAKS.has(text))) return [];
    const tool = word.text.endsWith("curl") ? "curl" : "wget";
    const { options, rest } = optionsOf(command.words.slice(at + 1), tool);
    const urls = [...rest, ...[options.get("url") ?? []].flat()].flatMap((it) => url(it) ?? []);
    return urls.length === 0 ? [] : [{ tool, word, command, urls, options }];
  });
}

const SPEAKS = new Set(["-v", "-V", "type", "which", "hash", "echo", "printf", "logger", "pkill"]);

function url(word: Word): Url | undefined {
  const found =
    /^(?:(https?):\/\/)?(?:[^@/\s]*@)?(\[[^\]\s]+\]|[^:/?#\s[\]]+)(?::(\d+|\$[\w{}]+))?(?:[/?#]|$)/
      .exec(word.text);
  if (!found || (found[1] === undefined && found[3] === undefined)) return undefined;
  const [, scheme = "http", host = "", port] = found;
  return {
    word,
    scheme,
    host: host.replace(/^\[|\]$/g, ""),
    port: Number(port ?? (scheme === "https" ? 443 : 80)),
  };
}

const SHORT = {
  curl: {
    letters: { f: "fail", k: "insecure", m: "max-time", o: "output", w: "write-out", s: "silent" },
    valued: "mowAbcdeEFHKrtTuUxXyYzCDPQ",
  },
  wget: { letters: { T: "timeout", O: "output", t: "tries", q: "quiet" }, valued: "TOtUPeoaiw" },
} as const;

const VALUED = new Set(
  ("max-time connect-timeout output write-out header request data user cacert cert key resolve " +
    "connect-to retry retry-delay retry-max-time interface proxy user-agent cookie url capath " +
    "ciphers unix-socket timeout tries output-document read-timeout dns-timeout ca-certificate")
    .split(" "),
);

function optionsOf(
  words: readonly Word[],
  tool: "curl" | "wget",
): { options: Map<string, Word>; rest: readonly Word[] } {
  const options = new Map<string, Word>();
  const rest: Word[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word.text.startsWith("--")) {
      const [name = "", value] = word.text.slice(2).split(/=(.*)/s);
      const own = value !== undefined ? { ...word, text: value } : undefined;
      options.set(name, own ?? (VALUED.has(name) ? words[++i] : undefined) ?? word);
    } else if (/^-\w/.test(word.text)) {
      if (shortOptions(word, words[i + 1], tool, options)) i++;
    } else rest.push(word);
  }
  return { options, rest };
}

/** Reads `-sfm 2`; true: the next word is the value of the last letter. */
function shortOptions(
  word: Word,
  next: Word | undefined,
  tool: "curl" | "wget",
  options: Map<string, Word>,
): boolean {
  const { letters, valued } = SHORT[tool];
  const text = word.text.slice(1);
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] ?? "";
    const name = (letters as Record<string, string>)[letter] ?? letter;
    if (!valued.includes(letter)) {
      options.set(name, word);
      continue;
    }
    const rest = text.slice(i + 1);
    options.set(name, rest === "" ? next ?? word : { ...word, text: rest });
    return rest === "";
  }
  return false;
}
