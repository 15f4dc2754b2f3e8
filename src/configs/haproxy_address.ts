/**
 * Addresses of HAProxy's `bind` and `server` lines. Pure. Source: HAProxy's configuration manual, 2.9.
 * @module
 */
import type { Word } from "./model.ts";

/** An IP address or a name, and ports. */
export interface Address {
  /** Without brackets and prefixes; `*` for all addresses of IPv4, `::` for all. */
  readonly host: string;
  /** Its port, of a range the first; 0: none is written. */
  readonly port: number;
  /** The last port of a range; else the same. */
  readonly to: number;
}

/**
 * The addresses of a word: `bind` takes several, with commas between them. Sockets, file descriptors
 * and whatever has variables without a value are left out.
 *
 * @example
 * ```ts
 * import { addressesOf } from "./haproxy_address.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const source = { file: "haproxy.cfg", line: 1, column: 1 };
 * assertEquals(addressesOf({ text: "[::1]:6443,:80-81", source }), [
 *   { host: "::1", port: 6443, to: 6443 },
 *   { host: "*", port: 80, to: 81 },
 * ]);
 * ```
 */
export function addressesOf({ text, variables }: Word): readonly Address[] {
  if (variables || text.includes("$")) return [];
  return text.split(",").flatMap((it) => address(it) ?? []);
}

function address(text: string): Address | undefined {
  const bare = text.replace(/^(?:ip|ipv4|ipv6|tcp|tcp4|tcp6)@/, "");
  if (bare === "" || bare.includes("@") || bare.startsWith("/")) return undefined;
  // What follows the last colon is the port, in an address of IPv6 too.
  const [, host = "", first, last] = /^(.*?)(?::\+?(\d*)(?:-(\d+))?)?$/.exec(bare) ?? [];
  const port = Number(first || 0);
  return { host: plain(host), port, to: Number(last ?? port) };
}

function plain(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (bare === "" || bare === "0.0.0.0") return "*";
  return /^(?:0*:)+0*$/.test(bare) ? "::" : bare;
}
