import { cyan, dim, green, red } from "@std/fmt/colors";
import { printable } from "../terminal.ts";

/** Lines of a file's difference that a screen shows; more would push all else out of sight. */
const SHOWN = 200;

/** Differences shorter than this are shown again on every host: to point at them takes as long. */
const WORTH_POINTING = 10;

/**
 * Makes the function that shows differences. One that was shown already for another host is only
 * pointed at, so that what differs on a fleet stands out; `folded` cuts files of many lines.
 */
export function differences(folded: boolean): (host: string, diff: string) => string {
  const seen = new Map<string, string>();
  return (host, diff) => {
    const first = seen.get(diff);
    if (first !== undefined && first !== host) return `${dim(`same difference as on ${first}`)}\n`;
    if (diff.split("\n").length > WORTH_POINTING) seen.set(diff, host);
    const files = diff.split(/^(?=--- .*\n\+\+\+ .*\n@@ )/m).map((file) => file.trimEnd());
    return files.map((file) => folded ? paintFolded(file) : paint(file)).join("");
  };
}

function paintFolded(file: string): string {
  const lines = file.split("\n");
  const more = lines.length - SHOWN;
  if (more <= 0) return paint(file);
  const count = more.toLocaleString("en-US");
  const rest = `… ${count} more lines of difference; --report jsonl:FILE has all of them`;
  return `${paint(lines.slice(0, SHOWN).join("\n"))}${dim(rest)}\n`;
}

function paint(text: string): string {
  const lines = printable(text).split("\n").map((line) => {
    if (line.startsWith("+")) return green(line);
    if (line.startsWith("-")) return red(line);
    return line.startsWith("@@") ? cyan(line) : line;
  });
  return `${lines.join("\n")}\n`;
}
