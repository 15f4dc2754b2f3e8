/**
 * What the remote shell is told: a few POSIX functions, then one line for each request.
 * Text only: nothing here runs anything.
 *
 * The shell reads its own input as its script, and only one request is ever on the way. So when
 * the controller dies there is no next step that a shell could have read ahead.
 * @module
 */
import { quote } from "../shell.ts";
import { LOCK_DIR, recordText } from "../step_record.ts";

/** A request, as the helper takes it. */
export interface Request {
  /** Number of the request, from 1. */
  readonly seq: number;
  /** POSIX shell text. */
  readonly script: string;
  /** Deadline on the host, in whole seconds. */
  readonly timeoutS: number;
  /** Runs to its end even when the controller is gone. */
  readonly finish: boolean;
}

/**
 * A line that does nothing to a shell that reads it. A step that is under way ends when it arrives;
 * sent a moment too late, it is harmless.
 */
export const CANCEL = ":\n";

/** The line that runs a request. The last word tells a whole line from one that was cut. */
export function requestText({ seq, script, timeoutS, finish }: Request): string {
  return `hf_run ${seq} ${timeoutS} ${finish ? 1 : 0} ${quote(script)} go\n`;
}

/**
 * The functions that a fresh shell reads first; they end with a hello.
 *
 * `shell` is what steps run in, and `lockDir` where the lock and the record of a step lie: `/bin/sh`
 * and `/run/holdfast` everywhere but in tests.
 */
export function helperText(nonce: string, shell = "/bin/sh", lockDir = LOCK_DIR): string {
  const words = `hf_n=${nonce} hf_sh=${quote(shell)} hf_l=${quote(lockDir)}`;
  return `${words} hf_h=${quote(recordText(lockDir))}\n${HELPER}`;
}

// Descriptors of the shell: 7 is what the controller sends, 4 and 5 lead to it. Its own 1 and 2 are
// closed off, so that what a shell says about its jobs ("Terminated") never lands in an answer.
//
// A step is a shell in a session of its own. Its script comes through a pipe: an argument or a
// variable is limited to 128 kB and can be seen by others, a here-document is a file in some shells.
// Its first line closes that pipe, so that a daemon does not keep it.
//
// Two companions live as long as a step: hf_watch reads what the controller sends during a step,
// which is nothing. Anything, or the end, ends the step. hf_dog does so when time is up. Both are
// reaped before the answer ends: the next request is read by the shell alone. They close what they do
// not need by exec, because a shell keeps a copy of what a mere redirection closes.
//
// hf_dog kills its sleep with KILL: a child between fork and exec still has the trap of hf_dog, and
// forgets a TERM that comes then. The sleep would stay behind until the deadline of its step.
//
// A session that has the lock of its host records what it runs (step_record.ts), with builtins alone.
// hf_run makes an empty record, the step fills it in before anything else, hf_watch adds that the
// link is gone. hf_dog, which ends anyway, becomes the program that removes it.
//
// A step that must finish writes into unlinked files: with a dead link a write to the link itself
// would end it (SIGPIPE).
const HELPER = String.raw`umask 077
cd /
unset CDPATH ENV BASH_ENV IFS
LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH
export LC_ALL PATH
exec 7<&0 4>&1 5>&2
hf_fd=/dev/fd
[ -e "$hf_fd/7" ] || hf_fd=/proc/self/fd
[ -e "$hf_fd/7" ] || { echo "holdfast: this host has no /dev/fd" >&5; exit 127; }
for hf_i in setsid sleep mktemp cat rm; do
command -v "$hf_i" >/dev/null || { echo "holdfast: this host has no program $hf_i" >&5; exit 127; }
done
exec >/dev/null 2>&1
read -r hf_i <"/proc/$$/stat"
set -- ${"$"}{hf_i##*\) }
hf_g=${"$"}{20}
hf_end() {
kill -TERM "-$hf_p" || kill -TERM "$hf_p"
hf_i=0
while [ "$hf_i" -lt 20 ] && kill -0 "-$hf_p"; do
sleep 0.1 || sleep 1
hf_i=$((hf_i + 1))
done
kill -KILL "-$hf_p"
}
hf_dog() {
exec 4>&- 5>&- 7<&- 8>&- 9>&-
hf_o=$!
trap 'hf_i=$!; [ "$hf_i" = "$hf_o" ] || kill -KILL "$hf_i"; [ "$hf_r" ] && exec rm -f "$hf_r"; exit 0' TERM
sleep "$1" &
wait "$!"
trap '' TERM
hf_end
exit 9
}
hf_watch() {
exec 4>&- 5>&- 8>&- 9>&-
while read -r hf_i <&7; do
[ "$1" = 1 ] || { trap '' TERM; hf_end; return; }
done
[ "$hf_r" ] && echo lost >>"$hf_r"
trap '' TERM
[ "$1" = 1 ] || hf_end
}
hf_spool() {
for hf_i in /run /dev/shm "${"$"}{TMPDIR:-/tmp}"; do
hf_a=$(mktemp "$hf_i/.holdfast-XXXXXXXX") || continue
hf_b=$(mktemp "$hf_i/.holdfast-XXXXXXXX") || { rm -f "$hf_a"; continue; }
exec 8>"$hf_a" 9>"$hf_b"
rm -f "$hf_a" "$hf_b"
return 0
done
return 1
}
hf_record() {
hf_r=
read -r hf_i hf_a <"$hf_l/lock" && [ "$hf_i" = "$$" ] && printf '' >"$hf_l/step.$$" || return
hf_r=$hf_l/step.$$
}
hf_step() {
hf_a=
[ "$hf_r" ] && hf_a="hf_s=$$ hf_f=$2 hf_q=$3 hf_b=$hf_g; $hf_h"
printf 'exec 3<&-; %s%s' "$hf_a" "$1" |
setsid "$hf_sh" "$hf_fd/3" 3<&0 </dev/null >&8 2>&9 4>&- 5>&- 7<&- 8>&- 9>&- &
hf_p=$!
}
hf_run() {
[ "$5" = go ] || exit
printf '\036%s begin %s\n' "$hf_n" "$1" >&4
printf '\036%s begin %s\n' "$hf_n" "$1" >&5
hf_s=
[ "$3" = 1 ] && hf_spool && hf_s=1
[ "$hf_s" ] || exec 8>&4 9>&5
hf_record
hf_step "$4" "$3" "$1"
hf_watch "$3" &
hf_w=$!
hf_dog "$2" &
hf_d=$!
wait "$hf_p"
hf_c=$?
kill "$hf_w" "$hf_d"
wait "$hf_w"
wait "$hf_d"
[ "$?" = 9 ] && hf_t=1 || hf_t=0
[ "$hf_r" ] && [ -e "$hf_r" ] && rm -f "$hf_r"
[ "$hf_s" ] && { cat "$hf_fd/8" >&4; cat "$hf_fd/9" >&5; }
exec 8>&- 9>&-
printf '\036%s end %s %s %s\n' "$hf_n" "$1" "$hf_c" "$hf_t" >&4
printf '\036%s end %s\n' "$hf_n" "$1" >&5
}
printf '\036%s hello\n' "$hf_n" >&4
`;
