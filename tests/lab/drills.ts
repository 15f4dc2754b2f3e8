/**
 * Runs the catalogue's drills on a lab through the command, as a user does, and asserts what every
 * drill must show, whatever it breaks.
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { EventOf } from "../../src/events.ts";
import type { Lab } from "../../src/lab/mod.ts";
import { withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

/** How a drill ended. */
export type End = EventOf<"drill-end">;

/** The member that has the address when all is well, and the one that stands in. */
export const [PREFERRED, STANDBY] = ["lb1", "lb2"] as const;

/** A lab that was deployed once, and how its hosts were then. */
export interface Drilled {
  /** The lab. */
  readonly lab: Lab;
  /** Inventory of the lab with profile `fast`. */
  readonly inventory: string;
  /** What a drill may touch on a host, by host, as it was before any. */
  readonly before: ReadonlyMap<string, string>;
}

/** Everything that a drill may touch, asked in other words than the product's own. */
const STATE = `stat -c '%n %a %U:%G' /etc/haproxy/* /etc/keepalived/*
sha256sum /etc/haproxy/*.cfg /etc/keepalived/*.conf /etc/systemd/system/*.service.d/*.conf
systemctl is-active haproxy keepalived
systemctl is-enabled haproxy keepalived
ip -o addr show | sed 's/ \\(valid_lft\\|\\\\\\).*//; s/^[0-9]*: //' | sort
ip route; ip -6 route | grep -v ^multicast | sort
nft list ruleset
ls -A /var/lib/holdfast`;

/** What drills make on a host, and must take away again. */
const TRACES =
  `find / -xdev \\( -name '*holdfast-drill*' -o -name 'drill-*' -path '*holdfast*' \\) \
-not -path '/proc/*' -not -path '/sys/*'
ls -A /var/lib/holdfast/drill 2>/dev/null || :
systemctl list-units --all --plain --no-legend 'holdfast-drill*'`;

/** Brings a lab up, deploys `fast` on it, hands it over, and asserts that nothing of a drill stayed. */
export function withDrilled(name: string, test: (drilled: Drilled) => Promise<void>) {
  return withLab(name, async (lab) => {
    const inventory = await hf.editInventory(lab, "fast", hf.withEndpoint("profile: fast"));
    hf.assertExit(await hf.holdfast("apply", inventory), 0);
    await hf.eventually("the preferred member has the address", () => isWhole(lab));
    const before = await states(lab);
    await test({ lab, inventory, before });
    await assertAsBefore({ lab, inventory, before });
  });
}

async function isWhole(lab: Lab): Promise<boolean> {
  return (await hf.holders(lab)).join() === PREFERRED && await hf.throughVip(lab) === 200;
}

async function states(lab: Lab): Promise<Map<string, string>> {
  const asked = lab.hosts.map(async ({ name }) => [name, await hf.root(lab, name, STATE)] as const);
  return new Map(await Promise.all(asked));
}

/** One holder, the preferred one; every host as it was; nothing of a drill or a run on it. */
export async function assertAsBefore({ lab, before }: Drilled): Promise<void> {
  assertEquals(await hf.holders(lab), [PREFERRED]);
  assertEquals(await hf.throughVip(lab), 200);
  assertEquals(await states(lab), before);
  for (const { name } of lab.hosts) {
    assertEquals(await hf.root(lab, name, TRACES), "", `left on ${name}`);
    assertEquals(await hf.litter(lab, name), "");
  }
}

/** How often the test runs again what a stall of this machine kept from being measured. */
const AGAIN = 2;

/**
 * Runs drills with the command, and those of them again whose measurement this machine spoiled;
 * the last end of each, in order.
 */
export async function drilled(
  { lab, inventory }: Drilled,
  names: readonly string[],
): Promise<ReadonlyMap<string, End>> {
  const ends = new Map<string, End>();
  for (let left = names, round = 0; left.length > 0 && round <= AGAIN; round += 1) {
    const run = await drill(lab, inventory, left);
    const found = endsOf(run);
    assertEquals(found.map((end) => end.drill), [...left], run.stderr);
    for (const end of found) ends.set(end.drill, end);
    for (const end of found) assertPhases(run, end);
    left = found.filter(spoiled).map((end) => end.drill);
    if (left.length > 0) console.error(`not measured in round ${round + 1}: ${left.join(", ")}`);
    const failed = found.some((end) => end.verdict === "fail" || end.verdict === "unknown");
    hf.assertExit(run, failed ? 3 : 0);
  }
  return ends;
}

/** Runs the command on some drills, with what it needs to be allowed. */
export function drill(lab: Lab, inventory: string, names: readonly string[]): Promise<hf.Run> {
  const drills = { programs: [Deno.execPath()], addresses: [`${lab.vip}:8443`] };
  return hf.holdfast("drill", inventory, { flags: names, drills });
}

