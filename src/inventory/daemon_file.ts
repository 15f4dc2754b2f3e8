/**
 * Tells a configuration of one of the daemons from an inventory: as INI, every line of one would be
 * a mistake. Text only.
 * @module
 */

/** A daemon that an endpoint consists of. */
export type Daemon = "haproxy" | "keepalived";

/**
 * Lines that stand in no inventory of any format, at the beginning of a line: blocks of YAML text
 * are indented, and in INI a word behind the name of a host has an equals sign.
 */
const LINES: Readonly<Record<Daemon, RegExp>> = {
  haproxy: new RegExp(
    String.raw`^(?:(?:frontend|backend|listen|defaults|peers|resolvers|userlist|ring|cache)[ \t]+` +
      String.raw`[\w.:-]+|(?:global|defaults)[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*` +
      String.raw`[ \t]+[a-z][\w.-]*[ \t]+[^=\n]+)(?:[ \t]+from[ \t]+[\w.:-]+)?[ \t]*(?:#.*)?$`,
    "m",
  ),
  keepalived:
    /^(?:global_defs|vrrp_\w+|virtual_server\w*|static_\w+|track_\w+|bfd_\w+)\b[^{:=\n]*\n?[ \t]*\{/m,
};

/**
 * Whose configuration a text is; undefined: that of neither.
 *
 * @example
 * ```ts
 * import { daemonOf } from "./daemon_file.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(daemonOf("backend api\n    server m1 10.0.0.21:6443\n"), "haproxy");
 * assertEquals(daemonOf("[backend]\nm1 ansible_host=10.0.0.21\n"), undefined);
 * ```
 */
export function daemonOf(text: string): Daemon | undefined {
  const lines = text.replaceAll("\r\n", "\n");
  return (["haproxy", "keepalived"] as const).find((daemon) => LINES[daemon].test(lines));
}
