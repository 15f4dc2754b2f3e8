import { defineTask, type TaskFunction } from "../src/define.ts";
import { TaskError } from "../src/errors.ts";
import type { Change, TaskPlan } from "../src/model.ts";
import { apk } from "../src/packages/apk.ts";
import { apt, finishScript } from "../src/packages/apt.ts";
import { dnf } from "../src/packages/dnf.ts";
import type { HoldVerb, PackageManager, Wish } from "../src/packages/manager.ts";
import {
  type Installed,
  packagesProbe,
  type PackagesState,
  parsePackages,
} from "../src/packages/state.ts";
import { UNFINISHED } from "../src/packages/status.ts";
import { isVersion, VERSION_PATTERN } from "../src/packages/versions.ts";
import { zypper } from "../src/packages/zypper.ts";

/** Arguments of {@link packages}. */
export interface PackagesArgs {
  /** Names in the distribution's own package manager. */
  readonly names: readonly string[];
  /**
   * Name to the version that it shall have: one version, or a pattern as apt's pins have (`2.6.*`).
   * @default {whatever is installed, else what the package manager prefers}
   */
  readonly versions?: Readonly<Record<string, string>>;
  /**
   * Name to whether upgrades shall pass it over: `apt-mark hold`, `dnf versionlock`, `zypper addlock`,
   * a pin in apk's world. @default {as it is}
   */
  readonly hold?: Readonly<Record<string, boolean>>;
  /**
   * Those of the names whose service runs under the same name: another version makes the handler
   * `restart NAME` due. @default {none}
   */
  readonly services?: readonly string[];
  /** Longest wait for others who work with the package manager, in seconds. @default {300} */
  readonly lockSeconds?: number;
}

/** Managers that are understood. */
const MANAGERS: Readonly<Record<string, PackageManager>> = { apt, dnf, zypper, apk };

/**
 * Distribution packages that are installed, wholly, each at the version that is wanted; installing
 * them starts and restarts nothing.
 */
export const packages: TaskFunction<PackagesArgs> = defineTask<PackagesArgs, PackagesState>({
  kind: "packages",
  title: ({ names }) => `packages ${names.join(", ")}`,
  probe: ({ names, versions = {}, services = [], hold = {} }) => {
    [...names, ...services, ...Object.keys(versions), ...Object.keys(hold)].forEach(assertName);
    Object.entries(versions).forEach(assertPattern);
    return packagesProbe(names, versions);
  },
  parse: ({ stdout }) => parsePackages(stdout),
  plan: (state, args): TaskPlan => {
    const wants = args.names.map((name) => wantOf(name, state, args));
    const missing = wants.filter(({ is }) => is === undefined);
    const other = wants.filter(({ is, right }) => is !== undefined && !right);
    const broken = wants.filter(({ is }) => is !== undefined && isBroken(is));
    const needed = [...missing, ...other];
    const free = wants.filter(({ held, hold }) => hold === false && held);
    const keep = wants.filter(({ held, hold }) => hold === true && !held);
    const wanting = wants.filter((want) => [...needed, ...free, ...keep].includes(want));
    if (wanting.length + broken.length === 0 && !state.journal && state.doubled.size === 0) {
      return { changes: [], predicts: { packages: [], versions: {} } };
    }
    const manager = managerOf(state, wanting);
    assertWhole(state, manager);
    needed.forEach((want) => assertFree(want, manager));
    assertHolds(keep, state, manager);
    const changes = [
      ...marks("unhold", free, manager, args),
      ...(broken.length > 0 || state.journal ? [finish(broken, args)] : []),
      ...(missing.length > 0 ? [install(missing, state, manager, args)] : []),
      ...other.map((want) => change(want, state, manager, args)),
      ...marks("hold", keep, manager, args),
    ];
    const versions = needed.filter(({ pattern }) => pattern !== undefined)
      .map(({ name, version = "" }) => [name, version]);
    return {
      changes,
      predicts: {
        packages: [...missing, ...broken].map(({ name }) => name),
        versions: Object.fromEntries(versions),
      },
    };
  },
});

/** One package: what is wanted of it, and what is. */
interface Want {
  readonly name: string;
  readonly pattern: string | undefined;
  readonly hold: boolean | undefined;
  readonly held: boolean;
  /** Unset: it is not installed. */
  readonly is: Installed | undefined;
  /** It has the version that is wanted, or none is. */
  readonly right: boolean;
  /** Version that will be installed; unset: apt chooses, or the host once it has read its lists. */
  readonly version: string | undefined;
}

function wantOf(name: string, state: PackagesState, { versions, hold }: PackagesArgs): Want {
  const pattern = versions?.[name];
  const seen = state.found.get(name);
  const is = seen && ["not-installed", "config-files"].includes(seen.status) ? undefined : seen;
  const right = pattern === undefined || (is !== undefined && isVersion(is.version, pattern));
  const version = right ? undefined : offer(name, pattern, state);
  return { name, pattern, hold: hold?.[name], held: seen?.held ?? false, is, right, version };
}

/** The best version that a pattern means; none where the host has no list to look in. */
function offer(
  name: string,
  pattern: string,
  { offered, manager }: PackagesState,
): string | undefined {
  const all = offered.get(name);
  const found = all?.find((one) => isVersion(one, pattern));
  if (all === undefined || found !== undefined) return found;
  throw new TaskError(
    `Cannot install ${name} ${pattern}: the host is offered ${all.join(", ")}; ask for one of ` +
      `them, or give it a source that has another and type "${MANAGERS[manager]?.refresh}" there`,
    undefined,
    [name],
  );
}

function isBroken({ status, reinstall }: Installed): boolean {
  return reinstall || UNFINISHED.includes(status);
}

