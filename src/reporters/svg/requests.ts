/**
 * The requests of a drill: answers by how long they took, and a lane for each way to fail.
 * @module
 */
import type { Span, Timeline } from "../../events.ts";
import { outageSpan, type Request, requestsOf } from "../drill/requests.ts";
import { milliseconds, number } from "../drill/units.ts";
import { type Content, el } from "../markup.ts";
import { percent, type Scale, stretched, textAt } from "./scale.ts";

/** Something drawn, and how high it is. */
export interface Drawn {
  /** What is drawn. */
  readonly content: Content;
  /** Room it takes, in pixels. */
  readonly height: number;
}

/** Figures that are shown beside the requests. */
export interface Beside {
  /** Longest outage. */
  readonly outageMs?: number | undefined;
  /** Computed from the configuration. */
  readonly predictedMs?: number | undefined;
  /** Most that is allowed, where it is the outage that is judged. */
  readonly limitMs?: number | undefined;
}

const TITLE = 16;
const PLOT = 96;
const LANE = 12;
const GAP = 6;
/** More requests than these are drawn as the range of each slice. */
const DOTS = 4000;
const SLICES = 1000;
/** Width of the mark of a failure, in units of a path. */
const TICK = 10;
/** More kinds of failures than these share the last lane. */
const LANES = 6;

/** The panel of answers and the lanes of failures, from `y` downwards. */
export function requestPanel(timeline: Timeline, scale: Scale, y: number, beside: Beside): Drawn {
  const seen = requestsOf(timeline).filter(({ at, ms }) => scale.has(at) || scale.has(at + ms));
  const answers = seen.filter(({ kind }) => kind === "ok");
  const top = y + TITLE;
  const latency = latencyOf(answers);
  const lanes = failureLanes(seen, scale, top + PLOT + GAP);
  const height = TITLE + PLOT + GAP + lanes.height;
  const noted = besideOf(timeline, scale, top, beside);
  return {
    height,
    content: [
      stallBands(timeline, scale, top, PLOT + GAP + lanes.height),
      noted.map(({ behind }) => behind),
      el("text", { x: "1%", y: y + 11, class: "label" }, "answers, by milliseconds they took"),
      gridLines(latency, top),
      stretched(top, PLOT, dots(answers, scale, latency)),
      gridNumbers(latency, top),
      noted.map(({ front }) => front),
      lanes.content,
    ],
  };
}

/** Height of an answer in the panel, on a logarithmic scale. */
interface Latency {
  readonly most: number;
  y(ms: number): number;
}

function latencyOf(answers: readonly Request[]): Latency {
  const longest = answers.reduce((most, { ms }) => Math.max(most, ms), 100);
  const most = 10 ** Math.ceil(Math.log10(longest));
  const share = (ms: number) => Math.log10(Math.max(1, ms)) / Math.log10(most);
  return { most, y: (ms) => Math.round((PLOT - 3 - share(ms) * (PLOT - 6)) * 10) / 10 };
}

function powersOf({ most }: Latency): number[] {
  return Array.from({ length: Math.round(Math.log10(most)) + 1 }, (_, i) => 10 ** i);
}

function gridLines(latency: Latency, top: number): Content {
  return powersOf(latency).map((ms) => {
    const y = top + latency.y(ms);
    return el("line", { x1: "1%", x2: "99%", y1: y, y2: y, class: "grid" });
  });
}

function gridNumbers(latency: Latency, top: number): Content {
  return powersOf(latency).map((ms) => {
    const place = { x: "99%", y: top + latency.y(ms) - 2, "text-anchor": "end", class: "tick" };
    return el("text", place, number(ms));
  });
}

function dots(answers: readonly Request[], scale: Scale, latency: Latency): Content {
  if (answers.length <= DOTS) {
    const path = answers.map(({ at, ms }) => `M${scale.unit(at)} ${latency.y(ms)}h0`).join("");
    return el("path", { class: "answers", d: path });
  }
  const ranges = new Map<number, { least: number; most: number; at: number }>();
  for (const { at, ms } of answers) {
    const slice = Math.floor((at - scale.from) / (scale.to - scale.from) * SLICES);
    const range = ranges.get(slice) ?? { least: ms, most: ms, at };
    const grown = { least: Math.min(range.least, ms), most: Math.max(range.most, ms) };
    ranges.set(slice, { ...range, ...grown });
  }
  const path = [...ranges.values()].map(({ least, most, at }) =>
    `M${scale.unit(at)} ${latency.y(least)}V${latency.y(most)}`
  );
  return el("path", { class: "answers ranges", d: path.join("") });
}

