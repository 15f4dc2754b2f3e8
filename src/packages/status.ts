import { raw, sh, type ShellText } from "../shell.ts";

/**
 * Shell text that prints `STATUS NAME VERSION WANT EFLAG` for every package among `"$@"` that dpkg
 * knows (`installed haproxy 2.6.12-1 hold ok`), and leaves those that are not installed in `"$@"`.
 * One process, however many packages.
 */
export const dpkgStatus: ShellText = raw(
  sh`found=$(dpkg-query -W -f='\${db:Status-Status} \${Package} \${Version} \${db:Status-Want} \${db:Status-Eflag}\n' -- "$@" 2>/dev/null)
  printf '%s\n' "$found"
  for name do
    shift
    case "
$found" in *"
installed $name "*) ;; *) set -- "$@" "$name" ;; esac
  done`,
);

/**
 * What dpkg calls a package that an interrupted run left between two states. Its files are there,
 * or some of them, and nothing else can be installed before it is finished.
 */
export const UNFINISHED: readonly string[] = [
  "half-installed",
  "unpacked",
  "half-configured",
  "triggers-awaited",
  "triggers-pending",
];
