/**
 * What the segment answers to the members, all asking at the same time: the text that asks, and what
 * its answers mean. Several preflights read the same answers.
 * @module
 */
import { addressesOf } from "../../addresses.ts";
import { TaskError } from "../../errors.ts";
import type { Endpoint, ExecResult, Facts, Member } from "../../model.ts";
import { portsOf } from "../../services.ts";
import { raw, sh } from "../../shell.ts";
import { attachment, family, peerAddress, sameAddress } from "../network.ts";
import { rows } from "./judged.ts";
import { WINDOW_S, WIRE } from "./wire_perl.ts";

/** A member on the segment. */
export interface Station {
  /** Name of the host. */
  readonly host: string;
  /** Its own address beside the virtual one; unset: not known. */
  readonly address?: string;
}

/** VRRP that was heard. */
export interface Advert {
  /** Who sent it. */
  readonly source: string;
  /** Virtual router id. */
  readonly id: number;
  /** Addresses that it speaks for. */
  readonly addresses: readonly string[];
}

/** What one member heard. */
export interface Heard {
  /** It could listen to raw packets. */
  readonly listened: boolean;
  /** It could ask who has an address. */
  readonly asked: boolean;
  /** It could hear VRRP. */
  readonly heardVrrp: boolean;
  /** Why not, for people. */
  readonly lacks: string;
  /** MAC addresses of all that answer for an address. */
  macsOf(address: string): readonly string[];
  /** VRRP of anybody. */
  readonly adverts: readonly Advert[];
  /** Whether a packet of a peer was met: at the interface, or behind the firewall. */
  met(where: "arrived" | "passed", way: "frame" | "packet", source: string): boolean;
  /** What a connection to one of the endpoint's ports of a peer met; unset: not tried. */
  portOf(address: string, port: number): string | undefined;
  /** What filters packets here. */
  readonly firewall: Firewall;
}

/** What filters the packets of a host. */
export interface Firewall {
  /** Who is in charge. */
  readonly kind: "firewalld" | "ufw" | "nft" | "iptables" | "none";
  /** First chain of nft that filters input: family, table, name. */
  readonly chain?: readonly string[];
}

/**
 * Everybody who carries an endpoint or is to leave it, with what is known of their own addresses
 * beside one of its virtual ones.
 */
export function stations(
  endpoint: Endpoint,
  facts: ReadonlyMap<string, Facts>,
  beside: string,
): Station[] {
  return [...endpoint.members, ...endpoint.leaving ?? []].map((member) => {
    const address = addressOf(endpoint, member, facts, beside);
    return { host: member.host.name, ...(address === undefined ? {} : { address }) };
  });
}

function addressOf(
  endpoint: Endpoint,
  member: Member,
  facts: ReadonlyMap<string, Facts>,
  beside: string,
): string | undefined {
  try {
    const host = endpoint.members[0]?.host.name ?? "";
    return peerAddress(endpoint, member, { host, facts, predicted: NOTHING }, beside);
  } catch (error) {
    if (error instanceof TaskError) return undefined;
    throw error;
  }
}

const NOTHING = { packages: [], users: [], paths: [] };

/** How adverts of an endpoint travel. */
export function wayOf({ vrrp, profile }: Endpoint): "unicast" | "multicast" {
  return profile === "guide" ? "multicast" : vrrp.mode;
}

/** One virtual address of each family that an endpoint has: members speak to each other in each. */
export function oneOfEachFamily(endpoint: Endpoint): readonly string[] {
  const all = addressesOf(endpoint);
  return all.filter((one, i) => all.findIndex((it) => family(it) === family(one)) === i);
}

/**
 * Shell text that asks the segment from one member, about all addresses of the endpoint at the same
 * time; it writes nothing, and takes some seconds.
 */
export function wireProbe(
  endpoint: Endpoint,
  host: string,
  facts: ReadonlyMap<string, Facts>,
): string {
  const member = endpoint.members.find((it) => it.host.name === host);
  if (member === undefined || !facts.has(host)) return ":";
  const texts = addressesOf(endpoint).map((it) => `(\n${about(it, endpoint, member, facts)}\n) &`);
  return `${FIREWALL}\n${texts.join("\n")}\nwait`;
}

const NO_INTERFACE = "interface";

/** Why a host could not be asked, for people: `lacks` of what was heard, and what it takes. */
export function unasked(lacks: string, needs: string): string {
  return lacks === NO_INTERFACE ? "its interface is not known" : `needs ${needs} (${lacks})`;
}

