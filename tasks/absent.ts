import { defineTask, type TaskFunction } from "../src/define.ts";
import { TaskError } from "../src/errors.ts";
import { askFiles, type FileState, parseFiles } from "../src/file_state.ts";
import { folderOf, protectedBy } from "../src/obstacles.ts";
import type { Change, TaskPlan } from "../src/model.ts";

/** Arguments of {@link absent}. */
export interface AbsentArgs {
  /** Absolute paths. */
  readonly paths: readonly string[];
  /**
   * Paths with `*` for some letters, digits and dashes of their last part: files of ours whose names
   * nobody knows any more. @default {none}
   */
  readonly patterns?: readonly string[];
  /** Paths that stay, whatever pattern they are of. @default {none} */
  readonly except?: readonly string[];
}

/** Files that are not there. Directories are left alone: what is in one may not be ours. */
export const absent: TaskFunction<AbsentArgs> = defineTask<
  AbsentArgs,
  ReadonlyMap<string, FileState>
>({
  kind: "absent",
  title: ({ paths, patterns = [] }) => `absent ${[...paths, ...patterns].join(", ")}`,
  probe: ({ paths, patterns = [] }) => [askFiles({ paths, patterns })],
  parse: ({ stdout }) => parseFiles(stdout),
  plan: (seen, { paths, patterns = [], except = [] }): TaskPlan => {
    const found = [...seen.keys()].filter((path) =>
      patterns.some((pattern) => isOf(path, pattern)) && ![...paths, ...except].includes(path)
    );
    const there = [...paths, ...found].filter((path) =>
      (seen.get(path)?.kind ?? "absent") !== "absent"
    );
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

/** Whether a path is one of a pattern. */
function isOf(path: string, pattern: string): boolean {
  const [before = "", after = ""] = pattern.split("*");
  const middle = path.slice(before.length, path.length - after.length);
  return path === before + middle + after && /^[A-Za-z0-9-]+$/.test(middle);
}

function obstacle(path: string, state: FileState | undefined): string | undefined {
  if (state?.kind === "directory") return "it is a directory";
  if (state?.attribute !== undefined) return protectedBy(path, state.attribute);
  if (state?.folderAttribute === undefined) return undefined;
  return protectedBy(folderOf(path), state.folderAttribute);
}
