/**
 * Where a moment lies in a picture. Widths are in percent, so that text keeps its size when the
 * picture is narrow; heights are in pixels.
 * @module
 */
import type { Span } from "../../events.ts";
import type { Focus } from "../drill/focus.ts";
import { type Content, el, type Markup } from "../markup.ts";

/** Left and right of what is drawn, in percent. */
const MARGIN = 1;
/** Width of what is drawn as paths, in units of their own. */
const UNITS = 10_000;

/** Places of moments in one picture. */
export interface Scale extends Focus {
  /** Percent of the width, never outside the picture. */
  x(at: number): number;
  /** The part of a stretch that can be seen, as attributes; nothing when none can. */
  span(span: Span): { readonly x: string; readonly width: string } | undefined;
  /** Units of a path, whole. */
  unit(at: number): number;
  /** Whether a moment is in the picture. */
  has(at: number): boolean;
}

/** Makes the scale of a stretch. */
export function scaleOf(focus: Focus): Scale {
  const { from, to } = focus;
  const share = (at: number) => Math.min(1, Math.max(0, (at - from) / (to - from)));
  const x = (at: number) => MARGIN + (100 - 2 * MARGIN) * share(at);
  return {
    ...focus,
    x,
    unit: (at) => Math.round(x(at) * (UNITS / 100)),
    has: (at) => at >= from && at <= to,
    span: (span) => {
      if (span.to <= from || span.from >= to) return undefined;
      return { x: percent(x(span.from)), width: percent(x(span.to) - x(span.from)) };
    },
  };
}

/** A length in percent, short. */
export function percent(value: number): string {
  return `${Number(value.toFixed(3))}%`;
}

/** Room for paths, which stretch with the picture; their strokes do not. */
export function stretched(y: number, height: number, ...content: Content[]): Markup {
  return el(
    "svg",
    {
      x: 0,
      y,
      width: "100%",
      height,
      viewBox: `0 0 ${UNITS} ${height}`,
      preserveAspectRatio: "none",
      overflow: "visible",
    },
    ...content,
  );
}

/**
 * Text at a moment, on the side of it where there is room.
 *
 * @param turn percent of the width from which on it stands on the left
 */
export function textAt(
  scale: Scale,
  at: number,
  y: number,
  text: string,
  className: string,
  turn = 50,
): Markup {
  const x = scale.x(at);
  const left = x > turn;
  return el("text", {
    x: percent(x),
    y,
    dx: left ? -5 : 5,
    "text-anchor": left ? "end" : "start",
    class: className,
  }, text);
}
