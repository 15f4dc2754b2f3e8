/**
 * The lock of a host: one run at a time may change it or break it. Text for its shell, and what the
 * answers mean.
 *
 * The lock is a file that names a process: the shell of the session that took it, by pid and start
 * time. It is held as long as that process lives, so that whatever ends a session ends its lock, a
 * killed controller and a lost link too. What such a session left behind is ended by whoever takes
 * the lock next, or keeps the lock for as long as it lives where it must come to its own end (dpkg).
 * @module
 */
import type { Diagnostic } from "../model.ts";
import { raw, sh } from "../shell.ts";
import { BUSY, LOCK_DIR, STEP_FUNCTIONS } from "../step_record.ts";

export { endStepText, LOCK_DIR } from "../step_record.ts";

/** Exit code of {@link lockScript} when somebody else holds the lock (`EX_TEMPFAIL`). */
export const HELD = BUSY;

/** What a lock says about its holder. */
export interface LockRequest {
  /** What is done under it, for people: `apply`, `drill keepalived-stopped`. */
  readonly what: string;
  /** Who does it, for people: `deploy@controller`. */
  readonly who: string;
  /** When it began by the controller's clock, epoch seconds. */
  readonly sinceS: number;
  /**
   * Word of letters, digits and dashes that nobody else has. Sessions that give the same one are one
   * holder: the first of them keeps the lock.
   */
  readonly nonce: string;
}

/** Who holds a lock. */
export interface LockHolder {
  /** Process on the host that holds it. */
  readonly pid: number;
  /** What it does. */
  readonly what: string;
  /** Who it is. */
  readonly who: string;
  /** Since when, epoch seconds; unset: it does not say. */
  readonly sinceS?: number;
  /** A process that its step left at work: the run itself is gone, and this keeps the lock. */
  readonly left?: { readonly pid: number; readonly name: string };
}

// `begun` gives the start time of a process that lives. Its name stands in parentheses before that,
// and may hold anything; a dead one that nobody has collected holds nothing.
//
// `held` tells whether somebody else has the lock; `same` is set when we are the ones who have it.
//
// `refuse` says who has it, and what works there for a run that is gone. A holder that has noticed
// the end of its link is on its way out, and is waited for (`parting`), unless its step must finish.
//
// `abandoned` gives to a command the record of every session that is dead, until one fails.
const FUNCTIONS = raw(sh`begun() {
process "$1" || return 1
case $state in Z | X | x) return 1 ;; esac
begun=$start
[ "$begun" ]
}
held() {
same=
[ -r "$dir/lock" ] && read -r pid born theirs rest <"$dir/lock" || return 1
case $pid in '' | *[!0-9]*) return 1 ;; esac
begun "$pid" && [ "$begun" = "$born" ] || return 1
line="$pid $born $theirs $rest"
[ "$theirs" != "$nonce" ] || { same=1; return 1; }
}
refuse() {
printf '%s\n' "$line"
[ ! "$busy" ] || printf 'busy %s\n' "$busy"
exit ${HELD}
}
parting() {
busy= waited=0
while held && record "$dir/step.$pid" && [ "$lost" ] && [ "$waited" -lt 50 ]; do
if [ "$must" = 1 ] && left "$dir/step.$pid"; then return; fi
sleep 0.1 || sleep 1
waited=$((waited + 1))
done
busy=
}
abandoned() {
for found in "$dir"/step.*; do
[ -e "$found" ] || continue
session=\${found##*.}
record "$found"
if begun "$session" && [ "$begun" = "\${owner:-$begun}" ]; then continue; fi
"$1" "$found" && continue
[ "$session" = "$pid" ] && line="$pid $born $theirs $rest" || line="$session 0 - {}"
return 1
done
}
${STEP_FUNCTIONS}`);

// Whoever looks and takes is alone. The kernel ends a flock with the subshell that has it, and this
// one starts nothing that outlives it. Without flock a folder stands in for it.
const GUARD = raw(sh`tries=0
if command -v flock >/dev/null; then
stuck='another process takes the lock and does not come to an end'
exec 9<"$dir"
guard() { flock -n 9; }
else
stuck="a run was ended while it took the lock: rm -r $dir/guard"
guard() { mkdir "$dir/guard" 2>/dev/null; }
fi
until guard; do
tries=$((tries + 1))
[ "$tries" -lt 200 ] || fail "$stuck"
sleep 0.1 || sleep 1
done
command -v flock >/dev/null || { trap 'rmdir "$dir/guard"' EXIT; trap 'exit 143' TERM; }`);

