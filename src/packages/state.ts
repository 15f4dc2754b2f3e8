/**
 * What a host says of packages: the question as shell text, and what the answer means.
 * @module
 */
import { raw, sh } from "../shell.ts";
import { APK_HELD, APK_LOOK, apkStatus } from "./apk.ts";
import { DNF_HELD, DNF_LOOK } from "./dnf.ts";
import { IN_PRIVATE } from "./private.ts";
import { rpmStatus } from "./rpm.ts";
import { dpkgStatus, UNFINISHED } from "./status.ts";
import { whichManager } from "./which.ts";
import { WRONG } from "./wrong.ts";
import { ZYPPER_HELD, ZYPPER_LOOK } from "./zypper.ts";

/** What a package manager says of a package. */
export interface Installed {
  /** Dpkg's word: `installed`, `half-configured`, `config-files`; others know only the first. */
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
  /** What the manager knows, by name. */
  readonly found: ReadonlyMap<string, Installed>;
  /** Packages that are not installed and that the lists name. */
  readonly known: ReadonlySet<string>;
  /** Package lists have been read. */
  readonly lists: boolean;
  /** Versions that can be had, best first, of those that have not the version that was asked for. */
  readonly offered: ReadonlyMap<string, readonly string[]>;
  /** Something that dpkg began was cut off. */
  readonly journal: boolean;
  /** Packages that rpm has in two versions at once, as an interrupted transaction leaves them. */
  readonly doubled: ReadonlyMap<string, readonly string[]>;
  /** The manager can hold a package at its version. */
  readonly canHold: boolean;
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
  const each = (verb: string) =>
    raw(wanted.map(([name, pattern]) => sh`${raw(verb)} ${name} ${pattern}`).join("\n"));
  return sh`${whichManager}
echo "manager $manager"
set -- ${names}
fetch=
${IN_PRIVATE}
${WRONG}
case $manager in
apt)
  ${dpkgStatus}
  for part in /var/lib/dpkg/updates/*; do [ ! -e "$part" ] || { echo journal; break; }; done
  if [ $# -gt ${
    wanted.length > 0 ? -1 : 0
  } ] && ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1; then
    echo lists
    for name do
      apt-cache show -- "$name" >/dev/null 2>&1 && echo "known $name"
    done
${raw(wanted.length === 0 ? "" : APT_OFFER)}
${each("offer")}
  fi ;;
dnf)
  ${DNF_HELD}
  ${rpmStatus}
  can_hold || echo cannot hold
${DNF_LOOK}
  ask="$*"
${each("wrong")}
  if [ -n "$ask" ] && dnf_lists; then echo lists; in_private dnf_look $ask | offered; fi ;;
zypper)
  ${ZYPPER_HELD}
  ${rpmStatus}
${ZYPPER_LOOK}
  ask="$*"
${each("wrong")}
  if [ -n "$ask" ] && zypper_lists; then echo lists; in_private zypper_look $ask | offered; fi ;;
apk)
  ${APK_HELD}
  ${apkStatus}
${APK_LOOK}
  ask="$*"
${each("wrong")}
  if [ -n "$ask" ] && apk_lists; then echo lists; apk_look $ask | offered; fi ;;
esac
:`;
}

const APT_OFFER = sh`offer() {
  right "$@" && return
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
    known: new Set([...named("known").map(([, name = ""]) => name), ...offered.keys()]),
    lists: named("lists").length > 0,
    offered,
    journal: named("journal").length > 0,
    doubled: new Map(named("doubled").map(([, name = "", ...versions]) => [name, versions])),
    canHold: named("cannot").length === 0,
  };
}
