/**
 * apply, check and verify: where inventory, play, ssh, runner and reporter meet.
 * @module
 */
import { formatDiagnostics } from "../diagnostics.ts";
import { EXIT } from "../errors.ts";
import type { Mode } from "../events.ts";
import { noSecrets, realSecrets } from "../inventory/load.ts";
import { ownFile } from "../own_files.ts";
import type { BatchSize } from "../runner/batches.ts";
import type { PlannedHost, SavedPlan, SecretSource } from "../saved_plan.ts";
import { masker } from "../secret.ts";
import { ConnectAhead } from "../ssh/ahead.ts";
import { connector } from "../ssh/connect.ts";
import { loadTemplates } from "../templates.ts";
import { aloneWarnings } from "./alone.ts";
import { interruptible } from "./interrupt.ts";
import { hostsOf } from "./ask_hosts.ts";
import { chooseTasks } from "./choose.ts";
import { isListing, listing } from "./listing.ts";
import { load, type LoadFlags } from "./load.ts";
import { loadPlay } from "./play.ts";
import { sudoPasswords } from "./password.ts";
import {
  assertWritable,
  boundBy,
  noting,
  planText,
  refusePlan,
  writePrivately,
} from "./plan_file.ts";
import type { Io } from "./io.ts";
import { predictions } from "./predictions.ts";
import { type Reports, withReports } from "./reports.ts";
import { partOf, type ShardChoice, shardOf } from "./shard.ts";
import { skippedPreflights } from "./skip_preflight.ts";
import { whoWeAre } from "./who.ts";

/** Flags of a run. */
export interface RunFlags extends LoadFlags {
  /** Say what would change, and change nothing. */
  readonly check?: boolean | undefined;
  /** Show differences. */
  readonly diff?: boolean | undefined;
  /** Hosts at the same time. */
  readonly forks: number;
  /** Sizes of the batches in which `apply` begins endpoints. */
  readonly serial?: readonly BatchSize[] | undefined;
  /** How many of all hosts, in percent, may be lost to `apply` before it begins no more. */
  readonly maxFailPercentage?: number | undefined;
  /** Which part of the endpoints. */
  readonly shard?: ShardChoice | undefined;
  /** Ask for the sudo password. */
  readonly askBecomePass?: boolean | undefined;
  /** A file with a play of one's own, in place of the built-in one. */
  readonly play?: string | undefined;
  /** Only tasks with one of these tags, comma separated. */
  readonly tags?: readonly string[] | undefined;
  /** No tasks with one of these tags. */
  readonly skipTags?: readonly string[] | undefined;
  /** Preflights whose errors stop nothing, comma separated. */
  readonly skipPreflight?: readonly string[] | undefined;
  /** Begin with this task. */
  readonly startAtTask?: string | undefined;
  /** Ask before each change. */
  readonly step?: boolean | undefined;
  /** List hosts, and do nothing. */
  readonly listHosts?: boolean | undefined;
  /** List tasks, and do nothing. */
  readonly listTasks?: boolean | undefined;
  /** List tags, and do nothing. */
  readonly listTags?: boolean | undefined;
  /** More reports, `kind` or `kind:file`. */
  readonly report?: readonly string[] | undefined;
  /** Where `check` saves its plan. */
  readonly out?: string | undefined;
  /** Print events instead of lines for people. */
  readonly json?: boolean | undefined;
  /** How long `verify` waits, in milliseconds. */
  readonly waitMs?: number | undefined;
  /** How long to wait for hosts that another run works on, in milliseconds. */
  readonly lockTimeout?: number | undefined;
}

/** Runs the play over an inventory, or a saved plan, and gives the exit code. */
export function runInventory(
  mode: Mode,
  path: string,
  flags: RunFlags,
  io: Io,
): Promise<number> {
  return withReports(path, flags, io, async (reports) => {
    if (mode === "verify") await refusePlan(path, mode);
    const bound = mode === "verify" ? undefined : await boundBy(path, flags);
    if (bound === undefined) return await perform(mode, path, flags, reports);
    return await perform(mode, bound.plan.inventory, bound.flags, reports, bound.plan);
  });
}

