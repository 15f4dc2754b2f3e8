/**
 * Moments of a host's own clock, told by the controller's. Pure.
 * @module
 */
import type { ClockReading } from "../model.ts";
import { type Bound, boundAt } from "./offsets.ts";
import type { Spool, SpoolLine } from "./spool.ts";
import { median, misfit, type Stretch, stretchesOf, type Tick } from "./steps.ts";

/** A line of a spool, and when it was. */
export interface Placed {
  /** The line. */
  readonly line: SpoolLine;
  /** Controller's monotonic milliseconds. */
  readonly at: number;
  /** By how much that may be off, to either side. */
  readonly uncertaintyMs: number;
}

/** A spool whose lines have moments. */
export interface Alignment {
  /** Runs of the sampler, in order, each in the order of its moments; none is empty. */
  readonly runs: readonly { readonly boot: string; readonly lines: readonly Placed[] }[];
  /** Why some of it cannot be told, or not be trusted: sentences that name the host. */
  readonly doubts: readonly string[];
}

/** How late one writer of a spool may be behind the other. */
const LATE_MS = 100;

/** How far from where the wall clock was set a line may belong to either side. */
const NEAR_STEP_MS = 1000;

/** One kernel, from boot to its end: what was written and what was asked meanwhile. */
interface Boot {
  readonly lines: readonly SpoolLine[];
  readonly readings: readonly ClockReading[];
  readonly stretches: readonly Stretch[];
}

const tickOf = ({ hostMs, uptimeMs }: ClockReading): Tick => ({ wallMs: hostMs, uptimeMs });
const ticksOf = (lines: readonly SpoolLine[]): readonly Tick[] =>
  lines.filter((line) => line.kind === "boot" || line.kind === "clock");

/** Exchanges, by the kernel that answered: its time since boot begins anew. */
function groupsOf(readings: readonly ClockReading[]): readonly (readonly ClockReading[])[] {
  const groups: ClockReading[][] = [];
  for (const reading of [...readings].sort((a, b) => a.sentAt - b.sentAt)) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const least = last && last.uptimeMs + (reading.sentAt - last.receivedAt) * 0.9 - 1000;
    if (group === undefined || reading.uptimeMs < (least ?? 0)) groups.push([reading]);
    else group.push(reading);
  }
  return groups;
}

/** Starts of kernels that are no further apart are one; no machine boots in that time. */
const SAME_START_MS = 500;

/** Pairs what was written with what was asked: in order, else by when the kernels started. */
function pair(
  written: readonly (readonly SpoolLine[])[],
  asked: readonly (readonly ClockReading[])[],
): readonly (readonly ClockReading[])[] {
  if (written.length === asked.length) return asked;
  const started = (ticks: readonly Tick[]) => median(ticks.map((t) => t.wallMs - t.uptimeMs));
  const starts = written.map((lines) => started(ticksOf(lines)));
  const away = asked.map((group) => {
    const start = started(group.map(tickOf));
    return starts.map((other) => Number.isNaN(other) ? Infinity : Math.abs(other - start));
  });
  // A container starts anew on the clock and the time since boot of its machine: what was asked of
  // one of its boots holds for all of them.
  const home = (group: number, boot: number) =>
    (away[group]?.[boot] ?? Infinity) <= Math.min(...away[group] ?? []) + SAME_START_MS;
  return written.map((_, boot) => asked.filter((_, group) => home(group, boot)).flat());
}

function bootOf(lines: readonly SpoolLine[], readings: readonly ClockReading[]): Boot {
  const ticks = [...ticksOf(lines), ...readings.map(tickOf)];
  const stretches = stretchesOf(ticks.sort((a, b) => a.uptimeMs - b.uptimeMs));
  return { lines, readings, stretches };
}

function nearest(stretches: readonly Stretch[], tick: Tick): Stretch | undefined {
  return [...stretches].sort((a, b) => misfit(a, tick) - misfit(b, tick))[0];
}

/** What each exchange says of the wall clock as it was set in a stretch. */
function boundsOf({ readings, stretches }: Boot, stretch: Stretch, own: boolean): Bound[] {
  return readings.flatMap((reading) => {
    const home = nearest(stretches, tickOf(reading));
    if (home === undefined || (own && home !== stretch)) return [];
    const loose = home === stretch ? 0 : home.looseMs + stretch.looseMs;
    const host = reading.hostMs + stretch.biasMs - home.biasMs;
    return [{
      at: (reading.sentAt + reading.receivedAt) / 2,
      low: host - reading.receivedAt - loose,
      high: host - reading.sentAt + loose,
    }];
  });
}

/** From when to when a moment of a host's wall clock can have been, by the controller's. */
type Place = (wallMs: number) => { from: number; to: number; contradicted: boolean };

