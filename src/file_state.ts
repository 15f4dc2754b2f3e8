/**
 * What is at a path: the shell text that asks and the parser of the answer. Text only.
 * @module
 */
import { fromBytes } from "./bytes.ts";
import { TaskError } from "./errors.ts";
import { type Attribute, attributeOf, folderOf } from "./obstacles.ts";
import type { Asked, ExecResult, Question } from "./model.ts";
import { raw, sh, type ShellText } from "./shell.ts";

/** What was seen at a path. */
export interface FileState {
  /** What kind of thing it is. */
  readonly kind: "absent" | "file" | "directory" | "link" | "other";
  /** Octal mode with four digits, `0644`. */
  readonly mode?: string;
  /** Owner's name. */
  readonly owner?: string;
  /** Group's name. */
  readonly group?: string;
  /** Content of a file; bytes that are not UTF-8 stand as `fromBytes` reads them. */
  readonly content?: string;
  /** Where a symbolic link points. */
  readonly target?: string;
  /** Owner and group of a file or directory by number, `0:0`: a number need not have a name. */
  readonly ids?: string;
  /** How many names a file has: hard links. */
  readonly links?: number;
  /** What protects it even from root; not known where `lsattr` is not there. */
  readonly attribute?: Attribute;
  /** What protects the folder that it is in, or would be. */
  readonly folderAttribute?: Attribute;
}

/** Paths to describe. */
export interface Paths {
  /** Paths as they are. */
  readonly paths: readonly string[];
  /**
   * Paths with `*` in their last part, for files whose names are not known; one that no file has is
   * described as it stands, absent. @default {none}
   */
  readonly patterns?: readonly string[];
}

/** What is asked about the files of any number of tasks. */
const FILES: Question<Paths> = { probe: textOf, split };

/** Asks about files, together with others who do. @throws {TypeError} as {@link probeFiles} */
export function askFiles(paths: Paths): Asked {
  return { question: FILES as Question, item: paths };
}

/**
 * Shell text that describes paths. Contents travel as base64, so that no content can be taken for
 * the frame around it and every byte is compared. Five processes in all, however many files.
 * @throws {TypeError} for a pattern with any other character that means something to a shell
 */
export function probeFiles(paths: readonly string[], patterns: readonly string[] = []): string {
  return textOf([{ paths, patterns }]);
}

/** Between what two tasks ask about stands an empty word, and an empty line in the answer. */
function textOf(items: readonly Paths[]): string {
  const words = items.map(({ paths, patterns = [] }) => [...paths, ...patterns.map(globbed)]);
  const folders = [...new Set(items.flatMap(namesOf).map(inFolder))];
  const apart = words.flatMap((some, i) => i === 0 ? some : ["", ...some]);
  return sh`set --
for path in ${apart}; do
  [ "$path" ] || { echo; continue; }
  printf 'path %s\n' "$path"
  if [ -L "$path" ]; then printf 'link %s\n' "$(readlink -- "$path")"
  elif [ -f "$path" ]; then echo file; set -- "$@" "$path"
  elif [ -d "$path" ]; then stat -c 'directory %a %U %G %u:%g' -- "$path"
  elif [ -e "$path" ]; then echo other
  else echo absent; fi
done
lsattr -d -- ${words.flat()} ${folders} 2>/dev/null | sed -n 's/^[^ ]*[ia][^ ]* /attr &/p'
if [ $# -gt 0 ]; then stat -c 'stat %s %a %U %G %u:%g %h' -- "$@"; cat -- "$@" | base64; fi`;
}

const namesOf = ({ paths, patterns = [] }: Paths) => [...paths, ...patterns];

/** Gives each its paths, and of the attributes and contents what belongs to them. */
function split(answer: ExecResult, items: readonly Paths[]): readonly ExecResult[] {
  const { told, end } = halves(answer.stdout);
  const isAttribute = (line: string) => line.startsWith("attr ");
  const sections = told.filter((line) => !isAttribute(line)).join("\n").split("\n\n");
  // Not the answer to the question: each will say so.
  if (sections.length !== items.length) return items.map(() => answer);
  const attributes = told.filter(isAttribute);
  const stats = end.filter((line) => line.startsWith("stat "));
  const bytes = Uint8Array.fromBase64(end.slice(stats.length).join(""));
  const sizes = stats.map((line) => Number(line.split(" ")[1]));
  const total = (some: readonly number[]) => some.reduce((sum, size) => sum + size, 0);
  const whole = total(sizes) === bytes.length;
  let [file, at] = [0, 0];
  return sections.map((section) => {
    const count = section.split("\n").filter((line) => line === "file").length;
    const size = total(sizes.slice(file, file + count));
    const own = stats.slice(file, file += count);
    // One that changed while it was read makes all of them unreadable: whose it was is not known.
    const content = whole ? bytes.subarray(at, at += size) : new Uint8Array(size + 1);
    const tail = count === 0 ? [] : [...own, content.toBase64()];
    return { ...answer, stdout: [section, ...attributes, ...tail, ""].join("\n") };
  });
}

