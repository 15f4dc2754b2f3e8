import { raw, sh, type ShellText } from "../shell.ts";
import type { Wish } from "./manager.ts";

/**
 * Shell function `newest NAME PATTERN`: the first version that the pattern means, of those that the
 * function `offers NAME` prints, best first. The text of the failure names them all.
 */
export const NEWEST: ShellText = raw(sh`newest() {
  offered=$(offers "$1")
  for version in $offered; do
    case $version in $2) ;; *) case \${version#*:} in $2) ;; *) continue ;; esac ;; esac
    echo "$version"
    return
  done
  echo "no version of $1 that is offered is $2; offered are:" $offered >&2
  return 1
}`);

/** Shell text that puts packages into the list of arguments, as `NAME`, separator and version. */
export function asArguments(wishes: readonly Wish[], separator: "=" | "-"): ShellText {
  const lines = wishes.map(({ name, version, pattern }) => {
    if (version !== undefined) return sh`set -- "$@" ${`${name}${separator}${version}`}`;
    if (pattern === undefined) return sh`set -- "$@" ${name}`;
    return sh`version=$(newest ${name} ${pattern}) || exit
set -- "$@" ${name + separator}"$version"`;
  });
  return raw(["set --", ...lines].join("\n"));
}

/** Shell text that runs `install "$@"`: with new lists where they are not complete, or it fails. */
export function installing(complete: boolean): ShellText {
  // Lists of yesterday may name files that the mirror has replaced since.
  return raw(complete ? 'install "$@" || { lists && install "$@"; }' : 'install "$@"');
}
