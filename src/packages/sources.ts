/**
 * Where a host has packages from: the question as shell text, and what the answer means.
 * @module
 */
import { raw, sh, type ShellText } from "../shell.ts";
import { APK_LOOK } from "./apk.ts";
import { APT_LOOK } from "./apt.ts";
import { DNF_LOOK } from "./dnf.ts";
import { ZYPPER_LOOK } from "./zypper.ts";

/** Where a host has packages from. */
export interface Sources {
  /** Its package manager has something to install from. */
  readonly any: boolean;
  /** Package lists have been read. */
  readonly lists: boolean;
  /** Alpine's repository `community` is among them. */
  readonly community: boolean;
}

/** Shell functions `APT_lists` and `APT_look NAME…` of every manager; they read `$fetch`. */
export const LOOKS: ShellText = raw(
  [APT_LOOK, DNF_LOOK, ZYPPER_LOOK, APK_LOOK].map(({ text }) => text).join("\n"),
);

/**
 * Shell text that says where the host has packages from; it reads `$manager`, and {@link LOOKS} have
 * come before. A folder that is set elsewhere is taken for one that holds a source.
 */
export const SOURCES: ShellText = raw(sh`enabled() {
  on=
  { cat -- "$@" 2>/dev/null; echo; echo '[]'; } | while IFS='= ' read -r key value; do
    case $key in
      '['*) [ -z "$on" ] || { echo "sources there"; break; }
        case $key in '[main]'* | '[]') on= ;; *) on=yes ;; esac ;;
      enabled) case $value in 0* | [Nn]o* | [Ff]alse* | off*) on= ;; esac ;;
    esac
  done
}
case $manager in
apt)
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
    grep -Eq '^[[:space:]]*(deb[[:space:]]|Types:.*deb)' && echo "sources there" ;;
dnf)
  if grep -Eqs '^[[:space:]]*reposdir' /etc/dnf/dnf.conf || [ -d /etc/dnf/repos.override.d ]; then
    echo "sources there"
  else enabled /etc/dnf/dnf.conf /etc/yum.repos.d/*.repo /etc/distro.repos.d/*.repo /usr/share/dnf5/repos.d/*.repo; fi ;;
zypper)
  if grep -Eqs '^[[:space:]]*reposdir' /etc/zypp/zypp.conf; then echo "sources there"
  else enabled /etc/zypp/repos.d/*.repo; fi ;;
apk)
  set -- /etc/apk/repositories /etc/apk/repositories.d/*.list /lib/apk/repositories.d/*.list
  cat -- "$@" 2>/dev/null | grep -Eq '^[[:space:]]*[^#[:space:]]' && echo "sources there"
  cat -- "$@" 2>/dev/null | grep -Eq '^[[:space:]]*[^#[:space:]].*community' && echo "community there" ;;
esac
[ "$manager" = unknown ] || { "$manager"_lists && echo "lists there"; }`);

/** Reads the answer to {@link SOURCES}. */
export function parseSources(answer: string): Sources {
  const lines = answer.split("\n");
  return {
    any: lines.includes("sources there"),
    lists: lines.includes("lists there"),
    community: lines.includes("community there"),
  };
}
