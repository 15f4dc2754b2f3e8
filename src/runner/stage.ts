/**
 * The shell text that makes the new file beside the old one, with all that is to stay of the old
 * one, and leaves nothing behind however it ends. Text only.
 * @module
 */
import type { FileSpec } from "../model.ts";
import { FINDERS, folderOf, refuseProtected } from "../obstacles.ts";
import { raw, sh, type ShellText } from "../shell.ts";

/** The shell variable that has the path of a staged file. */
export function staged(i: number): ShellText {
  return raw(`staged_${i}`);
}

/**
 * Shell text that comes first: functions, and traps that clean up. A temporary file must not
 * outlive the script, however it ends; a complaint over a lost link ends it too, by SIGPIPE. What
 * a power cut or SIGKILL left has the number of a dead process in its name, and is swept by the
 * next write. The number is in all names, so that nothing made is missed between two commands.
 */
export function prelude(folders: readonly string[]): string {
  return [
    FINDERS,
    sh`folders=0
clean() {
  code=$?
  trap '' HUP INT TERM PIPE
  for folder in ${folders}; do rm -f -- "$folder"/.holdfast.$$.*; done
  rm -rf -- /run/holdfast.$$.*
  [ "$code" -eq 0 ] || made_folders | while IFS= read -r folder; do
    rmdir -- "$folder" 2>/dev/null
  done
  exit "$code"
}
trap clean EXIT
trap 'exit 143' HUP INT TERM PIPE
${raw(FUNCTIONS)}
sweep /run/holdfast.[0-9]*
for folder in ${folders}; do sweep "$folder"/.holdfast.[0-9]*; done`,
  ].join("\n");
}

const FUNCTIONS = sh`sweep() {
  for left in "$@"; do
    pid=\${left##*holdfast.} pid=\${pid%%.*}
    case $pid in ''|*[!0-9]*) continue ;; esac
    kill -0 "$pid" 2>/dev/null || rm -rf -- "$left"
  done
}
fingerprint() {
  if [ -L "$1" ]; then echo link
  elif [ -f "$1" ]; then sha256sum < "$1"
  elif [ -e "$1" ]; then echo other
  else echo absent; fi
}
folder() {
  [ ! -d "$1" ] || return 0
  [ ! -L "$1" ] || fail "cannot create $1: it is a symbolic link that leads nowhere"
  said=$(umask 022; mkdir -- "$1" 2>&1) || fail "cannot create $1: \${said##*: }"
  folders=$((folders + 1))
  eval "folder_$folders=\$1"
  relabel "$1" || fail "cannot give $1 the SELinux context of the policy"
}
made_folders() {
  at=$folders
  while [ "$at" -gt 0 ]; do eval "printf '%s\n' \"\$folder_$at\""; at=$((at - 1)); done
}
selinux() { [ -e /sys/fs/selinux/enforce ]; }
relabel() {
  if selinux && command -v restorecon >/dev/null 2>&1; then restorecon -F -- "$@"; fi
}
listed() { case $(ls -ld -- "$1") in ??????????+*) return 0 ;; esac; return 1; }
# Entries for single users and groups stay; owner, group, others and the mask are those of the mode.
access() {
  listed "$1" || listed "$2" || return 0
  all=$(getfacl -cnpE -- "$1") && setfacl -b -- "$2" || return 1
  named=$(printf '%s\n' "$all" | grep -E '^(user|group):[0-9]+:') || return 0
  printf '%s\n' "$named" "$3" | setfacl --set-file=- -- "$2"
}`;

/** Shell text that makes a folder with its parents where they are missing, and remembers them. */
export function makeFolder(path: string): string {
  const parents = path.split("/").slice(1).map((_, i, names) =>
    `/${names.slice(0, i + 1).join("/")}`
  );
  const made = parents.map((dir) =>
    sh`[ -d ${dir} ] || { ${
      raw(refuseProtected(folderOf(dir), `cannot create ${dir}`, "folder"))
    }; folder ${dir}; }`
  );
  return made.join("\n");
}

/**
 * Shell text that stages a file. Its content comes when nobody can read it whom the mode or the
 * access control list will not let; owner and mode come last, because writing takes bits away.
 */
export function stage(spec: FileSpec, i: number, fingerprint: string, isNew: boolean): string {
  const { path, content, mode, owner, group } = spec;
  const dir = folderOf(path);
  const name = staged(i);
  const full =
    `cannot write ${path}: what arrived in ${dir} is not what was sent; is the disk full?`;
  return sh`${name}=$(mktemp ${dir}/.holdfast.$$.XXXXXXXXXX 2>&1) || fail 'cannot create a file in '${dir}": \${${name}##*: }"
${raw(isNew ? inherit(spec, name) : keep(spec, name))}
printf %s ${content} > "$${name}" && [ "$(fingerprint "$${name}")" = ${fingerprint} ] || fail ${full}
chown -- ${`${owner}:${group}`} "$${name}" && chmod -- ${mode} "$${name}" || fail 'cannot give '${path}' its owner and mode'
sync -- "$${name}" 2>/dev/null || sync`;
}

/** What the old file has beside its content, owner and mode stays. */
function keep({ path, mode }: FileSpec, name: ShellText): string {
  return sh`if cp --help 2>/dev/null | grep -q -e --attributes-only; then
  cp --attributes-only --preserve=xattr -- ${path} "$${name}" || fail 'cannot keep the extended attributes of '${path}
fi
access ${path} "$${name}" ${
    entries(mode)
  } || fail 'cannot keep the access control list of '${path}'; apt-get install acl gives what it takes'
if selinux; then
  chcon --reference=${path} -- "$${name}" || fail 'cannot keep the SELinux context of '${path}
fi`;
}

/** A new file has the entries that its folder gives to every new one. */
function inherit({ path, mode }: FileSpec, name: ShellText): string {
  return sh`if command -v setfacl >/dev/null 2>&1; then
  access "$${name}" "$${name}" ${
    entries(mode)
  } || fail 'cannot give '${path}' the access control list of its folder'
fi`;
}

/** A mode as the entries of an access control list that are not for single users and groups. */
function entries(mode: string): string {
  const rights = (digit: string | undefined) => {
    const bits = Number.parseInt(digit ?? "0", 8);
    return ["r", "w", "x"].map((letter, i) => (bits & (4 >> i)) === 0 ? "-" : letter).join("");
  };
  const [user, group, other] = mode.slice(-3).padStart(3, "0").split("").map(rights);
  return `user::${user}\ngroup::${group}\nmask::${group}\nother::${other}`;
}
