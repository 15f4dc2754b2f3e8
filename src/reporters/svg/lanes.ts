/**
 * Lanes below the requests: who held the address, what the load balancers could use, the watch.
 * @module
 */
import type { Span, Timeline } from "../../events.ts";
import { heldBy, hostsOf } from "../drill/holders.ts";
import { milliseconds } from "../drill/units.ts";
import { type Content, el } from "../markup.ts";
import type { Drawn } from "./requests.ts";
import { percent, type Scale, stretched, textAt } from "./scale.ts";

const LABEL = 16;
const BAR = 14;
const GAP = 6;
const LANE = LABEL + BAR + GAP;
/** What is said inside a bar stands behind its start as long as there is any room, in percent. */
const INSIDE = 78;
/** A stretch that is shorter than this part of the picture has no room for a number. */
const NUMBER_PERCENT = 2;

/** A lane for each host, with what no lane shows alone: nobody, and several at once. */
export function holderLanes(timeline: Timeline, scale: Scale, y: number): Drawn {
  const seen = new Set([...timeline.holders, ...timeline.dark].map(({ host }) => host));
  const hosts = hostsOf(timeline).filter((host) => seen.has(host));
  if (hosts.length === 0) return { content: undefined, height: 0 };
  const height = hosts.length * LANE + LABEL;
  const lanes = hosts.map((host, i) => {
    const top = y + LABEL + i * LANE;
    return el(
      "g",
      { class: "holder", "data-host": host },
      el("text", { x: "1%", y: top + 11, class: "label" }, `${host} holds the address`),
      timeline.dark.filter((it) => it.host === host)
        .map((span) => darkBar(span, scale, top + LABEL)),
      timeline.holders.filter((it) => it.host === host)
        .map((span) => holderBar(span, scale, top + LABEL)),
    );
  });
  const band = (many: "nobody" | "several", text: string) =>
    heldBy(timeline, many).map((span) => heldBand(span, scale, { y, height, many, text }));
  return {
    content: [band("nobody", "nobody"), band("several", "two holders"), lanes],
    height: height + GAP,
  };
}

/** As far as it is certain solid, and lighter where the clocks leave it open. */
function holderBar(
  { from, to, uncertaintyMs }: Timeline["holders"][number],
  scale: Scale,
  y: number,
): Content {
  const sure = { from: from + uncertaintyMs, to: to - uncertaintyMs };
  const [all, inner] = [
    scale.span({ from: from - uncertaintyMs, to: to + uncertaintyMs }),
    sure.to > sure.from ? scale.span(sure) : undefined,
  ];
  return [
    all && el("rect", { ...all, y, height: BAR, class: "unsure" }),
    inner && el("rect", { ...inner, y, height: BAR, class: "holds" }),
  ];
}

function darkBar(span: Span, scale: Scale, y: number): Content {
  const place = scale.span(span);
  if (place === undefined) return undefined;
  return [
    el("rect", { ...place, y, height: BAR, class: "dark" }),
    textAt(scale, Math.max(scale.from, span.from), y + 11, "not seen", "note", INSIDE),
  ];
}

function heldBand(
  span: Span,
  scale: Scale,
  { y, height, many, text }: { y: number; height: number; many: string; text: string },
): Content {
  const place = scale.span(span);
  if (place === undefined) return undefined;
  // What takes no room to speak of is drawn, and said in words elsewhere.
  const wide = (span.to - span.from) / (scale.to - scale.from) > 0.003;
  const said = `${text} ${milliseconds(span.to - span.from)}`;
  return el(
    "g",
    { class: many },
    el("rect", { ...place, y, height }),
    wide
      ? textAt(scale, Math.max(scale.from, span.from), y + 11, said, "note strong", INSIDE)
      : undefined,
  );
}

/** How many API servers each load balancer could use: a bar as high as they are many. */
export function backendLanes(timeline: Timeline, scale: Scale, y: number): Drawn {
  const { backends, ms } = timeline;
  const hosts = [...new Set(backends.map(({ host }) => host))];
  const most = backends.reduce((most, { up }) => Math.max(most, up), 1);
  const content = hosts.map((host, i) => {
    const top = y + i * LANE + LABEL;
    const own = backends.filter((it) => it.host === host).sort((a, b) => a.at - b.at);
    const bars = own.map(({ at, up }, n) =>
      backendBar({ from: at, to: own[n + 1]?.at ?? ms }, up, most, scale, top)
    );
    const text = `API servers that ${host} can use`;
    return el(
      "g",
      { class: "backends", "data-host": host },
      el("text", { x: "1%", y: top - 5, class: "label" }, text),
      bars,
    );
  });
  return { content, height: hosts.length * LANE };
}

function backendBar(
  span: Span,
  up: number,
  most: number,
  scale: Scale,
  y: number,
): Content {
  const place = scale.span(span);
  if (place === undefined) return undefined;
  const height = Math.max(2, BAR * up / most);
  const start = Math.max(scale.from, span.from);
  const room = scale.x(span.to) - scale.x(start) >= NUMBER_PERCENT;
  return [
    el("rect", {
      ...place,
      y: (y + BAR - height).toFixed(1),
      height: height.toFixed(1),
      class: up === most ? "all" : up === 0 ? "none" : "fewer",
    }),
    room
      ? el("text", { x: percent(scale.x(start)), dx: 4, y: y + 11, class: "note" }, String(up))
      : undefined,
  ];
}

/** Connections that stay open, and how they ended. */
export function watchLane({ watch }: Timeline, scale: Scale, y: number): Drawn {
  if (watch.length === 0) return { content: undefined, height: 0 };
  const top = y + LABEL;
  const bars = watch.map((span) => {
    const place = scale.span(span);
    return place && el("rect", { ...place, y: top + 4, height: BAR - 8, class: "open" });
  });
  const ends = watch.filter(({ end, to }) => end !== "open" && scale.has(to)).map((span) => {
    const silent = span.silentMs > 0 ? ` after ${milliseconds(span.silentMs)} of silence` : "";
    const x = scale.unit(span.to);
    return [
      stretched(top, BAR, el("path", { class: "ended", d: `M${x} 0v${BAR}` })),
      // Below the bar: on it, neither could be read.
      textAt(scale, span.to, top + BAR + 10, `${span.end}${silent}`, "note"),
    ];
  });
  const label = el("text", { x: "1%", y: y + 11, class: "label" }, "long-lived connection");
  const room = ends.length > 0 ? LABEL : 0;
  return { content: el("g", { class: "watch" }, label, bars, ends), height: LANE + room };
}
