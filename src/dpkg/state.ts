/**
 * What a host says of packages: the question as shell text, and what the answer means.
 * @module
 */
import { raw, sh } from "../shell.ts";
import { dpkgStatus, UNFINISHED } from "./status.ts";

/** What dpkg says of a package. */
export interface Installed {
  /** Dpkg's word: `installed`, `half-configured`, `config-files`. */
  readonly status: string;
  /** Its version; empty where there is none. */
  readonly version: string;
  /** Upgrades pass it over. */
  readonly held: boolean;
  /** Its files are not whole. */
  readonly reinstall: boolean;
}

/** What a host says of packages. */
export interface PackagesState {
  /** Its package manager, or `unknown`. */
  readonly manager: string;
  /** What dpkg knows, by name. */
  readonly found: ReadonlyMap<string, Installed>;
  /** Packages that are not installed and that the lists name. */
  readonly known: ReadonlySet<string>;
  /** Package lists have been read. */
  readonly lists: boolean;
  /** Versions that can be had, best first, of those that have not the version that was asked for. */
  readonly offered: ReadonlyMap<string, readonly string[]>;
  /** Something that dpkg began was cut off. */
  readonly journal: boolean;
}

/**
 * Read-only shell text that asks about packages; `versions` names the pattern of those of which a
 * version is wanted.
 */
export function packagesProbe(
  names: readonly string[],
  versions: Readonly<Record<string, string>>,
): string {
  const wanted = Object.entries(versions);
  const offers = wanted.map(([name, pattern]) => sh`offer ${name} ${pattern}`).join("\n");
  return sh`set -- ${names}
if command -v apt-get >/dev/null 2>&1; then
  echo manager apt
  ${dpkgStatus}
  for part in /var/lib/dpkg/updates/*; do [ ! -e "$part" ] || { echo journal; break; }; done
  if [ $# -gt ${
    wanted.length > 0 ? -1 : 0
  } ] && ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1; then
    echo lists
    for name do
      apt-cache show -- "$name" >/dev/null 2>&1 && echo "known $name"
    done
${raw(offers === "" ? "" : `${OFFER}\n${offers}`)}
  fi
elif command -v dnf >/dev/null 2>&1; then echo manager dnf
elif command -v zypper >/dev/null 2>&1; then echo manager zypper
elif command -v apk >/dev/null 2>&1; then echo manager apk
else echo manager unknown
fi
:`;
}

// Nothing is asked about a package that has the version already: apt takes longer than all the rest.
const OFFER = sh`offer() {
  have=$(printf '%s\n' "$found" | sed -n "s/^installed $1 \([^ ]*\) .*/\1/p")
  case $have in $2) return ;; esac
  case \${have#*:} in $2) return ;; esac
  apt-cache policy -- "$1" 2>/dev/null | sed -n "s/^  Candidate: \([^(].*\)/offered $1 \1/p"
  apt-cache madison -- "$1" 2>/dev/null | sed -n "s/^[^|]*| *\([^ |]*\).*/offered $1 \1/p"
}`;

const STATES: ReadonlySet<string> = new Set([
  "installed",
  "not-installed",
  "config-files",
  ...UNFINISHED,
]);

/** Reads the answer to {@link packagesProbe}. */
export function parsePackages(answer: string): PackagesState {
  const rows = answer.trim().split("\n").map((line) => line.split(" "));
  const named = (word: string) => rows.filter(([first]) => first === word);
  const found = rows.filter(([status = ""]) => STATES.has(status));
  const offered = new Map<string, readonly string[]>();
  for (const [, name = "", version = ""] of named("offered")) {
    offered.set(name, [...new Set([...offered.get(name) ?? [], version])]);
  }
  return {
    manager: named("manager")[0]?.[1] ?? "unknown",
    found: new Map(found.map(([status = "", name = "", version = "", want, flag]) => [
      name,
      { status, version, held: want === "hold", reinstall: flag === "reinstreq" },
    ])),
    known: new Set(named("known").map(([, name = ""]) => name)),
    lists: named("lists").length > 0,
    offered,
    journal: named("journal").length > 0,
  };
}
