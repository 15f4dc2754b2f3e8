/**
 * What is so on a host of a room: its managed files, its units, and what its daemons have read.
 * @module
 */
import type { HostName, Room } from "./room.ts";

/** A host at one moment. */
export interface HostState {
  /** Path to `mode owner hash` of every file that a deploy puts in place or takes away. */
  readonly files: Readonly<Record<string, string>>;
  /** Names of temporary files of the product, wherever they lie. */
  readonly litter: readonly string[];
  /** `haproxy active enabled` of both daemons; empty while the host has no power. */
  readonly units: readonly string[];
  /** Daemons that run with something else than what lies there: `haproxy: haproxy.cfg`. */
  readonly outdated: readonly string[];
  /** Handlers that are still due. */
  readonly pending: readonly string[];
}

const FILES = `cd "$1/$2/disk" || exit
find haproxy keepalived systemd/system/haproxy.service.d systemd/system/keepalived.service.d \
  sysctl.d -type f ! -name '.holdfast*' 2>/dev/null | sort | while read -r path; do
  echo "$path $(stat -c '%a %u:%g' "$path") $(sha256sum <"$path" | cut -c 1-16)"
done
echo --
find . ../var -name '.holdfast*'
ls -A ../var/lib/holdfast/pending 2>/dev/null | sed 's/^/pending /'`;

const UNITS = String.raw`for name in haproxy keepalived; do
echo "unit $name $(systemctl is-active $name) $(systemctl is-enabled $name)"
done
find /run /tmp /dev/shm -name '*holdfast*' ! -path /run/holdfast ! -path '/run/machine*' | sed 's/^/litter /'
S=/run/machine
differs() { [ "$(cat "$1" 2>/dev/null)" = "$2" ] || echo "outdated $3"; }
if systemctl -q is-active haproxy; then
  differs $S/loaded/haproxy "$(cat /etc/haproxy/haproxy.cfg /etc/haproxy/*.crt 2>/dev/null | sha256sum)" "haproxy: its configuration"
fi
if systemctl -q is-active keepalived; then
  differs $S/loaded/keepalived "$(sha256sum </etc/keepalived/keepalived.conf)" "keepalived: its configuration"
fi
for name in haproxy keepalived; do
  systemctl -q is-active $name || continue
  differs $S/units/$name.service/drop-in "$(cat /etc/systemd/system/$name.service.d/*.conf 2>/dev/null)" "$name: its unit"
done
cat /proc/sys/net/ipv4/tcp_keepalive_time | sed 's/^/live /'
:`;

/** Looks at a host. */
export async function stateOf(room: Room, host: HostName): Promise<HostState> {
  const [files = "", rest = ""] = (await room.onDisks(FILES, host)).split("--\n");
  const inside = room.isOn(host) ? (await room.run(host, UNITS)).split("\n") : [];
  const after = (word: string, lines: readonly string[]) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const lines = rest.split("\n").filter((line) => line !== "");
  return {
    files: Object.fromEntries(
      files.split("\n").filter((line) => line !== "").map((line) => {
        const at = line.indexOf(" ");
        return [line.slice(0, at), line.slice(at + 1)];
      }),
    ),
    litter: [...lines.filter((line) => !line.startsWith("pending ")), ...after("litter", inside)],
    units: after("unit", inside),
    outdated: after("outdated", inside),
    pending: after("pending", lines),
  };
}

/** Paths in which two sets of files differ. */
export function differing(a: HostState["files"], b: HostState["files"]): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((path) => a[path] !== b[path])
    .sort();
}
