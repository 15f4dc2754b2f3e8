/**
 * Ansible's INI inventories: `[group]`, `[group:vars]`, `[group:children]`, one host a line with
 * `key=value` behind it. Everything that is wrong is reported with its place.
 * @module
 */
import { didYouMean, quote } from "../../diagnostics.ts";
import type { Source } from "../../model.ts";
import { addChild, addVars, checkedGroup, type Graph, type Group, groupNamed } from "../graph.ts";
import { errorAt, type Report } from "../problems.ts";
import type { Entry } from "../yaml/located.ts";
import { readHostLine } from "./host_line.ts";
import { duplicateKey, type Line, linesOf } from "./line.ts";
import { valueAt } from "./value.ts";

const SECTION = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/;
const KINDS = ["hosts", "children", "vars"];

/** A name that must be a group by the end of the file. */
interface Wanted {
  readonly source: Source;
  /** Why it must be one; begins a sentence. */
  readonly problem: string;
  /** The group that will hold it, once it is declared: Ansible joins them in that order. */
  readonly parent?: Group;
}

/** Adds the groups and hosts of an inventory in INI to a graph. */
export function readIni(graph: Graph, file: string, text: string, report: Report): void {
  new Reader(graph, report).read(linesOf(file, text, report));
}

class Reader {
  readonly #graph: Graph;
  readonly #report: Report;
  readonly #wanted = new Map<string, Wanted[]>();
  readonly #declared: Set<string>;
  #group: Group | undefined;
  #kind: string | undefined = "hosts";
  /** Keys of the current `[group:vars]`. */
  #keys = new Map<string, Entry>();

  constructor(graph: Graph, report: Report) {
    this.#graph = graph;
    this.#report = report;
    this.#group = groupNamed(graph, "ungrouped", undefined);
    this.#declared = new Set(graph.groups.keys());
  }

  read(lines: Iterable<Line>): void {
    for (const line of lines) {
      if (line.text.startsWith("[") && !/^\[[^\]]+\]:\d+(\s|$)/.test(line.text)) {
        this.#section(line);
      } else if (!this.#group) continue;
      else if (this.#kind === "hosts") readHostLine(this.#graph, this.#group, line, this.#report);
      else if (this.#kind === "vars") this.#variable(this.#group, line);
      else if (this.#kind === "children") this.#child(this.#group, line);
    }
    for (const [name, wanted] of this.#wanted) {
      if (this.#declared.has(name)) continue;
      const hint = didYouMean(name, this.#declared);
      for (const { source, problem } of wanted) {
        const message = `${problem}: there is no section [${name}]`;
        this.#report(errorAt(source, "unknown-group", message, hint));
      }
    }
  }

  #section(line: Line): void {
    this.#group = undefined;
    const match = SECTION.exec(line.text);
    if (!match) {
      const message = `Cannot read section ${quote(line.text)}: a section is written [group], ` +
        "[group:vars] or [group:children], without blanks";
      return this.#report(errorAt(line.place(0, line.text.length), "ini-section", message));
    }
    const [, name = "", kind = "hosts"] = match;
    const source = line.place(1, 1 + name.length);
    if (!KINDS.includes(kind)) {
      const place = line.place(name.length + 2, name.length + 2 + kind.length);
      const message = `Cannot read section [${name}:${kind}]: a group has hosts, children and vars`;
      const hint = didYouMean(kind, KINDS);
      return this.#report(errorAt(place, "ini-section", message, hint));
    }
    this.#group = checkedGroup(this.#graph, name, source, this.#report);
    this.#kind = kind;
    this.#keys = new Map();
    if (kind !== "vars") this.#declare(name);
    else this.#want(name, { source, problem: `Cannot set variables of group ${quote(name)}` });
  }

  #want(name: string, wanted: Wanted): void {
    const before = this.#wanted.get(name);
    if (before) before.push(wanted);
    else this.#wanted.set(name, [wanted]);
  }

  #declare(name: string): void {
    if (this.#declared.has(name)) return;
    this.#declared.add(name);
    for (const { parent, source } of this.#wanted.get(name) ?? []) {
      if (parent) addChild(parent, name, source, this.#report);
    }
  }

  #variable(group: Group, line: Line): void {
    const at = line.text.indexOf("=");
    const key = line.text.slice(0, Math.max(0, at)).trim();
    if (key === "") {
      const message = `Cannot read a variable of group ${quote(group.name)}: found ` +
        `${quote(line.text)}, expected key=value`;
      return this.#report(errorAt(line.place(0, line.text.length), "ini-variable", message));
    }
    const raw = line.text.slice(at + 1);
    const start = at + 1 + (raw.length - raw.trimStart().length);
    const source = line.place(start, Math.max(line.text.length, start + 1));
    const entry = { keySource: line.place(0, key.length), node: valueAt(raw.trim(), source) };
    const first = this.#keys.get(key);
    if (first) return this.#report(duplicateKey(key, entry, first));
    this.#keys.set(key, entry);
    addVars(group.vars, new Map([[key, entry]]), this.#report);
  }

  #child(group: Group, line: Line): void {
    const name = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line.text)?.[1];
    if (name === undefined) {
      const message = `Cannot read a child of group ${quote(group.name)}: found ` +
        `${quote(line.text)}, expected the name of a group`;
      return this.#report(errorAt(line.place(0, line.text.length), "ini-child", message));
    }
    const source = line.place(0, name.length);
    if (this.#declared.has(name)) return addChild(group, name, source, this.#report);
    const problem = `Cannot put group ${quote(name)} into group ${quote(group.name)}`;
    this.#want(name, { source, problem, parent: group });
  }
}
