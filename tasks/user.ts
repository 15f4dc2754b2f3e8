import { defineTask, type TaskFunction } from "../src/define.ts";
import type { TaskPlan } from "../src/model.ts";
import { sh } from "../src/shell.ts";

/** Arguments of {@link user}. */
export interface UserArgs {
  /** Login name. */
  readonly name: string;
  /** Login shell. @default {"/usr/sbin/nologin"} */
  readonly shell?: string;
  /** Home directory, not created. @default {"/nonexistent"} */
  readonly home?: string;
}

interface UserState {
  readonly exists: boolean;
  readonly home: string;
  readonly shell: string;
}

/**
 * A system account without a password, for a daemon or its scripts. Undoing a run leaves it: files
 * may belong to it by then, and its number must not be given to another.
 */
export const user: TaskFunction<UserArgs> = defineTask<UserArgs, UserState>({
  kind: "user",
  title: ({ name }) => `user ${name}`,
  // Not getent: a directory service that hangs must not hang the look, and daemons need the
  // account before the network is up.
  probe: ({ name }) =>
    sh`while IFS=: read -r name _ _ _ _ home shell; do
  if [ "$name" = ${name} ]; then printf '%s\n%s\n' "$home" "$shell"; fi
done < /etc/passwd`,
  parse: ({ stdout }) => {
    const [home = "", shell = ""] = stdout.split("\n");
    return { exists: stdout.trim() !== "", home, shell };
  },
  plan: (state, args): TaskPlan => {
    const { name, shell = "/usr/sbin/nologin", home = "/nonexistent" } = args;
    const predicts = { users: [name] };
    if (!state.exists) {
      const script = sh`if command -v useradd >/dev/null 2>&1; then
  useradd --system --user-group --no-create-home --home-dir ${home} --shell ${shell} -- ${name}
else
  addgroup -S -- ${name} && adduser -S -D -H -h ${home} -s ${shell} -G ${name} -- ${name}
fi`;
      const summary = `create user ${name}`;
      return { changes: [{ kind: "run", targets: [name], summary, script }], predicts };
    }
    if (state.home === home && state.shell === shell) return { changes: [], predicts };
    const summary = `give user ${name} home ${home} and shell ${shell}`;
    const script = sh`usermod --home ${home} --shell ${shell} -- ${name}`;
    return { changes: [{ kind: "run", targets: [name], summary, script }], predicts };
  },
});
