/**
 * What is said to apt and dpkg. Shell text only.
 * @module
 */
import { raw, sh, type ShellText } from "../shell.ts";
import { dpkgLock } from "./lock.ts";

/** A package to install. */
export interface Wish {
  /** Its name. */
  readonly name: string;
  /** Version to install. @default {what apt prefers} */
  readonly version?: string;
  /** Pattern of the version, where the host itself has to find it. */
  readonly pattern?: string;
}

/** How a script treats the host. */
export interface AptOptions {
  /** Longest wait for others who work with apt or dpkg, in seconds. */
  readonly lockS: number;
}

/** How packages are installed. */
export interface InstallOptions extends AptOptions {
  /** The package lists are read, and name all of them. */
  readonly complete: boolean;
  /** Packages that are on hold: they change all the same, and are held again at the end. */
  readonly held: readonly string[];
  /** An installed package may get an older version. */
  readonly downgrade?: boolean;
}

/** Shell text that installs packages and starts nothing. */
export function installScript(wishes: readonly Wish[], options: InstallOptions): string {
  const { complete, held, downgrade = false } = options;
  const names = wishes.map(({ name }) => name);
  const flags = [
    ...(downgrade ? ["--allow-downgrades"] : []),
    ...(held.length > 0 ? ["--allow-change-held-packages"] : []),
  ];
  return sh`${functions(options)}
${heldBack(names, held)}
# An install that a power cut ended half way blocks every later one until it is finished.
[ -z "$(ls -A /var/lib/dpkg/updates 2>/dev/null)" ] || unlocked dpkg --configure -a
install() { get --no-install-recommends ${flags} install -- "$@"; }
${raw(complete ? ":" : "lists")}
set --
${raw(wishes.map(wanted).join("\n"))}
# Lists of yesterday may name files that the mirror has replaced since.
${raw(complete ? 'install "$@" || { lists && install "$@"; }' : 'install "$@"')}`;
}

/** Shell text that finishes what an interrupted dpkg left of packages, and starts nothing. */
export function finishScript(
  names: readonly string[],
  reinstall: readonly string[],
  options: AptOptions,
): string {
  const again = reinstall.length === 0
    ? ":"
    : sh`{ get --reinstall install -- ${reinstall} || { lists && get --reinstall install -- ${reinstall}; }; } || exit`;
  return sh`${functions(options)}
${heldBack(names, [])}
unlocked dpkg --configure -a
finished=$?
${raw(again)}
# What it cannot configure lacks something, which is brought; nothing is taken away for it.
[ "$finished" = 0 ] || unlocked dpkg --configure -a || get --no-remove -f install`;
}

/** Shell text that holds packages at their versions, or lets go of them. */
export function markScript(
  verb: "hold" | "unhold",
  names: readonly string[],
  { lockS }: AptOptions,
): string {
  return sh`${dpkgLock(lockS)}
unlocked apt-mark -q ${verb} -- ${names} >/dev/null`;
}

/** One package put into the list of arguments. */
function wanted({ name, version, pattern }: Wish): string {
  if (version !== undefined) return sh`set -- "$@" ${`${name}=${version}`}`;
  if (pattern === undefined) return sh`set -- "$@" ${name}`;
  return sh`version=$(newest ${name} ${pattern}) || exit
set -- "$@" ${name}="$version"`;
}

/**
 * The configuration files are ours: dpkg must neither ask about them nor replace them. `newest` is
 * apt's own choice where the pattern means it, else the first of all that are offered.
 */
function functions({ lockS }: AptOptions): ShellText {
  return raw(sh`export DEBIAN_FRONTEND=noninteractive
${dpkgLock(lockS)}
get() { unlocked apt-get -q -y -o DPkg::Lock::Timeout=30 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"; }
lists() { unlocked apt-get -q update; }
newest() {
  offered=$(apt-cache policy -- "$1" | sed -n 's/^  Candidate: //p'
    apt-cache madison -- "$1" | cut -d '|' -f 2)
  for version in $offered; do
    case $version in $2) ;; *) case \${version#*:} in $2) ;; *) continue ;; esac ;; esac
    echo "$version"
    return
  done
  echo "no version of $1 that is offered is $2; offered are:" $offered >&2
  return 1
}`);
}

/**
 * Debian starts what it installs, with whatever configuration lies there, and restarts what it
 * upgrades. Services of the same name as a package are held back meanwhile, so that they start when
 * the play says so; one that runs goes on with its old program. The mask lies in /run, where a
 * power cut leaves nothing of it.
 */
function heldBack(names: readonly string[], held: readonly string[]): ShellText {
  const units = names.map((name) => `${name}.service`);
  return raw(sh`await_dpkg
release() {
  ${raw(held.length === 0 ? ":" : sh`apt-mark -q hold -- ${held} >/dev/null`)}
  [ ! -d /run/systemd/system ] || systemctl -q unmask --runtime -- ${units}
}
trap release EXIT
[ ! -d /run/systemd/system ] || systemctl -q mask --runtime -- ${units}`);
}
