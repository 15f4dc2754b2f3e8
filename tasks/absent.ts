import { defineTask, type TaskFunction } from "../src/define.ts";
import { TaskError } from "../src/errors.ts";
import { type FileState, parseFiles, probeFiles } from "../src/file_state.ts";
import type { Change, TaskPlan } from "../src/model.ts";

/** Arguments of {@link absent}. */
export interface AbsentArgs {
  /** Absolute paths. */
  readonly paths: readonly string[];
}

/** Files that are not there. Directories are left alone: what is in one may not be ours. */
export const absent: TaskFunction<AbsentArgs> = defineTask<
  AbsentArgs,
  ReadonlyMap<string, FileState>
>({
  kind: "absent",
  title: ({ paths }) => `absent ${paths.join(", ")}`,
  probe: ({ paths }) => probeFiles(paths),
  parse: ({ stdout }) => parseFiles(stdout),
  plan: (seen, { paths }): TaskPlan => {
    const there = paths.filter((path) => (seen.get(path)?.kind ?? "absent") !== "absent");
    const directory = there.find((path) => seen.get(path)?.kind === "directory");
    if (directory !== undefined) {
      throw new TaskError(`Cannot remove "${directory}": it is a directory`);
    }
    const changes = there.map((path): Change => ({
      kind: "remove",
      summary: `remove ${path}`,
      path,
    }));
    return { changes };
  },
});
