/**
 * drill: one thing is broken, what a client feels is measured, and it is healed whatever happens.
 * @module
 */
import { CATALOGUE } from "../drills/catalogue/mod.ts";
import { chooseDrills } from "../drills/choose.ts";
import type { LockWish } from "../drills/locks.ts";
import type { Drill } from "../drills/model.ts";
import { compareDrills, type DrillEnd } from "../drills/measure/compare.ts";
import { type DrillSpec, runDrills } from "../drills/run.ts";
import { EXIT, InputError } from "../errors.ts";
import type { Event } from "../events.ts";
import { noSecrets, realSecrets } from "../inventory/load.ts";
import type { Diagnostic, Endpoint } from "../model.ts";
import { ownFile } from "../own_files.ts";
import { compareText } from "../reporters/compare.ts";
import { masker } from "../secret.ts";
import { loadTemplates } from "../templates.ts";
import { drillEffects } from "./drill_effects.ts";
import { loadDrills } from "./drill_file.ts";
import { refuseUngranted } from "./drill_grants.ts";
import { drillListText, listDrills } from "./drill_list.ts";
import { interruptible } from "./interrupt.ts";
import type { Io } from "./io.ts";
import { load, type LoadFlags } from "./load.ts";
import { sudoPasswords } from "./password.ts";
import { loadPlay } from "./play.ts";
import { readRun } from "./run_file.ts";
import { terminalSize } from "./screen.ts";
import { type ReportFlags, type Reports, withReports } from "./reports.ts";
import { whoWeAre } from "./who.ts";

/** Flags of `drill`. */
export interface DrillFlags extends Omit<LoadFlags, "limit">, ReportFlags {
  /** Says what there is, and does nothing. */
  readonly list?: boolean | undefined;
  /** Which drills where no name is given. */
  readonly profileSuite: Drill["suite"];
  /** Overrides what the inventory promises, in milliseconds. */
  readonly maxOutage?: number | undefined;
  /** How often each drill is run. */
  readonly repeat: number;
  /** How often a drill whose measurement cannot be trusted is run again. */
  readonly retries: number;
  /** Breaks things where the inventory says `production: true`, too. */
  readonly yes?: boolean | undefined;
  /** Files with drills of one's own. */
  readonly drill?: readonly string[] | undefined;
  /** Asks for the sudo password. */
  readonly askBecomePass?: boolean | undefined;
  /** A former run whose figures these are compared with. */
  readonly compare?: string | undefined;
  /** How long to wait for hosts that another run works on, in milliseconds. */
  readonly lockTimeout?: number | undefined;
}

/** What a person who interrupts is told: nothing may stay broken. */
const INTERRUPT = {
  first: "Healing what is broken, then stopping; interrupt again to leave that to the hosts",
  second:
    "Stopped at once: each host that was broken heals itself within a few seconds; power and " +
    "API servers are given back by a process that stays behind until that has worked",
};

/** Runs drills on an inventory, or lists them, and gives the exit code. */
export function drillInventory(
  path: string,
  names: readonly string[],
  flags: DrillFlags,
  io: Io,
): Promise<number> {
  // A listing is no run: its JSON is data, not events.
  const reportFlags = flags.list === true ? {} : flags;
  return withReports(path, reportFlags, io, (reports) => perform(path, names, flags, reports));
}

