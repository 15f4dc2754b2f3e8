/**
 * Shell text that brings a network link back with the routes and addresses it had. Text only.
 * @module
 */
import { sh } from "../../shell.ts";
import { alone } from "./units.ts";

/** What was there before, a file each. */
const KEPT = "/var/lib/holdfast/drill-link";

/** Shell text for before and after a link is down. */
export interface LinkUndo {
  /** Keeps what the link would lose: its routes and its IPv6 addresses. */
  readonly prepare: string;
  /** Brings the link up and puts back what is missing. */
  readonly undo: string;
}

/** What to run before an interface is set down, and what makes it whole again. */
export function linkUndo(iface: string): LinkUndo {
  return {
    prepare: alone(sh`umask 077
mkdir -p ${KEPT} || exit 1
ip -6 -o addr show dev ${iface} scope global >${`${KEPT}/addresses`} || exit 1
for version in 4 6; do
  ip -"$version" route show table all dev ${iface} | grep -v '^\(local\|broadcast\|multicast\|anycast\) ' |
    grep -v 'proto kernel' >${KEPT}/routes"$version" || :
done
sync`),
    undo: alone(sh`ip link set dev ${iface} up || exit 1
if [ -d ${KEPT} ]; then
  while read -r index name kind address rest; do
    ip -6 addr replace "$address" dev ${iface} nodad
  done <${`${KEPT}/addresses`}
  for version in 4 6; do
    while read -r route; do
      # A route is several words.
      ip -"$version" route replace $route dev ${iface} || exit 1
    done <${KEPT}/routes"$version"
  done
  rm -rf ${KEPT}
fi
set -- $(ip -o link show dev ${iface})
case $3 in *[,\<]UP[,\>]*) exit 0 ;; esac
exit 1`),
  };
}
