/**
 * What is said to dnf, of RHEL, Rocky, Alma and Fedora. Shell text only.
 * @module
 */
import { raw, sh, type ShellText } from "../shell.ts";
import { heldBack } from "./held_back.ts";
import { lockFunctions, LOCKS } from "./lock.ts";
import type { ManagerOptions, PackageManager } from "./manager.ts";
import { asArguments, installing, NEWEST } from "./newest.ts";

/** RHEL, Rocky, Alma, Fedora and their like. */
export const dnf: PackageManager = {
  install: (wishes, options) => {
    const { complete, held } = options;
    const names = wishes.map(({ name }) => name);
    // dnf has no word for going over a lock. Without the old one, the new version is locked.
    const [letGo, again] = held.length === 0
      ? [":", ":"]
      : [sh`lock delete ${held} || exit`, sh`lock add ${held}`];
    return sh`${functions(options)}
${heldBack(names, again)}
${raw(letGo)}
# A version that is older than the installed one is what it says: dnf goes back.
install() { get --setopt=install_weak_deps=False install -- "$@"; }
${raw(complete ? ":" : "lists")}
${asArguments(wishes, "-")}
${installing(complete)}`;
  },
  mark: (verb, names, options) =>
    sh`${functions(options)}
lock ${verb === "hold" ? "add" : "delete"} ${names}`,
  refresh: "dnf makecache --refresh",
  unhold: (name) => `dnf versionlock delete ${name}`,
  holdNeeds: "dnf install python3-dnf-plugin-versionlock",
  doubled: (name) => `dnf remove --duplicates ${name}`,
};

function functions({ lockS }: ManagerOptions): ShellText {
  return raw(sh`export LC_ALL=C
${lockFunctions(LOCKS.dnf, lockS)}
get() { unlocked dnf -q -y "$@"; }
lists() { get makecache --refresh; }
lock() { get versionlock "$@" >/dev/null; }
offers() { dnf_query "$1" | cut -d ' ' -f 2; }
${DNF_QUERY}
${NEWEST}`);
}

/**
 * Shell function `dnf_query NAME…`: `NAME VERSION` of all that is offered, best first; with `$flags`,
 * within `$limit`. dnf 5 ends a line only where it is told to, dnf 4 always does.
 */
const DNF_QUERY: ShellText = raw(
  sh`flags= limit=
dnf_query() { LC_ALL=C $limit dnf -q $flags repoquery --qf '%{arch} %{name} %{evr}
' -- "$@" 2>/dev/null | sed -e '/^$/d' -e '/^src /d' -e '/^nosrc /d' -e 's/^[^ ]* //' | tac; }`,
);

/** Shell text, within a host's probe, that says what is held, and whether anything can be. */
export const DNF_HELD: ShellText = raw(
  sh`locked=$(cat /etc/dnf/plugins/versionlock.list /etc/dnf/versionlock.toml 2>/dev/null)
held() {
  printf '%s\n' "$locked" | while read -r line; do
    case $line in "$1"-[0-9*]* | 'name = "'"$1"'"') echo yes; break ;; esac
  done | grep -q yes
}
can_hold() {
  for part in /usr/lib/python3*/site-packages/dnf-plugins/versionlock.py /usr/lib/python3/dist-packages/dnf-plugins/versionlock.py /usr/lib*/libdnf5 /usr/lib/*/libdnf5 /usr/bin/dnf5; do
    [ ! -e "$part" ] || return 0
  done
  return 1
}`,
);

/**
 * Shell functions that ask without leaving anything on the host: `dnf_lists` whether lists are there;
 * `dnf_look NAME…` within a private folder, of those lists, or, with `$fetch`, of lists that are
 * read into that folder within `$fetch` seconds. The lists themselves are linked, so that what dnf
 * writes beside them stays there.
 */
export const DNF_LOOK: ShellText = raw(sh`${DNF_QUERY}
dnf_lists() {
  for part in /var/cache/dnf/*/repodata/repomd.xml /var/cache/libdnf5/*/repodata/repomd.xml; do
    [ ! -e "$part" ] || return 0
  done
  return 1
}
dnf_look() {
  # A plugin writes what completion offers, wherever the cache is.
  flags="--setopt=cachedir=$private --setopt=logdir=$private --setopt=persistdir=$private --setopt=plugins=0"
  if [ -n "$fetch" ]; then
    limit="timeout $fetch"
    flags="$flags --setopt=retries=1 --setopt=timeout=20"
  else
    flags="$flags -C"
    for part in /var/cache/dnf/* /var/cache/libdnf5/*; do
      case $part in
        *.json) cp -- "$part" "$private" ;;
        *.solv | *.solvx) ln -s -- "$part" "$private" ;;
        *) [ ! -d "$part" ] || ln -s -- "$part" "$private" ;;
      esac
    done
  fi
  dnf_query "$@"
}`);
