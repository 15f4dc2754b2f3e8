/**
 * OpenRC under the words of systemctl. Everything that is said to services is written once, in these
 * words; on a host with OpenRC they lead here. Shell text only.
 * @module
 */
import { raw, sh, type ShellText } from "./shell.ts";

/**
 * Shell text that, where OpenRC runs, makes `systemctl` a function that knows what Holdfast says:
 * `show` (`LoadState`, `ActiveState`, `SubState`, `UnitFileState`, `MainPID`, `NeedDaemonReload`),
 * `is-active`, `is-enabled`, `start`, `stop`, `restart`, `reload-or-restart`, `enable`, `disable` and
 * `status`, with the same output and exit codes; `daemon-reload` and `reset-failed` do nothing, since
 * OpenRC reads its files whenever it is asked. `journalctl` prints nothing. Elsewhere it does nothing.
 *
 * A service whose process has died may still be started for OpenRC, or `crashed`: both are `failed`
 * here, and are started anew after OpenRC has forgotten them (`zap`).
 */
export const SERVICE_WORDS: ShellText = raw(
  sh`if [ ! -d /run/systemd/system ] && [ -d /run/openrc ]; then
journalctl() { :; }
rc_main() {
  for file in $(sed -n 's/^pidfile=//p' "/run/openrc/daemons/$1/"* 2>/dev/null) "/run/$1.pid"; do
    pid=
    { read -r pid <"$file"; } 2>/dev/null
    case $pid in *[!0-9]*) pid= ;; esac
    [ -z "$pid" ] || { echo "$pid"; return; }
  done
  echo 0
}
rc_state() {
  rc-service -q "$1" status >/dev/null 2>&1
  case $? in
    0) main=$(rc_main "$1")
      if [ "$main" = 0 ] || kill -0 "$main" 2>/dev/null; then echo active running; else echo failed failed; fi ;;
    4 | 8) echo activating start ;;
    32) echo failed failed ;;
    *) echo inactive dead ;;
  esac
}
rc_boot() {
  [ -e "/etc/init.d/$1" ] || return
  for level in /etc/runlevels/*; do
    if [ -e "$level/$1" ]; then echo enabled; return; fi
  done
  echo disabled
}
rc_value() {
  case $2 in
    LoadState) if [ -e "/etc/init.d/$1" ]; then echo loaded; else echo not-found; fi ;;
    ActiveState) set -- $(rc_state "$1"); echo "$1" ;;
    SubState) set -- $(rc_state "$1"); echo "$2" ;;
    UnitFileState) rc_boot "$1" ;;
    MainPID) case $(rc_state "$1") in active*) rc_main "$1" ;; *) echo 0 ;; esac ;;
    NeedDaemonReload) echo no ;;
  esac
}
rc_start() {
  case $(rc_state "$1") in
    active*) return 0 ;;
    failed*) rc-service -q "$1" zap ;;
  esac
  rc-service "$1" start >&2
}
rc_do() {
  case $1 in
    start) rc_start "$2" ;;
    stop) case $(rc_state "$2") in inactive*) ;; failed*) rc-service -q "$2" zap ;; *) rc-service "$2" stop >&2 ;; esac ;;
    restart) case $(rc_state "$2") in active*) rc-service "$2" restart >&2 ;; *) rc_start "$2" ;; esac ;;
    reload-or-restart) case $(rc_state "$2") in active*) rc-service "$2" reload >&2 ;; *) rc_start "$2" ;; esac ;;
    enable) [ "$(rc_boot "$2")" = enabled ] || rc-update -q add "$2" default >&2 ;;
    disable) for level in /etc/runlevels/*; do
        [ ! -e "$level/$2" ] || rc-update -q del "$2" "\${level##*/}" >&2 || return
      done ;;
    status) rc-service "$2" status ;;
  esac
}
systemctl() {
  word= keys= units= bare= quiet= next= code=0
  while [ $# -gt 0 ]; do
    case $1 in
      -p) keys="$keys $2"; shift ;;
      --value) bare=1 ;;
      -q | --quiet) quiet=1 ;;
      -*) ;;
      *) if [ -z "$word" ]; then word=$1; else units="$units \${1%.service}"; fi ;;
    esac
    shift
  done
  for unit in $units; do
    case $word in
      show) [ -z "$next" ] || echo
        next=1
        for key in $keys; do
          if [ -n "$bare" ]; then rc_value "$unit" "$key"; else echo "$key=$(rc_value "$unit" "$key")"; fi
        done ;;
      is-active | is-enabled)
        if [ "$word" = is-active ]; then said=$(rc_state "$unit"); said=\${said% *}; good=active
        else said=$(rc_boot "$unit"); said=\${said:-not-found}; good=enabled; fi
        [ -n "$quiet" ] || echo "$said"
        [ "$said" = "$good" ] || code=3 ;;
      daemon-reload | reset-failed) ;;
      *) rc_do "$word" "$unit" || code=$? ;;
    esac
  done
  return "$code"
}
fi`,
);
