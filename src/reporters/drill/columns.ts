/**
 * Tables that fit a terminal: what matters least is left out first.
 * @module
 */
import { bold } from "@std/fmt/colors";
import { columnsOf, fit } from "../width.ts";

/** How a table is laid out. */
export interface TableOptions<Column extends string> {
  /** Titles, in the order of the columns. The first column is the one that is cut. */
  readonly head: Readonly<Record<Column, string>>;
  /** Columns of numbers, which end below each other. */
  readonly numbers: readonly Column[];
  /** What a narrow terminal does without, the least important first. */
  readonly spared: readonly Column[];
  /** Width of the terminal. */
  readonly columns: number;
  /** Paints a cell, which is as wide as it will be. @default {plain} */
  readonly paint?: (row: Readonly<Record<Column, string>>, column: Column, cell: string) => string;
}

const LEAST_NAME = 12;

/** The lines of a table, its head first. What is in the rows must be printable. */
export function tableLines<Column extends string>(
  rows: readonly Readonly<Record<Column, string>>[],
  { head, numbers, spared, columns, paint = (_, _1, cell) => cell }: TableOptions<Column>,
): string[] {
  const all = Object.keys(head) as Column[];
  const [first] = all;
  const wanted = (column: Column) =>
    [head, ...rows].reduce((most, row) => Math.max(most, columnsOf(row[column])), 0);
  const shown = [...all];
  const others = () => shown.reduce((sum, it) => it === first ? sum : sum + 2 + wanted(it), 0);
  for (const column of spared) {
    if (others() + LEAST_NAME > columns) shown.splice(shown.indexOf(column), 1);
  }
  const room = (column: Column) =>
    column === first
      ? Math.max(LEAST_NAME, Math.min(wanted(column), columns - others()))
      : wanted(column);
  const cell = (row: Readonly<Record<Column, string>>, column: Column) =>
    numbers.includes(column)
      ? " ".repeat(room(column) - columnsOf(row[column])) + row[column]
      : fit(row[column], room(column));
  const line = (cells: readonly string[]) => cells.join("  ").trimEnd();
  return [
    bold(line(shown.map((column) => cell(head, column)))),
    ...rows.map((row) => line(shown.map((column) => paint(row, column, cell(row, column))))),
  ];
}