function placer(boot: Boot, stretch: Stretch): Place {
  const all = boundsOf(boot, stretch, false);
  const own = boundsOf(boot, stretch, true);
  const hull = (at: number): Bound => ({
    at,
    low: Math.min(...all.map(({ low }) => low)),
    high: Math.max(...all.map(({ high }) => high)),
  });
  return (wallMs) => {
    let bound = hull(0);
    let found: Bound | undefined;
    // The difference is asked for at a moment that is known only by it; the second time it is.
    for (let round = 0; round < 3; round++) {
      const at = wallMs - (bound.low + bound.high) / 2;
      found = boundAt(all, at) ?? boundAt(own, at);
      bound = found ?? hull(at);
    }
    return { from: wallMs - bound.high, to: wallMs - bound.low, contradicted: found === undefined };
  };
}

/** Stretches that a line can belong to: where the clock was set beside it, more than one. */
function homesOf(boot: Boot, index: number): readonly Stretch[] {
  const { lines, stretches } = boot;
  const line = lines[index];
  if (line === undefined || stretches.length < 2) return stretches;
  if ("uptimeMs" in line) return stretches.filter((s) => s === nearest(stretches, line));
  const from = ticksOf(lines.slice(0, index)).at(-1)?.uptimeMs ?? -Infinity;
  const to = ticksOf(lines.slice(index))[0]?.uptimeMs ?? Infinity;
  const near = stretches.filter((s) => s.to >= from - NEAR_STEP_MS && s.from <= to + NEAR_STEP_MS);
  const fits = near.filter(({ biasMs }) => {
    const uptime = line.wallMs - biasMs;
    return uptime >= from - LATE_MS && uptime <= to + LATE_MS;
  });
  return fits.length > 0 ? fits : near;
}

function placeAll(boot: Boot): { placed: Map<SpoolLine, Placed>; contradicted: boolean } {
  const placers = new Map(boot.stretches.map((stretch) => [stretch, placer(boot, stretch)]));
  const placed = new Map<SpoolLine, Placed>();
  let contradicted = false;
  boot.lines.forEach((line, i) => {
    const found = homesOf(boot, i).flatMap((home) => placers.get(home)?.(line.wallMs) ?? []);
    if (found.length === 0) return;
    contradicted ||= found.some((place) => place.contradicted);
    const from = Math.min(...found.map((place) => place.from));
    const to = Math.max(...found.map((place) => place.to));
    placed.set(line, { line, at: (from + to) / 2, uncertaintyMs: (to - from) / 2 });
  });
  return { placed, contradicted };
}

/** Lines by the kernel under which they were written: a sampler can begin again under the same. */
function bootsOf({ runs }: Spool): readonly (readonly SpoolLine[])[] {
  const boots: { boot: string; lines: SpoolLine[] }[] = [];
  for (const { boot, lines } of runs) {
    const last = boots.at(-1);
    if (last?.boot === boot) last.lines.push(...lines);
    else boots.push({ boot, lines: [...lines] });
  }
  return boots.map(({ lines }) => lines);
}

/**
 * By their moments; but what the kernel told one after the other stays so, where a clock that was
 * set leaves both moments wide: an address that went and came is not one that came and went.
 */
function inOrder(lines: readonly Placed[]): readonly Placed[] {
  let least = -Infinity;
  return lines.map((placed) => {
    if (placed.line.kind !== "addr") return placed;
    const late = Math.max(0, least - placed.at);
    least = placed.at + late;
    return { ...placed, at: least, uncertaintyMs: placed.uncertaintyMs + late };
  }).sort((a, b) => a.at - b.at);
}

/**
 * Gives every line of a spool its moment on the controller's clock, and by how much that may be off.
 * A wall clock that was set is noticed by the time since boot, and set right. What no exchange can
 * place is left out, and doubted.
 */
export function alignSpool(
  host: string,
  spool: Spool,
  readings: readonly ClockReading[],
): Alignment {
  const doubts: string[] = [];
  const places = new Map<SpoolLine, Placed>();
  const written = bootsOf(spool);
  const asked = pair(written, groupsOf(readings));
  written.forEach((lines, i) => {
    const group = asked[i] ?? [];
    if (group.length === 0) {
      doubts.push(
        `what ${host} recorded cannot be placed in time: its clock was not read while it wrote`,
      );
      return;
    }
    const { placed, contradicted } = placeAll(bootOf(lines, group));
    if (contradicted) doubts.push(`the readings of the clock of ${host} contradict each other`);
    for (const [line, place] of placed) places.set(line, place);
  });
  const runs = spool.runs.map(({ boot, lines }) => ({
    boot,
    lines: inOrder(lines.flatMap((line) => places.get(line) ?? [])),
  }));
  return { runs: runs.filter(({ lines }) => lines.length > 0), doubts };
}
