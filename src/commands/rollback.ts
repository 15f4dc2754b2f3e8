/**
 * Going back by hand: what hosts remember of the time before a run becomes a play, and is applied
 * with everything that an apply has: the order of hosts, gates, and a way back of its own.
 * @module
 */
import { EXIT } from "../errors.ts";
import { parseFiles, probeFiles } from "../file_state.ts";
import { realSecrets } from "../inventory/load.ts";
import { filesBefore, HISTORY_PROBE, parseHistory, type RunRecord } from "../journal/history.ts";
import type { Host, Session } from "../model.ts";
import { ownFile } from "../own_files.ts";
import { run } from "../runner/run.ts";
import { masker } from "../secret.ts";
import { connector } from "../ssh/connect.ts";
import { loadTemplates } from "../templates.ts";
import { type Former, rollbackPlay } from "../../tasks/play.ts";
import { askHosts, hostsOf, outputOf } from "./ask_hosts.ts";
import { effects } from "./effects.ts";
import { interruptible } from "./interrupt.ts";
import { load } from "./load.ts";
import { sudoPasswords } from "./password.ts";
import { type Reports, withReports } from "./reports.ts";
import { announcement, targetOf } from "./rollback_target.ts";
import type { RunFlags } from "./run.ts";
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
  const members = hostsOf(endpoints.map(({ leaving: _, ...staying }) => staying));
  // One that cannot be asked may have been changed by the same run: half of a way back is none. Of
  // those that shall be no members any more one may be no more at all.
  if (members.some(({ name }) => seen.silent.includes(name))) return EXIT.unreachable;
  const target = targetOf(seen.of, endpoints, flags.to);
  const former = await askHosts(
    members,
    (session, host) => formerOf(session, host, seen.of.get(host.name) ?? [], target.id),
    asking,
  );
  if (former.silent.length > 0) return EXIT.unreachable;
  note([...warnings, ...sudo.warnings]);
  const templates = await loadTemplates(ownFile("templates/"));
  const check = flags.check === true;
  if (!check) io.err(announcement(target, path));
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
    }, effects(connector({ sudoPassword: sudo.of }), emit, secrets, signal)));
}

async function lookBack(session: Session, host: Host): Promise<readonly RunRecord[]> {
  const answer = await session.run(HISTORY_PROBE);
  return parseHistory(outputOf(host, "read the history", answer));
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
