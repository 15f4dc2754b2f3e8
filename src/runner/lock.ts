/**
 * The lock of a host: one run at a time may change it or break it. Text for its shell, and what the
 * answers mean.
 *
 * The lock is a file that names a process: the shell of the session that took it, by pid and start
 * time. It is held as long as that process lives, so that whatever ends a session ends its lock, a
 * killed controller and a lost link too; and a step that must finish keeps it until it has.
 * @module
 */
import type { Diagnostic } from "../model.ts";
import { raw, sh } from "../shell.ts";

/** Folder of the lock on a host, root's alone. It lies in memory: a reboot leaves no lock. */
export const LOCK_DIR = "/run/holdfast";

/** Exit code of {@link lockScript} when somebody else holds the lock (`EX_TEMPFAIL`). */
export const HELD = 75;

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
}

// `begun` gives the start time of a process that lives. Its name stands in parentheses before that,
// and may hold anything; a dead one that nobody has collected holds nothing.
//
// `held` tells whether somebody else has the lock; `same` is set when we are the ones who have it.
const FUNCTIONS = raw(sh`begun() {
begun=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
set -- \${begun##*\) }
case $1 in Z | X | x) return 1 ;; esac
begun=\${20}
[ "$begun" ]
}
held() {
same=
[ -r "$dir/lock" ] && read -r pid born theirs rest <"$dir/lock" || return 1
case $pid in '' | *[!0-9]*) return 1 ;; esac
begun "$pid" && [ "$begun" = "$born" ] || return 1
line="$pid $born $theirs $rest"
[ "$theirs" != "$nonce" ] || { same=1; return 1; }
}`);

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
[ "$tries" -lt 100 ] || fail "$stuck"
sleep 0.1 || sleep 1
done
command -v flock >/dev/null || { trap 'rmdir "$dir/guard"' EXIT; trap 'exit 143' TERM; }`);

/** Longest text that is kept of what somebody says about himself. */
const LONGEST = 100;

/**
 * Shell text that takes the lock for the session that runs it, as root. It ends with 0 when the
 * session has it now or had it before; with {@link HELD} and the holder's line on stdout when
 * somebody else has it; with something else and the reason on stderr when it cannot be taken at all.
 */
export function lockScript({ what, who, sinceS, nonce }: LockRequest): string {
  const words = JSON.stringify({ what: short(what), who: short(who), sinceS });
  return sh`( dir=${LOCK_DIR} nonce=${nonce} words=${words}
umask 077
fail() { echo "$1" >&2; exit 1; }
${FUNCTIONS}
mkdir -p "$dir" && chmod 0700 "$dir" || fail "cannot make the folder $dir"
begun "$PPID" || fail "cannot read /proc/$PPID/stat"
mine="$PPID $begun"
${GUARD}
held && { printf '%s\n' "$line"; exit ${HELD}; }
[ "$same" ] || { printf '%s\n' "$mine $nonce $words" >"$dir/lock.new" && mv -f "$dir/lock.new" "$dir/lock"; } ||
  fail "cannot write $dir/lock" )`;
}

/** Shell text that asks who holds the lock, and takes nothing: answers as {@link lockScript} does. */
export function peekScript(nonce: string): string {
  return sh`( dir=${LOCK_DIR} nonce=${nonce}
${FUNCTIONS}
if held; then printf '%s\n' "$line"; exit ${HELD}; fi
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
  return {
    pid: Number(pid),
    what: typeof what === "string" ? short(what) : "something unknown",
    who: typeof who === "string" ? short(who) : "somebody",
    ...(typeof sinceS === "number" && Math.abs(sinceS) < 8.64e12 ? { sinceS } : {}),
  };
}

/** Why nothing can be done on a host whose lock is held: one sentence. */
export function heldMessage(host: string, { pid, what, who, sinceS }: LockHolder): string {
  const when = sinceS === undefined
    ? ""
    : ` since ${new Date(sinceS * 1000).toISOString().replace(/T(.*)\.\d+Z$/, " $1 UTC")}`;
  return `Cannot work on "${host}": ${who} works on it${when}: ${what}, process ${pid} there`;
}

/** What to type when a lock is held. */
export function heldHint(host: string, { pid }: LockHolder): string {
  return `--lock-timeout 60s waits for it; if that run is dead and its connection hangs: ` +
    `kill ${pid} on ${host}`;
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
