/**
 * What docs/seed.md is made of and held against: its tables, the rendered files, and the figures of
 * docs/drills.md.
 * @module
 */
import { wrap } from "../../src/commands/line/columns.ts";

/** A row of a table whose first column names what the seed says. */
export interface SeedRow {
  /** Directives of the seed, as they begin. */
  readonly says: readonly string[];
  /** Lines of `guide`. */
  readonly guide: readonly string[];
  /** Lines of `standard`. */
  readonly standard: readonly string[];
}

/** Rows of the table under a heading. */
export function seedRows(page: string, heading: string): readonly SeedRow[] {
  return tableUnder(page, heading).map(([says = "", guide = "", standard = ""]) => ({
    says: spans(says),
    guide: spans(guide),
    standard: spans(standard),
  }));
}

/** Cells of the first table under a heading, without its head. */
export function tableUnder(page: string, heading: string): readonly (readonly string[])[] {
  const at = page.split("\n").indexOf(heading);
  if (at < 0) throw new Error(`no heading ${heading}`);
  const rest = page.split("\n").slice(at + 1);
  const end = rest.findIndex((line) => /^#+ /.test(line));
  const rows = (end < 0 ? rest : rest.slice(0, end)).filter((line) => line.startsWith("|"));
  // A bar that is meant is escaped.
  return rows.slice(2).map((line) =>
    line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim().replaceAll("\\|", "|"))
  );
}

/** Texts between backticks. */
function spans(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text);
}

/** Lines of a file in a golden text, white space and drawn lines aside. Comments are lines. */
export function linesOf(golden: string, path: string): readonly string[] {
  const file = golden.split(/^==> /m).find((part) => part.startsWith(`${path} `));
  if (file === undefined) throw new Error(`no file ${path}`);
  return file.split("\n").slice(1).map((line) => line.trim().replaceAll(/\s+/g, " "))
    .filter((line) => !/^(#-+)?$/.test(line));
}

const HEAD = [
  ["Drill", "`guide`: longest", "Failed requests", "Two holders"],
  ["`standard`: longest", "Failed requests", "Two holders"],
].flat();

/** What stands where nothing was measured. */
const NONE = ["-", "-", "-"];

/** The figures of both profiles beside each other, from those of docs/drills.md. */
export function drillFigures(drills: string): string {
  const guide = figuresOf(drills, "### `guide`");
  const standard = figuresOf(drills, "### `standard`");
  const rows = [...standard].map((
    [drill, cells],
  ) => [drill, ...guide.get(drill) ?? NONE, ...cells]);
  return markdownTable([HEAD, ...rows]);
}

/** Drills in which clients of the seed's files wait less, and how many milliseconds less. */
export function longerWithStandard(drills: string): ReadonlyMap<string, number> {
  const guide = figuresOf(drills, "### `guide`");
  const milliseconds = (cell: string) => cell === "none" ? 0 : Number(cell.replaceAll(/\D/g, ""));
  return new Map(
    [...figuresOf(drills, "### `standard`")].flatMap(([drill, [longest = "-"]]) => {
      const [before = "-"] = guide.get(drill) ?? [];
      if (before === "-" || longest === "-") return [];
      const more = milliseconds(longest) - milliseconds(before);
      return more > 0 ? [[drill, more]] : [];
    }),
  );
}

/** The same as the line below the figures, broken as the formatter does it. */
export function longerLine(drills: string): string {
  const names = [...longerWithStandard(drills).keys()].join(", ");
  return wrap(`Longer with \`standard\`: ${names}.`, 100).join("\n");
}

/** By drill: longest time without an answer, failed requests, time with two holders. */
export function figuresOf(drills: string, heading: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    tableUnder(drills, heading).map((cells) => {
      // The limit is missing where nothing was promised.
      const [longest = "", failed = "", holders = ""] = [5, -4, -3].map((at) => cells.at(at) ?? "");
      // Of a drill that could not be measured the rest says nothing either.
      return [cells[0] ?? "", longest === "-" ? NONE : [longest, failed, holders]];
    }),
  );
}

/** A table as the formatter would leave it: the first column to the left, figures to the right. */
function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) => {
    const cells = widths.map((width, i) =>
      i === 0 ? (row[i] ?? "").padEnd(width) : (row[i] ?? "").padStart(width)
    );
    return `| ${cells.join(" | ")} |`;
  };
  const rule = widths.map((width, i) => i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`);
  return [line(head), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}
