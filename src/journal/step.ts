/**
 * What a step of a run writes into the journal before it changes anything: how it is taken back.
 * Text only.
 * @module
 */
import { raw, sh } from "../shell.ts";
import { PATIENCE_S } from "./open.ts";
import { FUNCTIONS, RUN_DIR } from "./places.ts";

/** A step of an open run. */
export interface Step {
  /** Id of the run. */
  readonly id: string;
  /** Number of the step on this host, from 1. */
  readonly number: number;
  /** What it does, for people. */
  readonly summary: string;
  /** Files that it may replace, make or remove. */
  readonly paths?: readonly string[];
  /** Shell text that takes it back, in any state, any number of times. */
  readonly undo?: string;
  /** Handlers that it makes due. */
  readonly notify?: readonly string[];
  /** The handler that it runs. */
  readonly runs?: string;
  /** Seconds that it may take. */
  readonly timeoutS: number;
  /** It must not be ended half way. */
  readonly finish?: boolean;
}

/**
 * Shell text with which a step begins: a run that the host has undone meanwhile does nothing more,
 * and who undoes it finds this step's process, and what that one staged.
 */
export function beginStep({ id, timeoutS, finish = false, paths = [] }: Step): string {
  return sh`${raw(FUNCTIONS)}
[ "$(cat ${RUN_DIR}/open 2>/dev/null)" = ${id} ] || { echo 'this host has gone back to how it was before this run already' >&2; exit 1; }
{ printf '%s %s %s\n' "$$" "$(start_of $$)" ${
    finish ? 1 : 0
  } && for path in ${paths}; do printf '%s\n' "$path"; done; } >${RUN_DIR}/step
[ -e ${RUN_DIR}/open ] && [ ! -e ${RUN_DIR}/undoing ] || { echo 'this host is going back to how it was before this run' >&2; exit 1; }
renew ${timeoutS + PATIENCE_S}`;
}

/**
 * Shell text that records how the step is taken back; it has to have worked before the step changes
 * anything. A step that is recorded twice counts as it was the first time.
 */
export function recordStep(step: Step): string {
  const { number, summary, paths = [], undo = "", notify = [], runs } = step;
  const notified = runs === undefined ? notify : [...notify, runs];
  // What stays on the host when the run is undone keeps its handlers due.
  const stays = paths.length === 0 && undo === "" ? notify : [];
  for (const path of [...paths, summary]) {
    if (path.includes("\n")) throw new TypeError(`Cannot record ${JSON.stringify(path)}`);
  }
  const dir = `${RUN_DIR}/steps/${String(number).padStart(4, "0")}`;
  return sh`record_step() {
  [ ! -d ${dir} ] || return 0
  rm -rf -- ${dir}.new && mkdir -- ${dir}.new || return 1
  number=0
  : >${dir}.new/paths
  if command -v made_folders >/dev/null 2>&1; then made_folders; fi >${dir}.new/made || return 1
  for path in ${paths}; do
    number=$((number + 1))
    if [ -e "$path" ] || [ -L "$path" ]; then
      cp -a -- "$path" ${dir}.new/"$number" && { [ -L "$path" ] || cmp -s -- "$path" ${dir}.new/"$number"; } || return 1
      [ -L "$path" ] || flush ${dir}.new/"$number"
    fi
    printf '%s %s\n' "$number" "$path" >>${dir}.new/paths || return 1
  done
  printf '%s\n' ${summary} >${dir}.new/summary && printf %s ${undo} >${dir}.new/undo || return 1
  for due in ${notified}; do : >${RUN_DIR}/notified/"$due" || return 1; done
  for due in ${stays}; do printf '%s\n' "$due" >>${dir}.new/stays || return 1; done
  flush ${dir}.new/paths ${dir}.new/summary ${dir}.new/undo ${dir}.new ${RUN_DIR}/notified
  mv -T -- ${dir}.new ${dir} && flush ${RUN_DIR}/steps
}
( umask 077; record_step ) || { echo 'cannot note how to go back; is the disk full?' >&2; exit 1; }`;
}

/** Shell text that tells the host to wait no longer than for word of its controller. */
export const STEP_ENDED: string = sh`renew ${PATIENCE_S}`;

/** Shell text that keeps the run open a while longer, though nothing is done on this host. */
export function waitText(id: string): string {
  return sh`${raw(FUNCTIONS)}
[ "$(cat ${RUN_DIR}/open 2>/dev/null)" = ${id} ] && [ ! -e ${RUN_DIR}/undoing ] || { echo 'it went back by itself' >&2; exit 1; }
renew ${PATIENCE_S}`;
}
