/**
 * From the path of an inventory to its graph: a file in one of the formats, a program, or a folder
 * of both. What a format does not say is in group_vars/ and host_vars/, which are read elsewhere.
 * @module
 */
import { dirname, extname, join } from "@std/path";
import { quote } from "../diagnostics.ts";
import { daemonOf } from "./daemon_file.ts";
import { formatOf } from "./formats.ts";
import { addVars, type Graph, groupNamed, newGraph } from "./graph.ts";
import { readGroups } from "./groups.ts";
import { readIni } from "./ini/inventory.ts";
import { isListing, readListing } from "./json/listing.ts";
import { parseJson } from "./json/parse.ts";
import { errorAt, type Report, warningAt } from "./problems.ts";
import type { Program, ProgramAnswer, Programs } from "./programs.ts";
import type { Diagnostic } from "../model.ts";
import type { Files } from "./read.ts";
import type { Located } from "./yaml/located.ts";
import { parse } from "./yaml/parse.ts";

/** What reading needs. */
export interface SourceOptions {
  /** The file system. */
  readonly files: Files;
  /** Starts inventory programs. */
  readonly programs: Programs;
  /** Takes what is wrong. */
  readonly report: Report;
  /** Gets the text of everything that was read. */
  readonly sources: Map<string, string>;
}

/** A graph and the folder that paths, group_vars/ and host_vars/ begin at. */
export interface SourceRead {
  /** Groups and hosts. */
  readonly graph: Graph;
  /** Folder of the inventory. */
  readonly folder: string;
}

/** Ansible's list; names that begin with a dot are passed over as well. */
const PASSED_OVER =
  /^\.|^(group_vars|host_vars|vars_plugins)\/?$|~$|\.(orig|cfg|retry|pyc|pyo)$|\.(swp|bak|rpm|md|txt|rst)$/;
const MAX_DEPTH = 8;
/** Mistakes in the files of a folder by which it is known not to be one of inventories. */
const MOST_MISTAKES = 20;
/** Calls of a program at the same time, where it must be asked for every host. */
const AT_ONCE = 8;

/** Reads an inventory; undefined where there is nothing that could be read, which is reported. */
export async function readSource(
  path: string,
  options: SourceOptions,
): Promise<SourceRead | undefined> {
  const reader = new Reader(options);
  const isFolder = await reader.read(path);
  if (isFolder === undefined) return undefined;
  return { graph: reader.graph, folder: isFolder ? path : dirname(path) };
}

/**
 * Whether a folder holds much that is no inventory, which is reported: somebody named it by mistake.
 * It is looked at before any program in it is started, and no longer than until that shows.
 */
async function isMixed(path: string, options: SourceOptions): Promise<boolean> {
  const { files, report } = options;
  const sources = new Map<string, string>();
  const found: Diagnostic[] = [];
  const look = new Reader({
    files,
    sources,
    programs: () => () => Promise.resolve({ kind: "unread" }),
    report: (problem) => problem.severity === "error" && found.push(problem),
  }, () => found.length > MOST_MISTAKES);
  await look.folder(path, 0);
  const [first] = found;
  if (first?.source === undefined || found.length <= MOST_MISTAKES) return false;
  const { file } = first.source;
  const text = sources.get(file);
  if (text !== undefined) options.sources.set(file, text);
  const message = `Cannot use the folder ${quote(path)} as an inventory: every file in it would ` +
    `have to be one, and ${quote(file)} is none`;
  report(first);
  report(errorAt(undefined, "unreadable", message, "name the file that is the inventory"));
  return true;
}

class Reader {
  readonly graph = newGraph();
  readonly #options: SourceOptions;
  readonly #enough: () => boolean;

  /** Leaves a folder as soon as there was enough. */
  constructor(options: SourceOptions, enough = () => false) {
    this.#options = options;
    this.#enough = enough;
  }

