/**
 * What is said to zypper, of openSUSE and SLE. Shell text only.
 * @module
 */
import { raw, sh, type ShellText } from "../shell.ts";
import { heldBack } from "./held_back.ts";
import { lockFunctions, LOCKS } from "./lock.ts";
import type { ManagerOptions, PackageManager } from "./manager.ts";
import { asArguments, installing, NEWEST } from "./newest.ts";

/** openSUSE, SLE and their like. */
export const zypper: PackageManager = {
  install: (wishes, options) => {
    const { complete, held, downgrade = false } = options;
    const names = wishes.map(({ name }) => name);
    const flags = downgrade ? ["--oldpackage"] : [];
    const [letGo, again] = held.length === 0
      ? [":", ":"]
      : [sh`get removelock ${held} >/dev/null || exit`, sh`get addlock ${held} >/dev/null`];
    return sh`${functions(options)}
${heldBack(names, again)}
${raw(letGo)}
install() { get install --no-recommends --auto-agree-with-licenses ${flags} -- "$@"; }
${raw(complete ? ":" : "lists")}
${asArguments(wishes, "=")}
${installing(complete)}`;
  },
  mark: (verb, names, options) =>
    sh`${functions(options)}
get ${verb === "hold" ? "addlock" : "removelock"} ${names} >/dev/null`,
  refresh: "zypper refresh",
  unhold: (name) => `zypper removelock ${name}`,
  doubled: (name) => `rpm -q ${name}; rpm -e --justdb ${name}-OLD_VERSION`,
};

/**
 * Of zypper's codes 102 and 103 ask for a restart of the system or of zypper, 106 says that a
 * repository was passed over, and 107 that a package's own script failed, as rpm and dnf say in words.
 */
function functions({ lockS }: ManagerOptions): ShellText {
  return raw(sh`export LC_ALL=C
${lockFunctions(LOCKS.zypper, lockS)}
told() {
  zypper -n -q "$@"
  code=$?
  case $code in 102 | 103 | 106 | 107) return 0 ;; esac
  return "$code"
}
get() { unlocked told "$@"; }
lists() { get refresh; }
offers() { zypper_query "$1" | cut -d ' ' -f 2; }
${ZYPPER_QUERY}
${NEWEST}`);
}

/**
 * Shell function `zypper_query NAME…`: `NAME VERSION` of all that is offered, best first; with `$flags`,
 * within `$limit`.
 */
const ZYPPER_QUERY: ShellText = raw(
  sh`flags= limit=
zypper_query() { LC_ALL=C ZYPP_LOGFILE=/dev/null ZYPP_READONLY_HACK=1 $limit zypper -n -q -x $flags search -s --match-exact -t package -- "$@" 2>/dev/null |
  sed -n -e '/repository="(System Packages)"/d' -e 's/.*<solvable .* name="\([^" ]*\)".* edition="\([^" ]*\)".*/\1 \2/p'; }`,
);

/** Shell text, within a host's probe, that says what is held; anything can be. */
export const ZYPPER_HELD: ShellText = raw(
  sh`locked=$(sed -n 's/^solvable_name: *//p' /etc/zypp/locks 2>/dev/null)
held() {
  printf '%s\n' "$locked" | while read -r glob; do
    case $1 in $glob) echo yes; break ;; esac
  done | grep -q yes
}
can_hold() { :; }`,
);

/**
 * Shell functions that ask without leaving anything on the host: `zypper_lists` whether lists are
 * there; `zypper_look NAME…` within a private folder, of those lists, or, with `$fetch`, of lists
 * that are read into that folder within `$fetch` seconds. The lists are linked, and what zypper makes
 * of them is copied.
 */
export const ZYPPER_LOOK: ShellText = raw(sh`${ZYPPER_QUERY}
zypper_lists() { ls /var/cache/zypp/solv/[!@]*/solv >/dev/null 2>&1; }
zypper_look() {
  flags="--cache-dir $private" limit="timeout $fetch"
  if [ -z "$fetch" ]; then
    limit=
    flags="--no-refresh $flags"
    mkdir -- "$private/raw" && cp -a /var/cache/zypp/solv "$private/solv" || return
    for part in /var/cache/zypp/raw/*; do ln -s -- "$part" "$private/raw"; done
  fi
  zypper_query "$@"
}`);
