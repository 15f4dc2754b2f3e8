import { defineTask, type TaskFunction } from "../src/define.ts";
import { TaskError } from "../src/errors.ts";
import type { Change, Handler, TaskPlan } from "../src/model.ts";
import { SERVICE_WORDS } from "../src/openrc.ts";
import { sh } from "../src/shell.ts";
import { askUnit } from "../src/units.ts";

/** Arguments of {@link service}. */
export interface ServiceArgs {
  /** Name of the service; with systemd the unit's, without `.service`. */
  readonly name: string;
  /** Starts at boot. */
  readonly enabled: boolean;
  /** Runs now. */
  readonly running: boolean;
}

interface ServiceState {
  readonly manager: string;
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly enabled: string;
}

/** A service of systemd or OpenRC that is enabled or not, running or not. */
export const service: TaskFunction<ServiceArgs> = defineTask<ServiceArgs, ServiceState>({
  kind: "service",
  title: ({ name, enabled, running }) =>
    `service ${name} ${enabled ? "enabled" : "disabled"}, ${running ? "running" : "stopped"}`,
  probe: ({ name }) => {
    assertName(name);
    return [askUnit(name)];
  },
  parse: ({ stdout }) => {
    const value = (key: string) =>
      stdout.split("\n").find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1) ?? "";
    return {
      manager: value("Manager"),
      load: value("LoadState"),
      active: value("ActiveState"),
      sub: value("SubState"),
      enabled: value("UnitFileState"),
    };
  },
  plan: (state, { name, enabled, running }, { predicted }): TaskPlan => {
    if (state.load === "nobody") {
      throw new TaskError(
        `Cannot manage service "${name}": neither systemd nor OpenRC is running, and no other service manager is supported`,
      );
    }
    const arriving = state.load === "not-found" && predicted.packages.includes(name);
    // What is not there does not run, and nothing starts it.
    const gone = state.load === "not-found" && !["active", "activating"].includes(state.active);
    if (gone && !enabled && !running) return { changes: [] };
    if (state.load === "not-found" && !arriving) {
      const what = state.manager === "openrc"
        ? `script "/etc/init.d/${name}"`
        : `unit "${name}.service"`;
      throw new TaskError(`Cannot manage service "${name}": there is no ${what}`);
    }
    if (state.load === "masked" && !enabled && !running && state.active === "inactive") {
      return { changes: [] };
    }
    if (state.load === "masked") {
      throw new TaskError(
        `Cannot manage service "${name}": its unit is masked; type "systemctl unmask ${name}"`,
      );
    }
    // The packages task holds back what it installs: it will not run, and may be enabled or not.
    const seen = arriving ? { ...state, active: "inactive", enabled: "unknown" } : state;
    // A unit that waits for its next restart is not running, whatever systemd calls it.
    const isRunning = ["active", "reloading"].includes(seen.active) ||
      (seen.active === "activating" && seen.sub !== "auto-restart");
    const isEnabled = seen.enabled === "enabled";
    // A unit that waits for its next start would come back.
    const isStopped = ["inactive", "failed"].includes(seen.active);
    const changes: Change[] = [];
    if (isEnabled !== enabled) changes.push(enable(name, enabled));
    if (running ? !isRunning : !isStopped) changes.push(start(name, running));
    return { changes: changes.length === 2 ? [both(changes)] : changes };
  },
});

// No change here has an undo text: which units run and start at boot is brought back as a whole, after
// the files that they read. The play's keepers do it.

/** One change of one unit, so that a forecast holds whether or not its package enables it. */
function both(changes: readonly Change[]): Change {
  const [first, second] = changes;
  if (first?.kind !== "run" || second?.kind !== "run") throw new TypeError("Cannot join changes");
  return {
    ...second,
    summary: `${first.summary.split(" ")[0]} and ${second.summary}`,
    script: `${first.script} || exit\n${second.script}`,
  };
}

function enable(name: string, enabled: boolean): Change {
  const verb = enabled ? "enable" : "disable";
  return {
    kind: "run",
    targets: [`${name}.service`],
    summary: `${verb} ${name}`,
    script: sh`${SERVICE_WORDS}
systemctl -q ${verb} -- ${`${name}.service`}`,
  };
}

function start(name: string, running: boolean): Change {
  const unit = `${name}.service`;
  const script = running
    // daemon-reload: a drop-in of this very run must count. reset-failed: so must a start limit.
    ? sh`${SERVICE_WORDS}
systemctl daemon-reload && systemctl reset-failed -- ${unit} 2>/dev/null; systemctl start -- ${unit} && systemctl -q is-active -- ${unit} || {
  systemctl is-active -- ${unit} >&2; journalctl -q --no-pager -o cat -n 8 -u ${unit} >&2; exit 1; }`
    : sh`${SERVICE_WORDS}
systemctl stop -- ${unit}`;
  const summary = `${running ? "start" : "stop"} ${name}`;
  const change = { kind: "run", targets: [unit], summary, script } as const;
  // What starts now reads its files and its unit anew.
  return running ? { ...change, settles: [`reload ${name}`, `restart ${name}`] } : change;
}

/** A handler that reloads a service, or starts it when it does not run: `notify: ["reload nginx"]`. */
export function reload(name: string): Handler {
  assertName(name);
  return {
    name: `reload ${name}`,
    script: sh`${SERVICE_WORDS}
systemctl reload-or-restart -- ${`${name}.service`}`,
  };
}

/** A handler that restarts a service, its unit files read anew. It makes a reload needless. */
export function restart(name: string): Handler {
  assertName(name);
  return {
    name: `restart ${name}`,
    script: sh`${SERVICE_WORDS}
systemctl daemon-reload && systemctl restart -- ${`${name}.service`}`,
    supersedes: [`reload ${name}`],
  };
}

/** To systemctl a name may be a pattern: `*` would be every unit of the host. */
function assertName(name: string): void {
  if (!/^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]*$/.test(name)) {
    throw new TypeError(`Cannot name a service ${JSON.stringify(name)}: expected a unit's name`);
  }
}
