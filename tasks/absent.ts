import { defineTask, type TaskFunction } from "../src/define.ts";
import { TaskError } from "../src/errors.ts";
import { type FileState, parseFiles, probeFiles } from "../src/file_state.ts";
import { folderOf, protectedBy } from "../src/obstacles.ts";
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
    for (const path of there) {
      const why = obstacle(path, seen.get(path));
      if (why !== undefined) throw new TaskError(`Cannot remove "${path}": ${why}`);
    }
    const changes = there.map((path): Change => ({
      kind: "remove",
      summary: `remove ${path}`,
      path,
    }));
    return { changes };
  },
});

function obstacle(path: string, state: FileState | undefined): string | undefined {
  if (state?.kind === "directory") return "it is a directory";
  if (state?.attribute !== undefined) return protectedBy(path, state.attribute);
  if (state?.folderAttribute === undefined) return undefined;
  return protectedBy(folderOf(path), state.folderAttribute);
}
