/**
 * The scripts that lie on a host while a run is open: the one that undoes it, and the guard that
 * starts it when the session or its time ends. Text only.
 *
 * The state of a run is the name of one file, which holds its id: `open`, then `committed` or
 * `reverted.BY`. A rename needs no space on a full disk and is never half done.
 * @module
 */
import { raw, sh } from "../shell.ts";
import { FUNCTIONS, PENDING_DIR, RUN_DIR, UNIT_FUNCTIONS } from "./places.ts";

/** How often an undo that fails is tried in one go, a second apart. */
export const UNDO_TRIES = 30;

const ENVIRONMENT = sh`PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
umask 077
cd ${RUN_DIR} 2>/dev/null || exit 0`;

/**
 * Ends the step that was under way, or waits for one that must not be ended: dpkg. Nothing may
 * change the host while it goes back. A leader that is gone has left its group to us; one with
 * another start time is somebody else's.
 */
const END_STEP = sh`end_step() {
  { read -r leader born must <step; } 2>/dev/null || return 0
  now=$(start_of "$leader")
  [ -z "$now" ] || [ "$now" = "$born" ] || return 0
  waits=0
  while kill -0 "-$leader" 2>/dev/null; do
    if [ "$must" != 1 ]; then
      [ "$waits" != 0 ] || kill -TERM "-$leader" 2>/dev/null
      [ "$waits" -lt 10 ] || kill -KILL "-$leader" 2>/dev/null
    fi
    [ "$waits" -lt 50 ] || [ "$must" = 1 ] || break
    waits=$((waits + 1))
    sleep 0.2 || sleep 1
  done
}`;

// A step that was killed could not clean up. What it staged has its number, and lies beside what it
// was to replace; so does what an undo staged that ended half way.
const SWEEP = sh`sweep() {
  {
    read -r leader _ || return
    rm -rf -- "/run/holdfast.$leader".*
    while read -r path; do
      rm -rf -- "\${path%/*}/.holdfast.$leader".* "\${path%/*}"/.holdfast.*.undo
    done
  } 2>/dev/null <step || :
}`;

// What was there is put back whole: content, mode, owner, ACL, attributes, and links as links.
const RESTORE = sh`same() {
  if [ -L "$1" ] || [ -L "$2" ]; then [ -L "$1" ] && [ -L "$2" ] && [ "$(readlink -- "$1")" = "$(readlink -- "$2")" ]; return; fi
  cmp -s -- "$1" "$2" && [ "$(stat -c '%a %u %g' -- "$1")" = "$(stat -c '%a %u %g' -- "$2")" ]
}
there() { [ -e "$1" ] || [ -L "$1" ]; }
as_saved() { if there "$1"; then same "$1" "$2"; else ! there "$2"; fi; }
back() {
  as_saved "$1" "$2" && return 0
  dir=\${2%/*}
  if there "$1"; then
    mkdir -p -- "$dir" && rm -rf -- "$dir/.holdfast.$$.undo" && cp -a -- "$1" "$dir/.holdfast.$$.undo" && flush "$dir/.holdfast.$$.undo" && mv -f -T -- "$dir/.holdfast.$$.undo" "$2" ||
      { rm -rf -- "$dir/.holdfast.$$.undo"; say "cannot put $2 back"; return 1; }
  else
    rm -f -- "$2" || { say "cannot remove $2"; return 1; }
  fi
  flush "$dir"
  undone "file $2"
}`;

// Everything is tried, whatever fails: the more of the former state stands, the better. What a text
// says goes to memory: the disk may be full.
const ATTEMPT = sh`text() (
  exec 9>&-
  cd / && exec env -i PATH="$PATH" LC_ALL=C HOME=/root early="$early" saved="$2" notified="$notified" $limit /bin/sh -c "$by_text" undo ${RUN_DIR}/"$1"
) </dev/null >"$out" 2>&1
attempt() {
  bad=
  for step in $(ls -1 steps | grep '^[0-9]*$' | sort -r); do
    if [ -s "steps/$step/undo" ]; then
      if text "steps/$step/undo" ''; then undone "step $(cat "steps/$step/summary")"
      else say "cannot undo: $(cat "steps/$step/summary"): $(tail -c 500 "$out" | tr -s '[:space:]' ' ')"; bad=1; fi
    fi
    while read -r number path; do
      back "steps/$step/$number" "$path" || bad=1
    done <"steps/$step/paths"
  done
  for dir in $(ls -1 steps | grep '^[0-9]*$' | sort -r); do
    while read -r made; do rmdir -- "$made" 2>/dev/null; done <"steps/$dir/made"
  done
  # With files that are not the old ones it would not understand the others, who are.
  if [ -e retreat ] && [ "$bad" ]; then return 1; fi
  for keeper in keep/*.restore; do
    [ -e "$keeper" ] || continue
    keeper=\${keeper%.restore}
    text "$keeper.save" '' && cmp -s "$out" "$keeper.saved" && [ -z "$touched" ] && [ -e untouched ] && continue
    text "$keeper.restore" "$(cat "$keeper.saved")" || { say "cannot bring back $(cat "$keeper.name"): $(tail -c 500 "$out" | tr -s '[:space:]' ' ')"; bad=1; }
    undone "keeper $(cat "$keeper.name")"
  done
  [ -z "$bad" ]
}`;

