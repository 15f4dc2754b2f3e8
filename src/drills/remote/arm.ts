/**
 * The undo of a drill: stored on the host that is to be broken, and armed before it is. It then runs
 * by itself when the controller asks, when the session that armed it is gone, at its deadline, or at
 * the next boot. Text only.
 * @module
 */
import { raw, sh } from "../../shell.ts";
import { DRILL_DIR, PLACE_FUNCTIONS, requirements, UNDO_DIR, UNIT_DIR, UNITS } from "./places.ts";
import { RUN_SCRIPT, SESSION_SCRIPT, startOf, undoUnits } from "./undo.ts";

/** What asked for an undo that ran. */
export type HealedBy = "controller" | "session" | "deadline" | "boot";

/** What is armed on a host. */
export interface Armed {
  /** An undo is stored and has not run yet. */
  readonly armed: boolean;
  /** Drill that stored one; unset: nothing is stored. */
  readonly nonce?: string;
  /** What asked for it, once it has run. */
  readonly healedBy?: HealedBy;
  /** What happened to it, a line each: epoch seconds, who asked, what came of it. */
  readonly record: readonly string[];
}

/** What {@link armScript} takes. */
export interface ArmOptions {
  /** POSIX shell text that makes the host whole again, whatever was done to it, any number of times. */
  readonly undo: string;
  /** Time after which it runs by itself, in milliseconds. */
  readonly deadlineMs: number;
  /** Word that tells this drill from others. */
  readonly nonce: string;
}

const INSTANCE = UNITS.undo.replace("@", "@controller");
const LIVE = [UNITS.deadline, UNITS.session];
const ALL = [UNITS.undo, UNITS.early, UNITS.boot, UNITS.session, UNITS.deadline];

/** Takes everything of an undo away. The caller has seen that it is healed, or was never whole. */
const REMOVE = sh`remove() {
  systemctl stop ${LIVE} 2>/dev/null
  drop ${ALL}
  drop_dir ${UNDO_DIR}
}`;

/**
 * Stores the undo and arms it four ways. The session it watches is the parent of the shell that runs
 * this text, so it is a request of its own, sent over the session of the drill.
 *
 * Ends with 1 and a sentence when the host cannot heal itself, or when the undo of another drill is
 * armed and not healed. What a drill without a controller left healed is taken over; what nothing
 * would heal any more is healed first.
 */
export function armScript({ undo, deadlineMs, nonce }: ArmOptions): string {
  const units = Object.entries(undoUnits(deadlineMs));
  const write = units.map(([name, content]) => sh`put ${`${UNIT_DIR}/${name}`} 644 ${content} &&`);
  return sh`${raw(requirements("arm the undo of a drill on this host", ["flock"]))}
${raw(PLACE_FUNCTIONS)}
${raw(REMOVE)}
${raw(startOf())}
if [ -e ${UNDO_DIR}/armed ]; then
  if systemctl -q is-active ${UNITS.deadline} || systemctl -q is-active ${UNITS.session}; then
    fail "the undo of drill $(cat ${UNDO_DIR}/armed) is armed and has not run: another drill is under way, or heals itself at its deadline"
  fi
  /bin/sh ${UNDO_DIR}/run controller >/dev/null || fail "what an earlier drill broke cannot be undone: $(tail -n 1 ${UNDO_DIR}/record); undo by hand what is in ${UNDO_DIR}/undo, then remove ${UNDO_DIR}/armed"
fi
remove
born=$(start_of "$PPID")
[ "$PPID" -gt 1 ] && [ -n "$born" ] || fail 'the session that asks for it cannot be watched'
mkdir -p -- ${DRILL_DIR} && chmod 700 -- ${DRILL_DIR} && new=$(mktemp -d ${UNDO_DIR}.new.XXXXXXXXXX) || fail 'no folder can be made for it'
trap 'code=$?; [ "$code" = 0 ] || remove' EXIT
trap 'exit 143' HUP INT TERM
put "$new"/undo 600 ${undo} && put "$new"/run 600 ${RUN_SCRIPT} && put "$new"/session-watch 600 ${SESSION_SCRIPT} &&
  put "$new"/session 600 "$PPID $born
" && put "$new"/armed 600 ${`${nonce}\n`} && flush "$new" && mv -T -- "$new" ${UNDO_DIR} && flush ${DRILL_DIR} || fail 'it cannot be stored; is the disk full?'
${
    raw(write.join("\n"))
  } at_boot ${UNITS.early} && at_boot ${UNITS.boot} && flush ${UNIT_DIR} && systemctl daemon-reload || fail 'its units cannot be put in place'
systemctl start ${LIVE} && systemctl -q is-active ${UNITS.deadline} && systemctl -q is-active ${UNITS.session} && [ -e ${UNDO_DIR}/armed ] || fail 'its units do not start'
trap - EXIT`;
}

