/**
 * Regular expressions whose cost has a bound: all ways through an expression are walked at the same
 * time, a character after the other, so that no expression can take longer than its states times
 * the characters of the text. The price is that there is no looking around and no going back.
 * @module
 */
import { type Node, parseRegex } from "./regex_syntax.ts";

/** How many states an expression may have; `lb\d+` has five. */
const MAX_STATES = 1000;
/** How many steps making them may take: a repetition of nothing has no states, and a cost. */
const MAX_STEPS = 20_000;

/** One state: a character to take, ways to go on without one, a condition, or the end. */
type State =
  | { readonly kind: "take"; readonly fits: (char: string) => boolean; readonly next: number }
  | { readonly kind: "split"; readonly next: readonly number[] }
  | { readonly kind: "assert"; readonly holds: Holds; readonly next: number }
  | { readonly kind: "end" };
type Holds = (before: string | undefined, after: string | undefined) => boolean;

/**
 * A test whether a text begins with a match, as Python's `re.match`.
 * @throws {SyntaxError} with the reason, as the end of a sentence
 *
 * @example
 * ```ts
 * import { regex } from "./regex.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["lb12", "m1"].map(regex("(lb|db)\\d+$")), [true, false]);
 * ```
 */
export function regex(source: string): (text: string) => boolean {
  // Ansible users know this one flag; names are ASCII, so that lower case is enough for it.
  const blind = source.startsWith("(?i)");
  const { states, start } = compile(parseRegex(blind ? source.slice(4) : source, blind));
  return (text) => walk(states, start, blind ? text.toLowerCase() : text);
}

/** A test whether a whole text fits a shell's wildcards: `*`, `?`, `[ab]`, `[!ab]`. */
export function glob(source: string): (text: string) => boolean {
  const translated = source.replace(/\[(!?)(\]?[^\]]*)\]|[^]/g, (token, not, set) => {
    if (token === "*") return ".*";
    if (token === "?") return ".";
    if (set !== undefined) return `[${not ? "^" : ""}${set.replace(/[\\^[\]]/g, "\\$&")}]`;
    return token.replace(/[^A-Za-z0-9]/, "\\$&");
  });
  return regex(`${translated}$`);
}

function compile(root: Node): { readonly states: readonly State[]; readonly start: number } {
  const states: State[] = [];
  let steps = 0;
  const add = (state: State): number => {
    if (states.push(state) > MAX_STATES) throw tooLarge();
    return states.length - 1;
  };
  // From the end to the beginning: every state knows where it goes on.
  const emit = (node: Node, next: number): number => {
    if (++steps > MAX_STEPS) throw tooLarge();
    switch (node.kind) {
      case "take":
        return add({ kind: "take", fits: node.fits, next });
      case "assert":
        return add({ kind: "assert", holds: node.holds, next });
      case "sequence":
        return node.parts.reduceRight((to, part) => emit(part, to), next);
      case "choice":
        return add({ kind: "split", next: node.parts.map((part) => emit(part, next)) });
      case "repeat":
        return repeat(node, next);
    }
  };
  const repeat = ({ node, min, max }: Node & { kind: "repeat" }, next: number): number => {
    let entry = next;
    if (max === Infinity) {
      entry = add({ kind: "end" });
      states[entry] = { kind: "split", next: [emit(node, entry), next] };
    } else {
      for (let i = min; i < max; i++) {
        entry = add({ kind: "split", next: [emit(node, entry), next] });
      }
    }
    for (let i = 0; i < min; i++) entry = emit(node, entry);
    return entry;
  };
  const end = add({ kind: "end" });
  return { states, start: emit(root, end) };
}

function walk(states: readonly State[], start: number, text: string): boolean {
  let current = new Set([start]);
  for (let i = 0; i <= text.length; i++) {
    const [before, char] = [text[i - 1], text[i]];
    const following = new Set<number>();
    // A Set grows while it is walked, and holds each state once.
    for (const index of current) {
      const state = states[index];
      if (state === undefined) continue;
      if (state.kind === "end") return true;
      if (state.kind === "split") state.next.forEach((next) => current.add(next));
      else if (state.kind === "assert") {
        if (state.holds(before, char)) current.add(state.next);
      } else if (char !== undefined && state.fits(char)) following.add(state.next);
    }
    if (following.size === 0) return false;
    current = following;
  }
  return false;
}

function tooLarge(): SyntaxError {
  return new SyntaxError("its repetitions make it too large");
}