  /** Reads what is at a path and tells whether it is a folder. */
  async read(path: string, depth = 0): Promise<boolean | undefined> {
    const result = await this.#options.files.read(path);
    const start = { file: path, line: 1, column: 1 };
    const refuse = (reason: string) => {
      const message = `Cannot read ${quote(path)}: ${reason}`;
      // The inventory itself has no line to point at.
      this.#options.report(errorAt(depth === 0 ? undefined : start, "unreadable", message));
      return undefined;
    };
    if (result.kind === "missing") return refuse("there is no such file");
    if (result.kind === "unreadable") return refuse(result.reason);
    if (result.kind === "folder") {
      if (depth > MAX_DEPTH) return refuse(`it is deeper than ${MAX_DEPTH} folders`);
      if (depth === 0 && await isMixed(path, this.#options)) return undefined;
      return await this.folder(path, depth) ? true : refuse("the folder holds no inventory");
    }
    if (result.program) return await this.#program(path) ? false : undefined;
    this.#options.sources.set(path, result.text);
    return this.#text(path, result.text) ? false : undefined;
  }

  /** Reads what is in a folder and tells whether that is anything. */
  async folder(path: string, depth: number): Promise<boolean> {
    const all = await this.#options.files.list(path);
    const names = all.filter((name) => !PASSED_OVER.test(name));
    for (const name of names) {
      const inner = join(path, name.replace(/\/$/, ""));
      if (extname(name) === ".ini") this.#warnOfIni(inner);
      await this.read(inner, depth + 1);
      if (this.#enough()) break;
    }
    return names.length > 0;
  }

  #warnOfIni(path: string): void {
    const message = "The file is read; Ansible before 2.19 passes over .ini files of a folder";
    const start = { file: path, line: 1, column: 1 };
    this.#options.report(warningAt(start, "ini-in-folder", message, "a name without .ini"));
  }

  /** Reads a text in whatever format it is; false where it was too broken to go on. */
  #text(path: string, text: string): boolean {
    const { report } = this.#options;
    const daemon = daemonOf(text);
    if (daemon !== undefined) {
      const message = `Cannot use ${quote(path)} as an inventory: it looks like a configuration ` +
        `of ${daemon}`;
      report(errorAt(undefined, "wrong-file", message, `holdfast lint --${daemon} ${path}`));
      return false;
    }
    const format = formatOf(path, text);
    if (format === "ini") {
      readIni(this.graph, path, text, report);
      return true;
    }
    const root = format === "json" ? parseJson(path, text, report) : parse(path, text, report);
    if (!root) return false;
    if (isListing(root, format)) readListing(this.graph, root, report);
    else readGroups(this.graph, root, report);
    return true;
  }

  async #program(path: string): Promise<boolean> {
    const program = this.#options.programs(path);
    const answer = await program(["--list"]);
    if (answer.kind === "unread") {
      await this.#guessGroups(path);
      return true;
    }
    const root = this.#answer(`${path} --list`, answer);
    if (!root) return false;
    const hosts = new Set(this.graph.hosts.keys());
    if (readListing(this.graph, root, this.#options.report)) return true;
    const added = [...this.graph.hosts.keys()].filter((name) => !hosts.has(name));
    return await this.#askForHosts(path, program, added);
  }

  /** Programs of the oldest kind print no `_meta`: they are asked for every host. */
  async #askForHosts(path: string, program: Program, names: readonly string[]): Promise<boolean> {
    for (let i = 0; i < names.length; i += AT_ONCE) {
      const some = names.slice(i, i + AT_ONCE);
      const answers = await Promise.all(some.map((name) => program(["--host", name])));
      const roots = some.map((name, j) => {
        const answer = answers[j]!;
        if (answer.kind === "output" && answer.text.trim() === "") return undefined;
        return { name, root: this.#answer(`${path} --host ${name}`, answer) };
      });
      for (const each of roots) {
        // What stopped one call, a time limit for one, will stop all others.
        if (each && !each.root) return false;
        if (each?.root?.kind !== "map") continue;
        addVars(this.graph.hosts.get(each.name)!.vars, each.root.entries, this.#options.report);
      }
    }
    return true;
  }

  #answer(label: string, answer: ProgramAnswer): Located | undefined {
    const { report, sources } = this.#options;
    if (answer.kind === "output") {
      sources.set(label, answer.text);
      return parseJson(label, answer.text, report);
    }
    if (answer.kind === "unread") return undefined;
    const said = answer.stderr.trim();
    const reason = said === "" ? answer.reason : `${answer.reason} and said\n${said}`;
    const message = `Cannot run ${quote(label)}: ${reason}`;
    return void report(errorAt(undefined, "inventory-program", message, answer.hint));
  }

  /** Groups that have a file: enough to find the secrets that an endpoint of theirs names. */
  async #guessGroups(path: string): Promise<void> {
    for (const name of await this.#options.files.list(join(dirname(path), "group_vars"))) {
      groupNamed(this.graph, name.replace(/\/$|\.(yml|yaml|json)$/, ""), undefined);
    }
  }
}
