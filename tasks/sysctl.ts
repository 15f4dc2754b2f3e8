import { defineTask, type TaskFunction } from "../src/define.ts";
import { TaskError } from "../src/errors.ts";
import type { Change, TaskPlan } from "../src/model.ts";
import { type FileState, parseFiles, probeFiles } from "../src/file_state.ts";
import { sh } from "../src/shell.ts";

/** Arguments of {@link sysctl}. */
export interface SysctlArgs {
  /** Name with dots, `net.ipv4.tcp_keepalive_time`. */
  readonly key: string;
  /** Value as sysctl prints it. */
  readonly value: string;
}

interface SysctlState {
  readonly live: string | undefined;
  readonly saved: FileState;
}

const savedIn = (key: string) => `/etc/sysctl.d/60-holdfast-${key}.conf`;
const liveIn = (key: string) => `/proc/sys/${key.replaceAll(".", "/")}`;

/** A kernel setting that holds now and after a reboot. */
export const sysctl: TaskFunction<SysctlArgs> = defineTask<SysctlArgs, SysctlState>({
  kind: "sysctl",
  title: ({ key, value }) => `sysctl ${key} = ${value}`,
  probe: ({ key }) => {
    if (!/^[a-z0-9_]+(\.[A-Za-z0-9_-]+)+$/.test(key)) {
      throw new TypeError(`Cannot name a kernel setting "${key}": expected words joined by dots`);
    }
    // Not the shell's own read: it asks byte by byte, and the kernel gives numbers in one piece.
    return sh`if value=$(cat ${liveIn(key)} 2>/dev/null); then printf 'live %s\n' "$value"; fi
` + probeFiles([savedIn(key)]);
  },
  parse: ({ stdout }, { key }) => {
    const live = /^live (.*)\n/.exec(stdout);
    const files = parseFiles(live === null ? stdout : stdout.slice(live[0].length));
    return {
      live: live?.[1]?.replaceAll(/\s+/g, " "),
      saved: files.get(savedIn(key)) ?? { kind: "absent" },
    };
  },
  plan: ({ live, saved }, { key, value }): TaskPlan => {
    if (live === undefined) {
      throw new TaskError(`Cannot set "${key}": the kernel of this host has no such setting`);
    }
    const setting = `${key} = ${value}`;
    const content = `${setting}\n`;
    const changes: Change[] = [];
    if (saved.content !== content) {
      changes.push({
        kind: "write",
        summary: `keep ${setting} after a reboot`,
        files: [{
          path: savedIn(key),
          content,
          mode: "0644",
          owner: "root",
          group: "root",
        }],
        validations: [],
        before: saved.content === undefined ? {} : { [savedIn(key)]: saved.content },
      });
    }
    if (live !== value) {
      changes.push({
        kind: "run",
        summary: `set ${setting} (was ${live})`,
        script: sh`printf '%s\n' ${value} > ${liveIn(key)}`,
      });
    }
    return { changes };
  },
});
