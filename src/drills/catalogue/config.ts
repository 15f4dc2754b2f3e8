/**
 * Shell text that keeps a copy of HAProxy's configuration, and goes back to it. Text only.
 * @module
 */
import { PATHS } from "../../endpoint/paths.ts";
import { raw, sh } from "../../shell.ts";
import { alone, whole } from "./units.ts";

/** The copy; in a folder that only root can read, because the file may hold what nobody should see. */
const COPY = "/var/lib/holdfast/drill-haproxy.cfg";

/** Keeps the configuration as it is now: content, owner and mode. */
export function configKept(): string {
  return alone(sh`umask 077
mkdir -p /var/lib/holdfast &&
  cp -p ${PATHS.haproxy} ${`${COPY}.new`} &&
  sync && mv -f ${`${COPY}.new`} ${COPY}`);
}

/** How long a step of `apply` may go on when its controller was killed, and move its file yet. */
const LATE_S = 3;

/**
 * Puts the copy back byte for byte, when there is one that differs, and has HAProxy read it. It looks
 * again once a step that was under way has surely ended.
 */
export function configRestored(): string {
  return alone(sh`back() {
  ! cmp -s ${COPY} ${PATHS.haproxy} || return 0
  cp -p ${COPY} ${`${PATHS.haproxy}.drill`} &&
    sync && mv -f ${`${PATHS.haproxy}.drill`} ${PATHS.haproxy} || return 1
  # One that does not run, as at boot, reads the file when it starts.
  ! systemctl is-active --quiet haproxy.service || systemctl reload haproxy.service
}
if [ -e ${COPY} ]; then
  back && sleep ${LATE_S} && back && rm -f ${COPY} || exit 1
fi
${raw(whole("haproxy"))}`);
}
