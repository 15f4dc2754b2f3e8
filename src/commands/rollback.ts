/**
 * Going back by hand: what hosts remember of the time before a run becomes a play, and is applied
 * with everything that an apply has: the order of hosts, gates, and a way back of its own.
 * @module
 */
import { EXIT, InputError } from "../errors.ts";
import { parseFiles, probeFiles } from "../file_state.ts";
import { realSecrets } from "../inventory/load.ts";
import {
  filesBefore,
  HISTORY_PROBE,
  lastKept,
  parseHistory,
  type RunRecord,
} from "../journal/history.ts";
import type { About } from "../journal/open.ts";
import type { Diagnostic, Host, Session } from "../model.ts";
import { run } from "../runner/run.ts";
import { masker } from "../secret.ts";
import { loadTemplates } from "../templates.ts";
import { type Former, rollbackPlay } from "../../tasks/play.ts";
import { askHosts, hostsOf, outputOf } from "./ask_hosts.ts";
import { interruptible } from "./interrupt.ts";
import { load } from "./load.ts";
import { sudoPasswords } from "./password.ts";
import { type Reports, withReports } from "./reports.ts";
import { effects, type RunFlags } from "./run.ts";
import { whoWeAre } from "./who.ts";

/** Flags of rollback. */
export interface RollbackFlags extends RunFlags {
  /** Back to before this run, and all that were kept after it. @default {the last that was kept} */
  readonly to?: string | undefined;
}

/** Brings hosts back to how they were before a run, and gives the exit code. */
export function rollbackInventory(path: string, flags: RollbackFlags, io: Reports["io"]) {
  return withReports(path, flags, io, (reports) => perform(path, flags, reports));
}

async function perform(
  path: string,
  flags: RollbackFlags,
  { io, emit, hide, note }: Reports,
): Promise<number> {
  const loaded = await load(path, flags, io, realSecrets);
  const { endpoints, selected, warnings, placeOf } = loaded;
  const sudo = await sudoPasswords(endpoints, loaded, flags.askBecomePass === true, io);
  const secrets = [...endpoints.flatMap(({ vrrp }) => vrrp.authPass ?? []), ...sudo.all];
  hide(masker(secrets));
  const asking = { io, sudo, forks: flags.forks };
  const seen = await askHosts(hostsOf(endpoints), lookBack, asking);
  // One that cannot be asked may have been changed by the same run: half of a way back is none.
  if (seen.silent.length > 0) return EXIT.unreachable;
  const target = targetOf(seen.of, flags.to);
  const former = await askHosts(
    hostsOf(endpoints),
    (session, host) => formerOf(session, host, seen.of.get(host.name) ?? [], target.id),
    asking,
  );
  if (former.silent.length > 0) return EXIT.unreachable;
  refuseFirst(former.of, target);
  note([...warnings, ...sudo.warnings]);
  const templates = await loadTemplates(new URL("../../templates/", import.meta.url));
  const check = flags.check === true;
  if (!check) {
    io.err(
      `Back to before run ${target.id} (${target.what} by ${target.who}). The inventory still asks ` +
        "for what is undone now: the next apply makes it again, unless it is changed.\n",
    );
  }
  const who = await whoWeAre();
  return await interruptible(io, (signal) =>
    run({
      mode: check ? "check" : "apply",
      what: "rollback",
      play: rollbackPlay(templates, target.id, former.of),
      endpoints,
      selected,
      inventory: path,
      placeOf,
      forks: flags.forks,
      lock: { who, waitMs: flags.lockTimeout ?? 0 },
    }, effects(emit, secrets, sudo, signal)));
}

async function lookBack(session: Session, host: Host): Promise<readonly RunRecord[]> {
  const answer = await session.run(HISTORY_PROBE);
  return parseHistory(outputOf(host, "read the history", answer));
}

/** The run to go back behind. @throws {InputError} when no host knows it */
function targetOf(
  hosts: ReadonlyMap<string, readonly RunRecord[]>,
  wanted: string | undefined,
): About {
  const all = [...hosts.values()].flat();
  const found = wanted === undefined
    ? lastKept(hosts.values())
    : all.find(({ about, verdict }) => about.id === wanted && verdict.state === "committed")?.about;
  if (found !== undefined) return found;
  const kept = [
    ...new Set(
      all.flatMap(({ about, verdict }) => verdict.state === "committed" ? [about.id] : []),
    ),
  ].toSorted().toReversed();
  throw refused(
    wanted === undefined
      ? "Cannot go back: no host remembers a run"
      : `Cannot go back to before run "${wanted}": no host remembers it, or it was not kept`,
    kept.length === 0 ? "" : `runs that can be undone: ${kept.join(", ")}`,
  );
}

async function formerOf(
  session: Session,
  host: Host,
  records: readonly RunRecord[],
  id: string,
): Promise<readonly Former[]> {
  const files = filesBefore(records, id);
  if (files.length === 0) return [];
  const answer = await session.run(probeFiles(files.map(({ saved }) => saved)));
  const states = parseFiles(outputOf(host, "read what is kept", answer));
  return files.map(({ path, saved }) => ({
    path,
    state: states.get(saved) ?? { kind: "absent" },
  }));
}

/** Before the first deployment there was nothing: to go back there is to take the endpoint away. */
function refuseFirst(former: ReadonlyMap<string, readonly Former[]>, { id }: About): void {
  const bare = [...former].filter(([, files]) =>
    files.some(({ path, state }) =>
      path === "/etc/keepalived/keepalived.conf" && state.kind === "absent"
    )
  ).map(([host]) => host);
  if (bare.length === 0) return;
  throw refused(
    `Cannot go back to before run "${id}": on ${bare.join(", ")} nothing was deployed before it`,
    "to take a host out of service: endpoint_host: { state: absent }, then apply",
  );
}

function refused(message: string, hint: string): InputError {
  const diagnostic: Diagnostic = {
    severity: "error",
    code: "rollback",
    message,
    ...(hint === "" ? {} : { hint }),
  };
  return new InputError([diagnostic]);
}
