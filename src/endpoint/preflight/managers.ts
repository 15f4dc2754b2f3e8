import type { Facts } from "../../model.ts";
import { apk } from "../../packages/apk.ts";
import { apt } from "../../packages/apt.ts";
import { dnf } from "../../packages/dnf.ts";
import { zypper } from "../../packages/zypper.ts";

/** What is said of a package manager that has not what is wanted. */
interface Words {
  /** What it has where it has nothing to install from. */
  readonly none: string;
  /** How it gets something. */
  readonly give: string;
  /** What a person types there to have the lists read. */
  readonly refresh: string;
  /** What a person types there to see what is offered. */
  ask(names: readonly string[]): string;
  /** Where the daemons are that it knows under these names. @default {where everything is} */
  readonly home?: string;
}

/** The package managers that are known, each in its own words. */
export const MANAGERS: Readonly<Record<Exclude<Facts["packageManager"], "unknown">, Words>> = {
  apt: {
    none: "no source",
    give: "give it one in /etc/apt/sources.list.d",
    refresh: apt.refresh,
    ask: (names) => `${apt.refresh} && apt-cache policy ${names.join(" ")}`,
  },
  dnf: {
    none: "no repository that is enabled",
    give: 'enable one in /etc/yum.repos.d ("dnf repolist --all" names them)',
    refresh: dnf.refresh,
    ask: (names) => `${dnf.refresh} && dnf list --showduplicates ${names.join(" ")}`,
    home: "RHEL and its like have both in AppStream",
  },
  zypper: {
    none: "no repository that is enabled",
    give: 'type "zypper repos" there, then "zypper modifyrepo --enable NAME"',
    refresh: zypper.refresh,
    ask: (names) => `${zypper.refresh} && zypper search -s --match-exact ${names.join(" ")}`,
    home: "SLE has them in its High Availability extension",
  },
  apk: {
    none: "no repository",
    give: "take the # away before one in /etc/apk/repositories",
    refresh: apk.refresh,
    ask: (names) => `${apk.refresh} && apk policy ${names.join(" ")}`,
  },
};