function about(
  address: string,
  endpoint: Endpoint,
  member: Member,
  facts: ReadonlyMap<string, Facts>,
): string {
  const host = member.host.name;
  let at;
  try {
    at = attachment(endpoint, member, { host, facts, predicted: NOTHING }, address);
  } catch (error) {
    // Which interface it would be is said by another preflight.
    if (error instanceof TaskError) return `echo lacks ${NO_INTERFACE}`;
    throw error;
  }
  const peers = stations(endpoint, facts, address).flatMap((it) =>
    it.host === host || it.address === undefined ? [] : [it.address]
  );
  const six = family(address) === 6;
  const ports = portsOf(endpoint).join(",");
  const args = [at.interface, at.address, address, ports, wayOf(endpoint), ...peers];
  return sh`if command -v perl >/dev/null 2>&1; then
  said=$(perl -e ${WIRE} -- ${args} 2>&1)
  printf '%s\n' "$said"
  case $said in *done) exit ;; esac
  echo "lacks raw sockets: $(printf '%s\n' "$said" | tail -n 1)"
else echo "lacks perl"; fi
dev=${at.interface} address=${address} six=${six ? "-6" : "-4"} window=${WINDOW_S}
${raw(WITHOUT_PERL)}`;
}

// Without Perl: who has the address is asked by arping, or by the kernel when something makes it send
// there; VRRP can be heard by tcpdump alone.
const WITHOUT_PERL = String.raw`if [ "$six" = -4 ] && command -v arping >/dev/null 2>&1; then
  echo asked
  arping -D -c 2 -w 2 -I "$dev" "$address" 2>/dev/null |
    sed -n 's/.*\[\([0-9A-Fa-f:]*\)\].*/\1/p' | head -n 1 |
    while read -r mac; do echo "neighbor $address $mac"; done
else
  poke=
  if command -v ping >/dev/null 2>&1; then poke='ping -c 1 -W 1 -I'
  elif command -v curl >/dev/null 2>&1; then poke='curl -q -s --max-time 2 --interface'; fi
  if [ -n "$poke" ]; then
    ip "$six" neigh flush to "$address" dev "$dev" 2>/dev/null
    $poke "$dev" "$address" >/dev/null 2>&1
    echo asked
    ip "$six" neigh show to "$address" dev "$dev" |
      sed -n 's/.*lladdr \([0-9a-f:]*\) .*\(REACHABLE\|DELAY\|PROBE\).*/\1/p' |
      while read -r mac; do echo "neighbor $address $mac"; done
  fi
fi
if command -v tcpdump >/dev/null 2>&1; then
  echo heard
  timeout "$window" tcpdump -l -n -i "$dev" -c 50 proto 112 2>/dev/null |
    sed -n 's/^.* IP6* \([^ ]*\) > .*vrid \([0-9]*\),.*/advert \1 \2 -/p' | sort -u
fi
:`;

const FIREWALL = String
  .raw`if command -v firewall-cmd >/dev/null 2>&1 && firewall-cmd --state >/dev/null 2>&1; then
  echo "firewall firewalld"
elif command -v ufw >/dev/null 2>&1 && ufw status 2>/dev/null | grep -q '^Status: active'; then
  echo "firewall ufw"
elif command -v nft >/dev/null 2>&1; then
  nft list chains 2>/dev/null | while read -r first second third rest; do
    case $first in
    table) table="$second $third" ;;
    chain) chain=$second ;;
    type) case "$second $third $rest" in "filter hook input "*) echo "firewall nft $table $chain" ;; esac ;;
    esac
  done
elif command -v iptables >/dev/null 2>&1 && iptables -S INPUT 2>/dev/null | grep -qv '^-P INPUT ACCEPT'; then
  echo "firewall iptables"
fi`;

/** What a member heard. */
export function heardBy({ stdout }: ExecResult): Heard {
  const [lacks = []] = rows(stdout, "lacks");
  const listened = /^done$/m.test(stdout) && lacks.length === 0;
  const neighbors = rows(stdout, "neighbor");
  const ports = rows(stdout, "port");
  const met = { arrived: rows(stdout, "arrived"), passed: rows(stdout, "passed") };
  return {
    listened,
    asked: listened || rows(stdout, "asked").length > 0,
    heardVrrp: listened || rows(stdout, "heard").length > 0,
    lacks: lacks.join(" "),
    macsOf: (address) =>
      neighbors.filter(([who = ""]) => sameAddress(who, address))
        .map(([, mac = ""]) => mac.toLowerCase()).filter((mac) => /^[0-9a-f:]+$/.test(mac)),
    adverts: rows(stdout, "advert").map(([source = "", id = "", addresses = ""]) => ({
      source,
      id: Number(id),
      addresses: addresses.split(",").filter((it) => family(it) !== undefined),
    })).filter(({ source }) => family(source) !== undefined),
    met: (where, way, source) =>
      met[where].some(([how, who = ""]) => how === way && sameAddress(who, source)),
    portOf: (address, port) =>
      ports.find(([who = "", , which]) => sameAddress(who, address) && which === `${port}`)?.[1],
    firewall: firewallOf(stdout),
  };
}

function firewallOf(stdout: string): Firewall {
  const [first] = rows(stdout, "firewall");
  const kind = (["firewalld", "ufw", "nft", "iptables"] as const).find((it) => it === first?.[0]);
  if (kind === undefined) return { kind: "none" };
  if (kind !== "nft") return { kind };
  const chain = first?.slice(1) ?? [];
  // It becomes part of a command that a person types: names of nft, and nothing else.
  const plain = chain.length === 3 && chain.every((word) => /^[A-Za-z0-9_.\/-]+$/.test(word));
  return plain ? { kind, chain } : { kind: "none" };
}
