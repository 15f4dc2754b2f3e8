/**
 * What a keepalived.conf says once and uses often: definitions (`$NAME=VALUE`), conditions (`@id`)
 * and repetitions (`~SEQ`, `~LST`). Lines as written in, lines as Keepalived takes them out. Pure.
 * Source: keepalived.conf(5), and lib/parser.c of version 2.2.7 where it says nothing.
 * @module
 */
import { repetitions } from "./keepalived_repeat.ts";
import {
  instead,
  joined,
  linesIn,
  part,
  type Text,
  trimmed,
  unwritten,
  withoutComment,
} from "./keepalived_text.ts";

/** Beside one for each line enough for any file; more is a definition that contains itself. */
const MOST_STEPS = 20_000;
const LONGEST_LINE = 10_000;
const DEEPEST = 100;

/** A file as Keepalived takes it. */
export interface Expanded {
  /** Its lines, without comments and empty ones. */
  readonly lines: readonly Text[];
  /** What `include` and its kin name. */
  readonly includes: readonly Text[];
  /** Offsets of comment signs in the middle of words. */
  readonly cuts: readonly number[];
  /** What is wrong, by the offset in the file. */
  readonly problems: readonly { readonly at: number; readonly message: string }[];
}

/** Definitions by name; one with several lines has them all. */
type Definitions = Map<string, readonly Text[]>;

interface State {
  readonly definitions: Definitions;
  readonly id: string | undefined;
  readonly includes: Text[];
  readonly problems: { readonly at: number; readonly message: string }[];
  /** The definition that the next line belongs to. */
  pending: string | undefined;
  /** How many steps are left. */
  left: number;
}

/**
 * Expands a file.
 * @param id what conditions are compared with: the first part of the host's name. Unset: the first
 * that the file asks for
 */
export function expanded(text: string, id = firstId(text)): Expanded {
  const written = [...linesIn(text)];
  const state: State = {
    definitions: new Map(predefined(id)),
    id,
    includes: [],
    problems: [],
    pending: undefined,
    left: MOST_STEPS + written.length,
  };
  const lines: Text[] = [];
  const cuts: number[] = [];
  for (const each of written) {
    if (each.chars === "") state.pending = undefined;
    const { line, openQuote, cut } = withoutComment(each);
    if (cut !== undefined) cuts.push(cut);
    if (openQuote !== undefined) {
      state.problems.push({ at: openQuote, message: "This quote is never closed" });
    }
    if (line.chars === "") continue;
    if (state.pending !== undefined) more(state, state.pending, line);
    else for (const one of expand(line, state)) lines.push(one);
  }
  if (state.left < 0) {
    const message = "This file does not end: a definition contains itself";
    state.problems.push({ at: 0, message });
  }
  return { lines, includes: state.includes, cuts, problems: state.problems };
}

/** One that is asked for positively: the file is then read as on one of its hosts. */
function firstId(text: string): string | undefined {
  return /^[ \t]*@([^\s^]\S*)/m.exec(text)?.[1];
}

function predefined(id: string | undefined): [string, readonly Text[]][] {
  // Where the file lies on a host; the rest has no value that would be the same twice.
  const values = {
    _PWD: "/etc/keepalived",
    _INSTANCE: id ?? "",
    _HASH: "#",
    _BANG: "!",
    _RANDOM: "0",
  };
  return Object.entries(values).map(([name, chars]) => [name, [unwritten(chars)]]);
}

/** Adds a line to a definition that has several. */
function more(state: State, name: string, line: Text): void {
  const goesOn = line.chars.endsWith("\\");
  const body = goesOn ? trimmed(part(line, 0, line.chars.length - 1)) : line;
  if (body.chars !== "") {
    state.definitions.set(name, [...state.definitions.get(name) ?? [], body]);
  }
  if (!goesOn) state.pending = undefined;
}

function* expand(line: Text, state: State, depth = 0): Generator<Text> {
  if (--state.left < 0 || line.chars.length > LONGEST_LINE || depth > DEEPEST) {
    state.left = -1;
    return;
  }
  if (line.chars.startsWith("@")) return yield* onCondition(line, state, depth);
  if (defined(line, state)) return;
  const repeat = repetitions(line.chars);
  if (repeat) {
    const rest = trimmed(part(line, repeat.length));
    for (const names of repeat.values) {
      for (const [name, chars] of names) {
        state.definitions.set(name, [unwritten(chars)]);
      }
      yield* expand(rest, state, depth + 1);
    }
    return;
  }
  const used = replaced(line, state.definitions);
  if (used) {
    for (const one of used) yield* expand(one, state, depth + 1);
    return;
  }
  const [include] = /^include[rmwba]?\s+/.exec(line.chars) ?? [];
  if (include !== undefined) state.includes.push(part(line, include.length));
  else if (line.chars !== "") yield line;
}

function* onCondition(line: Text, state: State, depth: number): Generator<Text> {
  const [head, not, id] = /^@(\^?)(\S*)[ \t]+/.exec(line.chars) ?? [];
  // Nothing behind the condition: nothing to take.
  if (head === undefined || (id === state.id) === (not === "^")) return;
  yield* expand(part(line, head.length), state, depth + 1);
}

/** Takes a line that defines something. */
function defined(line: Text, state: State): boolean {
  const [head, name = ""] = /^\$([A-Za-z_]\w*)=[ \t]*/.exec(line.chars) ?? [];
  if (head === undefined) return false;
  const value = part(line, head.length);
  const goesOn = value.chars.endsWith("\\");
  const first = goesOn ? trimmed(part(value, 0, value.chars.length - 1)) : value;
  state.definitions.set(name, goesOn && first.chars === "" ? [] : [first]);
  if (goesOn) state.pending = name;
  return true;
}

/** The lines that a line becomes when its first definition is put in; unset: it uses none. */
function replaced(line: Text, definitions: Definitions): readonly Text[] | undefined {
  if (!line.chars.includes("$")) return undefined;
  const uses = line.chars.matchAll(/\$(?:\{([A-Za-z_]\w*)[ \d]*\}|([A-Za-z_]\w*)(?=[ \t,)]|$))/g);
  for (const { 0: use, 1: braced, 2: bare, index } of uses) {
    const lines = definitions.get(braced ?? bare ?? "");
    const end = index + use.length;
    // Several lines take the place of a whole rest of a line only.
    if (!lines || (lines.length > 1 && end < line.chars.length)) continue;
    const [first, ...others] = lines;
    const reference = part(line, index, end);
    // A value counts where it is used, a line of several where it is written.
    const inside = others.length > 0 ? first : first && instead(reference, first.chars);
    const whole = joined(part(line, 0, index), ...(inside ? [inside] : []), part(line, end));
    return [trimmed(whole), ...others];
  }
  return undefined;
}
