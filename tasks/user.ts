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
  /** What `getent` shows of it: who made it, and what for. @default {""} */
  readonly comment?: string;
}

interface UserState {
  readonly exists: boolean;
  readonly comment: string;
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
  probe: ({ name }) => probe(name),
  parse: ({ stdout }) => parse(stdout),
  plan: (state, args): TaskPlan => {
    const { name, shell = "/usr/sbin/nologin", home = "/nonexistent" } = args;
    const predicts = { users: [name] };
    if (!state.exists) {
      const script = create(args);
      const summary = `create user ${name}`;
      return { changes: [{ kind: "run", targets: [name], summary, script }], predicts };
    }
    if (state.home === home && state.shell === shell) return { changes: [], predicts };
    const summary = `give user ${name} home ${home} and shell ${shell}`;
    const script = sh`usermod --home ${home} --shell ${shell} -- ${name}`;
    return { changes: [{ kind: "run", targets: [name], summary, script }], predicts };
  },
});

/** Arguments of {@link noUser}. */
export type NoUserArgs = UserArgs & Required<Pick<UserArgs, "comment">>;

/** No account that {@link user} has made: its comment says so. One of somebody else's stays. */
export const noUser: TaskFunction<NoUserArgs> = defineTask<NoUserArgs, UserState>({
  kind: "user",
  title: ({ name }) => `no user ${name} of ours`,
  probe: ({ name }) => probe(name),
  parse: ({ stdout }) => parse(stdout),
  plan: (state, args): TaskPlan => {
    if (!state.exists || state.comment !== args.comment) return { changes: [] };
    const { name } = args;
    const script =
      sh`if command -v userdel >/dev/null 2>&1; then userdel -- ${name}; else deluser -- ${name}; fi`;
    const summary = `remove user ${name}`;
    const undo = sh`id -u -- ${name} >/dev/null 2>&1 || { ` + create(args) + "\n}";
    return { changes: [{ kind: "run", targets: [name], summary, script, undo }] };
  },
});

// Not getent: a directory service that hangs must not hang the look, and daemons need the
// account before the network is up.
function probe(name: string): string {
  return sh`while IFS=: read -r name _ _ _ comment home shell; do
  if [ "$name" = ${name} ]; then printf '%s\n%s\n%s\n' "$home" "$shell" "$comment"; fi
done < /etc/passwd`;
}

function parse(stdout: string): UserState {
  const [home = "", shell = "", comment = ""] = stdout.split("\n");
  return { exists: stdout.trim() !== "", home, shell, comment };
}

function create(args: UserArgs): string {
  const { name, shell = "/usr/sbin/nologin", home = "/nonexistent", comment = "" } = args;
  return sh`if command -v useradd >/dev/null 2>&1; then
  useradd --system --user-group --no-create-home --home-dir ${home} --shell ${shell} --comment ${comment} -- ${name}
else
  addgroup -S -- ${name} && adduser -S -D -H -h ${home} -s ${shell} -g ${comment} -G ${name} -- ${name}
fi`;
}