/** What is told of paths, and from the first `stat` line on what is in them. */
function halves(answer: string): { readonly told: string[]; readonly end: string[] } {
  const lines = answer.trimEnd().split("\n");
  const at = lines.findIndex((line) => line.startsWith("stat "));
  return at === -1 ? { told: lines, end: [] } : { told: lines.slice(0, at), end: lines.slice(at) };
}

function globbed(pattern: string): ShellText {
  if (/^[A-Za-z0-9_.\/*-]+$/.test(pattern)) return raw(pattern);
  throw new TypeError(`Cannot ask a shell about the pattern ${JSON.stringify(pattern)}`);
}

/** A folder as it is asked about: the directory that its path leads to, not a link on the way. */
function inFolder(path: string): string {
  return `${folderOf(path)}/.`;
}

/**
 * Reads the answer to {@link probeFiles}.
 * @throws {TaskError} when it is cut short, or a file changed while it was read
 */
export function parseFiles(answer: string): ReadonlyMap<string, FileState> {
  const files = new Map<string, FileState>();
  const { told, end } = halves(answer);
  const head = told.filter((line) => !line.startsWith("attr "));
  const attributes = readAttributes(told);
  const contents = readContents(end);
  for (let i = 0; i < head.length; i += 2) {
    const [first = "", second = ""] = head.slice(i, i + 2);
    if (!first.startsWith("path ")) throw unreadable(first);
    const state = second === "file" ? contents.shift() : parseOne(second);
    if (state === undefined) throw unreadable(second);
    const path = first.slice("path ".length);
    const attribute = attributes.get(path);
    const folderAttribute = attributes.get(inFolder(path));
    files.set(path, {
      ...state,
      ...(attribute === undefined ? {} : { attribute }),
      ...(folderAttribute === undefined ? {} : { folderAttribute }),
    });
  }
  return files;
}

function unreadable(line: string): TaskError {
  return new TaskError(`Cannot read what the host says about its files: "${line.slice(0, 80)}"`);
}

function readAttributes(lines: readonly string[]): ReadonlyMap<string, Attribute> {
  const attributes = new Map<string, Attribute>();
  for (const line of lines) {
    const [, flags = "", path = ""] = /^attr (\S+) (.*)$/.exec(line) ?? [];
    const attribute = attributeOf(flags);
    if (attribute !== undefined) attributes.set(path, attribute);
  }
  return attributes;
}

/** Regular files in the order in which they were asked about. */
function readContents(lines: readonly string[]): FileState[] {
  const stats = lines.filter((line) => line.startsWith("stat ")).map((line) => line.split(" "));
  const bytes = Uint8Array.fromBase64(lines.slice(stats.length).join(""));
  let at = 0;
  const states = stats.map(([, size, mode = "", owner = "", group = "", ids, links]): FileState => {
    const content = fromBytes(bytes.subarray(at, at += Number(size)));
    return {
      kind: "file",
      mode: mode.padStart(4, "0"),
      owner,
      group,
      content,
      ids: ids ?? `${owner}:${group}`,
      links: Number(links ?? 1),
    };
  });
  if (at !== bytes.length) throw new TaskError("Cannot read files: one changed while it was read");
  return states;
}

function parseOne(line: string): FileState {
  const [kind = "", mode = "", owner = "", group = "", ids = `${owner}:${group}`] = line.split(" ");
  switch (kind) {
    case "link":
      return { kind, target: line.slice("link ".length) };
    case "directory":
      return { kind, mode: mode.padStart(4, "0"), owner, group, ids };
    case "absent":
    case "other":
      return { kind };
    default:
      throw unreadable(line);
  }
}
