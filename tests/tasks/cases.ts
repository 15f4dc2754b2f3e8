/**
 * Tasks are tested by data: what was seen, and exactly what it leads to.
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { TaskError } from "../../src/errors.ts";
import type { Change, Predictions, Task } from "../../src/model.ts";
import { NOTHING } from "../../src/runner/plan.ts";

/** One case of a task. */
export interface Case {
  /** The task. */
  readonly task: Task;
  /** What the host said. */
  readonly seen: string;
  /** What earlier changes predict. */
  readonly predicted?: Partial<Predictions>;
  /** Summaries of the changes, exactly. */
  readonly changes?: readonly string[];
  /** What the error says. */
  readonly error?: string;
}

/** Plans a task over what a host said. */
export function plan({ task, seen, predicted = {} }: Case): readonly Change[] {
  const world = { host: "lb1", facts: new Map(), predicted: { ...NOTHING, ...predicted } };
  return task.plan({ code: 0, stdout: seen, stderr: "" }, world).changes;
}

/** One test for each case; a subject without a case that changes nothing is a failure. */
export function cases(subject: string, table: Readonly<Record<string, Case>>): void {
  Deno.test(`${subject} has a case in which nothing changes`, () => {
    assert(Object.values(table).some(({ changes }) => changes?.length === 0));
  });
  for (const [name, one] of Object.entries(table)) {
    Deno.test(`${subject} ${name}`, () => {
      try {
        assertEquals(plan(one).map(({ summary }) => summary), one.changes);
      } catch (error) {
        if (!(error instanceof TaskError)) throw error;
        assertEquals(error.message, one.error);
      }
    });
  }
}
