import { raw, sh, type ShellText } from "../shell.ts";

/** What a package manager locks, in the order in which it does. */
export interface Locks {
  /** Files that it locks in the kernel, with `fcntl` or `flock`. */
  readonly files: readonly string[];
  /** Files that hold the number of the process that has the lock, as long as it has it. */
  readonly pids: readonly string[];
}

// rpm's own, whoever calls it. The one is a link to the other on newer systems.
const RPM = ["/var/lib/rpm/.rpm.lock", "/usr/lib/sysimage/rpm/.rpm.lock"];

/** Locks by package manager. */
export const LOCKS: Readonly<Record<"apt" | "dnf" | "zypper" | "apk", Locks>> = {
  apt: {
    files: [
      "/var/lib/dpkg/lock-frontend",
      "/var/lib/dpkg/lock",
      "/var/lib/apt/lists/lock",
      "/var/cache/apt/archives/lock",
    ],
    pids: [],
  },
  dnf: {
    // The first is dnf 5's, the numbers are dnf 4's.
    files: ["/run/dnf/rpmtransaction.lock", ...RPM],
    pids: [
      "/var/cache/dnf/metadata_lock.pid",
      "/var/cache/dnf/download_lock.pid",
      "/var/lib/dnf/rpmdb_lock.pid",
    ],
  },
  zypper: { files: RPM, pids: ["/run/zypp.pid"] },
  apk: { files: ["/lib/apk/db/lock", "/usr/lib/apk/db/lock"], pids: [] },
};

/**
 * Shell functions that wait for whoever works with a package manager, and name him when he takes
 * longer than `limitS` seconds in sum. The kernel's table says who has a lock, so no program is
 * needed that a small host may not have.
 *
 * - `await_lock` returns once nobody has a lock, or ends the script with 75 (`EX_TEMPFAIL`).
 * - `unlocked COMMAND…` runs a command when nobody has one, and again when somebody was quicker.
 */
export function lockFunctions({ files, pids }: Locks, limitS: number): ShellText {
  return raw(sh`waited=0
lock_holder() {
  # Read in one piece: the kernel goes on locking meanwhile.
  locks=$(cat /proc/locks)
  for lock in ${files}; do
    inode=$(stat -c %i -- "$lock" 2>/dev/null) || continue
    while read -r _ kind _ mode pid place _; do
      case "$kind $mode \${place##*:}" in "POSIX WRITE $inode" | "FLOCK WRITE $inode") ;; *) continue ;; esac
      # Numbers of other file systems may be the same: only who has the file open counts.
      for fd in "/proc/$pid/fd/"*; do [ ! "$fd" -ef "$lock" ] || return 0; done
    done <<LOCKS
$locks
LOCKS
  done
${raw(pids.length === 0 ? "" : byNumber(pids))}  return 1
}
name_holder() {
  what=$(tr '\0\n' '  ' <"/proc/$pid/cmdline" 2>/dev/null | cut -c 1-200)
  boot=$(sed -n 's/^btime //p' /proc/stat)
  ticks=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d ' ' -f 20)
  since=$(date -u -d "@$((boot + \${ticks:-0} / 100))" '+%Y-%m-%d %H:%M:%S UTC' 2>/dev/null)
  echo "process $pid (\${what% }), which runs since $since, has the lock $lock, and was waited for $waited s. Let it end and apply again; one that hangs is ended with: kill $pid" >&2
}
await_lock() {
  while lock_holder; do
    [ "$waited" -lt ${limitS} ] || { name_holder; exit 75; }
    waited=$((waited + 1))
    sleep 1
  done
}
unlocked() {
  for try in 1 2 3; do
    await_lock
    "$@" && return
    code=$?
    lock_holder || return "$code"
  done
  return "$code"
}`);
}

/** A number may be there that nobody has any more, and it may have no line end. */
function byNumber(pids: readonly string[]): string {
  return sh`  for lock in ${pids}; do
    pid=$(cat -- "$lock" 2>/dev/null)
    case $pid in '' | *[!0-9]*) continue ;; esac
    [ ! -d "/proc/$pid" ] || return 0
  done
`;
}
