/**
 * What got slower since an earlier run of drills, as text.
 * @module
 */
import { bold, cyan, dim, green, red, yellow } from "@std/fmt/colors";
import type { DrillVerdict } from "../events.ts";
import { printableLine } from "../terminal.ts";
import { tableLines } from "./drill/columns.ts";
import { figureName, type Judged } from "./drill/facts.ts";
import { number } from "./drill/units.ts";
import { hang } from "./fold.ts";

/** A figure over the rounds of a drill, in milliseconds. */
interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly rounds: number;
}

/** A drill in one of the runs. */
interface History {
  readonly judged?: Spread;
  readonly verdicts: Readonly<Record<DrillVerdict, number>>;
}

/** A drill in two runs, as they were compared. */
export interface ComparedDrill {
  /** Endpoint it was run on. */
  readonly endpoint: string;
  /** Its name. */
  readonly drill: string;
  /** Which figure is compared. */
  readonly figure: Judged;
  /** Earlier; unset: it was not run. */
  readonly before?: History;
  /** Later; unset: it was not run. */
  readonly after?: History;
  /** What that comes to. */
  readonly change: "slower" | "faster" | "same" | "new" | "gone" | "unmeasured";
}

const HEAD = {
  drill: "drill",
  figure: "figure",
  before: "before, ms",
  now: "now, ms",
  more: "difference",
  change: "change",
};

const PAINT: Readonly<Record<ComparedDrill["change"], (text: string) => string>> = {
  slower: red,
  faster: green,
  same: (text) => text,
  new: cyan,
  gone: yellow,
  unmeasured: yellow,
};

const WORDS: Readonly<Record<ComparedDrill["change"], string>> = {
  slower: "slower",
  faster: "faster",
  same: "as before",
  new: "new",
  gone: "not run now",
  unmeasured: "not measured",
};

/**
 * A table of all drills, those whose verdict has changed in words, and how many got slower: the
 * medians of their rounds, with the range where there were several.
 */
export function compareText(
  rows: readonly ComparedDrill[],
  { columns = Infinity }: { readonly columns?: number } = {},
): string {
  if (rows.length === 0) return "Nothing to compare: neither run has a drill\n";
  const several = new Set(rows.map(({ endpoint }) => endpoint)).size > 1;
  const nameOf = ({ endpoint, drill }: ComparedDrill) =>
    printableLine(several ? `${endpoint}: ${drill}` : drill);
  const changes = new Map(rows.map((row) => [WORDS[row.change], PAINT[row.change]]));
  const lines = tableLines<keyof typeof HEAD>(
    rows.map((row) => ({
      drill: nameOf(row),
      figure: figureName(row.figure),
      before: spreadText(row.before?.judged),
      now: spreadText(row.after?.judged),
      more: moreText(row),
      change: WORDS[row.change],
    })),
    {
      head: HEAD,
      numbers: ["before", "now", "more"],
      spared: ["figure", "more", "before"],
      columns,
      paint: (row, column, cell) => column === "change" ? paintOf(changes, row.change)(cell) : cell,
    },
  );
  const told = rows.flatMap((row) => {
    const text = verdictText(row);
    if (text === undefined) return [];
    return hang("", `${nameOf(row)}: ${text}`, { indent: 4, columns }).split("\n");
  });
  const folded = (text: string) => hang("", text, { indent: 2, columns });
  // Who compares decides what counts as a change; this says what the columns are.
  const meaning = "Medians, with least and most where there were several rounds.";
  const end = [...told, bold(folded(summaryOf(rows))), dim(folded(meaning))];
  return [...lines, "", ...end].map((line) => `${line}\n`).join("");
}

function paintOf(paints: ReadonlyMap<string, (text: string) => string>, word: string) {
  return paints.get(word) ?? ((text: string) => text);
}

/** `183 (170-210)`. */
function spreadText(spread: Spread | undefined): string {
  if (spread === undefined) return "-";
  const { median, min, max, rounds } = spread;
  return rounds > 1 ? `${number(median)} (${number(min)}-${number(max)})` : number(median);
}

/** `+62 (+34%)`. */
function moreText({ before, after }: ComparedDrill): string {
  if (before?.judged === undefined || after?.judged === undefined) return "-";
  const [was, is] = [before.judged.median, after.judged.median];
  const sign = (value: number) =>
    `${value > 0 ? "+" : value < 0 ? "-" : ""}${number(Math.abs(value))}`;
  const part = was > 0 ? ` (${sign((is - was) / was * 100)}%)` : "";
  return `${sign(is - was)}${part}`;
}

/** A drill that passed and fails now is worse than any figure. */
function verdictText({ before, after }: ComparedDrill): string | undefined {
  if (before === undefined || after === undefined) return undefined;
  const list = ({ verdicts }: History) =>
    (["pass", "fail", "unknown", "skipped"] as const).filter((verdict) => verdicts[verdict] > 0)
      .map((verdict) => `${number(verdicts[verdict])} ${verdict}`).join(", ");
  const kinds = ({ verdicts }: History) =>
    Object.entries(verdicts).filter(([, count]) => count > 0).map(([verdict]) => verdict).sort();
  if (kinds(before).join() === kinds(after).join()) return undefined;
  return `${list(before) || "no round"} before, ${list(after) || "no round"} now`;
}

function summaryOf(rows: readonly ComparedDrill[]): string {
  const order = ["slower", "faster", "same", "new", "gone", "unmeasured"] as const;
  return order.flatMap((change) => {
    const count = rows.filter((row) => row.change === change).length;
    return count === 0 ? [] : [`${number(count)} ${WORDS[change]}`];
  }).join(", ");
}