/** A lane for each kind of failure: place and name tell them apart, not a color. */
function failureLanes(seen: readonly Request[], scale: Scale, y: number): Drawn {
  const byKind = new Map<string, Request[]>();
  for (const request of seen) {
    if (request.kind === "ok") continue;
    const kind = byKind.has(request.kind) || byKind.size < LANES - 1 ? request.kind : "other";
    const lane = byKind.get(kind);
    if (lane === undefined) byKind.set(kind, [request]);
    else lane.push(request);
  }
  if (byKind.size === 0) {
    const none = el("text", { x: "1%", y: y + 11, class: "label" }, "no request failed");
    return { content: none, height: TITLE };
  }
  const height = TITLE + LANE + GAP;
  const content = [...byKind].map(([kind, failed], i) => {
    const top = y + i * height;
    // Those that fall on the same place are drawn once.
    const units = [...new Set(failed.map(({ at }) => Math.round(scale.unit(at) / TICK) * TICK))];
    return el(
      "g",
      { class: "failures", "data-kind": kind },
      el(
        "text",
        { x: "1%", y: top + 11, class: "label bad" },
        `failed: ${kind}, ${number(failed.length)}`,
      ),
      stretched(top + TITLE, LANE, el("path", { d: units.map((x) => `M${x} 0v${LANE}`).join("") })),
    );
  });
  return { content, height: height * byKind.size };
}

function stallBands(
  { stalls }: Timeline,
  scale: Scale,
  y: number,
  height: number,
): Content {
  // Words for the longest alone: those of several would lie over each other.
  const longest = stalls.filter(({ from }) => scale.has(from))
    .toSorted((a, b) => (b.to - b.from) - (a.to - a.from))[0];
  return stalls.map((stall) => {
    const place = scale.span(stall);
    if (place === undefined) return undefined;
    return el(
      "g",
      { class: "stall" },
      el("rect", { ...place, y, height }),
      stall === longest
        ? textAt(scale, stall.from, y + height - 4, "prober stood still", "note")
        : undefined,
    );
  });
}

/** Something behind the answers, and the words for it in front of them. */
interface Noted {
  readonly behind: Content;
  readonly front: Content;
}

/** What was predicted as a shade, what is allowed as a line, and the outage as it was. */
function besideOf(timeline: Timeline, scale: Scale, y: number, beside: Beside): Noted[] {
  const outage = outageSpan(timeline, beside.outageMs);
  // A length beside a length: a fault that takes a moment to happen makes no outage longer.
  const start = Math.max(scale.origin, outage?.from ?? scale.origin);
  return [
    outageBand(outage, scale, y + PLOT, beside),
    ...scale.about === "fault"
      ? [predictedBand(start, scale, y, beside), limitLine(start, scale, y, beside)]
      : [],
  ];
}

const NOTHING: Noted = { behind: undefined, front: undefined };

function outageBand(
  outage: Span | undefined,
  scale: Scale,
  bottom: number,
  beside: Beside,
): Noted {
  const place = outage && scale.span(outage);
  if (outage === undefined || place === undefined) return NOTHING;
  const rect = el("rect", { ...place, y: bottom - 26, height: 22 });
  const edge = scale.x(outage.from) > 50 ? outage.from : Math.min(outage.to, scale.to);
  const text = `outage ${milliseconds(beside.outageMs ?? 0)}`;
  return {
    behind: el("g", { class: "outage" }, rect),
    front: textAt(scale, edge, bottom - 11, text, "note strong"),
  };
}

function predictedBand(
  start: number,
  scale: Scale,
  y: number,
  { predictedMs }: Beside,
): Noted {
  const place = scale.span({ from: start, to: start + (predictedMs ?? 0) });
  if (predictedMs === undefined || place === undefined) return NOTHING;
  const rect = el("rect", { ...place, y, height: PLOT });
  const text = `predicted ${milliseconds(predictedMs)}`;
  return {
    behind: el("g", { class: "predicted" }, rect),
    front: textAt(scale, start, y + 12, text, "note"),
  };
}

function limitLine(start: number, scale: Scale, y: number, { limitMs }: Beside): Noted {
  const at = limitMs === undefined ? -Infinity : start + limitMs;
  if (limitMs === undefined || !scale.has(at)) return NOTHING;
  const x = percent(scale.x(at));
  return {
    behind: el("g", { class: "limit" }, el("line", { x1: x, x2: x, y1: y, y2: y + PLOT })),
    front: textAt(scale, at, y + 28, `allowed ${milliseconds(limitMs)}`, "note"),
  };
}
