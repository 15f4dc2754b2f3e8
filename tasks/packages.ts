import { defineTask, type TaskFunction } from "../src/define.ts";
import { TaskError } from "../src/errors.ts";
import type { Change, TaskPlan } from "../src/model.ts";
import { dpkgInstalled } from "../src/dpkg.ts";
import { sh } from "../src/shell.ts";

/** Arguments of {@link packages}. */
export interface PackagesArgs {
  /** Names in the distribution's own package manager. */
  readonly names: readonly string[];
}

interface PackagesState {
  readonly manager: string;
  readonly installed: ReadonlyMap<string, string>;
  readonly known: ReadonlySet<string>;
  readonly lists: boolean;
}

/** How one package manager asks and installs. The seam: a further manager is a further row. */
const MANAGERS: Readonly<Record<string, (names: readonly string[], lists: boolean) => string>> = {
  apt: (names, lists) =>
    [
      "export DEBIAN_FRONTEND=noninteractive",
      // An install that a power cut ended half way blocks every later one until it is finished.
      'if [ -n "$(ls -A /var/lib/dpkg/updates 2>/dev/null)" ]; then dpkg --configure -a; fi',
      lists ? ":" : "apt-get -q update",
      // The configuration files are ours: dpkg must neither ask about them nor replace them.
      hold(names),
      sh`install() { apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install -- ${names}; }`,
      // Lists of yesterday may name files that the mirror has replaced since.
      lists ? "install || { apt-get -q update && install; }" : "install",
    ].join("\n"),
};

/**
 * Debian starts what it installs, with whatever configuration lies there. Services of the same name
 * as a package are held back meanwhile, so that they start when the play says so; the mask lies in
 * /run, where a power cut leaves nothing of it.
 */
function hold(names: readonly string[]): string {
  const units = names.map((name) => `${name}.service`);
  const release = `systemctl -q unmask --runtime -- ${units.join(" ")}`;
  return sh`if [ -d /run/systemd/system ]; then
  trap ${release} EXIT
  systemctl -q mask --runtime -- ${units}
fi`;
}

/** Distribution packages that are installed, at whatever version; installing them starts nothing. */
export const packages: TaskFunction<PackagesArgs> = defineTask<PackagesArgs, PackagesState>({
  kind: "packages",
  title: ({ names }) => `packages ${names.join(", ")}`,
  probe: ({ names }) => {
    names.forEach(assertName);
    return sh`set -- ${names}
if command -v apt-get >/dev/null 2>&1; then
  echo manager apt
  ${dpkgInstalled}
  if [ $# -gt 0 ] && ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1; then
    echo lists
    for name do
      apt-cache show -- "$name" >/dev/null 2>&1 && echo "known $name"
    done
  fi
elif command -v dnf >/dev/null 2>&1; then echo manager dnf
elif command -v zypper >/dev/null 2>&1; then echo manager zypper
elif command -v apk >/dev/null 2>&1; then echo manager apk
else echo manager unknown
fi
:`;
  },
  parse: ({ stdout }) => {
    const rows = stdout.trim().split("\n").map((line) => line.split(" "));
    const named = (word: string) => rows.filter(([first]) => first === word);
    return {
      manager: named("manager")[0]?.[1] ?? "unknown",
      installed: new Map(named("installed").map(([, name = "", version = ""]) => [name, version])),
      known: new Set(named("known").map(([, name = ""]) => name)),
      lists: named("lists").length > 0,
    };
  },
  plan: ({ manager, installed, known, lists }, { names }): TaskPlan => {
    const missing = names.filter((name) => !installed.has(name));
    if (missing.length === 0) return { changes: [] };
    const install = MANAGERS[manager];
    if (install === undefined) {
      throw new TaskError(
        `Cannot install ${missing.join(", ")}: the package manager is "${manager}", supported: ${
          Object.keys(MANAGERS).join(", ")
        }`,
      );
    }
    // Lists that lack a package may only be old; without any list nothing is known.
    const complete = lists && missing.every((name) => known.has(name));
    const change: Change = {
      kind: "run",
      targets: missing,
      summary: `install ${missing.join(", ")}`,
      script: install(missing, complete),
      timeoutMs: 900_000,
      finish: true,
    };
    return { changes: [change], predicts: { packages: missing } };
  },
});

/** A package manager takes more than names: `haproxy-` removes, `./x.deb` and `x=1` are others. */
function assertName(name: string): void {
  if (!/^[A-Za-z0-9]([A-Za-z0-9+._-]*[A-Za-z0-9+])?$/.test(name)) {
    throw new TypeError(`Cannot name a package ${JSON.stringify(name)}: expected a plain name`);
  }
}
