import { raw, sh, type ShellText } from "../shell.ts";

/**
 * Shell function `in_private COMMAND…`: runs it with `$private`, a folder of its own that is gone
 * afterwards, so that asking a package manager leaves nothing on a host, not even a log.
 */
export const IN_PRIVATE: ShellText = raw(sh`in_private() (
  private=$(mktemp -d /run/holdfast.$$.XXXXXXXXXX 2>/dev/null || mktemp -d) || exit
  trap 'rm -rf -- "$private"' EXIT
  trap 'exit 143' HUP INT TERM PIPE
  "$@"
)`);
