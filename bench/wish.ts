/**
 * The words after `deno task bench`. Pure.
 * @module
 */

/** The parts of the benchmark. */
export const PARTS = ["two", "first", "twenty", "hundred"] as const;

/** One of them. */
export type Part = (typeof PARTS)[number];

/** What is to be measured. */
export interface Wish {
  /** How often each part is; 0: not at all. */
  readonly rounds: Readonly<Record<Part, number>>;
  /** File of the rows; unset: one that is thrown away. */
  readonly rows?: string;
  /** Whether the page and the picture are written. */
  readonly page: boolean;
  /** Whether nothing is measured: what was measured is written anew. */
  readonly only: "page" | "all";
}

/** Where the rows of the page are kept. */
export const ROWS = "bench/results/rows.jsonl";

const USAGE = `Usage: deno task bench [--quick] [--part ${
  PARTS.join("|")
}]... [--rounds N] [--rows FILE] [--page-only]`;

const ROUNDS: Readonly<Record<Part, number>> = { two: 5, first: 5, twenty: 3, hundred: 3 };

/** Reads the words, or gives a sentence about what is wrong with them. */
export function wishOf(words: readonly string[]): Wish | string {
  const parts: Part[] = [];
  const flags = new Set<string>();
  let rounds: number | undefined;
  let rows: string | undefined;
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--quick" || word === "--page-only") {
      flags.add(word);
      continue;
    }
    if (!["--part", "--rounds", "--rows"].includes(word)) return wrong(`no option ${word}`);
    const value = rest.shift();
    if (value === undefined || value === "") return wrong(`${word} needs a value`);
    if (word === "--rows") rows = value;
    else if (word === "--rounds") {
      if (!/^[1-9]\d?$/.test(value)) return wrong(`expected 1 to 99 rounds, not "${value}"`);
      rounds = Number(value);
    } else {
      const part = PARTS.find((it) => it === value);
      if (part === undefined) return wrong(`no part "${value}"`);
      parts.push(part);
    }
  }
  const quick = flags.has("--quick");
  if (quick && parts.length > 0) return wrong("--quick is a part of its own");
  const chosen = quick ? ["two"] : parts.length === 0 ? PARTS : parts;
  const countOf = (part: Part) => chosen.includes(part) ? rounds ?? (quick ? 2 : ROUNDS[part]) : 0;
  const file = rows ?? (quick ? undefined : ROWS);
  return {
    rounds: {
      two: countOf("two"),
      first: countOf("first"),
      twenty: countOf("twenty"),
      hundred: countOf("hundred"),
    },
    ...(file === undefined ? {} : { rows: file }),
    page: !quick,
    only: flags.has("--page-only") ? "page" : "all",
  };
}

const wrong = (what: string) => `Cannot measure: ${what}\n${USAGE}`;
