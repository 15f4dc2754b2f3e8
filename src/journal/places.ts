/**
 * Where a host keeps what it needs to go back to how it was before a run, and the shell functions
 * that put it there. Text only.
 * @module
 */
import { sh } from "../shell.ts";

/** Where Holdfast keeps what must survive on a host. Only root may read it. */
export const STATE_DIR = "/var/lib/holdfast";

/** The run that changes the host now; it lies there until the host has decided to keep or undo it. */
export const RUN_DIR: string = `${STATE_DIR}/run`;

/** Runs that have ended, a folder each, named by their ids. */
export const HISTORY_DIR: string = `${STATE_DIR}/history`;

/** Handlers that are due, a file each. */
export const PENDING_DIR: string = `${STATE_DIR}/pending`;

/** How many ended runs a host remembers. */
export const KEPT_RUNS = 10;

/** Folder of units that are there after a reboot. */
export const UNIT_DIR = "/etc/systemd/system";

/** Folder of the links that start units at boot. */
export const WANTS_DIR: string = `${UNIT_DIR}/multi-user.target.wants`;

/** Units of an open run. */
export const UNITS = {
  /** Undoes it when its session or its time ends. Transient: it starts without a reload. */
  guard: "holdfast-guard.service",
  /** Undoes it at boot, before the daemons start. */
  early: "holdfast-undo-early.service",
  /** Undoes what is left of it when daemons and network are up. */
  boot: "holdfast-undo.service",
} as const;

/**
 * Shell functions: `flush PATH...` waits for the disk; `start_of PID` gives when a process started,
 * in ticks since boot, and nothing when it is gone; `renew SECONDS` moves the moment at which the
 * open run is undone by itself.
 */
export const FUNCTIONS: string = sh`flush() { sync -- "$@" 2>/dev/null || sync; }
start_of() {
  { read -r line </proc/"$1"/stat; } 2>/dev/null || return
  set -- \${line##*) }
  case $1 in Z|X) return ;; esac
  shift 19
  echo "$1"
}
renew() {
  { read -r up _ </proc/uptime; } 2>/dev/null && echo $((\${up%%.*} + $1)) >${RUN_DIR}/deadline
}`;

/** Shell functions that put the units of the boot in place, and take them away. No reload is needed. */
export const UNIT_FUNCTIONS: string = sh`arm_boot() {
  ( umask 022
  mkdir -p -- ${WANTS_DIR} && printf %s ${unit("early")} >${UNIT_DIR}/${UNITS.early} && printf %s ${
  unit("boot")
} >${UNIT_DIR}/${UNITS.boot} &&
  ln -sf -- ../${UNITS.early} ${WANTS_DIR}/${UNITS.early} && ln -sf -- ../${UNITS.boot} ${WANTS_DIR}/${UNITS.boot} ) &&
  flush ${UNIT_DIR}/${UNITS.early} ${UNIT_DIR}/${UNITS.boot} ${UNIT_DIR} ${WANTS_DIR}
}
disarm_boot() {
  rm -f -- ${WANTS_DIR}/${UNITS.early} ${WANTS_DIR}/${UNITS.boot} ${UNIT_DIR}/${UNITS.early} ${UNIT_DIR}/${UNITS.boot}
  # A reload in between has made them known to systemd.
  case $(systemctl list-units --all --plain --no-legend ${UNITS.early} ${UNITS.boot} 2>/dev/null) in
  *holdfast-undo*) systemctl daemon-reload ;;
  esac
}
archive() {
  mkdir -p -- ${HISTORY_DIR} && rm -rf -- ${HISTORY_DIR}/"$1" && mv -T -- ${RUN_DIR} ${HISTORY_DIR}/"$1" || return 1
  ls -1 -- ${HISTORY_DIR} | sort -r | tail -n +${
  KEPT_RUNS + 1
} | while read -r old; do rm -rf -- ${HISTORY_DIR}/"$old"; done
}`;

function unit(which: "early" | "boot"): string {
  const early = which === "early";
  const daemons = "haproxy.service keepalived.service";
  const order = early
    ? `Before=${daemons}`
    : `After=${daemons} network.target network-online.target ${UNITS.early}`;
  return `[Unit]
Description=Holdfast: undo a run that did not come to its end, ${
    early ? "before the daemons" : "once they are up"
  }
ConditionPathExists=${RUN_DIR}/open
RequiresMountsFor=${RUN_DIR}
${order}

[Service]
Type=oneshot
ExecStart=/bin/sh ${RUN_DIR}/undo ${which}
TimeoutStartSec=${early ? "120" : "infinity"}

[Install]
WantedBy=multi-user.target
`;
}
