/**
 * The commands of a shell script, as far as a reader needs them who wants to know what is asked
 * where: words without quotes, simple variables put in. Pure. What only a shell can know (loops,
 * functions, what a command prints) is not looked at.
 * @module
 */
import type { Word } from "./model.ts";
import { type PlaceOf, placesIn } from "./scan.ts";

/** A command of a script. */
export interface Command {
  /** Its words, never none. */
  readonly words: readonly Word[];
  /** Its output is read by the script: it stands in `$(…)`. */
  readonly captured: boolean;
  /** What ends it: `|`, `&&`, `||`, `;`, `&`, a bracket, or a line feed. */
  readonly ends: string;
}

const PIECE =
  /(?<comment>(?<![^\s;&|()`])#[^\n]*)|(?<blank>(?:[ \t\r\v\f]|\\\r?\n)+)|(?<operator>\n|&&|\|\||;;|[;&|()])|(?<open>\$\(|`)|(?<strong>'[^']*'?)|(?<weak>"(?:\\[^]|[^"\\])*"?)|(?<escaped>\\[^]?)|(?<plain>\$\{\w+\}|\$\w*|[^\s;&|()$`'"\\]+)/y;

/** Reads the commands of a text; what stands in `$(…)` comes before the command around it. */
export function commandsOf(text: string, place: PlaceOf): readonly Command[] {
  return read(text, 0, text.length, place, false, new Map());
}

/** Texts whose commands are kept: the few checks that all load balancers have. */
const KEPT = 16;
const kept = new Map<string, readonly Command[]>();

/** The commands of a whole file. A text that many hosts have is read once. */
export function commandsIn(file: string, text: string): readonly Command[] {
  const known = kept.get(text) ?? commandsOf(text, placesIn("", text));
  if (!kept.has(text)) {
    const [oldest] = kept.keys();
    if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(text, known);
  }
  return known.map((it) => ({
    ...it,
    words: it.words.map(({ text, source }) => ({ text, source: { ...source, file } })),
  }));
}

type Variables = Map<string, string>;

function read(
  text: string,
  from: number,
  to: number,
  place: PlaceOf,
  captured: boolean,
  variables: Variables,
): Command[] {
  const commands: Command[] = [];
  let words: Word[] = [];
  let word: { text: string; from: number } | undefined;
  let depth = 0;
  let ticks = false;
  const close = (at: number) => {
    if (word) words.push({ text: word.text, source: place(word.from, at) });
    word = undefined;
  };
  const end = (at: number, ends: string) => {
    close(at);
    remember(words, variables);
    if (words.length > 0) commands.push({ words, captured: captured || depth > 0 || ticks, ends });
    words = [];
  };
  for (let at = from; at < to;) {
    PIECE.lastIndex = at;
    const { 0: piece, groups } = PIECE.exec(text) ?? { 0: text[at] ?? "", groups: {} };
    const { comment, blank, operator, open, strong, weak, escaped } = groups ?? {};
    if (comment !== undefined || blank !== undefined) close(at);
    else if (operator !== undefined) {
      end(at, operator);
      if (operator === ")" && depth > 0) depth--;
    } else if (open !== undefined) {
      end(at, open);
      if (open === "$(") depth++;
      else ticks = !ticks;
    } else {
      word ??= { text: "", from: at };
      word.text += plain(piece, { strong, weak, escaped }, variables);
      if (weak !== undefined) {
        commands.push(...within(text, at, at + piece.length, place, variables));
      }
    }
    at += Math.max(1, piece.length);
  }
  end(to, "\n");
  return commands;
}

/** The commands in the `$(…)` of a text in double quotes. */
function within(
  text: string,
  from: number,
  to: number,
  place: PlaceOf,
  variables: Variables,
): Command[] {
  const start = text.indexOf("$(", from);
  if (start === -1 || start >= to) return [];
  const end = text.lastIndexOf(")", to);
  return read(text, start + 2, end > start ? end : to, place, true, variables);
}

function plain(
  piece: string,
  { strong, weak, escaped }: Record<string, string | undefined>,
  variables: Variables,
): string {
  if (strong !== undefined) return piece.replace(/^'|'$/g, "");
  if (escaped !== undefined) return piece.slice(1);
  const bare = weak === undefined
    ? piece
    : piece.replace(/^"|"$/g, "").replace(/\\(["\\$`])/g, "$1");
  return bare.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (written, braced?: string, name?: string) => variables.get(braced ?? name ?? "") ?? written,
  );
}

/** Assignments by themselves, `VIP=10.0.0.10`, hold for what follows. */
function remember(words: readonly Word[], variables: Variables): void {
  const first = words[0]?.text === "export" || words[0]?.text === "readonly" ? 1 : 0;
  const found = words.slice(first).map(({ text }) => /^([A-Za-z_]\w*)=(.*)$/s.exec(text));
  if (found.includes(null)) return;
  for (const it of found) variables.set(it?.[1] ?? "", it?.[2] ?? "");
}
