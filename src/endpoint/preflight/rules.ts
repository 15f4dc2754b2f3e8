/**
 * The rule that lets something through a firewall, as a person would type it. Text only.
 * @module
 */
import type { Endpoint } from "../../model.ts";
import type { Found } from "./judged.ts";
import type { Firewall } from "./wire.ts";

/** What shall come in. */
export interface Passage {
  /** Whose packets. */
  readonly from: readonly string[];
  /** A TCP port, or protocol 112. */
  readonly what: { readonly port: number } | "vrrp";
}

/** What to type on the host that filters. */
export function ruleFor(firewall: Firewall, passage: Passage): string {
  const { from, what } = passage;
  const six = from.some((address) => address.includes(":"));
  const [ip, v] = six ? ["ip6", "ipv6"] : ["ip", "ipv4"];
  switch (firewall.kind) {
    case "firewalld":
      return what === "vrrp"
        ? `firewall-cmd --permanent --add-rich-rule='rule family="${v}" protocol value="vrrp" accept' && firewall-cmd --reload`
        : `firewall-cmd --permanent --add-port=${what.port}/tcp && firewall-cmd --reload`;
    case "ufw":
      return what === "vrrp"
        ? `put "-A ufw${six ? "6" : ""}-before-input -p 112 -j ACCEPT" before COMMIT in ` +
          `/etc/ufw/before${six ? "6" : ""}.rules, and type: ufw reload`
        : `ufw allow ${what.port}/tcp`;
    case "nft": {
      const chain = (firewall.chain ?? []).join(" ");
      const rule = what === "vrrp"
        ? `${ip} saddr { ${from.join(", ")} } meta l4proto 112 accept`
        : `tcp dport ${what.port} accept`;
      return `nft insert rule ${chain} ${rule} (and keep it, in /etc/nftables.conf)`;
    }
    case "iptables": {
      const program = six ? "ip6tables" : "iptables";
      return what === "vrrp"
        ? `${program} -I INPUT -s ${from.join(",")} -p 112 -j ACCEPT (and keep it)`
        : `${program} -I INPUT -p tcp --dport ${what.port} -j ACCEPT (and keep it)`;
    }
    case "none":
      return what === "vrrp"
        ? "let protocol 112 (VRRP) through from its peers"
        : `let TCP port ${what.port} through`;
  }
}

/**
 * What is said of a firewall in the way: the run itself opens those that it has rules for, unless the
 * inventory says that it shall not.
 */
export function inTheWay(
  { firewall: wish = "auto" }: Endpoint,
  { kind }: Firewall,
  found: Found,
): Found {
  const opens = wish === "auto" && (kind === "firewalld" || kind === "ufw" || kind === "nft");
  if (!opens) return found;
  const { hint: _, ...rest } = found;
  return { ...rest, severity: "note", message: `${found.message}; this run lets it in` };
}
