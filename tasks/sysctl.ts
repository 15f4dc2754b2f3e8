import { defineTask, type TaskFunction } from "../src/define.ts";
import { TaskError } from "../src/errors.ts";
import { askFiles, type FileState, parseFiles } from "../src/file_state.ts";
import type { Change, TaskPlan } from "../src/model.ts";
import { sh } from "../src/shell.ts";

/** Arguments of {@link sysctl}. */
export interface SysctlArgs {
  /** What the settings are for, one word: names the file that keeps them. */
  readonly name: string;
  /** Name with dots to value as sysctl prints it: `{ "net.ipv4.tcp_keepalive_time": "60" }`. */
  readonly settings: Readonly<Record<string, string>>;
}

interface SysctlState {
  /** Value of each setting now, in the order asked; unset: the kernel has no such setting. */
  readonly live: readonly (string | undefined)[];
  readonly saved: FileState;
}

const savedIn = (name: string) => `/etc/sysctl.d/60-holdfast-${name}.conf`;
const liveIn = (key: string) => `/proc/sys/${key.replaceAll(".", "/")}`;

/** Kernel settings that hold now and after a reboot. */
export const sysctl: TaskFunction<SysctlArgs> = defineTask<SysctlArgs, SysctlState>({
  kind: "sysctl",
  title: ({ name }) => `sysctl ${name}`,
  probe: ({ name, settings }) => {
    assertNames(name, settings);
    const paths = Object.keys(settings).map(liveIn);
    // Not the shell's own read: it asks byte by byte, and the kernel gives numbers in one piece. With
    // its path before it, no value is taken for that of another setting.
    const live = sh`set --
for path in ${paths}; do
  if [ -r "$path" ]; then set -- "$@" "$path"; else echo "missing $path"; fi
done
grep '' /dev/null "$@"
echo saved`;
    return [live, askFiles({ paths: [savedIn(name)] })];
  },
  parse: ({ stdout }, { name, settings }) => {
    const [values = "", files = ""] = stdout.split(/^saved\n/m);
    const lines = values.split("\n");
    const live = Object.keys(settings).map(liveIn).map((path) => {
      if (lines.includes(`missing ${path}`)) return undefined;
      const value = lines.find((line) => line.startsWith(`${path}:`)) ?? "";
      return value.slice(path.length + 1).trim().replaceAll(/\s+/g, " ");
    });
    return { live, saved: parseFiles(files).get(savedIn(name)) ?? { kind: "absent" } };
  },
  plan: ({ live, saved }, { name, settings }): TaskPlan => {
    const wanted = Object.entries(settings);
    const missing = wanted.filter((_, i) => live[i] === undefined).map(([key]) => `"${key}"`);
    if (missing.length > 0) {
      throw new TaskError(
        `Cannot set ${missing.join(", ")}: the kernel of this host has no such setting`,
      );
    }
    const content = wanted.map(([key, value]) => `${key} = ${value}\n`).join("");
    const changes: Change[] = saved.content === content ? [] : [keep(name, content, saved)];
    for (const [i, [key, value]] of wanted.entries()) {
      if (live[i] !== value) changes.push(set(key, value, live[i] ?? ""));
    }
    return { changes };
  },
});

function assertNames(name: string, settings: Readonly<Record<string, string>>): void {
  if (!/^[a-z0-9-]+$/.test(name)) {
    throw new TypeError(`Cannot name kernel settings "${name}": expected a word`);
  }
  for (const key of Object.keys(settings)) {
    if (!/^[a-z0-9_]+(\.[A-Za-z0-9_-]+)+$/.test(key)) {
      throw new TypeError(`Cannot name a kernel setting "${key}": expected words joined by dots`);
    }
  }
}

function keep(name: string, content: string, saved: FileState): Change {
  const path = savedIn(name);
  return {
    kind: "write",
    summary: `write ${path}`,
    files: [{ path, content, mode: "0644", owner: "root", group: "root" }],
    validations: [],
    before: saved.content === undefined ? {} : { [path]: saved.content },
  };
}

function set(key: string, value: string, was: string): Change {
  return {
    kind: "run",
    targets: [key],
    summary: `set ${key} = ${value} (was ${was})`,
    script: sh`printf '%s\n' ${value} > ${liveIn(key)}`,
    undo: sh`printf '%s\n' ${was} > ${liveIn(key)}`,
  };
}
