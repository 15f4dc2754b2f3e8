/**
 * Opening a run on a host: from here on the host goes back by itself unless it is told, over a
 * connection that works, to keep what was changed. Text only.
 * @module
 */
import type { Keeper } from "../model.ts";
import { raw, sh } from "../shell.ts";
import {
  FUNCTIONS,
  HISTORY_DIR,
  PENDING_DIR,
  RUN_DIR,
  STATE_DIR,
  UNIT_DIR,
  UNIT_FUNCTIONS,
  UNITS,
} from "./places.ts";
import { GUARD_SCRIPT, UNDO_SCRIPT } from "./undo.ts";

/** Seconds for which a host waits for word of its controller, beside what a step may take. */
export const PATIENCE_S = 60;

/** What a run says about itself. */
export interface About {
  /** Word of letters, digits and dashes; later runs sort behind earlier ones. */
  readonly id: string;
  /** What is done, for people: `apply`, `rollback`. */
  readonly what: string;
  /** Who does it, for people: `deploy@controller`. */
  readonly who: string;
  /** When it began by the controller's clock, epoch seconds. */
  readonly sinceS: number;
  /** Endpoint that it changes. */
  readonly endpoint: string;
  /** Inventory as the user typed it. */
  readonly inventory: string;
}

/**
 * How a host that changes together with others goes back by itself, so that no two of them hold the
 * service: whoever is not the holder leaves it at once and takes part again last.
 */
export interface Retreat {
  /** Shell text with which it leaves the service first; unset: it stays. */
  readonly leave?: string;
  /** Seconds for which it then waits for the others. */
  readonly waitS: number;
}

/** Id of a run: when it began, and a word that nobody else has. */
export function runId(sinceMs: number, nonce: string): string {
  const stamp = new Date(sinceMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return `${stamp}-${nonce.replaceAll("-", "").slice(0, 8)}`;
}

/**
 * Shell text that opens a run and arms its undo, before anything is changed. The session it watches
 * is the parent of the shell that runs this text. Ends with 1 and a sentence where the host could
 * not go back. Opening the same run again changes nothing.
 */
export function openScript(
  about: About,
  keepers: readonly Keeper[],
  retreat?: Retreat,
): string {
  const keep = keepers.map((keeper, i) => keepText(keeper, String(i).padStart(2, "0")));
  return sh`fail() { printf '%s: %s\n' 'Cannot prepare the way back' "$*" >&2; exit 1; }
${raw(FUNCTIONS)}
${raw(UNIT_FUNCTIONS)}
umask 077
if [ -e ${RUN_DIR}/open ]; then
  [ "$(cat ${RUN_DIR}/open)" != ${about.id} ] || exit 0
  fail "run $(cat ${RUN_DIR}/open) is not ended"
fi
mkdir -p -- ${STATE_DIR} ${HISTORY_DIR} && rm -rf -- ${RUN_DIR}.new.* || fail 'cannot write to ${
    raw(STATE_DIR)
  }'
# Who undid the run before this one may not be through with its units.
if [ -e ${RUN_DIR}/lock ]; then ( exec 9<${RUN_DIR}/lock; flock 9 ) 2>/dev/null; fi
if [ -d ${RUN_DIR} ]; then archive "$(cat ${RUN_DIR}/committed ${RUN_DIR}/reverted.* 2>/dev/null | head -n 1)" 2>/dev/null || rm -rf -- ${RUN_DIR}; fi
new=$(mktemp -d ${RUN_DIR}.new.XXXXXXXXXX) || fail 'cannot write to ${
    raw(STATE_DIR)
  }; is the disk full?'
trap '[ -z "$new" ] || rm -rf -- "$new"' EXIT
trap 'exit 143' HUP INT TERM
born=$(start_of "$PPID")
mkdir -- "$new"/steps "$new"/keep "$new"/notified "$new"/pending && printf '%s\n' ${
    JSON.stringify(about)
  } >"$new"/about && printf %s ${UNDO_SCRIPT} >"$new"/undo && printf %s ${GUARD_SCRIPT} >"$new"/guard &&
  printf '%s %s\n' "$PPID" "$born" >"$new"/session && echo ${about.id} >"$new"/open && : >"$new"/record && : >"$new"/undone && : >"$new"/untouched && : >"$new"/lock || fail 'cannot write to ${
    raw(STATE_DIR)
  }; is the disk full?'
if [ -d ${PENDING_DIR} ]; then cp -a -- ${PENDING_DIR}/. "$new"/pending/ || fail 'cannot note which handlers are due'; fi
${raw(keep.join("\n"))}
${raw(retreat === undefined ? ":" : retreatText(retreat))}
[ "$(cat "$new"/open)" = ${about.id} ] && [ -s "$new"/undo ] && [ -s "$new"/guard ] || fail 'what was written is not there; is the disk full?'
flush "$new"/* "$new"/keep/* "$new" && mv -T -- "$new" ${RUN_DIR} && flush ${STATE_DIR} || fail 'cannot write to ${
    raw(STATE_DIR)
  }'
new=
renew ${PATIENCE_S}
if [ -d /run/systemd/system ]; then
  refuse() { disarm_boot; rm -rf -- ${RUN_DIR}; fail "$1"; }
  [ "$PPID" -gt 1 ] && [ -n "$born" ] || refuse 'the session that asks for it cannot be watched'
  # The guard of an earlier run has nothing left to watch, and may not have noticed.
  systemctl stop ${UNITS.guard} 2>/dev/null
  arm_boot || refuse 'its units cannot be written to ${raw(UNIT_DIR)}; is the disk full?'
  systemctl reset-failed ${UNITS.guard} 2>/dev/null
  said=$(systemd-run --quiet --collect --unit=${UNITS.guard} --description='Holdfast: undo a run that nobody ends' -p OOMScoreAdjust=-900 -p Restart=on-abnormal /bin/sh ${RUN_DIR}/guard 2>&1) || refuse "its guard does not start: $said"
fi`;
}

function retreatText({ leave = "", waitS }: Retreat): string {
  return sh`echo ${waitS} >"$new"/retreat && printf %s ${leave} >"$new"/leave || fail 'cannot note how it leaves the service'`;
}

function keepText({ name, save, restore }: Keeper, number: string): string {
  return sh`printf '%s\n' ${name} >"$new"/keep/${number}.name && printf %s ${save} >"$new"/keep/${number}.save && printf %s ${restore} >"$new"/keep/${number}.restore &&
  /bin/sh "$new"/keep/${number}.save </dev/null >"$new"/keep/${number}.saved || fail ${`cannot note ${name}`}`;
}
