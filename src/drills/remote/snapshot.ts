/**
 * Everything that a drill may touch on a host, as text that is compared before and after. Text, and
 * a pure comparison.
 * @module
 */
import { raw, sh } from "../../shell.ts";

const FOLDERS = [
  "/etc/haproxy",
  "/etc/keepalived",
  "/etc/sysctl.d",
  "/etc/systemd/system",
  "/run/systemd/system",
];

/**
 * Read-only shell text that describes the host, a line for each thing: kind, tab, name, tab, what it
 * is; for kinds without names just kind, tab, text. The virtual addresses and what comes with them are
 * left out, because they may have moved; so are counters, lifetimes, and what Holdfast itself puts
 * there for the drill.
 */
export function snapshotScript(addresses: readonly string[]): string {
  return sh`LC_ALL=C
export LC_ALL
tab=$(printf '\t')
as() { sed "s/^/$1$tab/"; }
others() {
  awk -v vips=${
    addresses.map(shortest).join(" ")
  } 'BEGIN { count = split(vips, list, " "); for (i = 1; i <= count; i++) vip[list[i]] = 1 }
  { for (i = 1; i <= NF; i++) { word = $i; sub(/\/.*/, "", word); if (word in vip) next } print }'
}
files() { find ${FOLDERS} -xdev \( -name 'holdfast-drill*' -o -name '.holdfast.*' \) -prune -o "$@" 2>/dev/null; }
${raw(FILES)}
${raw(DAEMONS)}
${raw(NETWORK)}
${raw(FIREWALL)}
:`;
}

const FILES = sh`files ! -type l -exec stat -c "file$tab%n$tab%a %U:%G" {} + | sort
files -type f -exec sha256sum {} + | sed "s/^\([^ ]*\) .\(.*\)/content$tab\2$tab\1/" | sort
files -type l -exec sh -c 'for path; do printf "link to\t%s\t%s\n" "$path" "$(readlink "$path")"; done' link {} + | sort`;

// Units of other kinds come and go with what they do; those that a profile adds run all the time. What
// a run of apply armed is disarmed without a reload: systemd knows it for a while, and then forgets it.
const DAEMONS =
  sh`for unit in haproxy.service keepalived.service $(systemctl list-units --all --plain --no-legend 'holdfast-*.service' 2>/dev/null | sed 's/ .*//'); do
  case $unit in holdfast-drill* | holdfast-guard* | holdfast-undo*) continue ;; esac
  printf 'unit\t%s\t%s\n' "$unit" "$(systemctl show -p LoadState -p ActiveState -p UnitFileState "$unit" 2>/dev/null | sort | tr '\n' ' ')"
done
for file in /proc/[0-9]*/stat; do
  { read -r line <"$file"; } 2>/dev/null || continue
  name=\${line#*(} name=\${name%)*} state=\${line##*) }
  case $name:\${state%% *} in haproxy:[Tt]|keepalived*:[Tt]) printf 'stopped process\t%s\n' "$name" ;; esac
done | sort`;

// Indexes, lifetimes and the steps in which an IPv6 address comes up are left out, its own route among
// them; temporary addresses are replaced by the kernel at any time.
const NETWORK = sh`ip -o link show | sed 's/^[0-9]*: //; s/\\.*//' | awk -v OFS='\t' '{
  name = $1; sub(/:$/, "", name); sub(/@.*/, "", name); text = $2
  for (i = 3; i < NF; i++) if ($i ~ /^(mtu|master|state)$/) text = text " " $i " " $(i + 1)
  print "link", name, text }' | sort
ip -o addr show | sed 's/^[0-9]*: //; s/\\.*//' | grep -v ' temporary' | sed 's/ \(tentative\|optimistic\|deprecated\)//g; s/  */ /g; s/ $//' | others | as address | sort
for family in -4 -6; do
  ip $family -o route show table all | sed 's/ expires [0-9]*sec//g; s/ \(linkdown\|dead\)//g; s/\\/ /g; s/[[:space:]][[:space:]]*/ /g; s/ $//' | grep -v '^\(local\|anycast\) .*:.* proto kernel' | others | as route | sort
  ip $family rule show | as rule
done
ip neigh show nud permanent | others | as neighbour | sort`;

const FIREWALL = sh`if command -v nft >/dev/null; then
  nft -s list ruleset 2>/dev/null | sed 's/counter packets [0-9]* bytes [0-9]*/counter/' | as nft
fi
for program in iptables ip6tables; do
  if command -v $program-save >/dev/null; then
    $program-save 2>/dev/null | sed '/^#/d; s/\[[0-9]*:[0-9]*\]//' | as $program
  fi
done`;

/** The shortest form of an address, which is how hosts print it. */
function shortest(address: string): string {
  return address.includes(":") ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address;
}

/** What has changed between two snapshots, a sentence each; nothing when all is as it was. */
export function differences(before: string, after: string): readonly string[] {
  const [was, is] = [read(before), read(after)];
  const said: string[] = [];
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    const [old = [], now = []] = [was.get(key), is.get(key)];
    if (old.join("\n") === now.join("\n")) continue;
    said.push(...changes(key, old, now));
  }
  return said;
}

function changes(key: string, old: readonly string[], now: readonly string[]): string[] {
  const named = key.includes("\t");
  const name = key.replace("\t", " ");
  if (named && old.length > 0 && now.length > 0) {
    return key.startsWith("content\t")
      ? [`file ${key.slice(8)} has another content`]
      : [`${name} is ${now.join(", ")}, was ${old.join(", ")}`];
  }
  const gone = without(old, now);
  const come = without(now, old);
  if (gone.length + come.length === 0) return [`${name} lines are in another order`];
  const line = (text: string) => named ? name : `${name} ${text.trim()}`;
  // That a file has come or gone is said once, by its mode.
  if (key.startsWith("content\t")) return [];
  return [
    ...gone.map((text) => `${line(text)} is gone`),
    ...come.map((text) => `${line(text)} is new`),
  ];
}

/** What is in the first list more often than in the second. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const left = [...other];
  return list.filter((item) => {
    const at = left.indexOf(item);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Lines by kind, or by kind and name where they have one. */
function read(text: string): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [kind = "", ...rest] = line.split("\t");
    if (kind === "") continue;
    const named = NAMED.has(kind) && rest.length > 1;
    const key = named ? `${kind}\t${rest[0]}` : kind;
    all.set(key, [...all.get(key) ?? [], rest.slice(named ? 1 : 0).join("\t").trimEnd()]);
  }
  return all;
}

const NAMED: ReadonlySet<string> = new Set(["file", "content", "link to", "unit", "link"]);
