/**
 * What hosts remember of their runs.
 * @module
 */
import { EXIT, InputError } from "../errors.ts";
import { formatInputError, noSecrets } from "../inventory/load.ts";
import { HISTORY_PROBE, parseHistory, type RunRecord } from "../journal/history.ts";
import type { About } from "../journal/open.ts";
import type { UndoneBy } from "../journal/verdict.ts";
import { printableLine } from "../terminal.ts";
import { askHosts, hostsOf, outputOf } from "./ask_hosts.ts";
import type { Io } from "./io.ts";
import { load, type LoadFlags } from "./load.ts";
import { sudoPasswords } from "./password.ts";

/** Flags of history. */
export interface HistoryFlags extends LoadFlags {
  /** Hosts at the same time. */
  readonly forks: number;
  /** Ask for the sudo password. */
  readonly askBecomePass?: boolean | undefined;
  /** Data instead of lines for people. */
  readonly json?: boolean | undefined;
}

/** A run, and what became of it on each host. */
export interface RunHistory extends About {
  /** By host name. */
  readonly hosts: Readonly<Record<string, HostHistory>>;
}

/** What became of a run on a host. */
export interface HostHistory {
  /** `kept`, `undone`, or `open`: neither yet. */
  readonly ended: "kept" | "undone" | "open";
  /** Who asked for its undo. */
  readonly by?: UndoneBy;
  /** Files that it changed. */
  readonly files: readonly string[];
  /** What it did beside files, for people. */
  readonly steps: readonly string[];
  /** What its undo had to say at last. */
  readonly said?: string;
}

/** Shows the runs of an inventory's hosts, and gives the exit code. */
export async function showHistory(path: string, flags: HistoryFlags, io: Io): Promise<number> {
  try {
    return await show(path, flags, io);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    io.err(`${formatInputError(error)}\n`);
    return EXIT.usage;
  }
}

async function show(path: string, flags: HistoryFlags, io: Io): Promise<number> {
  const loaded = await load(path, flags, io, noSecrets);
  const hosts = hostsOf(loaded.endpoints).filter(({ name }) => loaded.selected.has(name));
  const sudo = await sudoPasswords(loaded.endpoints, loaded, flags.askBecomePass === true, io);
  const { of, silent } = await askHosts(
    hosts,
    async (session, host) =>
      parseHistory(outputOf(host, "read the history", await session.run(HISTORY_PROBE))),
    { io, sudo, forks: flags.forks },
  );
  const runs = joined(of);
  io.out(flags.json === true ? `${JSON.stringify(runs, null, 2)}\n` : historyText(runs));
  return silent.length > 0 ? EXIT.unreachable : EXIT.ok;
}

/** The runs of all hosts as one list, the newest first. Pure. */
export function joined(of: ReadonlyMap<string, readonly RunRecord[]>): readonly RunHistory[] {
  const runs = new Map<string, { about: About; hosts: Record<string, HostHistory> }>();
  for (const [host, records] of of) {
    for (const record of records) {
      const { about } = record;
      const run = runs.get(about.id) ?? { about, hosts: {} };
      run.hosts[host] = asHost(record);
      runs.set(about.id, run);
    }
  }
  return [...runs.values()].map(({ about, hosts }) => ({ ...about, hosts }))
    .toSorted((a, b) => a.id < b.id ? 1 : -1);
}

function asHost({ verdict, files, steps, said }: RunRecord): HostHistory {
  const rest = {
    files: files.map(({ path }) => path),
    steps,
    ...(said === undefined ? {} : { said }),
  };
  if (verdict.state === "reverted") return { ended: "undone", by: verdict.by, ...rest };
  return { ended: verdict.state === "committed" ? "kept" : "open", ...rest };
}

const WHY: Readonly<Record<UndoneBy, string>> = {
  controller: "",
  session: "by itself, because its session ended",
  deadline: "by itself, because nobody said that it shall stay",
  boot: "by itself when it started again",
  next: "by the next run",
};

/** Runs as text for people: a line for each, and one for each of its hosts. Pure. */
export function historyText(runs: readonly RunHistory[]): string {
  if (runs.length === 0) return "No run is remembered\n";
  return runs.map(({ id, what, who, sinceS, inventory, hosts }) => {
    const when = new Date(sinceS * 1000).toISOString().replace(/T(.*)\.\d+Z$/, " $1 UTC");
    const head = `${id}  ${what} ${inventory} by ${who}, ${when}`;
    const lines = Object.entries(hosts).map(([host, it]) => `  ${host}  ${hostText(it)}`);
    return [head, ...lines].map(printableLine).join("\n") + "\n";
  }).join("\n");
}

function hostText({ ended, by, files, steps, said }: HostHistory): string {
  const did = [...files, ...steps].join(", ");
  const how = by === undefined || WHY[by] === "" ? ended : `${ended} ${WHY[by]}`;
  const open = ended === "open" && said !== undefined ? ` (${said})` : "";
  return `${how}${open}: ${did === "" ? "nothing" : did}`;
}
