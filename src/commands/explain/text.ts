/**
 * Explanations as text: a table from weak to strong with the winner marked. Text only.
 * @module
 */
import { escaped } from "../../terminal.ts";
import type { Explanation, Row } from "./explanation.ts";

/** Longer values are cut in tables. */
const MAX_VALUE = 72;

/** Everything about one key. */
export function keyText(host: string, { key, rows }: Explanation): string {
  const cells = rows.map((row) => [row.wins ? "=>" : "", row.level, place(row), valueText(row)]);
  const end = rows.at(-1)?.wins
    ? []
    : ["  It has no value: the last map above replaces the others."];
  return lines([`${key} of ${host}, from weakest to strongest`, ...table(cells), ...end]);
}

/** One line for each key: the value that counts and where it comes from. */
export function allText(explanations: readonly Explanation[]): string {
  const cells = explanations.flatMap(({ key, rows }) => {
    const row = rows.at(-1);
    return row ? [[key, valueText(row), row.level, place(row)]] : [];
  });
  return lines(table(cells));
}

function place({ source, reason = "" }: Row): string {
  return source ? `${source.file}:${source.line}:${source.column}` : reason;
}

function valueText(row: Row): string {
  if (!("value" in row)) return "(not in this map)";
  if (row.value === undefined) return "(unset)";
  const text = JSON.stringify(row.value);
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}

/** Columns as wide as their widest cell; the last one is left as it is. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row.map((cell, i) => i === row.length - 1 ? cell : cell.padEnd(widths[i]!)).join("  ").trimEnd()
  );
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${escaped(line)}\n`).join("");
}
