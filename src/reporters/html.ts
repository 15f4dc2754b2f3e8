/**
 * A run as one page for a post-mortem: a file that fetches nothing and runs nothing.
 * @module
 */
import type { Event, EventOf } from "../events.ts";
import { type DrillEnd, verdictCounts } from "./drill/units.ts";
import { drillSection, drillSummary } from "./html/drill.ts";
import { problemsOf, recapTable } from "./html/run.ts";
import { STYLE } from "./html/style.ts";
import { type Content, el, Markup } from "./markup.ts";

/** How every page begins, so that one is known from a file of somebody else's. */
export const HTML_START = "<!doctype html>\n<!-- holdfast -->\n";

/** Not even a page that was tampered with by a text of a host may load or run anything. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** Writes the page at the end of the run: a table of all drills, then each with its timeline. */
export function html(write: (text: string) => void): (event: Event) => void {
  const events: Event[] = [];
  return (event) => {
    if (event.type === "run-end") write(`${HTML_START}${pageOf(events, event).text}\n`);
    else if (KEPT.has(event.type)) events.push(event);
  };
}

const KEPT: ReadonlySet<Event["type"]> = new Set([
  "version",
  "run-start",
  "task-end",
  "check-end",
  "diagnostic",
  "drill-end",
]);

function pageOf(events: readonly Event[], end: EventOf<"run-end">): Markup {
  const ends = events.filter((event): event is DrillEnd => event.type === "drill-end");
  const start = events.find((event) => event.type === "run-start");
  const name = ends.length > 0
    ? "Failover drills"
    : `Run of holdfast ${start?.what ?? start?.mode ?? ""}`.trim();
  const title = start === undefined ? name : `${name}: ${start.inventory}`;
  return el(
    "html",
    { lang: "en" },
    el(
      "head",
      {},
      el("meta", { charset: "utf-8" }),
      el("meta", { "http-equiv": "Content-Security-Policy", content: POLICY }),
      el("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
      el("title", {}, title),
      // A fixed text in which a ">" must stand as it is.
      new Markup(`<style>${STYLE}</style>`),
    ),
    el("body", {}, el("main", {}, mainOf(events, ends, end, name))),
  );
}

function mainOf(
  events: readonly Event[],
  ends: readonly DrillEnd[],
  end: EventOf<"run-end">,
  name: string,
): Content {
  return [
    el("h1", {}, ends.length > 0 ? `${name}: ${verdictCounts(ends)}` : name),
    el("p", { class: "lead" }, leadOf(events, ends, end)),
    ends.length > 0 ? drillSummary(ends) : undefined,
    problemsOf(events),
    ends.map(drillSection),
    recapTable(end),
  ];
}

/** Of what, when, how long, by which version, and how it ended. */
function leadOf(
  events: readonly Event[],
  ends: readonly DrillEnd[],
  { at, ms, exitCode }: EventOf<"run-end">,
): string {
  const start = events.find((event) => event.type === "run-start");
  const version = events.find((event) => event.type === "version");
  const endpoints = [...new Set(ends.map(({ endpoint }) => endpoint))];
  const when = new Date(start?.at ?? at).toISOString().replace("T", " ").replace(/\.\d+Z$/, " UTC");
  return [
    start?.inventory,
    endpoints.length === 0 ? undefined : `endpoint ${endpoints.join(", ")}`,
    when,
    `${(ms / 1000).toFixed(1)} s`,
    version === undefined ? undefined : `Holdfast ${version.holdfast}`,
    `exit code ${exitCode}`,
  ].filter((part) => part !== undefined).join(" · ");
}