async function perform(
  path: string,
  names: readonly string[],
  flags: DrillFlags,
  { io, emit, hide, note }: Reports,
): Promise<number> {
  const own = await loadDrills(flags.drill ?? []);
  const all = [...CATALOGUE, ...own.drills];
  const { drills, problems } = chooseDrills(all, { names, suite: flags.profileSuite });
  const wrong = [...own.problems, ...problems];
  if (wrong.length > 0) throw new InputError(wrong);
  // What cannot be compared with is known before anything is broken.
  const before = flags.compare === undefined ? undefined : await drillEnds(flags.compare);
  const loaded = await load(path, flags, io, flags.list === true ? noSecrets : realSecrets);
  const { endpoints, warnings, placeOf } = loaded;
  if (flags.list === true) {
    const list = listDrills(names.length > 0 ? drills : all, endpoints);
    io.out(
      flags.json === true
        ? `${JSON.stringify(list, null, 2)}\n`
        : drillListText(list, endpoints.length),
    );
    return EXIT.ok;
  }
  refuseAbsent(endpoints);
  refusePods(endpoints);
  if (flags.yes !== true) refuseProduction(endpoints, drills);
  await refuseUngranted(endpoints, drills);
  const sudo = await sudoPasswords(endpoints, loaded, flags.askBecomePass === true, io);
  const secrets = [...endpoints.flatMap(({ vrrp }) => vrrp.authPass ?? []), ...sudo.all];
  hide(masker(secrets));
  note([...warnings, ...sudo.warnings]);
  const templates = await loadTemplates(ownFile("templates/"));
  const play = await loadPlay(undefined, templates);
  const lock = await lockOf(drills, flags);
  const spec: DrillSpec = {
    inventory: path,
    endpoints,
    drills,
    rounds: flags.repeat,
    retries: flags.retries,
    lock,
    placeOf,
    ...(flags.maxOutage === undefined ? {} : { maxOutageMs: flags.maxOutage }),
  };
  const after: DrillEnd[] = [];
  const heard = (event: Event) => {
    if (event.type === "drill-end") after.push(event);
    emit(event);
  };
  const world = { play, inventory: path, endpoints, sudo, secrets, lock, emit: heard };
  const code = await interruptible(
    io,
    (signal) => runDrills(spec, drillEffects({ ...world, signal })),
    INTERRUPT,
  );
  if (before !== undefined) {
    const write = flags.json === true ? io.err : io.out;
    const columns = Deno.stdout.isTerminal() ? { columns: terminalSize().columns } : {};
    write(compareText(compareDrills(before, after), columns));
  }
  return code;
}

/** The drills of a former run. @throws {InputError} when it is none, or had no drills */
async function drillEnds(path: string): Promise<readonly DrillEnd[]> {
  const ends = (await readRun(path)).filter((event): event is DrillEnd =>
    event.type === "drill-end"
  );
  if (ends.length > 0) return ends;
  const message = `Cannot compare with run "${path}": no drill was run in it`;
  throw new InputError([{ severity: "error", code: "drill", message }]);
}

async function lockOf(drills: readonly Drill[], flags: DrillFlags): Promise<LockWish> {
  const what = `drill ${drills.map(({ name }) => name).join(" ")}`;
  const who = await whoWeAre();
  return { what, who, nonce: crypto.randomUUID(), timeoutMs: flags.lockTimeout ?? 0 };
}

/** What shall not be there cannot be broken. */
function refuseAbsent(endpoints: readonly Endpoint[]): void {
  const problems = endpoints.filter(({ members }) => members.length === 0).map(
    ({ name }): Diagnostic => ({
      severity: "error",
      code: "absent",
      message: `Cannot drill "${name}": its inventory says state: absent`,
    }),
  );
  if (problems.length > 0) throw new InputError(problems);
}

/** What is broken and given back are units of the system; nobody would give back a container. */
function refusePods(endpoints: readonly Endpoint[]): void {
  const problems = endpoints.filter(({ pods }) => pods !== undefined).map(
    ({ name }): Diagnostic => ({
      severity: "error",
      code: "static-pods",
      message: `Cannot drill "${name}": its daemons are static pods, and drills break units`,
    }),
  );
  if (problems.length > 0) throw new InputError(problems);
}

/** Somebody depends on it, and a drill breaks it on purpose: that must be said. */
function refuseProduction(endpoints: readonly Endpoint[], drills: readonly Drill[]): void {
  const problems = endpoints.filter(({ production }) => production === true).map(
    ({ name, address, members }): Diagnostic => ({
      severity: "error",
      code: "production",
      message:
        `Cannot drill "${name}" (${address}), because its inventory says production: true. ` +
        `On ${members.map(({ host }) => host.name).join(", ")} this would be broken, one after ` +
        `the other, and healed again:\n${
          drills.map(({ name, title }) => `  ${name}: ${title}`).join("\n")
        }`,
      hint: "--yes does it all the same",
    }),
  );
  if (problems.length > 0) throw new InputError(problems);
}
