/**
 * What a check script asks, as far as its command and its text tell. Pure.
 * @module
 */
import type { Script } from "../../configs/vrrp.ts";
import type { Node, SmallFile } from "../model.ts";

/** The file that a check runs, where it is at hand. */
export function fileOf(node: Node, { command }: Script): SmallFile | undefined {
  const words = command?.text.split(/\s+/) ?? [];
  return node.scripts.find(({ path }) => words.includes(path));
}

/** All that a check runs: its command line and the text of its file, without comments. */
function textOf(node: Node, script: Script): string {
  const file = fileOf(node, script)?.text.replace(/(^|\s)#[^\n]*/g, "") ?? "";
  return `${script.command?.text ?? ""}\n${file}`;
}

const ASKS_PROCESS =
  /\b(killall5?|pkill|kill)\s+(-0|-s\s*0)\b|\b(pidof|pgrep)\b|\bps\s+\S|\bsystemctl\s+(-q\s+|--quiet\s+)?(is-active|status)\b|\b(service|rc-service)\s+\S+\s+status\b/;
const ASKS_PORT = /\b(ss|netstat|lsof|fuser)\b|\bnc(at)?\b[^|\n]*\s-\w*z/;
const ASKS_WAY = /\b(arping|fping|ping6?)\b/;
const ASKS_SERVICE =
  /\b(curl|wget|socat|openssl|telnet|nmap|python\d?|perl|hurl|http)\b|\/dev\/tcp|\bnc(at)?\b(?![^|\n]*\s-\w*z)/;

/** What a check asks for. */
export type Asks =
  /** An answer of a service. */
  | "answer"
  /** Whether there is a process. */
  | "process"
  /** Whether a port is open: the kernel takes connections for a process that hangs. */
  | "port"
  /** Whether a host can be reached; it says nothing of HAProxy. */
  | "way"
  /** Nobody can tell. */
  | "unknown";

/** What a check asks for; of several things the one that says most. */
export function asks(node: Node, script: Script): Asks {
  const text = textOf(node, script);
  if (ASKS_SERVICE.test(text)) return "answer";
  if (ASKS_PORT.test(text)) return "port";
  if (ASKS_PROCESS.test(text)) return "process";
  return ASKS_WAY.test(text) ? "way" : "unknown";
}

/**
 * The URL with which a check goes through HAProxy to an API server: they speak TLS, HAProxy itself
 * does not. Unset: it does not, or nothing is known of it.
 */
export function asksApiServers(node: Node, script: Script): string | undefined {
  const [url] = /\bhttps:\/\/[^\s"'|;&)]+/.exec(textOf(node, script)) ?? [];
  return url;
}
