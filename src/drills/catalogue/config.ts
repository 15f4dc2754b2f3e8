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

/** Puts the copy back byte for byte, when there is one that differs, and has HAProxy read it. */
export function configRestored(): string {
  return alone(sh`if [ -e ${COPY} ]; then
  if ! cmp -s ${COPY} ${PATHS.haproxy}; then
    cp -p ${COPY} ${`${PATHS.haproxy}.drill`} &&
      sync && mv -f ${`${PATHS.haproxy}.drill`} ${PATHS.haproxy} || exit 1
    # One that does not run, as at boot, reads the file when it starts.
    ! systemctl is-active --quiet haproxy.service || systemctl reload haproxy.service || exit 1
  fi
  rm -f ${COPY}
fi
${raw(whole("haproxy"))}`);
}
