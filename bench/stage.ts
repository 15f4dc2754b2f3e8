/**
 * Makes the runs of one stage, each on hosts that are known, and keeps a row of each.
 * @module
 */
import { type Lab, labDown, type LabHost, labUp } from "../src/lab/mod.ts";
import { groundOf, HOST_PACKAGES, placeOf, type Site } from "./ground.ts";
import { lookAt } from "./hosts.ts";
import { pairsOf, type Place } from "./inventory.ts";
import { measure, type Taken } from "./measure.ts";
import {
  ansibleSaid,
  faultOf,
  filesChanged,
  holdfastSaid,
  type HostState,
  type Said,
  stateText,
} from "./outcome.ts";
import type { Stage } from "./plan.ts";
import type { Mode, Row, Run } from "./rows.ts";
import { commandOf } from "./tools.ts";
import { trafficOf } from "./turns.ts";

/** What a stage is run with. */
export interface Stages {
  /** What stays from stage to stage. */
  readonly site: Site;
  /** Takes a row. */
  keep(row: Row): Promise<void>;
  /** Called once hosts have the job done. */
  seen(lab: Lab): Promise<void>;
  /** Whether nothing more shall be begun. */
  stopped(): boolean;
  /** Takes a line of progress. */
  log(line: string): void;
}

const NAME = "bench";
/** What the file says that is changed from run to run. */
const MAX = [4000, 3900] as const;
/** A run that fails is made again so often. */
const TRIES = 2;

/** Makes runs of a stage, in order. @throws {Error} when one fails again and again */
export async function runStage(stage: Stage, runs: readonly Run[], stages: Stages): Promise<void> {
  const { hosts, fresh } = stage;
  const wanted = new Map<number, string>();
  let bed: Bed | undefined;
  for (const run of runs) {
    for (let tries = 1;; tries += 1) {
      if (stages.stopped()) return;
      if (bed === undefined || fresh) bed = await makeBed(hosts, stages);
      if (!fresh && !bed.ready) await prepare(bed, hosts, stages);
      const row = await runOn(bed, run, stages, wanted);
      await stages.keep(row);
      if (row.fault === undefined) break;
      stages.log(`made again: ${row.fault}`);
      if (tries === TRIES) throw new Error(`Cannot measure: ${row.fault}`);
      bed = undefined;
    }
    if (fresh && bed !== undefined) await stages.seen(bed.lab);
  }
}

/** Hosts and what they are like. */
interface Bed {
  readonly lab: Lab;
  readonly place: Place;
  max: number;
  ready: boolean;
}

async function makeBed(hosts: number, { site, log }: Stages): Promise<Bed> {
  await labDown({ name: NAME, log: () => {} });
  const lab = await labUp({ name: NAME, hosts, also: HOST_PACKAGES, log: () => {} });
  log(`new lab of ${hosts} hosts on ${lab.subnet}`);
  return { lab, place: await placeOf(lab, site.folder), max: MAX[0], ready: false };
}

/** Deploys with Holdfast; the playbook, on its first run, must find nothing that is to be done. */
async function prepare(bed: Bed, hosts: number, stages: Stages): Promise<void> {
  const playbook: readonly Mode[] = hosts > 20
    ? []
    : hosts > 2
    ? ["mitogen"]
    : ["mitogen", "stock"];
  const modes: readonly Mode[] = ["holdfast", ...playbook];
  for (const mode of modes) {
    stages.log(`prepares: ${mode}`);
    const { said, taken } = await act(bed, { mode, scenario: "converged", look: "time" }, stages);
    const right = taken.code === 0 && (mode === "holdfast" || said.changed === 0);
    if (!right) throw new Error(`Cannot prepare with ${mode}: ${wordsOf(taken)}`);
  }
  bed.ready = true;
  await stages.seen(bed.lab);
}

type Act = Pick<Run, "mode" | "scenario" | "look">;

