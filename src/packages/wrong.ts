import { raw, sh, type ShellText } from "../shell.ts";

/**
 * Shell functions over what a status text has left in `$found`: `wrong NAME PATTERN` puts a package
 * that has not a version which the pattern means into `$ask`, `right` says whether it has; `offered`
 * marks lines of `NAME VERSION`. Nothing is asked about a package that has the version already:
 * managers take longer than all the rest of a look.
 */
export const WRONG: ShellText = raw(sh`right() {
  have=$(printf '%s\n' "$found" | sed -n "s/^installed $1 \([^ ]*\) .*/\1/p")
  case $have in $2) return 0 ;; esac
  case \${have#*:} in $2) return 0 ;; esac
  return 1
}
wrong() { right "$@" || ask="$ask $1"; }
offered() { sed 's/^/offered /'; }`);
