import { raw, sh, type ShellText } from "../shell.ts";

/**
 * Shell text that prints `installed NAME VERSION WANT ok` for every package among `"$@"` that rpm
 * knows, or that another one stands in for (`curl-minimal` for `curl`), and leaves those that are not
 * installed in `"$@"`. One that is there in two versions, as an interrupted transaction leaves it, is
 * `doubled NAME VERSION VERSION`. It calls `held NAME`.
 */
export const rpmStatus: ShellText = raw(
  sh`format='%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\n'
  found=$(for name do
    own=$(rpm -q --qf "$format" -- "$name" 2>/dev/null) ||
      own=$(rpm -q --whatprovides --qf "$format" -- "$name" 2>/dev/null | sed -n 1p | grep -v ' ') || continue
    own=$(printf '%s\n' "$own" | sed 's/^0://' | sort -u)
    want=install
    if held "$name"; then want=hold; fi
    case $own in *"
"*) echo doubled "$name" $own ;; *) echo "installed $name $own $want ok" ;; esac
  done)
  printf '%s\n' "$found"
  for name do
    shift
    case "
$found" in *"
installed $name "* | *"
doubled $name "*) ;; *) set -- "$@" "$name" ;; esac
  done`,
);
