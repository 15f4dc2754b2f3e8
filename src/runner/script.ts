/**
 * The shell text of one step of a run: the journal first, then the change. Text only.
 * @module
 */
import { PENDING_DIR, STATE_DIR } from "../journal/places.ts";
import { beginStep, recordStep, type Step, STEP_ENDED } from "../journal/step.ts";
import type { Change } from "../model.ts";
import { raw, sh } from "../shell.ts";
import { removeScript } from "./remove.ts";
import { writeScript } from "./write.ts";

export { STATE_DIR };

/**
 * Shell text that records handlers as due, before the change that makes them due: a failure, a
 * lost link or a power cut after it cannot lose them, because the next apply finds them.
 */
export function recordDue(handlers: readonly string[]): string {
  if (handlers.length === 0) return ":";
  return sh`( umask 077; mkdir -p -- ${PENDING_DIR} && cd -- ${PENDING_DIR} && for due in ${handlers}; do : > "$due" || exit 1; done ) || {
  echo 'cannot record the handlers that this change makes due' >&2; exit 1; }`;
}

/** Read-only shell text that lists the handlers that an earlier run left undone. */
export const PENDING_PROBE: string = sh`for name in ${raw(PENDING_DIR)}/*; do
  [ ! -e "$name" ] || printf '%s\n' "\${name##*/}"
done`;

/** Shell text of a handler, which strikes itself off the list once it has worked. */
export function handlerScript(
  handler: { readonly name: string; readonly script: string },
  strikes: readonly string[],
  step?: Step,
): string {
  return journalled(step, struckOff(handler.script, [handler.name, ...strikes]));
}

/** Shell text that takes handlers off the list once a script has worked. */
function struckOff(script: string, handlers: readonly string[]): string {
  if (handlers.length === 0) return sh`( eval ${script} )`;
  return sh`( eval ${script} ) || exit
rm -f -- ${handlers.map((name) => `${PENDING_DIR}/${name}`)}`;
}

/** Shell text of a change, with what it makes due and how it is taken back recorded first. */
export function changeScript(change: Change, notify: readonly string[], step?: Step): string {
  const due = recordDue(notify);
  switch (change.kind) {
    case "run":
      return journalled(step, `${due}\n${struckOff(change.script, change.settles ?? [])}`);
    case "write": {
      // What is refused while it is staged leaves nothing to take back.
      const record = step === undefined ? due : `${recordStep(step)}\n${due}`;
      return [...begun(step), writeScript(change, record)].join("\n");
    }
    case "remove":
      return [
        ...begun(step),
        removeScript(change.path, step === undefined ? due : `${recordStep(step)}\n${due}`),
      ].join("\n");
  }
}

/** Shell text of something that is done beside the tasks. */
export function stepScript(script: string, step?: Step): string {
  return journalled(step, sh`( eval ${script} )`);
}

function begun(step: Step | undefined): string[] {
  return step === undefined ? [] : [beginStep(step)];
}

function journalled(step: Step | undefined, script: string): string {
  if (step === undefined) return script;
  return sh`${raw(beginStep(step))}
${raw(recordStep(step))}
( ${raw(script)} )
code=$?
${raw(STEP_ENDED)}
exit $code`;
}
