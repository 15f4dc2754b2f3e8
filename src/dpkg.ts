import { raw, sh, type ShellText } from "./shell.ts";

/**
 * Shell text that prints `installed NAME VERSION` for every package among `"$@"` that dpkg has
 * installed, and leaves the others in `"$@"`. One process, however many packages.
 */
export const dpkgInstalled: ShellText = raw(
  sh`found=$(dpkg-query -W -f='\${db:Status-Status} \${Package} \${Version}\n' -- "$@" 2>/dev/null)
  printf '%s\n' "$found"
  for name do
    shift
    case "
$found" in *"
installed $name "*) ;; *) set -- "$@" "$name" ;; esac
  done`,
);
