/**
 * A terminal that is just good enough to see what a person would see of what is written to it.
 * @module
 */
import { columnsOf } from "../../src/reporters/width.ts";

// deno-lint-ignore no-control-regex
const SEQUENCE = /\x1b\[(\??)([\d;]*)([A-Za-z])|([^\x1b])/gsuy;

/** A grid of characters and a cursor. What scrolls out on top is kept. */
export class Screen {
  readonly #columns: number;
  readonly #rows: number;
  #lines: string[][] = [[]];
  #row = 0;
  #column = 0;
  #top = 0;
  /** How many rows had to be broken because a line did not fit. */
  wraps = 0;

  /** A screen of so many characters. */
  constructor(columns: number, rows = 24) {
    this.#columns = columns;
    this.#rows = rows;
  }

  /** Obeys text. @throws {RangeError} on a sequence that is not expected */
  write(text: string): void {
    SEQUENCE.lastIndex = 0;
    while (SEQUENCE.lastIndex < text.length) {
      const at = SEQUENCE.lastIndex;
      const match = SEQUENCE.exec(text);
      if (match === null) throw new RangeError(`Cannot obey ${JSON.stringify(text.slice(at))}`);
      const [, mark, count, command, char] = match;
      if (char !== undefined) this.#put(char);
      else this.#obey(`${mark}${command}`, Number(count || 1), count ?? "");
    }
  }

  /** What stands on it, scrolled lines included, without empty lines at the end. */
  get text(): string {
    return this.#lines.map((line) => line.join("").trimEnd()).join("\n").trimEnd();
  }

  #put(char: string): void {
    if (char === "\r") this.#column = 0;
    else if (char === "\n") this.#next();
    else {
      const width = columnsOf(char);
      if (this.#column + width > this.#columns) {
        this.wraps += 1;
        this.#next();
      }
      const line = this.#line();
      while (line.length < this.#column) line.push(" ");
      line[this.#column] = char;
      for (let i = 1; i < width; i++) line[this.#column + i] = "";
      this.#column += width;
    }
  }

  /** As a terminal does with ONLCR: the start of the next line. */
  #next(): void {
    this.#row += 1;
    this.#column = 0;
    if (this.#row - this.#top >= this.#rows) this.#top += 1;
    this.#line();
  }

  #line(): string[] {
    while (this.#lines.length <= this.#row) this.#lines.push([]);
    return this.#lines[this.#row] ?? [];
  }

  #obey(command: string, count: number, given: string): void {
    switch (command) {
      case "A":
        // What has scrolled away is out of reach.
        this.#row = Math.max(this.#top, this.#row - count);
        break;
      case "K":
        this.#line().length = Math.min(this.#line().length, this.#column);
        break;
      case "J":
        this.#line().length = Math.min(this.#line().length, this.#column);
        this.#lines.length = this.#row + 1;
        break;
      case "m":
        break;
      case "?h":
      case "?l":
        if (given === "2026") break;
        throw new RangeError(`Cannot obey mode ${given}`);
      default:
        throw new RangeError(`Cannot obey ${command}`);
    }
  }
}
