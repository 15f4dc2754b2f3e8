/**
 * The part of the page about one drill, and the table of all of them.
 * @module
 */
import { everyAddress } from "../drill/addresses.ts";
import { factsOf, figureName } from "../drill/facts.ts";
import { drillRow } from "../drill/table.ts";
import { legend, textTimeline } from "../drill/text_timeline.ts";
import { type DrillEnd, roundOf } from "../drill/units.ts";
import { type Content, el, type Markup } from "../markup.ts";
import { drillCharts } from "../svg/chart.ts";
import { columnsOf, fit } from "../width.ts";

/** Signs that tell verdicts apart without a color. */
const SIGNS = { pass: "✓", fail: "✗", unknown: "?", skipped: "–" } as const;

const TEXT_COLUMNS = 110;

/** Where in the page a drill is. */
export function drillId(index: number): string {
  return `drill-${index + 1}`;
}

/** All drills, one row each, each a link to its part. */
export function drillSummary(ends: readonly DrillEnd[]): Markup {
  const head = [
    "drill",
    "on",
    "verdict",
    "outage, ms",
    "predicted",
    "allowed",
    "failed",
    "holders",
  ];
  const rows = ends.map((end, i) => {
    const { name, measured, predicted, allowed, failed, holders } = drillRow(end);
    return el(
      "tr",
      { "data-drill": end.drill, "data-verdict": end.verdict },
      el("td", {}, el("a", { href: `#${drillId(i)}` }, name)),
      el("td", {}, end.targets.join(", ")),
      el("td", {}, verdictOf(end)),
      [measured, predicted, allowed, failed, holders].map((text) =>
        el("td", { class: "number" }, text)
      ),
    );
  });
  const cells = head.map((text, i) =>
    el("th", { scope: "col", class: i > 2 ? "number" : undefined }, text)
  );
  return el(
    "div",
    { class: "table", role: "region", "aria-label": "All drills", tabindex: 0 },
    el("table", {}, el("thead", {}, el("tr", {}, cells)), el("tbody", {}, rows)),
  );
}

/** One drill: verdict, figures, reasons, pictures, and the same as text. */
export function drillSection(end: DrillEnd, index: number): Markup {
  const id = drillId(index);
  const round = roundOf(end);
  const judged = figureName(end.judged ?? "outageMs");
  const facts = factsOf(end).map(({ name, text }) => [
    el("dt", {}, name),
    el("dd", { class: name === judged ? "judged" : undefined }, text),
  ]);
  const targets = end.targets.length === 0 ? "" : ` on ${end.targets.join(", ")}`;
  return el(
    "section",
    { id, "aria-labelledby": `${id}-name`, "data-drill": end.drill },
    el("div", { class: "heading" }, el("h2", { id: `${id}-name` }, end.drill), verdictOf(end)),
    el("p", { class: "about" }, `${end.title}${targets}${round === "" ? "" : `, ${round}`}`),
    reasonsOf(end),
    facts.length === 0 ? undefined : el("dl", {}, facts),
    everyAddress(end).map((one, i) =>
      drillCharts(one, i === 0 ? `${id}-chart` : `${id}-chart-${i + 1}`).map(({ svg, caption }) =>
        el("figure", {}, el("figcaption", {}, named(one, caption)), svg)
      )
    ),
    everyAddress(end).map(asText),
  );
}

function verdictOf({ verdict }: DrillEnd): Markup {
  return el("span", { class: `verdict ${verdict}` }, `${SIGNS[verdict]} ${verdict}`);
}

function reasonsOf({ reasons }: DrillEnd): Content {
  if (reasons.length === 0) return undefined;
  return el("ul", { class: "reasons" }, reasons.map((reason) => el("li", {}, reason)));
}

/** For those who cannot see the picture, or want to paste it. */
function asText(end: DrillEnd): Content {
  const { timeline } = end;
  if (timeline === undefined) return undefined;
  const { head, rows, marks } = textTimeline(timeline, { columns: TEXT_COLUMNS });
  const label = Math.max(...rows.map((row) => columnsOf(row.label)));
  const lines = [
    head,
    legend({}),
    "",
    ...rows.map((row) => `${fit(row.label, label)} ${row.cells.join("")}`.trimEnd()),
    "",
    ...marks,
  ];
  const summary = el("summary", {}, named(end, "The same as text"));
  return el("details", {}, summary, el("pre", {}, lines.join("\n")));
}

/** What is about one address of several says which one. */
function named({ address }: DrillEnd, text: string): string {
  return address === undefined ? text : `${address}: ${text}`;
}
