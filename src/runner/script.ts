import type { Change } from "../model.ts";
import { sh } from "../shell.ts";
import { removeScript } from "./remove.ts";
import { writeScript } from "./write.ts";

/** Where Holdfast keeps what must survive on a host. Only root may read it. */
export const STATE_DIR = "/var/lib/holdfast";

const PENDING = `${STATE_DIR}/pending`;

/**
 * Shell text that records handlers as due, before the change that makes them due: a failure, a
 * lost link or a power cut after it cannot lose them, because the next apply finds them.
 */
export function recordDue(handlers: readonly string[]): string {
  if (handlers.length === 0) return ":";
  return sh`( umask 077; mkdir -p -- ${PENDING} && cd -- ${PENDING} && for due in ${handlers}; do : > "$due" || exit 1; done ) || {
  echo 'cannot record the handlers that this change makes due' >&2; exit 1; }`;
}

/** Read-only shell text that lists the handlers that an earlier run left undone. */
export const PENDING_PROBE: string = sh`if [ -d ${PENDING} ]; then ls -1 -- ${PENDING}; fi`;

/** Shell text of a handler, which strikes itself off the list once it has worked. */
export function handlerScript(
  handler: { readonly name: string; readonly script: string },
  strikes: readonly string[],
): string {
  return struckOff(handler.script, [handler.name, ...strikes]);
}

/** Shell text that takes handlers off the list once a script has worked. */
function struckOff(script: string, handlers: readonly string[]): string {
  if (handlers.length === 0) return script;
  return sh`( eval ${script} ) || exit
rm -f -- ${handlers.map((name) => `${PENDING}/${name}`)}`;
}

/** Shell text of a change, with what it makes due recorded first. */
export function changeScript(change: Change, notify: readonly string[]): string {
  const record = recordDue(notify);
  switch (change.kind) {
    case "run":
      return `${record}\n${struckOff(change.script, change.settles ?? [])}`;
    case "write":
      return writeScript(change, record);
    case "remove":
      return removeScript(change.path, record);
  }
}
