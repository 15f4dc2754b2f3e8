import { raw, sh, type ShellText } from "../shell.ts";

/**
 * Shell text that sets `manager` to the package manager of a host: `apt`, `dnf`, `zypper`, `apk` or
 * `unknown`. The system's own goes first, because any of them may be installed beside it.
 */
export const whichManager: ShellText = raw(sh`own=$(
    . /etc/os-release 2>/dev/null
    for family in $ID $ID_LIKE; do
      case $family in
        debian | ubuntu) echo apt-get ;;
        rhel | fedora | centos) echo dnf ;;
        suse | opensuse* | sles*) echo zypper ;;
        alpine) echo apk ;;
      esac
    done
  )
manager=unknown
for program in $own apt-get dnf zypper apk; do
  if command -v "$program" >/dev/null 2>&1; then manager=\${program%-get}; break; fi
done`);
