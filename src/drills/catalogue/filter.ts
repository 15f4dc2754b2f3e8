/**
 * Shell text that drops or refuses traffic of a host, with nft or iptables, whichever it has; all of
 * it in a table or in chains of its own, so that no rule of the host is touched. Text only.
 * @module
 */
import { isSix } from "../../addresses.ts";
import type { Backend } from "../../model.ts";
import { raw, sh } from "../../shell.ts";
import { alone } from "./units.ts";

/** Name of the table of nft. */
const TABLE = "holdfast_drill";

/** Names of the chains of iptables. */
const CHAINS = { in: "HOLDFAST_DRILL_IN", out: "HOLDFAST_DRILL_OUT" } as const;

/** VRRP's protocol number; its name is not known to every host. */
const VRRP = 112;

/** What the filter does, in both languages; a list of words is one rule. */
interface Rules {
  /** Lines of nft after the chains `in` and `out` were made. */
  readonly nft: readonly string[];
  /** Words of iptables after `-A CHAIN`, for each family. */
  readonly iptables: readonly {
    readonly program: "iptables" | "ip6tables";
    readonly chain: keyof typeof CHAINS;
    readonly words: readonly (string | number)[];
  }[];
}

/** Drops all VRRP of a host, both ways; the addresses say which families its adverts have. */
export function vrrpDropped(addresses: readonly string[]): string {
  const chains = ["in", "out"] as const;
  return filtered({
    nft: chains.map((chain) => `add rule inet ${TABLE} ${chain} meta l4proto ${VRRP} drop`),
    iptables: [...new Set(addresses.map(programFor))].flatMap((program) =>
      chains.map((chain) => ({ program, chain, words: ["-p", VRRP, "-j", "DROP"] }))
    ),
  });
}

/** Refuses connections of a host to these API servers with a reset, open ones included. */
export function serversRefused(servers: readonly Backend[], port: number): string {
  return filtered({
    nft: servers.map(({ address }) =>
      `add rule inet ${TABLE} out ${isSix(address) ? "ip6" : "ip"} daddr ${address} ` +
      `tcp dport ${port} reject with tcp reset`
    ),
    iptables: servers.map(({ address }) => ({
      program: programFor(address),
      chain: "out",
      words: ["-d", address, "-p", "tcp", "--dport", port]
        .concat(["-j", "REJECT", "--reject-with", "tcp-reset"]),
    })),
  });
}

function programFor(address: string): "iptables" | "ip6tables" {
  return isSix(address) ? "ip6tables" : "iptables";
}

// Undo and fault must agree on the program: both ask the same question.
const HAS_NFT = "nft list tables >/dev/null 2>&1";

function filtered({ nft, iptables }: Rules): string {
  const chain = (name: "in" | "out", hook: string) =>
    `add chain inet ${TABLE} ${name} { type filter hook ${hook} priority -300 ; policy accept ; }`;
  // All lines are one transaction; a table that was left over is replaced.
  const lines = [
    `add table inet ${TABLE}`,
    `delete table inet ${TABLE}`,
    `add table inet ${TABLE}`,
    chain("in", "input"),
    chain("out", "output"),
    ...nft,
  ];
  const programs = [...new Set(iptables.map(({ program }) => program))];
  const commands = [
    ...programs.flatMap((program) => [
      ...Object.values(CHAINS).map((name) => sh`${program} -w -N ${name}`),
      sh`${program} -w -I INPUT -j ${CHAINS.in}`,
      sh`${program} -w -I OUTPUT -j ${CHAINS.out}`,
    ]),
    ...iptables.map(({ program, chain, words }) => sh`${program} -w -A ${CHAINS[chain]} ${words}`),
  ];
  return alone(sh`if ${raw(HAS_NFT)}; then
  printf '%s\n' ${lines} | nft -f -
  exit
fi
for program in ${programs}; do
  command -v "$program" >/dev/null && continue
  echo "this host has no nft that works and no $program" >&2
  exit 1
done
${raw(unfiltered())} || exit 1
${raw(commands.join(" &&\n"))}`);
}

/** Takes every filter of a drill away; ends with 0 when none is left. */
export function unfiltered(): string {
  return alone(sh`if ${raw(HAS_NFT)}; then
  nft delete table inet ${TABLE} 2>/dev/null
  ! nft list table inet ${TABLE} >/dev/null 2>&1
  exit
fi
for program in iptables ip6tables; do
  command -v "$program" >/dev/null || continue
  "$program" -w -S 2>/dev/null | grep -q -e ${CHAINS.in} -e ${CHAINS.out} || continue
  for name in INPUT:${raw(CHAINS.in)} OUTPUT:${raw(CHAINS.out)}; do
    "$program" -w -D "\${name%%:*}" -j "\${name#*:}" 2>/dev/null
    "$program" -w -F "\${name#*:}" 2>/dev/null
    "$program" -w -X "\${name#*:}" 2>/dev/null
  done
  "$program" -w -S | grep -q -e ${CHAINS.in} -e ${CHAINS.out} && exit 1
done
exit 0`);
}
