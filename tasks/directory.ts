import { defineTask, type TaskFunction } from "../src/define.ts";
import { TaskError } from "../src/errors.ts";
import { type FileState, parseFiles, probeFiles } from "../src/file_state.ts";
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

/** A directory with its mode, owner and group. */
export const directory: TaskFunction<DirectoryArgs> = defineTask<DirectoryArgs, FileState>({
  kind: "directory",
  title: ({ path }) => `directory ${path}`,
  probe: ({ path }) => probeFiles([path]),
  parse: ({ stdout }, { path }) => parseFiles(stdout).get(path) ?? { kind: "absent" },
  plan: (state, { path, mode = "0755", owner = "root", group = "root" }): TaskPlan => {
    const predicts = { paths: [path] };
    const own = `${owner}:${group}`;
    if (state.kind === "absent") {
      const script = sh`mkdir -p -- ${path} && chown -- ${own} ${path} && chmod -- ${mode} ${path}`;
      return {
        changes: [{ kind: "run", targets: [path], summary: `create ${path}`, script }],
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
    const script = sh`chown -- ${own} ${path} && chmod -- ${mode} ${path}`;
    return { changes: [{ kind: "run", targets: [path], summary, script }], predicts };
  },
});