function managerOf({ manager }: PackagesState, wanting: readonly Want[]): PackageManager {
  const known = MANAGERS[manager];
  if (known !== undefined) return known;
  const names = wanting.map(({ name }) => name);
  throw new TaskError(
    `Cannot install ${names.join(", ")}: the package manager is "${manager}", supported: ${
      Object.keys(MANAGERS).join(", ")
    }`,
    undefined,
    names,
  );
}

/** What an interrupted rpm left twice has no version that could be trusted. */
function assertWhole({ doubled }: PackagesState, manager: PackageManager): void {
  for (const [name, versions] of doubled) {
    throw new TaskError(
      `Cannot take ${name} for installed: an interrupted installation has left it in several ` +
        `versions at once (${versions.join(", ")}); type "${manager.doubled?.(name)}" there`,
    );
  }
}

/** What somebody has put on hold by hand stays: he had a reason. */
function assertFree({ name, pattern, hold, held, is }: Want, manager: PackageManager): void {
  if (!held || hold !== undefined) return;
  const wish = pattern === undefined ? name : `${name} ${pattern}`;
  const at = is === undefined ? "" : ` at ${is.version}`;
  throw new TaskError(
    `Cannot install ${wish}: somebody has put ${name} on hold${at}; ` +
      `type "${manager.unhold(name)}" there, or say "hold: true" or "hold: false" for it here`,
  );
}

function assertHolds(
  keep: readonly Want[],
  { canHold, manager: name }: PackagesState,
  { holdNeeds }: PackageManager,
): void {
  if (canHold || keep.length === 0) return;
  const names = keep.map(({ name }) => name).join(", ");
  throw new TaskError(
    `Cannot hold ${names}: ${name} cannot hold packages on this host; type "${holdNeeds}" there`,
  );
}

function finish(broken: readonly Want[], args: PackagesArgs): Change {
  const names = broken.map(({ name }) => name);
  const reinstall = broken
    .filter(({ is }) => is?.reinstall || is?.status === "half-installed")
    .map(({ name }) => name);
  return {
    ...onDpkg(finishScript(args.names, reinstall, options(args)), args),
    targets: names.length === 0 ? ["dpkg"] : names,
    summary: names.length === 0
      ? "finish what an interrupted dpkg has begun"
      : `finish the interrupted installation of ${names.join(", ")}`,
    notify: restarts(names, args),
  };
}

function install(
  missing: readonly Want[],
  state: PackagesState,
  manager: PackageManager,
  args: PackagesArgs,
): Change {
  const names = missing.map(({ name }) => name);
  const words = missing.map(({ name, version, pattern }) =>
    [name, version ?? pattern].filter((word) => word !== undefined).join(" ")
  );
  // Lists that lack a package may only be old; without any list nothing is known.
  const complete = state.lists && names.every((name) => state.known.has(name));
  const held = missing.filter((want) => want.held).map(({ name }) => name);
  const script = manager.install(missing.map(wishOf), { ...options(args), complete, held });
  return { ...onDpkg(script, args), targets: names, summary: `install ${words.join(", ")}` };
}

/** Another version of what is installed: its service goes on until the play restarts it. */
function change(
  want: Want,
  state: PackagesState,
  manager: PackageManager,
  args: PackagesArgs,
): Change {
  const { name, version, pattern, held, is } = want;
  const script = manager.install([wishOf(want)], {
    ...options(args),
    complete: state.lists && version !== undefined,
    held: held ? [name] : [],
    downgrade: true,
  });
  return {
    ...onDpkg(script, args),
    targets: [name],
    summary: `install ${name} ${version ?? pattern} (was ${is?.version})`,
    notify: restarts([name], args),
    ...(args.services?.includes(name) ? { disrupts: true } : {}),
  };
}

function marks(
  verb: HoldVerb,
  wants: readonly Want[],
  manager: PackageManager,
  args: PackagesArgs,
): Change[] {
  if (wants.length === 0) return [];
  const names = wants.map(({ name }) => name);
  const back = verb === "hold" ? "unhold" : "hold";
  return [{
    kind: "run",
    targets: names,
    summary: verb === "hold" ? `hold ${names.join(", ")}` : `let go of ${names.join(", ")}`,
    script: manager.mark(verb, names, options(args)),
    // Undoing has less time than doing.
    undo: manager.mark(back, names, { lockS: Math.min(30, options(args).lockS) }),
    timeoutMs: 60_000 + options(args).lockS * 1000,
    notify: [],
  }];
}

function wishOf({ name, version, pattern }: Want): Wish {
  if (version !== undefined) return { name, version };
  return pattern === undefined ? { name } : { name, pattern };
}

function options({ lockSeconds = 300 }: PackagesArgs) {
  return { lockS: lockSeconds };
}

function onDpkg(script: string, args: PackagesArgs) {
  const timeoutMs = 900_000 + options(args).lockS * 1000;
  return { kind: "run", script, timeoutMs, finish: true } as const;
}

function restarts(names: readonly string[], { services = [] }: PackagesArgs): string[] {
  return names.filter((name) => services.includes(name)).map((name) => `restart ${name}`);
}

/** A package manager takes more than names: `haproxy-` removes, `./x.deb` and `x=1` are others. */
function assertName(name: string): void {
  if (!/^[A-Za-z0-9]([A-Za-z0-9+._-]*[A-Za-z0-9+])?$/.test(name)) {
    throw new TypeError(`Cannot name a package ${JSON.stringify(name)}: expected a plain name`);
  }
}

function assertPattern([name, pattern]: readonly [string, string]): void {
  if (!VERSION_PATTERN.test(pattern)) {
    throw new TypeError(
      `Cannot ask for ${name} ${JSON.stringify(pattern)}: expected a version, or one with * in it`,
    );
  }
}
