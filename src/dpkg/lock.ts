import { raw, sh, type ShellText } from "../shell.ts";

/** What apt and dpkg lock, in the order in which they do; fcntl's locks, all of them. */
export const DPKG_LOCKS: readonly string[] = [
  "/var/lib/dpkg/lock-frontend",
  "/var/lib/dpkg/lock",
  "/var/lib/apt/lists/lock",
  "/var/cache/apt/archives/lock",
];

/**
 * Shell functions that wait for whoever works with apt or dpkg, and name him when he takes longer
 * than `limitS` seconds in sum. The kernel's table says who has a lock, so no program is needed that
 * a small host may not have.
 *
 * - `await_dpkg` returns once nobody has a lock, or ends the script with 75 (`EX_TEMPFAIL`).
 * - `unlocked COMMAND…` runs a command when nobody has one, and again when somebody was quicker.
 */
export function dpkgLock(limitS: number): ShellText {
  return raw(sh`waited=0
lock_holder() {
  # Read in one piece: the kernel goes on locking meanwhile.
  locks=$(cat /proc/locks)
  for lock in ${DPKG_LOCKS}; do
    inode=$(stat -c %i -- "$lock" 2>/dev/null) || continue
    while read -r _ kind _ mode pid place _; do
      [ "$kind $mode \${place##*:}" = "POSIX WRITE $inode" ] || continue
      # Numbers of other file systems may be the same: only who has the file open counts.
      for fd in "/proc/$pid/fd/"*; do [ ! "$fd" -ef "$lock" ] || return 0; done
    done <<LOCKS
$locks
LOCKS
  done
  return 1
}
name_holder() {
  what=$(tr '\0\n' '  ' <"/proc/$pid/cmdline" 2>/dev/null | cut -c 1-200)
  boot=$(sed -n 's/^btime //p' /proc/stat)
  ticks=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d ' ' -f 20)
  since=$(date -u -d "@$((boot + \${ticks:-0} / 100))" '+%Y-%m-%d %H:%M:%S UTC' 2>/dev/null)
  echo "process $pid (\${what% }), which runs since $since, has the lock $lock, and was waited for $waited s. Let it end and apply again; one that hangs is ended with: kill $pid" >&2
}
await_dpkg() {
  while lock_holder; do
    [ "$waited" -lt ${limitS} ] || { name_holder; exit 75; }
    waited=$((waited + 1))
    sleep 1
  done
}
unlocked() {
  for try in 1 2 3; do
    await_dpkg
    "$@" && return
    code=$?
    lock_holder || return "$code"
  done
  return "$code"
}`);
}
