/**
 * What must hold after a fault, and what a run must say of it. Pure.
 * @module
 */
import type { Run } from "../lab/holdfast.ts";
import { type Fault, faultName, faultRow } from "./fault.ts";
import type { Cell } from "./points.ts";
import type { Recorded } from "./scenario.ts";
import { differing, type HostState } from "./state.ts";

type Hosts = Readonly<Record<"lb1" | "lb2", HostState>>;

const LINK =
  /link was lost|Cannot open a shell|link is gone|closed its output|was ended by SIGKILL/i;

/** What the message about a fault must name. */
const CAUSES: Readonly<Record<string, RegExp>> = {
  "link dropped": LINK,
  "half a frame": LINK,
  "ssh exit 255": /closed by remote host|ended with 255/,
  "ssh SIGKILL": /SIGKILL|link was lost/,
  "remote shell SIGKILL": LINK,
  "host power-off": /link was lost|not responding|No route to host|no route to it|no answer from/,
  "disk full": /No space left|disk (is )?full/i,
  "state disk full": /No space left|disk (is )?full/i,
  "disk read-only": /Read-only file system/i,
  "state disk read-only": /Read-only file system/i,
  "haproxy refuses": /moon phase is wrong/,
  "keepalived refuses": /Unknown keyword 'moon'/,
  "haproxy dies": /haproxy[^]*(not running|139|Segmentation fault|ended over|inactive|failed)/i,
  "keepalived dies": /keepalived[^]*(not running|139|SIGSEGV|ended over|inactive|failed)/i,
  "dpkg locked": /unattended-upgr[^]*lock|lock[^]*unattended-upgr/i,
};

/** What no deploy that meets it can end well with. */
const UNMISTAKABLE: readonly string[] = [
  "haproxy refuses",
  "keepalived refuses",
  "haproxy dies",
  "keepalived dies",
  "dpkg locked",
];

const HARMLESS: readonly string[] = ["reply delayed", "garbage before a frame"];

/** Everything that a run said to people. */
export function saidBy({ events, stderr }: Run): string {
  return [
    ...events.flatMap((event) => {
      if (event.type === "task-end") return event.error ?? [];
      if (event.type === "diagnostic") return event.diagnostic.message;
      if (event.type === "check-end") return event.message;
      return [];
    }),
    stderr,
  ].join("\n");
}

/** Which set of files a host has: the old one, the new one, or neither. */
export function sideOf(
  state: HostState,
  old: HostState,
  next: HostState,
): "old" | "new" | undefined {
  if (differing(state.files, next.files).length === 0) return "new";
  // Packages stay when a run is undone, and their own configuration with them.
  const { "haproxy/haproxy.cfg": packaged, ...rest } = state.files;
  const bare = old.files["haproxy/haproxy.cfg"] === undefined && packaged === PACKAGED;
  return differing(bare ? rest : state.files, old.files).length === 0 ? "old" : undefined;
}

/** HAProxy's configuration as its package brings it. */
export const PACKAGED = "644 0:0 cd801010d1bef2b3";

/** What is wrong with what a run said and how it ended; a killed one says nothing. */
export function judgeRun(
  fault: Fault,
  run: Run,
  after: Hosts,
  { before, after: next }: Recorded,
): string[] {
  if (fault.kind === "controller SIGKILL") return [];
  const row = faultRow(fault);
  const sides = (["lb1", "lb2"] as const).map((host) =>
    sideOf(after[host], before[host], next[host])
  );
  const allNew = sides.every((side) => side === "new");
  if (HARMLESS.includes(row)) return run.code === 0 ? [] : [`exit code ${run.code}, expected 0`];
  if (run.code === 0) {
    if (UNMISTAKABLE.includes(row)) return ["exit code 0, as if nothing had been wrong"];
    // What comes after everything was done and seen need not be noticed.
    return allNew ? [] : ["exit code 0, and not every host is new"];
  }
  const wrong: string[] = [];
  if (![3, 4, 6].includes(run.code)) wrong.push(`exit code ${run.code}, expected 3, 4 or 6`);
  if (run.code === 6 && allNew) wrong.push("exit code 6, and every host is new");
  const said = saidBy(run);
  if (!CAUSES[row]?.test(said)) {
    wrong.push(`no message names "${faultName(fault)}": ${said.slice(0, 400)}`);
  }
  return wrong;
}

/** What is wrong with hosts once they have recovered, before anybody applies again. */
export function judgeRecovery(after: Hosts, { before, after: next }: Recorded): string[] {
  return (["lb1", "lb2"] as const).flatMap((host) => {
    const [state, old, wish] = [after[host], before[host], next[host]];
    const side = sideOf(state, old, wish);
    if (side === undefined) {
      return [
        `${host}: the set is neither old (${
          differing(state.files, old.files).join(", ")
        } differ) ` +
        `nor new (${differing(state.files, wish.files).join(", ")} differ)`,
      ];
    }
    const units = (side === "old" ? old : wish).units;
    return [
      ...differences(`${host}: units with ${side} files`, running(state.units), running(units)),
      ...differences(`${host}: what daemons have read`, state.outdated, []),
      ...differences(`${host}: handlers that are due`, state.pending, []),
    ];
  });
}

/** What is wrong with hosts after the next apply. */
export function judgeConverged(final: Hosts, { after: next }: Recorded): string[] {
  return (["lb1", "lb2"] as const).flatMap((host) => [
    ...differences(`${host}: files`, differing(final[host].files, next[host].files), []),
    ...differences(`${host}: units`, final[host].units, next[host].units),
    ...differences(`${host}: what daemons have read`, final[host].outdated, []),
    ...differences(`${host}: handlers that are due`, final[host].pending, []),
    ...differences(`${host}: left behind`, final[host].litter, []),
  ]);
}

/** What is wrong with who held the address; a line for every change. */
export function judgeHolders(lines: readonly string[], expected: 0 | 1): string[] {
  const two = lines.filter((line) => line.includes(" "));
  const last = (lines.at(-1) ?? "").split(" ").filter((word) => word !== "").length;
  return [
    ...(two.length === 0 ? [] : [`two holders at the same time, ${two.length} times`]),
    ...(last === expected ? [] : [`${last} holders in the end, expected ${expected}`]),
  ];
}

/** Whether a daemon runs. What is enabled of a package that was not there before is its own. */
function running(units: readonly string[]): string[] {
  return units.map((line) => line.split(" ").slice(0, 2).join(" "));
}

function differences(what: string, seen: readonly string[], expected: readonly string[]): string[] {
  const [one, two] = [seen.join(", "), expected.join(", ")];
  return one === two ? [] : [`${what}: ${one || "none"}, expected ${two || "none"}`];
}

/** `reload, lb1 1.3, put files in place: host power-off at the step`. */
export function cellName({ scenario, step, injection: { at, fault } }: Cell): string {
  return `${scenario}, ${at.host} ${at.session}.${at.step}, ${step}: ${faultName(fault)}`;
}
