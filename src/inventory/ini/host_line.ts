/**
 * A line that names a host, or a range of hosts, with its variables.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import { addHosts, type Graph, type Group } from "../graph.ts";
import { errorAt, type Report } from "../problems.ts";
import type { Entry } from "../yaml/located.ts";
import { duplicateKey, type Line } from "./line.ts";
import { valueAt } from "./value.ts";
import { type Word, words } from "./words.ts";

/** Adds the hosts of a line to a group; what is wrong is reported. */
export function readHostLine(graph: Graph, group: Group, line: Line, report: Report): void {
  let all: Word[];
  try {
    all = words(line.text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const message = `Cannot read the line of a host: ${error.message}`;
    return report(errorAt(line.place(0, line.text.length), "ini-host", message));
  }
  const [name, ...assignments] = all;
  if (!name) return;
  const vars = new Map<string, Entry>();
  const pattern = withoutPort(name, line, vars);
  const own = new Map<string, Entry>();
  for (const word of assignments) readVariable(word, line, own, report);
  for (const [key, entry] of own) vars.set(key, entry);
  if (pattern.endsWith(":")) {
    const message = `Cannot use ${quote(pattern)} as a host: the port is missing behind the colon`;
    return report(errorAt(line.place(name.start, name.end), "host-name", message));
  }
  addHosts(graph, group, { pattern, source: line.place(name.start, name.end), vars }, report);
}

/** The name in front of a port, which becomes a variable. */
function withoutPort(word: Word, line: Line, vars: Map<string, Entry>): string {
  const match = /^\[([^\]]+)\]:(\d+)$/.exec(word.text) ??
    /^((?:[^:[\]]|\[[^\]]*\])+):(\d+)$/.exec(word.text);
  if (!match) return word.text;
  const [, name = "", port = ""] = match;
  const source = line.place(word.end - port.length, word.end);
  vars.set("ansible_port", { keySource: source, node: valueAt(port, source) });
  return name;
}

function readVariable(word: Word, line: Line, vars: Map<string, Entry>, report: Report): void {
  const at = word.text.indexOf("=");
  if (at < 1) {
    const message = `Cannot read a variable of a host: found ${quote(word.text)}, expected ` +
      "key=value";
    return report(errorAt(line.place(word.start, word.end), "ini-variable", message));
  }
  const key = word.text.slice(0, at);
  const start = line.text.indexOf("=", word.start) + 1;
  const entry: Entry = {
    keySource: line.place(word.start, word.start + key.length),
    node: valueAt(
      word.text.slice(at + 1),
      line.place(start, word.end),
      line.text.slice(start, word.end),
    ),
  };
  const first = vars.get(key);
  if (first) report(duplicateKey(key, entry, first));
  else vars.set(key, entry);
}
