/**
 * Several addresses of one endpoint, asked side by side: the one that fared worst counts. Pure.
 * @module
 */
import type { DrillFigures, DrillVerdict, Timeline } from "../../drill_events.ts";
import type { JudgedFigure } from "./judge.ts";

/** How one address fared. */
export interface Fared {
  /** Which one. */
  readonly address: string;
  /** What is said of it alone. */
  readonly verdict: Exclude<DrillVerdict, "skipped">;
  /** Why, a sentence each. */
  readonly reasons: readonly string[];
  /** What was measured of it. */
  readonly figures: DrillFigures;
  /** What was seen of it. */
  readonly timeline: Timeline;
}

const WEIGHT = { fail: 2, unknown: 1, pass: 0 } as const;

/**
 * The addresses, the one that fared worst first: by its verdict, then by the figure that is judged,
 * then by the requests that failed. Of those that fared the same, the first comes first.
 */
export function worstFirst<One extends Fared>(
  all: readonly One[],
  judged: JudgedFigure,
): readonly One[] {
  const ms = ({ figures }: Fared) => figures[judged] ?? -1;
  return all.toSorted((a, b) =>
    WEIGHT[b.verdict] - WEIGHT[a.verdict] || ms(b) - ms(a) ||
    b.figures.failures - a.figures.failures
  );
}

/**
 * Why a drill ended as it did, over all addresses: what is so of every one is said once, everything
 * else after the address that it is about. Where one did not pass, nothing is said of those that did.
 *
 * @param addresses how many the endpoint has, those included of which nothing was seen
 */
export function reasonsOf(all: readonly Fared[], addresses: number): readonly string[] {
  const bad = all.filter(({ verdict }) => verdict !== "pass");
  const telling = bad.length === 0 ? all : bad;
  const sentences = new Set(telling.flatMap(({ reasons }) => reasons));
  return [...sentences].map((sentence) => {
    const whose = telling.filter(({ reasons }) => reasons.includes(sentence));
    if (whose.length === addresses) return sentence;
    return `${whose.map(({ address }) => address).join(", ")}: ${sentence}`;
  });
}
