/**
 * Arithmetic of spans of time. Pure.
 * @module
 */
import type { Span } from "../../drill_events.ts";

/** Length of a span. */
export const lengthOf = ({ from, to }: Span): number => to - from;

/** Spans in order, those that overlap or touch made one; without those that have no length. */
export function union(spans: readonly Span[]): readonly Span[] {
  const found: { from: number; to: number }[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = found.at(-1);
    if (to <= from) continue;
    if (last === undefined || from > last.to) found.push({ from, to });
    else last.to = Math.max(last.to, to);
  }
  return found;
}

/** What two spans share; nothing when that has no length. */
export function shared(a: Span, b: Span): Span | undefined {
  const [from, to] = [Math.max(a.from, b.from), Math.min(a.to, b.to)];
  return to > from ? { from, to } : undefined;
}

/** The parts of a span that none of the others covers, in order. */
export function without(span: Span, others: readonly Span[]): readonly Span[] {
  let from = span.from;
  const found: Span[] = [];
  for (const other of union(others)) {
    if (other.from > from) found.push({ from, to: Math.min(other.from, span.to) });
    from = Math.max(from, other.to);
  }
  found.push({ from, to: span.to });
  return found.filter((part) => part.to > part.from);
}

/** How much of a span others cover. */
export function covered(span: Span, others: readonly Span[]): number {
  return union(others).reduce((sum, other) => {
    const part = shared(span, other);
    return sum + (part === undefined ? 0 : lengthOf(part));
  }, 0);
}
