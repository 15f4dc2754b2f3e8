/**
 * What a sampler wrote on a host, read back: lines, by run of the sampler. Pure.
 * @module
 */

/** One line of a spool. Walls are epoch milliseconds of the host's own clock, with fractions. */
export type SpoolLine =
  /** The sampler began, or began again. */
  | {
    readonly kind: "boot";
    readonly wallMs: number;
    readonly uptimeMs: number;
    /** Boot id of the kernel. */
    readonly boot: string;
  }
  /** Whether the address was there when the sampler began. */
  | { readonly kind: "holds"; readonly wallMs: number; readonly holds: boolean }
  /** The two clocks of the host, side by side. */
  | { readonly kind: "clock"; readonly wallMs: number; readonly uptimeMs: number }
  /** The address came or went. */
  | {
    readonly kind: "addr";
    readonly wallMs: number;
    readonly held: boolean;
    /** Where it came or went. */
    readonly interface: string;
  }
  /** The number of usable API servers changed. */
  | { readonly kind: "up"; readonly wallMs: number; readonly up: number }
  /** The sampler was stopped in order. */
  | { readonly kind: "end"; readonly wallMs: number };

/** What one run of the sampler wrote, in the order of the file. */
export interface SpoolRun {
  /** Boot id of the kernel; empty where the beginning of the spool is lost. */
  readonly boot: string;
  /** Its lines, never none. */
  readonly lines: readonly SpoolLine[];
}

/** A spool that was read. */
export interface Spool {
  /** Runs of the sampler, in order. */
  readonly runs: readonly SpoolRun[];
  /** Lines that mean nothing, beyond those that a fetch or a loss of power explains. */
  readonly skipped: number;
}

/** A shorter one is what was left of it: epoch nanoseconds have 19 digits until the year 2286. */
const NANOSECONDS = /^\d{19}$/;
const SECONDS = /^\d{1,10}(?:\.\d{1,9})?$/;
const MONITOR =
  /^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{1,9})\]\s+(Deleted\s+)?\d+:\s+(\S+)\s+inet6?\s+(\S+)/;
const ADDRESS = /^[0-9A-Fa-f.:]{2,45}$/;
/** What is left of a line that the end of power cut, with the next beginning behind it. */
const BEGIN = /boot \d{19} \d{1,10}(?:\.\d{1,9})? [0-9A-Za-z-]{1,64}$/;

/** Epoch milliseconds of nanoseconds: as one number they would not fit a double. */
function wallOf(word = ""): number | undefined {
  if (!NANOSECONDS.test(word)) return undefined;
  return Number(word.slice(0, -6)) + Number(word.slice(-6)) / 1e6;
}

function uptimeOf(word = ""): number | undefined {
  return SECONDS.test(word) ? Number(word) * 1000 : undefined;
}

/** One way of writing an address: `FD00::0A` and `fd00::a` are the same. */
function canonical(address: string): string {
  if (!address.includes(":")) return address;
  return URL.canParse(`http://[${address}]`) ? new URL(`http://[${address}]`).hostname : address;
}

/** A line of `ip -ts -o monitor address`; `other` where it is about another address. */
function addrOf(rest: string, address: string): SpoolLine | "other" | undefined {
  const [, second = "", fraction = "", deleted, name = "", found = ""] = MONITOR.exec(rest) ?? [];
  const wallMs = Date.parse(`${second}Z`) + Number(`0.${fraction}`) * 1000;
  if (Number.isNaN(wallMs)) return undefined;
  if (canonical(found.replace(/\/\d+$/, "")) !== canonical(address)) return "other";
  return { kind: "addr", wallMs, held: deleted === undefined, interface: name.replace(/@.*/, "") };
}

function lineOf(text: string, address: string): SpoolLine | "other" | undefined {
  const [kind = "", first, second, third] = text.split(" ");
  if (kind === "addr") return addrOf(text.slice("addr ".length), address);
  const words = text.split(" ").length;
  const wallMs = wallOf(first);
  if (wallMs === undefined) return undefined;
  if (kind === "end" && words === 2) return { kind, wallMs };
  if (kind === "holds" && words <= 4 && /^[01]$/.test(second ?? "")) {
    // Who watches one address alone does not say which.
    if (words === 4 && !ADDRESS.test(third ?? "")) return undefined;
    const ours = canonical(third ?? address) === canonical(address);
    return ours ? { kind, wallMs, holds: second === "1" } : "other";
  }
  if (kind === "up" && words === 3 && /^\d{1,4}$/.test(second ?? "")) {
    return { kind, wallMs, up: Number(second) };
  }
  const uptimeMs = uptimeOf(second);
  if (uptimeMs === undefined) return undefined;
  if (kind === "clock" && words === 3) return { kind, wallMs, uptimeMs };
  if (kind === "boot" && words === 4 && /^[0-9A-Za-z-]{1,64}$/.test(third ?? "")) {
    return { kind, wallMs, uptimeMs, boot: third ?? "" };
  }
  return undefined;
}

/**
 * Lines as they were written. An unfinished last line is one that is being written while the spool
 * is fetched; what lost power leaves before a `boot` (half a line, zero bytes) is cut off.
 */
function written(text: string): { text: string; cut: boolean }[] {
  const rows = text.replaceAll("\0", "").split("\n").slice(0, -1)
    .map((row) => row.replace(/\r$/, "")).filter((row) => row !== "");
  const lines = rows.flatMap((row) => {
    const begin = BEGIN.exec(row);
    if (begin === null || begin.index === 0) return [row];
    return [row.slice(0, begin.index), begin[0]];
  });
  return lines.map((row, i) => ({ text: row, cut: lines[i + 1]?.startsWith("boot ") ?? false }));
}

/**
 * Reads what a spool says of one address. Lines that mean nothing are left out and counted, as is a time since boot that goes
 * back without a new beginning; nothing is thrown.
 */
export function parseSpool(text: string, address: string): Spool {
  const runs: { boot: string; lines: SpoolLine[] }[] = [];
  let skipped = 0;
  let uptime = 0;
  for (const { text: row, cut } of written(text)) {
    const line = lineOf(row, address);
    if (line === "other") continue;
    const back = line?.kind === "clock" && line.uptimeMs < uptime;
    if (line === undefined || back) {
      if (!cut) skipped++;
      continue;
    }
    if ("uptimeMs" in line) uptime = line.uptimeMs;
    const last = runs.at(-1);
    if (line.kind === "boot") runs.push({ boot: line.boot, lines: [line] });
    else if (last === undefined) runs.push({ boot: "", lines: [line] });
    else last.lines.push(line);
  }
  return { runs, skipped };
}
