/**
 * The medians as a picture: a group of bars for each job, longest times first. Pure.
 * @module
 */
import { type Content, el, type Markup } from "../src/reporters/markup.ts";
import { ALL, type Job, JOBS, NAMES } from "./page.ts";
import type { Mode, Row } from "./rows.ts";
import { type Spread, spreadIn } from "./stats.ts";

/** Bars from top to bottom. */
const BARS = ["stock", "tuned", "mitogen", "holdfast", "floor"] as const satisfies readonly Mode[];

/** Colors that read on light and dark ground, and differ in brightness too. */
const COLORS: Readonly<Record<typeof BARS[number], string>> = {
  stock: "#9aa5b1",
  tuned: "#7b8794",
  mitogen: "#c58f2b",
  holdfast: "#1f7a5c",
  floor: "#4a6fa5",
};

const [WIDTH, NAME, ROOM, BAR, GAP, HEAD] = [760, 130, 110, 18, 4, 30];

/** On more hosts nobody is compared with anybody. */
const COMPARED = ALL.filter(({ hosts }) => hosts <= 20);

/** A picture of what was measured, as a document of its own; a job without runs is not in it. */
export function chartText(rows: readonly Row[]): string {
  const groups: Content[] = [];
  let y = 0;
  for (const job of COMPARED) {
    const bars = BARS.flatMap((mode) => {
      const spread = spreadIn(rows, { ...job, mode }, ({ wallMs }) => wallMs / 1000);
      return spread === undefined ? [] : [{ mode, spread }];
    });
    if (bars.length === 0) continue;
    groups.push(groupOf(job, bars, y));
    y += HEAD + bars.length * (BAR + GAP) + 12;
  }
  const svg = el(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${WIDTH} ${Math.max(y, 1)}`,
      role: "img",
      "aria-labelledby": "title",
      "font-family": "system-ui, sans-serif",
      "font-size": 13,
    },
    el("title", { id: "title" }, "Wall time of the same job, in seconds: median, min and max"),
    el("rect", { width: WIDTH, height: Math.max(y, 1), fill: "#ffffff" }),
    groups,
  );
  return `${svg.text}\n`;
}

type Bar = { readonly mode: typeof BARS[number]; readonly spread: Spread };

/** Each group has a scale of its own, from 0 to its longest run. */
function groupOf({ scenario, hosts }: Job, bars: readonly Bar[], top: number): Markup {
  const most = Math.max(...bars.map(({ spread }) => spread.max));
  const x = (seconds: number) => Number((seconds / most * (WIDTH - NAME - ROOM)).toFixed(1));
  return el(
    "g",
    { transform: `translate(0 ${top})` },
    el(
      "text",
      { x: 8, y: 20, "font-weight": 600, fill: "#1f2933" },
      `${JOBS[scenario]}, ${hosts} hosts`,
    ),
    bars.map(({ mode, spread }, i) => {
      const y = HEAD + i * (BAR + GAP);
      const middle = y + BAR / 2;
      return [
        el("text", { x: 8, y: middle + 4, fill: "#3e4c59" }, NAMES[mode].replaceAll("`", "")),
        el("rect", { x: NAME, y, width: x(spread.median), height: BAR, fill: COLORS[mode] }),
        // From the least to the most.
        el("path", {
          d: `M${NAME + x(spread.min)} ${middle}H${NAME + x(spread.max)}`,
          stroke: "#1f2933",
        }),
        el(
          "text",
          { x: NAME + x(spread.max) + 6, y: middle + 4, fill: "#1f2933" },
          `${spread.median.toFixed(2)} s`,
        ),
      ];
    }),
  );
}
