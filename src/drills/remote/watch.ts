/**
 * What watches a host during a drill: the script that writes the spool, and its unit. Text only.
 * @module
 */
import { raw, sh } from "../../shell.ts";
import { SAMPLER_DIR, UNIT_DIR, UNITS, WANTS_DIR } from "./places.ts";

/** What is watched. */
export interface Watched {
  /** The virtual addresses. */
  readonly addresses: readonly string[];
  /** Where HAProxy says how many API servers it can use: `127.0.0.1:8404`. */
  readonly stats: string;
  /** It says so at all. */
  readonly counts: boolean;
}

/** The sampler ends by itself after this long, in seconds, over reboots too. */
export const SAMPLER_LIMIT_S = 900;

const READY = "/run/holdfast-drill-sampler/ready";

/** Shell words that list an address when this host holds it, and how events name it. */
function ways(address: string): { show: string; event: string } {
  if (!address.includes(":")) {
    return { show: sh`ip -4 -o addr show to ${`${address}/32`}`, event: ` inet ${address}` };
  }
  // Hosts print the shortest form, whatever the inventory says.
  const short = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  return { show: sh`ip -6 -o addr show to ${`${short}/128`}`, event: ` inet6 ${short}` };
}

/** One look at each address: with its name where there are several. */
function looks(addresses: readonly string[]): string {
  return addresses.map((address) => {
    const whose = addresses.length === 1 ? "" : sh`" "${address}`;
    return sh`  at=$(date +%s%N)
  if [ -n "$(${raw(ways(address).show)})" ]; then keep "holds $at 1"${
      raw(whose)
    }; else keep "holds $at 0"${raw(whose)}; fi`;
  }).join("\n");
}

/** What a line of the monitor looks like that is about one of the addresses. */
function patterns(addresses: readonly string[]): string {
  return addresses.map((address) => {
    const { event } = ways(address);
    return sh`*${`${event}/`}*|*${`${event} `}*`;
  }).join("|");
}

/**
 * The script. The monitor is listening before the first look, so that no event falls between the
 * two; the look has the time from before it, so that an event during it counts later. What the disk
 * must keep through a power cut is flushed: whatever says who holds the address.
 *
 * HAProxy that does not answer can use no API server: that is a 0.
 */
export function watchScript({ addresses, stats, counts }: Watched): string {
  const ask = sh`if command -v curl >/dev/null; then
    ask() { curl -q -s -f --noproxy '*' --max-time 2 ${`http://${stats}/backends`} 2>/dev/null; }
  else
    ask() { wget -q -O - -T 2 ${`http://${stats}/backends`} 2>/dev/null; }
  fi
  last=
  while :; do
    count=$(ask)
    case $count in ''|*[!0-9]*) count=0 ;; esac
    [ "$count" = "$last" ] || write "up $(date +%s%N) $count"
    last=$count
    sleep 0.3 || sleep 1
  done`;
  return sh`# Watches this host during a failover drill of Holdfast. It goes when the drill ends.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C TZ=UTC
export PATH LC_ALL TZ
umask 077
cd ${SAMPLER_DIR} 2>/dev/null || exit 0
write() { printf '%s\n' "$1" >>spool; }
keep() { write "$1"; sync -- spool 2>/dev/null || sync; }
finish() {
  trap '' TERM INT
  kill $loops "$monitor"
  wait "$reader"
  keep "end $(date +%s%N)"
  exit 0
}
listens() {
  while read -r _ family port groups _; do
    [ "$family" != 0 ] || [ "$port" != "$monitor" ] || [ "$groups" = 00000000 ] || return 0
  done </proc/net/netlink
  return 1
}
look() {
${raw(looks(addresses))}
}
begin() {
  read -r boot </proc/sys/kernel/random/boot_id
  at=$(date +%s%N)
  read -r up _ </proc/uptime
  write "boot $at $up $boot"
  rm -f pipe
  mkfifo pipe || exit 1
  ip -ts -o monitor address >pipe &
  monitor=$!
  while IFS= read -r line; do
    case $line in ${raw(patterns(addresses))}) keep "addr $line" ;; esac
  done <pipe &
  reader=$!
  tries=0
  until listens || [ "$tries" -ge 100 ] || ! kill -0 "$monitor"; do tries=$((tries + 1)); sleep 0.05; done
  look
}
# A line that a power cut has torn must not run into the next one.
if [ -s spool ] && [ -n "$(tail -c 1 spool)" ]; then write ''; fi
read -r until <until
loops=
left=$((until - $(date +%s)))
if [ "$left" -le 0 ]; then rm -f ${`${WANTS_DIR}/${UNITS.sampler}`}; exit 0; fi
trap finish TERM INT
begin
: >${READY}
( sleep "$left"; rm -f ${`${WANTS_DIR}/${UNITS.sampler}`}; kill -TERM $$ ) &
loops=$!
( while :; do
  at=$(date +%s%N)
  read -r up _ </proc/uptime
  write "clock $at $up"
  sleep 0.5 || sleep 1
done ) &
loops="$loops $!"
${raw(counts ? `( ${ask} ) &\nloops="$loops $!"` : ":")}
while :; do
  wait "$monitor"
  wait "$reader"
  sleep 0.2
  begin
done
`;
}

/**
 * Its unit. It starts before Keepalived, and is ready before Keepalived starts; so at shutdown it
 * ends after it, and sees the address leave.
 */
export const WATCH_UNIT = `[Unit]
Description=Holdfast drill: watch the virtual address
ConditionPathExists=${SAMPLER_DIR}/run
RequiresMountsFor=${SAMPLER_DIR}
Before=haproxy.service keepalived.service

[Service]
ExecStart=/bin/sh ${SAMPLER_DIR}/run
ExecStartPost=/bin/sh ${SAMPLER_DIR}/await
RuntimeDirectory=holdfast-drill-sampler
Restart=on-failure
RestartSec=200ms
KillMode=mixed
TimeoutStopSec=5

[Install]
WantedBy=multi-user.target
`;

/** Waits until the watch has begun; not for long, because daemons wait for it at boot. */
export const AWAIT_SCRIPT: string = sh`tries=0
until [ -e ${READY} ] || [ "$tries" -ge 100 ]; do tries=$((tries + 1)); sleep 0.05 || exit 0; done
`;

/** Shell test that holds when the watch has begun. */
export const WATCHES: string = sh`systemctl -q is-active ${UNITS.sampler} && [ -e ${READY} ]`;

/** Place of the unit. */
export const WATCH_UNIT_FILE: string = `${UNIT_DIR}/${UNITS.sampler}`;
