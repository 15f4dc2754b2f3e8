/**
 * What shall come in through a firewall, and by which words each such rule is known again. Pure.
 * @module
 */

/** VRRP's protocol number; its name is not known to every host. */
export const VRRP = 112;

/** What begins the comment of every rule of ours. */
export const MARK = "holdfast";

/** Packets that a rule of ours lets in. */
export type Passage =
  /** VRRP of one other member, by whatever address it is sent to. */
  | { readonly kind: "vrrp"; readonly from: string }
  /** A TCP port, for everybody. */
  | { readonly kind: "port"; readonly port: number };

/** Everything that one member lets in. */
export interface Opening {
  /** Interfaces that it comes in by; firewalld has rules by them. */
  readonly interfaces: readonly string[];
  /** What comes in. */
  readonly passages: readonly Passage[];
}

/** Nothing: rules of ours that are there go. */
export const CLOSED: Opening = { interfaces: [], passages: [] };

/**
 * The words that stand for a passage, in comments of rules and for people.
 *
 * @example
 * ```ts
 * import { labelOf } from "./passage.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(labelOf({ kind: "vrrp", from: "10.0.0.12" }), "VRRP from 10.0.0.12");
 * assertEquals(labelOf({ kind: "port", port: 8443 }), "TCP port 8443");
 * ```
 */
export function labelOf(passage: Passage): string {
  return passage.kind === "vrrp" ? `VRRP from ${passage.from}` : `TCP port ${passage.port}`;
}

/** The passage that such words stand for; nothing when they are not ours. */
export function passageOf(label: string): Passage | undefined {
  const [, from] = /^VRRP from ([0-9A-Fa-f.:]+)$/.exec(label) ?? [];
  if (from !== undefined) return { kind: "vrrp", from };
  const [, port] = /^TCP port ([1-9]\d{0,4})$/.exec(label) ?? [];
  return port === undefined ? undefined : { kind: "port", port: Number(port) };
}

/** Whether a passage is of IPv6 alone, of IPv4 alone, or of both. */
export function familyOf(passage: Passage): 4 | 6 | "both" {
  if (passage.kind === "port") return "both";
  return passage.from.includes(":") ? 6 : 4;
}

/** A change of rules in words: `VRRP from 10.0.0.12, TCP port 8443`. */
export function listed(passages: readonly Passage[]): string {
  return passages.map(labelOf).join(", ");
}
