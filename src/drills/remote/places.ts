/**
 * Where a drill keeps what it needs on a host, and the shell functions that put it there. Text only.
 * @module
 */
import { sh } from "../../shell.ts";

/** Folder of drills on a host; only root may read it. It is gone when no drill is under way. */
export const DRILL_DIR = "/var/lib/holdfast/drill";

/** What undoes the faults of a drill. */
export const UNDO_DIR = `${DRILL_DIR}/undo`;

/** What watches a host during a drill. */
export const SAMPLER_DIR = `${DRILL_DIR}/sampler`;

/** Units of a drill. All of them are files below /etc, so that they are there after a reboot. */
export const UNITS = {
  /** Runs the undo; its instance says who asked: `controller` or `deadline`. */
  undo: "holdfast-drill-undo@.service",
  /** Asks for the undo when time is up. */
  deadline: "holdfast-drill-deadline.timer",
  /** Asks for it when the session that armed it is gone. */
  session: "holdfast-drill-session.service",
  /** Runs it at boot, before the daemons. */
  early: "holdfast-drill-early.service",
  /** Runs it at boot once more, when daemons and network are up. */
  boot: "holdfast-drill-boot.service",
  /** Watches the host. */
  sampler: "holdfast-drill-sampler.service",
} as const;

/** Folder of the units. */
export const UNIT_DIR = "/etc/systemd/system";

/** Folder of the links that start units at boot. */
export const WANTS_DIR: string = `${UNIT_DIR}/multi-user.target.wants`;

/**
 * Shell functions: `put FILE MODE TEXT` writes a file that is there whole or not at all, and after
 * a power cut too; `at_boot UNIT` starts a unit at every boot; `flush PATH...` waits for the disk;
 * `drop UNIT...` takes units away, `drop_dir DIR` one of the folders of a drill.
 */
export const PLACE_FUNCTIONS: string = sh`umask 077
flush() { sync -- "$@" 2>/dev/null || sync; }
put() {
  staged=$(mktemp "\${1%/*}/.holdfast.$$.XXXXXXXXXX") || return 1
  if printf %s "$3" >"$staged" && chmod -- "$2" "$staged" && flush "$staged" && mv -f -- "$staged" "$1"; then return 0; fi
  rm -f -- "$staged"
  return 1
}
at_boot() {
  ( umask 022; mkdir -p -- ${WANTS_DIR} ) && ln -sf -- ../"$1" ${WANTS_DIR}/"$1"
}
drop() {
  dropped=
  for unit in "$@"; do
    [ -e ${UNIT_DIR}/"$unit" ] || [ -L ${WANTS_DIR}/"$unit" ] || continue
    dropped=1
    rm -f -- ${WANTS_DIR}/"$unit" ${UNIT_DIR}/"$unit"
  done
  if [ -n "$dropped" ]; then
    systemctl daemon-reload
    systemctl reset-failed 'holdfast-drill-*' 2>/dev/null
    flush ${UNIT_DIR} ${WANTS_DIR}
  fi
}
drop_dir() {
  rm -rf -- "$1" "$1".new.*
  rmdir -- ${DRILL_DIR} ${parentOf(DRILL_DIR)} 2>/dev/null
  :
}`;

/**
 * Shell text that ends with a reason where a drill cannot be run at all.
 * @param purpose what could not be done: `arm the undo of a drill on this host`
 */
export function requirements(purpose: string, programs: readonly string[]): string {
  return sh`fail() { printf '%s: %s\n' ${`Cannot ${purpose}`} "$*" >&2; exit 1; }
[ -d /run/systemd/system ] || fail 'it does not run systemd, which has to heal it when nobody else can'
for program in systemctl mktemp ${programs}; do
  command -v "$program" >/dev/null || fail "it has no program $program"
done`;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