/** Longest text that is kept of what somebody says about himself. */
const LONGEST = 100;

/**
 * Shell text that takes the lock for the session that runs it, as root. It ends with 0 when the
 * session has it now or had it before; with {@link HELD} and what {@link parseHeld} reads on stdout
 * when somebody else has it; with something else and the reason on stderr when it cannot be taken at
 * all. What a dead session left behind is ended first, or keeps the lock where it must finish.
 */
export function lockScript({ what, who, sinceS, nonce }: LockRequest): string {
  const words = JSON.stringify({ what: short(what), who: short(who), sinceS });
  return sh`( dir=${LOCK_DIR} nonce=${nonce} words=${words}
umask 077
fail() { echo "$1" >&2; exit 1; }
${FUNCTIONS}
[ -d "$dir" ] || { mkdir -p "$dir" && chmod 0700 "$dir"; } || fail "cannot make the folder $dir"
begun "$PPID" || fail "cannot read /proc/$PPID/stat"
mine="$PPID $begun"
${GUARD}
parting
if held; then refuse; fi
[ "$same" ] || abandoned ended || refuse
[ "$same" ] || { printf '%s\n' "$mine $nonce $words" >"$dir/lock.new" && mv -f "$dir/lock.new" "$dir/lock"; } ||
  fail "cannot write $dir/lock" )`;
}

/**
 * Shell text that asks who holds the lock, and takes and ends nothing: answers as {@link lockScript}
 * does.
 */
export function peekScript(nonce: string): string {
  return sh`( dir=${LOCK_DIR} nonce=${nonce}
${FUNCTIONS}
idle() { if left "$1"; then return 1; fi; }
parting
if held; then refuse; fi
[ "$same" ] || abandoned idle || refuse
exit 0 )`;
}

/** Shell text that gives the lock back before the session ends; not one that another session took. */
export function unlockScript(nonce: string): string {
  return sh`( dir=${LOCK_DIR}
if [ -r "$dir/lock" ] && read -r pid _ theirs _ <"$dir/lock"; then
[ "$pid $theirs" != "$PPID "${nonce} ] || rm -f "$dir/lock"
fi )`;
}

/** What the line on stdout says about who holds the lock. What it leaves out is "somebody". */
export function parseHeld(stdout: string): LockHolder {
  const [, pid = "0", words = ""] = /^(\d+) \d+ \S+ (.*)$/m.exec(stdout) ?? [];
  const { what, who, sinceS } = said(words);
  const [, worker, name = ""] = /^busy (\d+) (.*)$/m.exec(stdout) ?? [];
  return {
    pid: Number(pid),
    what: typeof what === "string" ? short(what) : "something unknown",
    who: typeof who === "string" ? short(who) : "somebody",
    ...(typeof sinceS === "number" && Math.abs(sinceS) < 8.64e12 ? { sinceS } : {}),
    ...(worker === undefined ? {} : { left: { pid: Number(worker), name: short(name) } }),
  };
}

/** Why nothing can be done on a host whose lock is held: one sentence. */
export function heldMessage(host: string, { pid, what, who, sinceS, left }: LockHolder): string {
  const when = sinceS === undefined
    ? ""
    : ` since ${new Date(sinceS * 1000).toISOString().replace(/T(.*)\.\d+Z$/, " $1 UTC")}`;
  const why = left === undefined
    ? `${who} works on it${when}: ${what}, process ${pid} there`
    : `${left.name}, process ${left.pid} there, still works for a run that is gone: ` +
      `${what} of ${who}${when}`;
  return `Cannot work on "${host}": ${why}`;
}

/** What to type when a lock is held. Never to end what must come to its own end. */
export function heldHint(host: string, { pid, left }: LockHolder): string {
  return left === undefined
    ? `--lock-timeout 60s waits for it; if that run is dead and its connection hangs: ` +
      `kill ${pid} on ${host}`
    : `--lock-timeout 15m waits until ${left.name} has come to its own end; leave it alone, ` +
      "an installation that is ended half way blocks the next one";
}

/** What is said of a host whose lock is held; makes the exit code 5. */
export function heldDiagnostic(host: string, holder: LockHolder): Diagnostic {
  return {
    severity: "error",
    code: "lock-held",
    message: heldMessage(host, holder),
    hint: heldHint(host, holder),
  };
}

function said(words: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(words);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    return {};
  }
}

function short(text: string): string {
  return [...text].slice(0, LONGEST).join("").toWellFormed();
}
