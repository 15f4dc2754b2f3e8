import { defineTask, type TaskFunction } from "../src/define.ts";
import { TaskError } from "../src/errors.ts";
import { askFiles, type FileState, parseFiles } from "../src/file_state.ts";
import { folderOf, protectedBy } from "../src/obstacles.ts";
import type { TaskPlan } from "../src/model.ts";
import { sh } from "../src/shell.ts";

/** Arguments of {@link directory}. */
export interface DirectoryArgs {
  /** Absolute path. */
  readonly path: string;
  /** Octal mode as a string. @default {"0755"} */
  readonly mode?: string;
  /** Owner's name. @default {"root"} */
  readonly owner?: string;
  /** Group's name. @default {"root"} */
  readonly group?: string;
}

interface DirectoryState {
  readonly self: FileState;
  /** The path itself and the folders on the way that are missing, the deepest first. */
  readonly missing: readonly string[];
}

/** A directory with its mode, owner and group. */
export const directory: TaskFunction<DirectoryArgs> = defineTask<DirectoryArgs, DirectoryState>({
  kind: "directory",
  title: ({ path }) => `directory ${path}`,
  probe: ({ path }) => [askFiles({ paths: upwards(path) })],
  parse: ({ stdout }, { path }) => {
    const seen = parseFiles(stdout);
    const missing = upwards(path).filter((folder) => seen.get(folder)?.kind === "absent");
    return { self: seen.get(path) ?? { kind: "absent" }, missing };
  },
  plan: (
    { self: state, missing },
    { path, mode = "0755", owner = "root", group = "root" },
  ): TaskPlan => {
    const predicts = { paths: [path] };
    const own = `${owner}:${group}`;
    if (state.kind === "absent") {
      const script = sh`mkdir -p -- ${path} && chown -- ${own} ${path} && chmod -- ${mode} ${path}`;
      return {
        changes: [{
          kind: "run",
          targets: [path],
          summary: `create ${path}`,
          script,
          undo: removeEmpty(missing),
        }],
        predicts,
      };
    }
    if (state.kind !== "directory") {
      throw new TaskError(
        `Cannot create directory "${path}": there is a ${state.kind} in its place`,
      );
    }
    if (state.mode === mode && state.owner === owner && state.group === group) {
      return { changes: [], predicts };
    }
    const was = `${state.mode} ${state.owner}:${state.group}`;
    const summary = `set ${path} to ${mode} ${own} (was ${was})`;
    if (state.attribute !== undefined) {
      throw new TaskError(`Cannot change "${path}": ${protectedBy(path, state.attribute)}`);
    }
    const script = sh`chown -- ${own} ${path} && chmod -- ${mode} ${path}`;
    const { ids = "root:root", mode: old = "0755" } = state;
    const undo = sh`if [ -d ${path} ] && [ ! -L ${path} ]; then
  chown -- ${ids} ${path} && chmod -- ${old} ${path}
fi`;
    return { changes: [{ kind: "run", targets: [path], summary, script, undo }], predicts };
  },
});

/** A path and the folders on the way to it, the deepest first, without the root. */
function upwards(path: string): string[] {
  const parent = folderOf(path);
  return path === parent || parent === "/" ? [path] : [path, ...upwards(parent)];
}

/** Takes away folders that are empty; one that somebody has put something into stays. */
function removeEmpty(folders: readonly string[]): string {
  return sh`for folder in ${folders}; do
  if [ -d "$folder" ] && [ ! -L "$folder" ] && [ -z "$(ls -A -- "$folder")" ]; then
    rmdir -- "$folder" || exit 1
  fi
done`;
}
