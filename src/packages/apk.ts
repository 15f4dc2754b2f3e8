/**
 * What is said to apk, of Alpine. Shell text only.
 * @module
 */
import { raw, sh, type ShellText } from "../shell.ts";
import { heldBack } from "./held_back.ts";
import { lockFunctions, LOCKS } from "./lock.ts";
import type { ManagerOptions, PackageManager } from "./manager.ts";
import { asArguments, installing, NEWEST } from "./newest.ts";

/**
 * Alpine. A version that is asked for becomes a pin in /etc/apk/world, which is how apk holds, so
 * what shall not be held is named once more without it.
 */
export const apk: PackageManager = {
  install: (wishes, options) => {
    const { complete, held } = options;
    const names = wishes.map(({ name }) => name);
    const loose = wishes.filter(({ name, version, pattern }) =>
      (version ?? pattern) !== undefined && !held.includes(name)
    ).map(({ name }) => name);
    return sh`${functions(options)}
${heldBack(names)}
install() { get add -- "$@"${raw(loose.length === 0 ? "" : sh` && get add -- ${loose}`)}; }
${raw(complete ? ":" : "lists")}
${asArguments(wishes, "=")}
${installing(complete)}`;
  },
  mark: (verb, names, options) =>
    verb === "unhold"
      ? sh`${functions(options)}
get add -- ${names}`
      : sh`${functions(options)}
${APK_VERSION}
pin() {
  set --
  for name in ${names}; do
    version=$(version_of "$name") || { echo "$name is not installed" >&2; return 1; }
    set -- "$@" "$name=$version"
  done
  get add -- "$@"
}
pin`,
  refresh: "apk update",
  unhold: (name) => `apk add ${name}`,
};

function functions({ lockS }: ManagerOptions): ShellText {
  return raw(sh`export LC_ALL=C
${lockFunctions(LOCKS.apk, lockS)}
get() { unlocked apk -q --wait 30 "$@"; }
lists() { get update; }
offers() { apk_query "$1" | cut -d ' ' -f 2; }
${APK_QUERY}
${NEWEST}`);
}

/** Shell function `version_of NAME`: the installed version; fails where there is none. */
const APK_VERSION: ShellText = raw(sh`version_of() {
  own=$(apk info -e -v -- "$1" 2>/dev/null | sed -n 1p)
  case $own in "$1"-[0-9]*) printf '%s\n' "\${own#"$1"-}" ;; *) return 1 ;; esac
}`);

/**
 * Shell function `apk_query NAME…`: `NAME VERSION` of all that is offered, best first. A repository
 * with a tag is asked only by who names the tag.
 */
const APK_QUERY: ShellText = raw(sh`apk_query() {
  apk policy -- "$@" 2>/dev/null | while read -r first second; do
    case "$first $second" in
      *' policy:') name=$first ;;
      *': ') version=\${first%:} ;;
      http* | /*) echo "$name $version" ;;
    esac
  done | sort -u | sort -k 1,1 -k 2rV
}`);

/** Shell text, within a host's probe, that says what is held; anything can be. */
export const APK_HELD: ShellText = raw(sh`world=$(cat /etc/apk/world 2>/dev/null)
held() {
  for line in $world; do
    case $line in "$1"[=\<\>~@!]*) return 0 ;; esac
  done
  return 1
}
can_hold() { :; }`);

/** Shell text that says of `"$@"` what `rpmStatus` does. */
export const apkStatus: ShellText = raw(sh`${APK_VERSION}
  found=$(for name do
    own=$(version_of "$name") || continue
    want=install
    if held "$name"; then want=hold; fi
    echo "installed $name $own $want ok"
  done)
  printf '%s\n' "$found"
  for name do
    shift
    case "
$found" in *"
installed $name "*) ;; *) set -- "$@" "$name" ;; esac
  done`);

/**
 * Shell functions that ask and write nothing: `apk_lists` whether lists are there, `apk_look NAME…`
 * of those lists. apk has no way to read lists into a folder that surely leaves the host as it is.
 */
export const APK_LOOK: ShellText = raw(sh`${APK_QUERY}
apk_lists() {
  for part in /var/cache/apk/APKINDEX.* /etc/apk/cache/APKINDEX.*; do [ ! -e "$part" ] || return 0; done
  return 1
}
apk_look() { [ -n "$fetch" ] || apk_query "$@"; }`);
