/**
 * How a member changes without the endpoint feeling it: it leaves the address to the others and takes
 * part again, and what its units were is kept and brought back. Shell text only.
 * @module
 */
import { addressesOf, alone } from "../addresses.ts";
import type { Endpoint, Keeper, StandDown } from "../model.ts";
import { SERVICE_WORDS } from "../openrc.ts";
import { raw, sh } from "../shell.ts";
import { reloadScript } from "./needs.ts";

// What both of them ask of systemd. A unit whose process is another one a moment later has ended over
// what it read, and its restarts hide that.
const UNITS = sh`${SERVICE_WORDS}
exists() { [ "$(systemctl show -p LoadState --value "$1.service")" != not-found ]; }
stale() { systemctl show -p NeedDaemonReload --value haproxy.service keepalived.service | grep -q yes; }
main() { systemctl show -p MainPID --value "$1.service"; }
stays() {
  pid=$(main "$1")
  sleep 0.5
  systemctl -q is-active "$1.service" && [ "$(main "$1")" = "$pid" ] && return
  echo "$1 does not stay up" >&2
  systemctl status --no-pager --lines=20 "$1.service" >&2
  return 1
}
start() {
  systemctl reset-failed "$1.service" 2>/dev/null
  systemctl start "$1.service" && stays "$1"
}
`;

/**
 * What undoing a run brings back beside files: which of the two units run and start at boot. At boot,
 * where `$early` is 1, nothing may be waited for: then it decides what boot starts, and no more.
 */
export function keepers(): readonly Keeper[] {
  return [{ name: "units haproxy, keepalived", save: SAVE, restore: RESTORE }];
}

// A line for each unit: its name, whether it runs, and whether it starts at boot.
const SAVE = sh`${SERVICE_WORDS}
for unit in haproxy keepalived; do
  active=$(systemctl is-active "$unit.service" 2>/dev/null)
  enabled=$(systemctl is-enabled "$unit.service" 2>/dev/null)
  # A unit that is not there and one that neither runs nor starts at boot are the same to a host that
  # goes back: packages stay.
  case $enabled in '' | not-found) enabled=disabled ;; esac
  case $active in '' | failed | deactivating) active=inactive ;; esac
  echo "$unit $active $enabled"
done
`;

// Of a unit that came with a package of the run: the package stays, and its unit as if it were not
// there. HAProxy starts before Keepalived, which watches it, and stops after it.
const RESTORE = sh`(
[ -d /run/systemd/system ] || [ -d /run/openrc ] || exit 0
${raw(UNITS)}
was() { printf '%s\n' "$saved" | grep -Eq "^$1 $2\$"; }
due() { printf '%s\n' "$notified" | grep -Fqx "$1"; }
fail() { echo "Cannot $1 $2 again" >&2; bad=1; }
at_boot() {
  now=$(systemctl is-enabled "$1.service" 2>/dev/null)
  if was "$1" '[^ ]* enabled' && [ "$now" != enabled ]; then
    systemctl -q enable "$1.service" || fail enable "$1"
  elif was "$1" '[^ ]* disabled' && [ "$now" = enabled ]; then
    systemctl -q disable "$1.service" || fail disable "$1"
  fi
}
down() {
  if was "$1" '(active|activating|reloading) .*' || ! was "$1" '.*'; then return; fi
  if [ "$early" = 1 ]; then systemctl --no-block stop "$1.service"
  else systemctl stop "$1.service" || fail stop "$1"; fi
}
reload_haproxy() { ( ${raw(reloadScript("haproxy"))} ) >&2; }
reload_keepalived() { ( ${raw(reloadScript("keepalived"))} ) >&2; }
up() {
  if ! systemctl -q is-active "$1.service"; then
    # What was about to start need not be able to.
    start "$1" || was "$1" 'activating .*' || fail start "$1"
  elif due "restart $1"; then
    { systemctl restart "$1.service" && stays "$1"; } || fail restart "$1"
  elif due "reload $1"; then
    # A daemon that does not take its old files back is not what it was: that is worth a restart.
    "reload_$1" || { systemctl restart "$1.service" && stays "$1"; } || fail reload "$1"
  fi
}
bad=
if due 'restart haproxy' || due 'restart keepalived' || stale; then systemctl daemon-reload; fi
for unit in keepalived haproxy; do
  if exists "$unit"; then at_boot "$unit"; down "$unit"; fi
done
[ "$early" = 1 ] || for unit in haproxy keepalived; do
  if was "$unit" '(active|activating|reloading) .*'; then up "$unit"; fi
done
[ -z "$bad" ]
)
`;

/**
 * How a member leaves its addresses to the others: without Keepalived it does not take part, and what
 * HAProxy serves goes on. It says so when it goes, so that another one takes over at once.
 */
export function standDown(endpoint: Endpoint): StandDown {
  const all = addressesOf(endpoint);
  const leave = sh`(
${raw(UNITS)}
held() { ${raw(all.map((it) => sh`ip -o addr show to ${alone(it)} 2>/dev/null`).join("; "))}; }
if exists keepalived; then systemctl stop keepalived.service || exit 1; fi
for _ in 1 2 3 4 5 6 7 8 9 10; do
  [ -n "$(held)" ] || exit 0
  sleep 0.1
done
# Left behind by one that was killed, and another member has it too by now.
held | while read -r _ dev _ cidr _; do ip addr del "$cidr" dev "\${dev%%@*}"; done
[ -z "$(held)" ] || { echo "it still has" $(held | sed 's/.* inet6* \([^ ]*\) .*/\1/') >&2; exit 1; }
)
`;
  const join = sh`(
${raw(UNITS)}
exists keepalived || exit 0
if stale; then systemctl daemon-reload; fi
start keepalived
)
`;
  return { leave, join };
}
