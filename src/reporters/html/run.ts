/**
 * The parts of the page that are about hosts: what went wrong on them, and the recap.
 * @module
 */
import { formatDiagnostic } from "../../diagnostics.ts";
import type { Event, EventOf } from "../../events.ts";
import { type Content, el } from "../markup.ts";

/** Something that a reader must know, as one line and more. */
interface Problem {
  readonly title: string;
  readonly text: string;
}

/** What was not as wished beside the drills; nothing where all was. */
export function problemsOf(events: readonly Event[]): Content {
  const problems = events.flatMap(problemOf);
  if (problems.length === 0) return undefined;
  const items = problems.map(({ title, text }) =>
    el("li", {}, el("strong", {}, title), text === "" ? undefined : el("pre", {}, text))
  );
  return el(
    "section",
    { class: "problems", "aria-labelledby": "problems" },
    el("h2", { id: "problems" }, "Problems"),
    el("ul", {}, items),
  );
}

function problemOf(event: Event): Problem[] {
  switch (event.type) {
    case "task-end":
      return event.error === undefined
        ? []
        : [{ title: `${event.host}: ${event.task} ${event.status}`, text: event.error }];
    case "check-end":
      return event.status !== "failed"
        ? []
        : [{ title: `${event.endpoint}: ${event.check} failed`, text: event.message }];
    case "diagnostic":
      return event.diagnostic.severity === "error"
        ? [{ title: event.diagnostic.code, text: formatDiagnostic(event.diagnostic) }]
        : [];
    default:
      return [];
  }
}

/** The counts of every host. */
export function recapTable({ hosts }: EventOf<"run-end">): Content {
  const names = Object.keys(hosts);
  if (names.length === 0) return undefined;
  const words = ["ok", "changed", "unreachable", "failed", "skipped"] as const;
  const head = ["host", ...words].map((text, i) =>
    el("th", { scope: "col", class: i === 0 ? undefined : "number" }, text)
  );
  const rows = Object.entries(hosts).map(([host, counts]) =>
    el(
      "tr",
      { "data-host": host },
      el("td", {}, host),
      words.map((word) => el("td", { class: "number" }, String(counts[word]))),
    )
  );
  return el(
    "section",
    { class: "plain", "aria-labelledby": "recap" },
    el("h2", { id: "recap" }, "Hosts"),
    el(
      "div",
      { class: "table" },
      el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows)),
    ),
  );
}