/** The ends of all drills of a run. */
export function endsOf({ events }: hf.Run): readonly End[] {
  return events.filter((event): event is End => event.type === "drill-end");
}

/** Nothing can be said of the service, because the prober itself stood still. */
function spoiled({ verdict, figures, reasons }: End): boolean {
  if (verdict !== "unknown") return false;
  assert((figures?.stalledMs ?? 0) > 0, `unknown without a stall: ${reasons.join("; ")}`);
  return true;
}

/** What these break only the inventory's commands break and undo. */
const COMMANDED: readonly string[] = ["power-off", "api-server-unhealthy"];

/** Each attempt goes through the phases in order, and what was armed was armed before the fault. */
function assertPhases({ events }: hf.Run, { drill }: End): void {
  const phases = events.flatMap((event) =>
    event.type === "drill-phase" && event.drill === drill ? [event.phase] : []
  );
  // Where nothing is done to a host there is nothing to disarm on one.
  const last = COMMANDED.includes(drill) ? "settle" : "settle disarm";
  const once = `preflight watch arm (prepare )?(fault )?heal ${last}`;
  assertMatch(phases.join(" "), new RegExp(`^(${once} ?)+$`), drill);
}

/** A second for sampling and for what else this machine does, beside three times the prediction. */
const NOISE_MS = 1000;

/**
 * Asserts a drill: all that every drill must show, and what this one must. One that this machine
 * never let be measured shows nothing, and its hosts are looked at all the same.
 */
export function assertDrill(end: End | undefined, shown: (end: End) => void): void {
  assert(end !== undefined, "it was not run");
  if (end.verdict === "unknown") return console.error(`NOT MEASURED: ${told(end)}`);
  assertPassed(end);
  shown(end);
}

/** What every drill must show: it passed, in time, and the preferred member has the address again. */
function assertPassed(end: End): void {
  const said = told(end);
  assertEquals(end.verdict, "pass", said);
  assert(end.requests > 0 && end.timeline !== undefined, said);
  const kinds = end.timeline.marks.map(({ kind }) => kind);
  assert(kinds.includes("heal") && kinds.at(-1) === "steady", said);
  const { holders } = end.timeline;
  const last = Math.max(...holders.map(({ to }) => to));
  assertEquals(holders.filter(({ to }) => to === last).map(({ host }) => host), [PREFERRED], said);
  const measured = end.figures?.[end.judged ?? "outageMs"];
  assert(measured !== undefined && end.predictedMs !== undefined, said);
  const most = 3 * end.predictedMs + NOISE_MS;
  assert(measured <= most, `${end.drill}: ${measured} ms, at most ${most} ms; ${said}`);
}

/** The address went to the standby once, and returned; nobody else had it, and never two for long. */
export function assertMoved(end: End): void {
  assertEquals(end.targets, [PREFERRED], told(end));
  assertEquals(holdersOf(end), [PREFERRED, STANDBY, PREFERRED], told(end));
}

/** One holder from the beginning to the end: the preferred one. */
export function assertStayed(end: End): void {
  assertEquals(holdersOf(end), [PREFERRED], told(end));
  assertEquals([end.maxHolders, end.figures?.moves], [1, 0], told(end));
}

/** Both held it at the same time, while the fault stood, and it was said. */
export function assertSplit(end: End): void {
  const said = told(end);
  assertEquals(end.maxHolders, 2, said);
  assertMatch(end.reasons.join("; "), /two hosts held the address for [\d,]+ ms/, said);
  const { holders = [], marks = [] } = end.timeline ?? {};
  const at = (kind: string) => marks.find((mark) => mark.kind === kind)?.at ?? NaN;
  // Half of the time for which the fault stands is many times an election.
  const middle = (at("fault") + at("heal")) / 2;
  const during = holders.filter(({ from, to }) => from < middle && to > middle);
  assertEquals(during.map(({ host }) => host).toSorted(), [PREFERRED, STANDBY], said);
  // Clients are told at once who kept it: the routine announcement comes once a minute.
  assert((end.figures?.returnMs ?? Infinity) < 5000, said);
}

/** Who held the address, one after the other; a gap on the same host is the same holder. */
export function holdersOf({ timeline }: End): readonly string[] {
  const hosts = timeline?.holders.map(({ host }) => host) ?? [];
  return hosts.filter((host, i) => host !== hosts[i - 1]);
}

/** A drill in words, for a message. */
export function told({ drill, verdict, reasons, figures, timeline }: End): string {
  const { holders, marks } = timeline ?? {};
  return `${drill} ${verdict}: ${reasons.join("; ")}; ${
    JSON.stringify({ figures, holders, marks })
  }`;
}
