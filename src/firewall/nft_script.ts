/**
 * What puts rules of ours into a host's own chains of nft, now and whenever they are loaded anew.
 * Text only.
 * @module
 */
import { raw, sh } from "../shell.ts";
import { familyOf, labelOf, MARK, type Passage, VRRP } from "./passage.ts";
import type { InputChain } from "./ruleset.ts";

/** Where things stand on a host. */
export const NFT_PATHS = {
  /** The script that puts the rules in; `stop` takes them away. */
  script: "/usr/local/sbin/holdfast-firewall",
  /** The unit that runs it whenever nftables.service has loaded its rules. */
  unit: "/etc/systemd/system/holdfast-firewall.service",
} as const;

/** Name of the unit. */
export const NFT_UNIT = "holdfast-firewall.service";

/** A chain and what shall come in through it. */
export interface Rules {
  /** The chain. */
  readonly chain: Pick<InputChain, "family" | "table" | "name">;
  /** What comes in; of another family than the chain's it is left out. */
  readonly passages: readonly Passage[];
}

/** Those of the passages that a chain of this family can see. */
export function visible(family: string, passages: readonly Passage[]): readonly Passage[] {
  const other = family === "ip" ? 6 : family === "ip6" ? 4 : undefined;
  return passages.filter((passage) => familyOf(passage) !== other);
}

/**
 * Shell text that makes our rules in these chains exactly these, in one transaction; a chain that is
 * not there is passed over. Where `$mode` is `stop`, none of ours stays.
 */
export function rulesText(all: readonly Rules[]): string {
  return sh`ours() {
  nft -a list chain "$1" "$2" "$3" 2>/dev/null |
    sed -n "s|.* comment \"${
    raw(MARK)
  } [^\"]*\" # handle \([0-9]*\)\$|delete rule $1 $2 $3 handle \1|p"
}
there() { [ "$mode" != stop ] && nft list chain "$1" "$2" "$3" >/dev/null 2>&1; }
{
  :
${raw(all.map(chainText).join("\n"))}
} | nft -f -`;
}

function chainText({ chain: { family, table, name }, passages }: Rules): string {
  const place = [family, table, name];
  // Each is put before the ones that are there: the last one first.
  const rules = visible(family, passages).toReversed().map((passage) =>
    `insert rule ${place.join(" ")} ${ruleText(passage)} comment "${MARK} ${labelOf(passage)}"`
  );
  const insert = rules.length === 0 ? ":" : sh`if there ${place}; then printf '%s\n' ${rules}; fi`;
  return sh`  ours ${place}
  ${raw(insert)}`;
}

function ruleText(passage: Passage): string {
  if (passage.kind === "port") return `tcp dport ${passage.port} accept`;
  return `${
    familyOf(passage) === 6 ? "ip6" : "ip"
  } saddr ${passage.from} meta l4proto ${VRRP} accept`;
}

/** The script as it lies on a host. */
export function scriptFile(all: readonly Rules[]): string {
  return `#!/bin/sh
# Written by Holdfast. Lets VRRP of the other members and the endpoint's port in, at the head of each
# chain of this host that would drop them: an accept in a chain of one's own outrules no drop in
# another. Found again by their comments; "stop" takes them away. May be run at any time.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mode=$1
${rulesText(all)}
`;
}

/** The unit as it lies on a host: it follows nftables.service, which flushes everything. */
export const UNIT_FILE = `# Written by Holdfast.
[Unit]
Description=Holdfast: let VRRP and the endpoint's port in
After=nftables.service
Before=keepalived.service
PartOf=nftables.service
ReloadPropagatedFrom=nftables.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${NFT_PATHS.script} start
ExecReload=${NFT_PATHS.script} start
ExecStop=${NFT_PATHS.script} stop

[Install]
WantedBy=multi-user.target nftables.service
`;