/**
 * Shell text of a fault that is made only while this undo is armed, and that no undo overtakes. Ends
 * with the code of the fault, and the shell with it.
 */
export function faultScript({ script, nonce }: { script: string; nonce: string }): string {
  return sh`${raw(failing("break anything on this host"))}
[ -d ${UNDO_DIR} ] && exec 8>>${UNDO_DIR}/fault && flock -n 8 && [ "$(cat ${UNDO_DIR}/armed 2>/dev/null)" = ${nonce} ] || fail 'its undo is not armed any more'
( exec 8>&-; eval ${script} )
exit "$?"`;
}

/**
 * Runs the armed undo now and waits for it: 0 when the host is whole, also when it already was. An
 * undo that fails is tried for a minute and more, so the request needs a long deadline; where it
 * ends first, the undo goes on by itself.
 */
export function healScript(nonce: string): string {
  return sh`${raw(failing("heal this host"))}
${raw(state(nonce))}
if [ "$is" = armed ]; then
  systemctl start ${INSTANCE} || fail "$(tail -n 1 ${UNDO_DIR}/record)"
fi
[ ! -e ${UNDO_DIR}/armed ] || fail 'its undo did not run'`;
}

/**
 * Takes everything away that was made for the undo; an undo that has not run yet runs first. Waits
 * for one that runs now. Nothing left to take away is no mistake.
 */
export function disarmScript(nonce: string): string {
  return sh`${raw(failing("disarm the undo of a drill on this host"))}
${raw(PLACE_FUNCTIONS)}
${raw(REMOVE)}
[ -d ${UNDO_DIR} ] || { remove; exit 0; }
${raw(state(nonce))}
if [ "$is" = armed ]; then
  systemctl start ${INSTANCE} || fail "what was broken cannot be undone: $(tail -n 1 ${UNDO_DIR}/record)"
fi
exec 9>>${UNDO_DIR}/lock
waits=0
until flock -n 9; do
  waits=$((waits + 1))
  [ "$waits" -le 150 ] || fail 'it is running, and does not end'
  sleep 0.2 || sleep 1
done
[ ! -e ${UNDO_DIR}/armed ] || fail 'it did not run'
remove`;
}

/** Read-only shell text that asks what is armed; {@link parseArmed} reads its answer. */
export function armedProbe(): string {
  return sh`for state in ${UNDO_DIR}/armed ${UNDO_DIR}/healed.*; do
  [ -e "$state" ] || continue
  echo "\${state##*/} $(cat "$state")"
  sed 's/^/record /' ${UNDO_DIR}/record 2>/dev/null
done
:`;
}

/** Reads the answer to {@link armedProbe}. */
export function parseArmed(stdout: string): Armed {
  const lines = stdout.split("\n");
  const record = lines.flatMap((line) => line.startsWith("record ") ? [line.slice(7)] : []);
  const [state = "", nonce] = lines[0]?.split(" ") ?? [];
  if (nonce === undefined) return { armed: false, record };
  const by = HEALED_BY.find((one) => state === `healed.${one}`);
  return { armed: state === "armed", nonce, record, ...(by === undefined ? {} : { healedBy: by }) };
}

const HEALED_BY: readonly HealedBy[] = ["controller", "session", "deadline", "boot"];

/** Sets `is` to `armed` or `healed`; ends with a reason when neither is so for this drill. */
function state(nonce: string): string {
  return sh`is=
for file in ${UNDO_DIR}/armed ${UNDO_DIR}/healed.*; do
  [ -e "$file" ] || continue
  is=\${file##*/} is=\${is%%.*}
  [ "$(cat "$file")" = ${nonce} ] || fail "the undo that is stored here is that of drill $(cat "$file")"
done
[ -n "$is" ] || fail 'no undo is stored here'`;
}

function failing(purpose: string): string {
  return sh`fail() { printf '%s: %s\n' ${`Cannot ${purpose}`} "$*" >&2; exit 1; }`;
}