// A verdict that nobody has looked at is a hope.
const VERIFY = sh`verify() {
  seen=
  for step in $(ls -1 steps | grep '^[0-9]*$' | sort); do
    while read -r number path; do
      case "$seen" in *"|$path|"*) continue ;; esac
      seen="$seen|$path|"
      as_saved "steps/$step/$number" "$path" || { say "$path is not as it was"; return 1; }
    done <"steps/$step/paths"
  done
  [ -z "$early" ] || return 0
  for keeper in keep/*.save; do
    [ -e "$keeper" ] || continue
    keeper=\${keeper%.save}
    text "$keeper.save" '' && cmp -s "$out" "$keeper.saved" || { say "$(cat "$keeper.name") is not as it was: $(tr -s '[:space:]' ' ' <"$out")"; return 1; }
  done
}`;

/**
 * Undoes the open run: `sh undo BY`, where BY is who asks: `controller`, `session`, `deadline`,
 * `early`, `boot` or `next`. Any number may be started at any time; they run one after the other,
 * and those that find it decided do nothing. Prints a line for each thing that it brought back.
 *
 * Early at boot, starting a unit must not wait for it: the daemons are ordered behind this very
 * run. So an early undo has one try, brings back files, and leaves the rest to the later one.
 */
export const UNDO_SCRIPT: string =
  sh`# Brings this host back to how it was before a run of Holdfast that did not come to its end.
by=$1
${raw(ENVIRONMENT)}
${raw(FUNCTIONS)}
${raw(UNIT_FUNCTIONS)}
last=
say() {
  [ "$1" != "$last" ] || return 0
  last=$1
  printf '%s %s %s\n' "$(date +%s)" "$by" "$1" >>record
  printf '%s\n' "$1" >&2
}
touched=
undone() { touched=1; rm -f untouched; grep -qxF -- "$1" undone 2>/dev/null || { printf '%s\n' "$1" >>undone; printf '%s\n' "$1"; }; }
${raw(END_STEP)}
${raw(SWEEP)}
${raw(RESTORE)}
${raw(ATTEMPT)}
${raw(VERIFY)}
# Nothing here may need to write to this disk but what says that it is done: it may be full, and
# some systems make a disk read-only that fails.
exec 9<lock
flock 9 2>/dev/null || :
[ -e open ] || exit 0
out=$(mktemp "/run/holdfast.$$.XXXXXXXXXX" 2>/dev/null) || out=output
trap '[ "$out" = output ] || rm -f -- "$out"' EXIT
trap 'exit 143' HUP INT TERM
# From here on no step begins; one that has begun is in the file that is read next.
touch undoing
end_step
sweep
limit=
if timeout 60 true 2>/dev/null; then limit='timeout 60'; fi
early= tries=${UNDO_TRIES} by_text='. "$1"' notified=$(ls -1 notified 2>/dev/null)
if [ "$by" = early ]; then
  early=1 tries=1 by_text='systemctl() { command systemctl --no-block "$@"; }
. "$1"'
fi
count=0
until attempt && verify; do
  count=$((count + 1))
  flush record
  [ "$count" -lt "$tries" ] || { say "it is not as it was after $count tries: $last"; exit 1; }
  sleep 1
done
flush record undone
[ -z "$early" ] || exit 0
for due in notified/* pending/*; do
  [ -e "$due" ] || continue
  due=\${due##*/}
  if [ -e "pending/$due" ]; then mkdir -p -- ${PENDING_DIR} && touch -- ${PENDING_DIR}/"$due"
  elif ! cat steps/*/stays 2>/dev/null | grep -qxF -- "$due"; then rm -f -- ${PENDING_DIR}/"$due"; fi
done
why=$(mv -f -- open "reverted.$by" 2>&1) || { say "it is as it was, and that cannot be noted: \${why##*: }"; exit 1; }
flush .
disarm_boot
if [ "$by" = deadline ] && read -r pid born <session && [ "$(start_of "$pid")" = "$born" ]; then kill -KILL "$pid" 2>/dev/null; fi
exit 0
`;

/**
 * Waits for the end of the session that opened the run, or of its time, and undoes it then. A number
 * of a process comes back, the time at which it started does not: both are compared. An undo that
 * fails is tried again, ever more rarely: a disk may be full or read-only for a while. Who changed
 * together with others leaves the service first, and waits for them.
 */
export const GUARD_SCRIPT: string =
  sh`# Undoes a run of Holdfast on this host when nobody is there to end it.
${raw(ENVIRONMENT)}
${raw(FUNCTIONS)}
${raw(UNIT_FUNCTIONS)}
${raw(END_STEP)}
read -r pid born <session
pause=5
waited=
retreat() {
  [ -z "$waited" ] || return 0
  waited=1
  { read -r left <retreat; } 2>/dev/null || return 0
  if [ -s leave ]; then
    touch undoing
    end_step
    /bin/sh ${RUN_DIR}/leave </dev/null >/dev/null 2>&1
  fi
  while [ "$left" -gt 0 ] && [ -e open ]; do
    sleep 1
    left=$((left - 1))
  done
}
back() {
  retreat
  /bin/sh ${RUN_DIR}/undo "$1"
  [ -e open ] || exit 0
  sleep "$pause"
  [ "$pause" -ge 300 ] || pause=$((pause * 2))
}
while [ -e open ]; do
  [ "$(start_of "$pid")" = "$born" ] || { back session; continue; }
  # Whoever renews it writes it anew, and a number that is read meanwhile may be half of one.
  { read -r up _ </proc/uptime && read -r until <deadline; } 2>/dev/null || until=
  [ -z "$until" ] || [ "\${up%%.*}" -lt "$until" ] || { back deadline; continue; }
  sleep 0.2 || sleep 1
done
# Who said that it is kept may have been cut off before all of this was put away.
exec 9>>lock
flock 9 2>/dev/null || :
if [ -e committed ] && [ ${RUN_DIR}/. -ef . ]; then disarm_boot; archive "$(cat committed)"; fi
`;
