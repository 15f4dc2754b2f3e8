/**
 * What lies on a host while an undo is armed: the script that runs it, the one that watches the
 * session, and the units that start them. Text only.
 *
 * The state is one file, which holds the nonce: `armed`, then `healed.BY`. A rename needs no space
 * on a full disk and is never half done.
 * @module
 */
import { raw, sh } from "../../shell.ts";
import { UNDO_DIR, UNITS } from "./places.ts";

/** How often an undo that fails is tried in one run, a second apart. */
export const UNDO_TRIES = 60;

/** How long one try may take, in seconds. */
export const UNDO_TRY_S = 30;

const ENVIRONMENT = sh`PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
umask 077
cd ${UNDO_DIR} 2>/dev/null || exit 0`;

/**
 * Runs the undo: `sh run BY`. Any number may be started at any time; they run one after the other,
 * and those that find it healed do nothing.
 *
 * Early at boot, starting a unit must not wait for it: the daemons are ordered behind this very
 * run. For the same reason an early run has one try and leaves the undo armed, for the run that
 * comes when daemons and network are up.
 *
 * A fault that is being made holds its own lock: an undo that overtook it would leave the fault
 * behind. It is not waited for forever, because it may hang for good, and hold the host with it.
 */
export const RUN_SCRIPT: string =
  sh`# Undoes what a failover drill of Holdfast broke on this host. It goes when the drill ends.
by=$1
${raw(ENVIRONMENT)}
say() { printf '%s %s %s\n' "$(date +%s)" "$by" "$1" >>record; printf '%s\n' "$1"; }
flush() { sync -- "$@" 2>/dev/null || sync; }
exec 9>>lock
flock 9
[ -e armed ] || exit 0
exec 8>>fault
waits=0
until flock -n 8 || [ "$waits" -ge 50 ]; do waits=$((waits + 1)); sleep 0.2 || sleep 1; done
limit=
if timeout ${UNDO_TRY_S} true 2>/dev/null; then limit=${`timeout ${UNDO_TRY_S}`}; fi
tries=${UNDO_TRIES} text='. "$1"'
if [ "$by" = early ]; then
  tries=1 text='systemctl() { command systemctl --no-block "$@"; }
. "$1"'
fi
try() (
  exec 8>&- 9>&-
  cd / && exec env -i PATH="$PATH" LC_ALL=C HOME=/root $limit /bin/sh -c "$text" undo ${UNDO_DIR}/undo
) </dev/null >output 2>&1
count=0
while :; do
  count=$((count + 1))
  try
  code=$?
  [ "$code" != 0 ] || break
  say "try $count of $tries ended with $code: $(tail -c 500 output | tr -s '[:space:]' ' ')"
  flush record
  [ "$count" -lt "$tries" ] || exit 1
  sleep 1
done
say "try $count of $tries made it whole"
flush record
[ "$by" != early ] || exit 0
mv -f -- armed "healed.$by" || exit 1
flush .
`;

/**
 * Runs the undo when the session that armed it is gone. A number of a process comes back, the time
 * at which it started does not: both are compared.
 */
export const SESSION_SCRIPT: string =
  sh`# Undoes what a failover drill of Holdfast broke on this host when its controller has gone.
${raw(ENVIRONMENT)}
${raw(startOf())}
read -r pid born <session
while [ -e armed ]; do
  [ "$(start_of "$pid")" = "$born" ] || exec /bin/sh ${UNDO_DIR}/run session
  sleep 0.2 || sleep 1
done
`;

/** A shell function that gives when a process started, in ticks since boot; nothing when it is gone. */
export function startOf(): string {
  // The name of a process may hold blanks and parentheses: what follows counts from its last one.
  return sh`start_of() {
  { read -r line </proc/"$1"/stat; } 2>/dev/null || return
  set -- \${line##*) }
  case $1 in Z|X) return ;; esac
  shift 19
  echo "$1"
}`;
}

/** Units of an undo, by name. */
export function undoUnits(deadlineMs: number): Readonly<Record<string, string>> {
  return {
    [UNITS.undo]: service("asked for by %i", "%i", `StartLimitIntervalSec=0`, "infinity"),
    [UNITS.early]: service(
      "at boot, before the daemons",
      "early",
      "Before=haproxy.service keepalived.service",
      "60",
    ),
    [UNITS.boot]: service(
      "at boot, after the daemons",
      "boot",
      `After=haproxy.service keepalived.service network.target network-online.target ${UNITS.early}`,
      "infinity",
    ),
    [UNITS.session]: `[Unit]
Description=Holdfast drill: undo when the controller is gone

[Service]
ExecStart=/bin/sh ${UNDO_DIR}/session-watch
# One that was killed comes back; one whose undo has failed has used up its tries.
Restart=on-abnormal
RestartSec=200ms
`,
    [UNITS.deadline]: `[Unit]
Description=Holdfast drill: undo at the deadline

[Timer]
OnActiveSec=${Math.round(deadlineMs)}ms
AccuracySec=100ms
Unit=${UNITS.undo.replace("@", "@deadline")}
`,
  };
}

function service(when: string, by: string, order: string, timeout: string): string {
  return `[Unit]
Description=Holdfast drill: undo, ${when}
ConditionPathExists=${UNDO_DIR}/armed
RequiresMountsFor=${UNDO_DIR}
${order}

[Service]
Type=oneshot
ExecStart=/bin/sh ${UNDO_DIR}/run ${by}
TimeoutStartSec=${timeout}

[Install]
WantedBy=multi-user.target
`;
}
