/**
 * A simulation as text for people: a table of every single loss, and of those two that matter. Text
 * only.
 * @module
 */
import { bold, red } from "@std/fmt/colors";
import { addressesOf } from "../../addresses.ts";
import { columnsOf, cut, fit } from "../../reporters/width.ts";
import { holds, type Loss } from "../../simulate/losses.ts";
import type { Outcome } from "../../simulate/outcome.ts";
import type { Case, Simulation } from "../../simulate/simulate.ts";
import { printableLine } from "../../terminal.ts";
import { wrap } from "../line/columns.ts";
import { domainLines } from "./domain_lines.ts";
import type { Answer } from "./placements.ts";

/** Two losses that take it down: more than these are not listed. */
const MOST_PAIRS = 20;

/** A holder's name takes no more columns than this. */
const WIDEST_HOLDER = 24;

/** The first column is folded no narrower than this. */
const LEAST = 12;

interface Row {
  readonly lost: string;
  readonly outcome: Outcome;
}

/** What an endpoint outlives, for a terminal of so many columns, with what platforms were asked. */
export function simulationText(
  simulation: Simulation,
  columns: number,
  answers: readonly Answer[] = [],
): string {
  const { service, endpoint, site, whole } = simulation;
  const singles = distinct(simulation.singles).map(({ found, also }) => ({
    lost: single(found.lost[0], also),
    outcome: found.outcome,
  }));
  const pairs = pairsOf(simulation);
  const listed = pairs.least.slice(0, MOST_PAIRS)
    .map(({ lost, outcome }): Row => ({ lost: lost.map(({ name }) => name).join(" + "), outcome }));
  const all = [{ lost: "nothing", outcome: whole }, ...singles, ...listed];
  const page = layout(all, simulation, columns);
  const servers = counted(site.servers.length, "API server");
  const behind = site.quorum === undefined
    ? `${servers}, etcd elsewhere`
    : `etcd needs ${site.quorum} of ${servers}`;
  const who = service === undefined ? "" : `service ${service} of `;
  const where = service === undefined
    ? endpoint.address
    : `${addressesOf(endpoint).join(", ")} (port ${endpoint.port})`;
  const title = `${who}${endpoint.name}: ${where} is held by ${whole.holder}; ${behind}`;
  const paragraphs = [
    wrap(printableLine(title), columns).map((line) => bold(line)),
    [page.head, page.line({ lost: "nothing", outcome: whole }), ...singles.map(page.line)],
    [bold(pairs.title), ...listed.map(page.line), ...pairs.rest.flatMap((it) => wrap(it, columns))],
    ...domainLines(simulation, columns, answers),
  ];
  return paragraphs.filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join("")).join("\n");
}

interface Pairs {
  readonly title: string;
  /** Those that take it down while nothing smaller does. */
  readonly least: readonly Case[];
  /** What is said of all others. */
  readonly rest: readonly string[];
}

function pairsOf({ singles, doubles, site }: Simulation): Pairs {
  const all = distinct(doubles).map(({ found }) => found);
  const down = all.filter(({ outcome }) => !outcome.answered);
  const smaller = [...singles.filter(({ outcome }) => !outcome.answered), ...down];
  const least = down.filter((it) =>
    !smaller.some(({ gone }) => holds(it.gone, gone) && !holds(gone, it.gone))
  );
  const fine = all.filter(({ outcome }) => outcome.answered);
  const worst = Math.min(...fine.map(({ outcome }) => outcome.backends));
  const hidden = Math.max(0, least.length - MOST_PAIRS);
  const more = down.length - least.length;
  const title = all.length === 0
    ? "There are no two losses that are not one"
    : `Of ${counted(all.length, "way")} to lose two at once, ${
      takes(down.length, all.length)
    } it down`;
  return {
    title,
    least,
    rest: [
      ...(hidden === 0 ? [] : [`and ${hidden} more like these: --json lists all`]),
      ...(more === 0
        ? []
        : [`${more} more ${more === 1 ? "holds" : "hold"} all of one that is listed.`]),
      ...(fine.length === 0 ? [] : [
        `${fine.length} ${fine.length === 1 ? "leaves" : "leave"} it answering, with ${worst} of ` +
        `${site.servers.length} API servers or more.`,
      ]),
    ],
  };
}

function takes(count: number, all: number): string {
  if (count === 0) return "none takes";
  if (count === all && all > 1) return "all take";
  return count === 1 ? "1 takes" : `${count} take`;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

interface Distinct {
  readonly found: Case;
  /** Other losses with which the same is gone. */
  readonly also: readonly Loss[];
}

/** Cases with which the same is gone, as one. */
function distinct(cases: readonly Case[]): readonly Distinct[] {
  const key = ({ gone }: Case) =>
    JSON.stringify([gone.balancers.toSorted(), gone.servers.toSorted()]);
  return [...Map.groupBy(cases, key).values()].flatMap(([found, ...same]) =>
    found === undefined ? [] : [{ found, also: same.flatMap(({ lost }) => lost) }]
  );
}

/** `lb1`, `m3 (esx-03)` where it is alone there, `esx-01 (lb1, m1)`. */
function single(loss: Loss | undefined, also: readonly Loss[]): string {
  if (loss === undefined) return "";
  const { name, balancers, servers } = loss;
  const members = [...new Set([...balancers, ...servers])].filter((it) => it !== name);
  const around = also.length > 0 ? also.map((it) => it.name) : members;
  return around.length === 0 ? name : `${name} (${around.join(", ")})`;
}

function cells(outcome: Outcome, servers: number) {
  const { holder, backends, quorum, answered } = outcome;
  return {
    holder: cut(printableLine(holder ?? "nobody"), WIDEST_HOLDER),
    servers: `${backends} of ${servers}`,
    etcd: quorum === undefined ? "" : quorum ? "quorum" : "no quorum",
    endpoint: answered ? "answers" : "down",
  };
}

/** A table whose first column is folded where it has no room. */
function layout(
  rows: readonly Row[],
  { site: { servers, quorum }, service }: Simulation,
  columns: number,
) {
  const titles = {
    holder: "held by",
    servers: "API servers",
    etcd: "etcd",
    endpoint: service === undefined ? "endpoint" : "service",
  };
  const shown = (Object.keys(titles) as (keyof typeof titles)[])
    .filter((name) => name !== "etcd" || quorum !== undefined);
  const all = [titles, ...rows.map(({ outcome }) => cells(outcome, servers.length))];
  const widths = shown.map((name) => Math.max(...all.map((row) => columnsOf(row[name]))));
  const others = widths.reduce((sum, width) => sum + 2 + width, 0);
  const wanted = Math.max(4, ...rows.map(({ lost }) => columnsOf(printableLine(lost))));
  const room = Math.min(wanted, Math.max(LEAST, columns - others));
  const join = (first: string, row: typeof titles) =>
    [fit(first, room), ...shown.map((name, i) => fit(row[name], widths[i] ?? 0))].join("  ")
      .trimEnd();
  return {
    head: bold(join("lost", titles)),
    line: ({ lost, outcome }: Row): string => {
      const [first = "", ...more] = wrap(printableLine(lost), room);
      const line = join(first, cells(outcome, servers.length));
      const painted = outcome.answered ? line : line.replace(/down$/, (word) => red(word));
      return [painted, ...more.map((it) => cut(`  ${it}`, room))].join("\n");
    },
  };
}
