/**
 * The step that a session runs, recorded on its host: written by the session's helper, read by
 * whoever comes when the session is dead. Text for shells; nothing here runs anything.
 *
 * `/run/holdfast/step.PID`, PID being the session's shell, holds one line
 * `STEP BORN FINISH SEQ OWNER`: process of the step, which leads its group and session; when that
 * started; 1 when it must come to its own end; number of the request; when the session's shell
 * started. A second line `lost` says that the session noticed the end of its link. Times are those
 * of `/proc/PID/stat`. There is a record only while a step runs in the session that has the lock.
 * @module
 */
import { raw, sh, type ShellText, type ShellValue } from "./shell.ts";

/** Folder of the lock and of records on a host, root's alone. It lies in memory. */
export const LOCK_DIR = "/run/holdfast";

/** Exit code of text here that found somebody at work (`EX_TEMPFAIL`). */
export const BUSY = 75;

/**
 * What a step does before anything else, on one line: it records itself, and ends when its session
 * is dead by then. Whoever finds a dead session and no record may be sure that nothing comes after.
 *
 * Takes `hf_s` (pid of the session's shell), `hf_f` (1: must finish), `hf_q` (number of the request)
 * and `hf_b` (start of the session's shell), and leaves no variable behind.
 */
export function recordText(dir: string): string {
  // Nothing but builtins. Where nothing can be written (a full disk) the step goes on all the same.
  return sh`hf_i=; read -r hf_i <"/proc/$$/stat"; set -- \${hf_i##*\) }; ` +
    sh`{ echo "$$ \${20} $hf_f $hf_q $hf_b" >>${dir}/step.$hf_s; } 2>/dev/null; ` +
    sh`read -r hf_i <"/proc/$$/stat"; set -- \${hf_i##*\) }; [ "$2" = "$hf_s" ] || exit 143; ` +
    sh`set --; unset hf_i hf_f hf_q hf_b hf_s; `;
}

/**
 * Functions that read records. All of them are for a subshell: they set `comm`, `group`, `sid`,
 * `start`, `state`, `stat`, `part`, `entry`, `step`, `since`, `must`, `owner`, `lost`, `busy`,
 * `signal` and `turn`.
 *
 * - `process PID`: name and state of a process; fails when there is none. A name may hold anything,
 *   line ends and parentheses too, so what counts stands behind the last parenthesis.
 * - `working STEP`: whether a process of this step's group lives. `busy` is one of them, a package manager
 *   if one is among them, as `PID NAME`. Nobody else can have the group's number while it has
 *   members; its leader may be gone.
 * - `record FILE`: reads a record; fails when there is no step in it.
 * - `left FILE`: whether the step of a record lives. A process of its number that began at another
 *   time is somebody else's.
 * - `ended FILE`: sees to it that nothing of a step lives, and removes its record: asks it to end,
 *   and kills it after two seconds. Fails with {@link BUSY} when it must come to its own end, or
 *   cannot be killed.
 */
export const STEP_FUNCTIONS: ShellText = raw(sh`process() {
stat=
{ while read -r part || [ "$part" ]; do stat="$stat $part"; done <"/proc/$1/stat"; } 2>/dev/null
case $stat in *'('*') '*) ;; *) return 1 ;; esac
comm=\${stat#*\(} comm=\${comm%\)*}
set -- \${stat##*\) }
state=$1 group=$3 sid=$4 start=\${20}
}
working() {
busy=
kill -0 "-$1" 2>/dev/null || return 1
for entry in /proc/[0-9]*; do
entry=\${entry#/proc/}
process "$entry" && [ "$group $sid" = "$1 $1" ] || continue
case $state in Z | X | x) continue ;; esac
case $busy/$comm in / | /* | "$1 "* | */apt* | */dpkg* | */rpm* | */dnf* | */zypper* | */apk) busy="$entry $comm" ;; esac
done
[ "$busy" ]
}
record() {
step= lost= since= must= owner=
[ -r "$1" ] || return 1
while read -r part; do
set -- $part
case $1 in
lost) lost=1 ;;
'' | *[!0-9]* | 0* | 1) ;;
*) step=$1 since=$2 must=$3 owner=$5 ;;
esac
done <"$1"
[ "$step" ]
}
left() {
record "$1" || return 1
if process "$step" && [ "$start" != "$since" ]; then return 1; fi
working "$step"
}
ended() {
if left "$1"; then
[ "$must" != 1 ] || return ${BUSY}
for signal in TERM KILL; do
kill "-$signal" "-$step" 2>/dev/null
turn=0
while [ "$turn" -lt 20 ] && working "$step"; do
sleep 0.1 || sleep 1
turn=$((turn + 1))
done
done
if working "$step"; then return ${BUSY}; fi
fi
rm -f "$1"
}`);

/**
 * Shell text that ends the step of a session whose shell is dead, whole group and all, and removes
 * its record; within four seconds. It ends with 0 when nothing of the step lives. Where the step
 * must come to its own end (dpkg), or cannot be killed, it ends with {@link BUSY} and prints
 * `busy PID NAME`, a process of it. A subshell: it sets no variable of the script around it.
 *
 * `session` is the pid of that shell: a number, or shell text such as `raw('"$pid"')`.
 */
export function endStepText(session: ShellValue): string {
  return sh`( set +eu
session=${session} dir=${LOCK_DIR}
${STEP_FUNCTIONS}
ended "$dir/step.$session" || { printf 'busy %s\n' "$busy"; exit ${BUSY}; } )`;
}
