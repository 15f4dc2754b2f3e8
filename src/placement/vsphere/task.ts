/**
 * Waiting for a task of a vCenter. Pure but for the calls and the clock, which are passed in.
 * @module
 */
import { PlacementError } from "../errors.ts";
import { localizedFault, readPage, senseless } from "./answers.ts";
import type { Call } from "./client.ts";
import { faultError } from "./faults.ts";
import { type Ref, retrieve } from "./requests.ts";

/** Time, as far as waiting needs it. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Waits so many milliseconds. */
  sleep(ms: number): Promise<void>;
}

/** What is waited for. */
export interface Waiting {
  /** Calls the server. */
  readonly call: Call;
  /** Its property collector. */
  readonly collector: Ref;
  /** The task. */
  readonly task: Ref;
  /** What it is for, after `Cannot`. */
  readonly doing: string;
  /** Time. */
  readonly clock: Clock;
  /** How long it may take, milliseconds. */
  readonly withinMs: number;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/**
 * Waits until a task has succeeded.
 *
 * @throws {PlacementError} when it has failed, or has not ended in time
 */
export async function waitForTask(waiting: Waiting): Promise<void> {
  const { doing, clock, withinMs } = waiting;
  const until = clock.now() + withinMs;
  for (let pause = FIRST_PAUSE_MS;; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    if (await ended(waiting)) return;
    const left = until - clock.now();
    if (left <= 0) {
      throw new PlacementError(
        "timeout",
        `Cannot ${doing}: the task ${waiting.task.value} has not ended within ${
          withinMs / 1000
        } s; ` +
          "whether the change will be made is not known",
        "Look at the recent tasks of the cluster, then run it again",
      );
    }
    await clock.sleep(Math.min(pause, left));
  }
}

async function ended({ call, collector, task, doing }: Waiting): Promise<boolean> {
  const wish = { type: "Task", paths: ["info.state", "info.error"] };
  const { objects } = readPage(await call(retrieve(collector, [task], wish), doing));
  const values = objects[0]?.values;
  const state = values?.get("info.state")?.text.trim();
  switch (state) {
    case "success":
      return true;
    case "queued":
    case "running":
      return false;
    case "error":
      throw faultError(doing, localizedFault(values?.get("info.error")));
    default:
      throw senseless(doing, `The task ${task.value} has no state that is known`);
  }
}