async function perform(
  mode: Mode,
  path: string,
  flags: RunFlags,
  { io, emit, hide, note }: Reports,
  plan?: SavedPlan,
): Promise<number> {
  const shard = flags.shard && shardOf(flags.shard, (name) => Deno.env.get(name));
  const secretSources: SecretSource[] = [];
  const blind = mode === "verify" || isListing(flags);
  const reader = blind ? noSecrets : noting(realSecrets, secretSources);
  const whole = await load(path, flags, io, reader);
  const { loaded, others } = shard ? partOf(whole, shard) : { loaded: whole, others: [] };
  const { endpoints, selected, warnings, placeOf } = loaded;
  const templates = await loadTemplates(ownFile("templates/"));
  const play = await loadPlay(flags.play, templates);
  // A word that means something in another part of the fleet is no mistake in this one.
  const skipPreflight = skippedPreflights(flags.skipPreflight, play, whole.endpoints);
  const all = { play, endpoints: whole.endpoints, selected: whole.selected };
  const chosen = chooseTasks(mode, flags, all, io);
  if (isListing(flags)) {
    const hosts = chosen.hosts.filter(({ host }) => selected.has(host));
    io.out(listing({ play, hosts, checksOnly: mode === "verify" }, flags));
    return EXIT.ok;
  }
  if (flags.out !== undefined) await assertWritable(flags.out);
  const sudo = await sudoPasswords(endpoints, loaded, flags.askBecomePass === true, io);
  await using ahead = new ConnectAhead(connector({ sudoPassword: sudo.of }));
  // A placement may end the run before a host is contacted, and asking a platform takes its time.
  if (loaded.placements.length === 0) ahead.begin(hostsOf(endpoints).slice(0, flags.forks));
  // Loaded and worked out while hosts are connected to, and only where it is wanted.
  if (mode !== "verify" && flags.play === undefined) {
    const { lintBefore } = await import("./lint/inventory.ts");
    const { diagnostics, sources } = lintBefore(endpoints, loaded, templates, path);
    if (diagnostics.length > 0) io.err(`${formatDiagnostics(diagnostics, sources)}\n`);
    note(diagnostics);
  }
  if (mode !== "verify" && loaded.placements.length > 0) {
    const { placementsBefore } = await import("./placement/before.ts");
    note(await placementsBefore(loaded, io));
  }
  const secrets = [
    ...endpoints.flatMap(({ vrrp }) => vrrp.authPass ?? []),
    ...sudo.all,
  ];
  // What hosts say can hold a secret too, a refused configuration line for one.
  hide(masker(secrets));
  const predicted = predictions(mode === "check" ? endpoints : [], loaded.written);
  // An apply predicts nothing; what it makes less than a failover it says.
  const outlook = mode === "apply" ? aloneWarnings(endpoints, loaded.written) : predicted.warnings;
  if (outlook.length > 0) io.err(`${formatDiagnostics(outlook, loaded.sources)}\n`);
  note([...warnings, ...sudo.warnings, ...outlook]);
  const planned = new Map<string, PlannedHost>();
  const spec = {
    mode,
    play,
    endpoints,
    selected,
    inventory: path,
    placeOf,
    // Who chooses hosts or tasks wants these alone.
    ...([flags.limit, flags.tags, flags.skipTags, flags.startAtTask].some((it) => it !== undefined)
      ? {}
      : { hostNamed: loaded.hostNamed }),
    ...chosen.spec,
    skipPreflight,
    forks: flags.forks,
    ...(shard === undefined ? {} : { shard: { ...shard, others } }),
    ...(flags.serial === undefined ? {} : { serial: flags.serial }),
    ...(flags.maxFailPercentage === undefined
      ? {}
      : { maxFailPercentage: flags.maxFailPercentage }),
    waitMs: flags.waitMs ?? 0,
    lock: { who: await whoWeAre(), waitMs: flags.lockTimeout ?? 0 },
    ...(flags.out === undefined ? {} : {
      keep: (host: string, found: PlannedHost) => void planned.set(host, found),
    }),
    ...(plan === undefined ? {} : { bound: new Map(Object.entries(plan.hosts)) }),
  };
  const { effects } = await import("./effects.ts");
  const { run } = await import("../runner/run.ts");
  const code = await interruptible(
    io,
    (signal) =>
      run(spec, {
        ...effects(ahead.connect, chosen.reportTo(predicted.reportTo(emit)), secrets, signal),
        ...chosen.effects(signal),
      }),
  );
  if (flags.out === undefined) return code;
  if (code !== EXIT.ok && code !== EXIT.changes) {
    io.err(`No plan was saved to "${flags.out}", because the check did not come to its end\n`);
    return code;
  }
  // In the inventory's order, whichever endpoint was seen first.
  const hosts = new Map(
    endpoints.flatMap(({ members, leaving = [] }) => [...members, ...leaving]).flatMap(
      ({ host: { name } }) => {
        const found = planned.get(name);
        return found === undefined ? [] : [[name, found] as const];
      },
    ),
  );
  await writePrivately(flags.out, planText(path, { ...flags, shard }, secretSources, hosts));
  io.err(
    `The plan is in ${flags.out}; to make exactly these changes: holdfast apply ${flags.out}\n`,
  );
  return code;
}
