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

const ASKS_PROCESS = /\b(killall5?|pkill|kill)\s+(-0|-s\s*0)\b|\b(pidof|pgrep)\b/;
const ASKS_NETWORK =
  /\b(curl|wget|nc|ncat|socat|openssl|telnet|nmap|ss|python\d?|perl)\b|\/dev\/tcp/;

/** Whether a check only asks if there is a process: one that hangs is there too. */
export function asksProcessOnly(node: Node, script: Script): boolean {
  const text = textOf(node, script);
  return ASKS_PROCESS.test(text) && !ASKS_NETWORK.test(text);
}

/**
 * The URL with which a check goes through HAProxy to an API server: they speak TLS, HAProxy itself
 * does not. Unset: it does not, or nothing is known of it.
 */
export function asksApiServers(node: Node, script: Script): string | undefined {
  const [url] = /\bhttps:\/\/[^\s"'|;&)]+/.exec(textOf(node, script)) ?? [];
  return url;
}