async function act(bed: Bed, { mode, scenario, look }: Act, { site }: Stages) {
  const wish = { maxConnections: bed.max, counting: look === "traffic" };
  const ground = await groundOf(bed.place, site, wish);
  await Deno.writeTextFile(`${site.folder}/traffic`, "");
  await Deno.writeTextFile(ground.events, "");
  const names = bed.lab.hosts.map(({ namespace }) => namespace);
  const hostsS = async () =>
    (await Promise.all(names.map(site.group.cpuOf))).reduce((sum, one) => sum + one, 0);
  const before = await hostsS();
  const setting = { ...site, memory: look === "memory" };
  const taken = await measure(commandOf(mode, scenario, ground), setting);
  return {
    taken,
    hostsCpuS: await hostsS() - before,
    said: await saidBy(mode, taken, ground.events, bed.lab),
  };
}

async function saidBy(mode: Mode, taken: Taken, events: string, lab: Lab): Promise<Said> {
  if (mode === "holdfast" || mode === "source") {
    return holdfastSaid(await Deno.readTextFile(events));
  }
  if (mode !== "floor" && mode !== "start") return ansibleSaid(taken.stdout);
  return { changed: 0, hosts: lab.hosts.length, wrong: [] };
}

async function runOn(
  bed: Bed,
  run: Run,
  stages: Stages,
  wanted: Map<number, string>,
): Promise<Row> {
  const addresses = new Map(
    pairsOf(bed.place).flatMap(({ address, hosts }) =>
      hosts.map(({ name }) => [name, address] as const)
    ),
  );
  const look = () => lookAt(bed.lab, ({ name }: LabHost) => addresses.get(name) ?? "");
  const before = await look();
  if (run.scenario === "change") bed.max = MAX.find((it) => it !== bed.max) ?? bed.max;
  const [at, load] = [Date.now(), Deno.loadavg()[0] ?? 0];
  const acted = await act(bed, run, stages);
  const after = await look();
  const fault = faultIn(run, acted, { before, after }, wanted.get(bed.max));
  // The floor does not do the job.
  if (fault === undefined && run.mode !== "floor") wanted.set(bed.max, stateText(after));
  const row = await rowOf(run, acted, { at, load, files: filesChanged(before, after) }, stages);
  stages.log(`${Object.values(run).join(" ")}: ${row.wallMs} ms, ${row.cpuS} s`);
  return fault === undefined ? row : { ...row, fault };
}

type Acted = Awaited<ReturnType<typeof act>>;

function faultIn(
  { mode, scenario, hosts }: Run,
  { said, taken }: Acted,
  { before, after }: Readonly<Record<"before" | "after", readonly HostState[]>>,
  wanted: string | undefined,
): string | undefined {
  const files = filesChanged(before, after);
  const fault = faultOf({
    mode,
    scenario,
    hosts,
    code: taken.code,
    said,
    files,
    after,
    ...(wanted === undefined ? {} : { wanted }),
  });
  return fault === undefined || taken.code === 0 ? fault : `${fault}: ${wordsOf(taken)}`;
}

async function rowOf(
  run: Run,
  { said, taken, hostsCpuS }: Acted,
  known: Pick<Row, "at" | "load" | "files">,
  { site }: Stages,
): Promise<Row> {
  const traffic = trafficOf(await Deno.readTextFile(`${site.folder}/traffic`));
  const { connections, turns, up: bytesUp, down: bytesDown } = traffic;
  return {
    kind: "run",
    ...run,
    ...known,
    wallMs: rounded(taken.wallMs),
    cpuS: rounded(taken.cpuS),
    hostsCpuS: rounded(hostsCpuS),
    changed: said.changed,
    ...(said.roundTrips === undefined ? {} : { roundTrips: [...said.roundTrips] }),
    ...(run.look === "traffic" ? { connections, turns, bytesUp, bytesDown } : {}),
    ...(taken.peak === undefined
      ? {}
      : { peakMb: rounded(taken.peak.mb), processes: taken.peak.processes }),
  };
}

const rounded = (value: number) => Number(value.toFixed(3));
const wordsOf = ({ stdout, stderr }: Taken) => `${stdout}\n${stderr}`.trim().slice(-1500);
