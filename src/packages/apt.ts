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
