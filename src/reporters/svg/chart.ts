/**
 * A drill as a picture: what was done on top, then requests, holders, API servers and the watch over
 * one scale of time.
 * @module
 */
import type { Mark, Timeline } from "../../events.ts";
import { closeUpOf, type Focus, focusOf, ticksOf } from "../drill/focus.ts";
import { factsOf } from "../drill/facts.ts";
import { outageSpan } from "../drill/requests.ts";
import { type DrillEnd, markText, moment, number, seconds } from "../drill/units.ts";
import { type Content, el, type Markup } from "../markup.ts";
import { backendLanes, holderLanes, watchLane } from "./lanes.ts";
import { type Drawn, requestPanel } from "./requests.ts";
import { percent, type Scale, scaleOf } from "./scale.ts";

/** A picture and what stands below it. */
export interface Chart {
  /** The picture. */
  readonly svg: Markup;
  /** Which part of the drill it shows. */
  readonly caption: string;
}

const MARK = 16;
const AXIS = 24;
const TICKS = 8;
const MARKS = 8;
const SYMBOLS: Readonly<Record<Mark["kind"], string>> = {
  prepare: "▽",
  fault: "▼",
  heal: "▲",
  steady: "✓",
};

/**
 * The pictures of a drill: all of what is worth looking at, and what the fault did, nearer, where
 * that shows more. Nothing of a drill without a timeline.
 *
 * @param id begins every id in it; no two pictures of a document may share it
 */
export function drillCharts(end: DrillEnd, id: string): Chart[] {
  const { timeline } = end;
  if (timeline === undefined) return [];
  const near = closeUpOf(timeline, outageSpan(timeline, end.figures?.outageMs ?? end.outageMs));
  const whole = chart(end, timeline, focusOf(timeline), { id, kind: "whole" });
  return near === undefined
    ? [whole]
    : [whole, chart(end, timeline, near, { id: `${id}-near`, kind: "near" })];
}

function chart(
  end: DrillEnd,
  timeline: Timeline,
  focus: Focus,
  { id, kind }: { readonly id: string; readonly kind: "whole" | "near" },
): Chart {
  const scale = scaleOf(focus);
  const marks = timeline.marks.filter(({ at }) => scale.has(at)).slice(0, MARKS)
    .sort((a, b) => a.at - b.at);
  const { outageMs, predictedMs, limitMs } = end;
  const judged = (end.judged ?? "outageMs") === "outageMs";
  const beside = judged ? { outageMs, predictedMs, limitMs } : { outageMs };
  const parts: ((y: number) => Drawn)[] = [
    (y) => requestPanel(timeline, scale, y, beside),
    (y) => holderLanes(timeline, scale, y),
    (y) => watchLane(timeline, scale, y),
    (y) => backendLanes(timeline, scale, y),
  ];
  const drawn: Content[] = [];
  let y = marks.length * MARK + 4;
  for (const part of parts) {
    const { content, height } = part(y);
    drawn.push(content);
    y += height;
  }
  const caption = captionOf(focus, kind);
  const whose = end.address === undefined ? "" : ` through ${end.address}`;
  const about = { id, title: `Timeline of drill ${end.drill}${whose}, ${caption}`, end };
  return {
    caption,
    svg: svg(about, y + AXIS, [
      axis(scale, y),
      markLines(marks, scale, y),
      drawn,
      markNames(marks, scale),
    ]),
  };
}

function svg(
  { id, title, end }: { readonly id: string; readonly title: string; readonly end: DrillEnd },
  height: number,
  content: Content,
): Markup {
  const facts = factsOf(end).map(({ name, text }) => `${name}: ${text}.`).join(" ");
  return el(
    "svg",
    {
      class: "timeline",
      role: "img",
      "aria-labelledby": `${id}-title ${id}-desc`,
      width: "100%",
      height,
    },
    el("title", { id: `${id}-title` }, title),
    el("desc", { id: `${id}-desc` }, facts),
    content,
  );
}

function captionOf({ from, to, origin, about }: Focus, kind: "whole" | "near"): string {
  const what = about === "start" ? "the first request" : `the ${about}`;
  if (kind === "near") {
    return `nearer: from ${number(origin - from)} ms before ${what} to ${
      number(to - origin)
    } ms after it`;
  }
  return `from ${seconds(origin - from)} before ${what} to ${seconds(to - origin)} after it`;
}

function axis(scale: Scale, y: number): Content {
  const ticks = ticksOf(scale, TICKS).map(({ at, text }) => {
    const x = percent(scale.x(at));
    return [
      el("line", { x1: x, x2: x, y1: 0, y2: y + 4, class: "grid" }),
      el("text", { x, y: y + 17, "text-anchor": "middle", class: "tick" }, `${text} s`),
    ];
  });
  return el("g", { class: "axis" }, ticks);
}

/** A line through all of it for each mark, behind what is drawn. */
function markLines(marks: readonly Mark[], scale: Scale, bottom: number): Content {
  return marks.map(({ at, kind }, row) => {
    const x = percent(scale.x(at));
    const line = el("line", { x1: x, x2: x, y1: row * MARK + 15, y2: bottom });
    return el("g", { class: `mark ${kind}` }, line);
  });
}

/** Each mark has a row for its name, so that two names are never on top of each other. */
function markNames(marks: readonly Mark[], scale: Scale): Content {
  return marks.map((mark, row) => {
    const { at, kind } = mark;
    const name = `${SYMBOLS[kind]} ${moment(at - scale.origin)} ${markText(mark)}`;
    const x = scale.x(at);
    // In the middle a long name has most room on a narrow screen when it is centered.
    const anchor = x < 34 ? "start" : x > 66 ? "end" : "middle";
    const dx = { start: 5, middle: 0, end: -5 }[anchor];
    const place = { x: percent(x), y: row * MARK + 12, dx, "text-anchor": anchor };
    return el("text", { ...place, class: `name mark ${kind}` }, name);
  });
}
