/**
 * Shell text that breaks the daemons' units and makes them whole again. Text only.
 * @module
 */
import { raw, sh } from "../../shell.ts";

/** The two daemons of a load balancer. */
export type Daemon = "haproxy" | "keepalived";

/** Unit of what goes on after a fault's script has ended; one drill runs at a time. */
const LATER = "holdfast-drill-fault.service";

/** Stops a daemon in order. */
export function stopped(daemon: Daemon): string {
  return sh`systemctl stop ${`${daemon}.service`}`;
}

/** Sends a signal to every process of a daemon at once: master, workers, children. */
export function signalled(daemon: Daemon, signal: "KILL" | "STOP"): string {
  return sh`systemctl kill -s ${signal} ${`${daemon}.service`}`;
}

/**
 * Runs shell text a moment later, under systemd: the answer of the session leaves before the link
 * or the host goes, and nothing of the text belongs to the session. Its undo begins with
 * {@link callOff}, or it might come before what it undoes.
 */
export function soon(text: string): string {
  return later(`sleep 0.3 || sleep 1\n${text}`);
}

/**
 * Reloads a daemon several times, a second apart. The first reload is part of the script, so that a
 * daemon that cannot reload is no measurement; systemd runs the loop of the others, which
 * {@link callOff} ends.
 */
export function reloads(daemon: Daemon, more: number): string {
  const reload = sh`systemctl reload ${`${daemon}.service`} || exit 1`;
  const rounds = Array.from({ length: more }, (_, i) => i + 1);
  const loop = sh`for round in ${rounds}; do
  sleep 1
  ${raw(reload)}
done`;
  return alone(`${reload}\n${later(loop)}`);
}

/** Ends what still goes on of a fault, or has not begun yet. Harmless when there is nothing. */
export function callOff(): string {
  return sh`systemctl stop ${LATER} 2>/dev/null || :
systemctl reset-failed ${LATER} 2>/dev/null || :`;
}

function later(text: string): string {
  return sh`${raw(callOff())}
systemd-run --quiet --collect --unit=${LATER} /bin/sh -c ${text}`;
}

/**
 * Makes a daemon whole, whatever was done to it: its processes go on, it runs. Ends with 0 when that
 * is so, or when it is a boot that will start it.
 *
 * It never waits for systemd's own answer: while a host boots, units wait for this text to end, and
 * the start of a unit that waits for the text would never come.
 */
export function whole(daemon: Daemon): string {
  return alone(sh`unit=${`${daemon}.service`}
frozen() {
  group=$(systemctl show -p ControlGroup --value "$unit")
  [ -n "$group" ] || return 1
  for file in $(grep -lsF -e "name=systemd:$group" -e "0::$group" /proc/[0-9]*/cgroup); do
    grep -qs '^State:[[:space:]]*T' "\${file%/cgroup}/status" && return 0
  done
  return 1
}
systemctl kill -s CONT "$unit" 2>/dev/null
systemctl reset-failed "$unit" 2>/dev/null
systemctl start --no-block "$unit" || exit 1
tries=0
until systemctl is-active --quiet "$unit" && ! frozen; do
  case $(systemctl is-system-running 2>/dev/null) in
  initializing | starting)
    case $(systemctl show -p Job --value "$unit") in '' | 0) ;; *) exit 0 ;; esac
    ;;
  esac
  tries=$((tries + 1))
  if [ "$tries" -gt 80 ]; then
    echo "$unit does not run again: $(systemctl is-active "$unit")" >&2
    exit 1
  fi
  sleep 0.25 2>/dev/null || sleep 1
  systemctl kill -s CONT "$unit" 2>/dev/null
done
exit 0`);
}

/** Shell text in a shell of its own, so that its `exit` and its names stay inside. */
export function alone(text: string): string {
  return `(\n${text}\n)`;
}

/** Several undos of one host: all of them run in order; it is whole when all of them say so. */
export function together(...undos: readonly string[]): string {
  return alone([
    "failed=0",
    ...undos.map((undo) => `${alone(undo)} || failed=1`),
    'exit "$failed"',
  ].join("\n"));
}
