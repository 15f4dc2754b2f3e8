/**
 * What keeps a file from being replaced or removed: the words for it, which a look and a script
 * share, and the shell text that finds it. Text only.
 * @module
 */
import { quote, sh } from "./shell.ts";

/** An attribute, set with `chattr`, that not even root can write over. */
export type Attribute = "immutable" | "append-only";

/** The folder that a path is in: what a rename or a removal changes. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** The attribute among the flags that `lsattr` prints, `----i---------e-------`, if any. */
export function attributeOf(flags: string): Attribute | undefined {
  if (flags.includes("i")) return "immutable";
  return flags.includes("a") ? "append-only" : undefined;
}

/** What is said of a file that has several hard links. */
export function otherNames(path: string): string {
  const word = quote(path);
  const own = quote(`${path}.own`);
  return `it has other names (hard links), and who uses it by them is not known; ` +
    `"find / -xdev -samefile ${word}" lists them, ` +
    `"cp -a ${word} ${own} && mv ${own} ${word}" makes it a file of its own`;
}

/** What is said of a file or folder that is protected. */
export function protectedBy(path: string, attribute: Attribute): string {
  const flag = attribute === "immutable" ? "-i" : "-a";
  return `${path} is ${attribute}; "chattr ${flag} ${quote(path)}" takes that away`;
}

/** What is said of a file that something is mounted on. */
export function coveredBy(path: string): string {
  return `something is mounted on it; "umount ${quote(path)}" uncovers the file`;
}

/**
 * Shell functions that the texts below call: `fail WORDS`, `attribute PATH`, `links PATH`, and
 * `covered FOLDER NAME`.
 */
export const FINDERS: string = sh`fail() { printf '%s\n' "$*" >&2; exit 1; }
attribute() { lsattr -d -- "$1" 2>/dev/null | sed -n '1s/ .*//p'; }
links() { stat -c %h -- "$1" 2>/dev/null; }
covered() {
  there=$(cd -P -- "$1" 2>/dev/null && pwd -P) || return 1
  tab=$(printf '\t')
  spelled=$(printf '%s\n' "\${there%/}/$2" | sed "s/\\\\/\\\\134/g; s/ /\\\\040/g; s/$tab/\\\\011/g")
  cut -d ' ' -f 5 /proc/self/mountinfo 2>/dev/null | grep -qxF -e "$spelled"
}`;

/** Shell text that fails when a path, or the folder that it leads to, is protected. */
export function refuseProtected(path: string, what: string, kind: "file" | "folder"): string {
  const asked = kind === "folder" ? `${path}/.` : path;
  const words = (attribute: Attribute) => `${what}: ${protectedBy(path, attribute)}`;
  return sh`case $(attribute ${asked}) in *i*) fail ${words("immutable")} ;; *a*) fail ${
    words("append-only")
  } ;; esac`;
}

/**
 * Shell text that fails when not even root may write to a file, where no `lsattr` tells why. Nothing
 * is opened, so that nobody who watches the file is woken.
 */
export function refuseUnwritable(path: string, what: string): string {
  const why = "not even root may write to it; if it is immutable, " +
    '"apt-get install e2fsprogs" gives lsattr, which shows it, and chattr, which changes it';
  return sh`command -v lsattr >/dev/null 2>&1 || [ -w ${path} ] || fail ${`${what}: ${why}`}`;
}

/** Shell text that fails when something is mounted on a path. */
export function refuseCovered(path: string, what: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return sh`! covered ${folderOf(path)} ${name} || fail ${`${what}: ${coveredBy(path)}`}`;
}

/** Shell text that fails when a file that is there has more than one hard link. */
export function refuseLinked(path: string, what: string): string {
  return sh`[ "$(links ${path})" = 1 ] || fail ${`${what}: ${otherNames(path)}`}`;
}
