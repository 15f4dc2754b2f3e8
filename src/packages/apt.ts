/**
 * What is said to apt and dpkg. Shell text only.
 * @module
 */
import { raw, sh, type ShellText } from "../shell.ts";
import { heldBack } from "./held_back.ts";
import { lockFunctions, LOCKS } from "./lock.ts";
import type { InstallOptions, ManagerOptions, PackageManager } from "./manager.ts";
import { asArguments, installing, NEWEST } from "./newest.ts";

/** Debian, Ubuntu and their like. */
export const apt: PackageManager = {
  install: (wishes, options) => {
    const { complete, held } = options;
    const names = wishes.map(({ name }) => name);
    return sh`${functions(options)}
${heldBack(names, held.length === 0 ? ":" : sh`apt-mark -q hold -- ${held} >/dev/null`)}
# An install that a power cut ended half way blocks every later one until it is finished.
[ -z "$(ls -A /var/lib/dpkg/updates 2>/dev/null)" ] || unlocked dpkg --configure -a
install() { get --no-install-recommends ${flags(options)} install -- "$@"; }
${raw(complete ? ":" : "lists")}
${asArguments(wishes, "=")}
${installing(complete)}`;
  },
  mark: (verb, names, { lockS }) =>
    sh`${lockFunctions(LOCKS.apt, lockS)}
unlocked apt-mark -q ${verb} -- ${names} >/dev/null`,
  refresh: "apt-get update",
  unhold: (name) => `apt-mark unhold ${name}`,
};

function flags({ held, downgrade = false }: InstallOptions): string[] {
  return [
    ...(downgrade ? ["--allow-downgrades"] : []),
    ...(held.length > 0 ? ["--allow-change-held-packages"] : []),
  ];
}

/** Shell text that finishes what an interrupted dpkg left of packages, and starts nothing. */
export function finishScript(
  names: readonly string[],
  reinstall: readonly string[],
  options: ManagerOptions,
): string {
  const again = reinstall.length === 0
    ? ":"
    : sh`{ get --reinstall install -- ${reinstall} || { lists && get --reinstall install -- ${reinstall}; }; } || exit`;
  return sh`${functions(options)}
${heldBack(names)}
unlocked dpkg --configure -a
finished=$?
${raw(again)}
# What it cannot configure lacks something, which is brought; nothing is taken away for it.
[ "$finished" = 0 ] || unlocked dpkg --configure -a || get --no-remove -f install`;
}

/**
 * The configuration files are ours: dpkg must neither ask about them nor replace them. `newest` is
 * apt's own choice where the pattern means it, else the first of all that are offered.
 */
function functions({ lockS }: ManagerOptions): ShellText {
  return raw(sh`export DEBIAN_FRONTEND=noninteractive
${lockFunctions(LOCKS.apt, lockS)}
get() { unlocked apt-get -q -y -o DPkg::Lock::Timeout=30 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"; }
lists() { unlocked apt-get -q update; }
offers() {
  apt-cache policy -- "$1" | sed -n 's/^  Candidate: //p'
  apt-cache madison -- "$1" | cut -d '|' -f 2
}
${NEWEST}`);
}

/**
 * Shell functions that ask without leaving anything on the host: `apt_lists` whether lists are there;
 * `apt_look NAME…` of those lists, or, with `$fetch` and within a private folder, of lists that are
 * read into that folder: with apt's own keys and sources, without hooks, which could do anything
 * (`#clear` is apt's word for forgetting a list), and without translations. `$fetch` is the longest
 * that this may take, in seconds.
 */
export const APT_LOOK: ShellText = raw(
  sh`apt_lists() { ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1; }
apt_look() {
  lists=
  if [ -n "$fetch" ]; then
    mkdir -p -- "$private/lists/partial" "$private/cache/archives/partial"
    for hook in Pre-Invoke Post-Invoke Post-Invoke-Success; do
      printf '#clear APT::Update::%s;\n' "$hook"
    done > "$private/apt.conf"
    lists="-c $private/apt.conf -o Dir::State::Lists=$private/lists -o Dir::Cache=$private/cache"
    lists="$lists -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Retries=0"
    timeout "$fetch" apt-get $lists -q update >/dev/null 2>&1 || :
  fi
  apt-cache $lists policy -- "$@" 2>/dev/null | while read -r first second; do
    case $first in
      Candidate:) [ "$second" = '(none)' ] || echo "$name $second" ;;
      *:) [ -n "$second" ] || name=\${first%:} ;;
    esac
  done
  apt-cache $lists madison -- "$@" 2>/dev/null | sed -n 's/^ *\([^ |]*\) *| *\([^ |]*\).*/\1 \2/p'
}`,
);
