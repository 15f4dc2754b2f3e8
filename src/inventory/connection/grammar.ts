/**
 * What a host, a user, a port and an address may look like. These strings reach the command line
 * of ssh, so that the grammar is a list of what is allowed, never of what is not. ASCII only.
 * @module
 */

/** What a host name may look like, for messages. */
export const HOST_NAME = "a name of letters, digits, dots, dashes and underscores that begins " +
  "with a letter or digit";

/** Whether a string is a host name: also what a host may be called in the inventory. */
export function isHostName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(text);
}

/** Whether a string may name a group. */
export function isGroupName(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$/.test(text);
}

/** Whether a string is a login name. */
export function isUser(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_.-]{0,63}\$?$/.test(text);
}

/** Whether a number is a port that can be connected to. */
export function isPort(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65535;
}

/** Whether a string is an IPv4 address in the usual notation, without leading zeros. */
export function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((p) => /^(0|[1-9]\d{0,2})$/.test(p) && Number(p) < 256);
}

/** Whether a string is an IPv6 address, without brackets or zone. */
export function isIpv6(text: string): boolean {
  return /^[0-9A-Fa-f:.]{2,45}$/.test(text) && text.includes(":") &&
    URL.canParse(`http://[${text}]/`);
}

/** Whether a string is an IP address. */
export function isIp(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}

/** One spelling for all spellings of an IP address, for comparing. */
export function canonicalIp(text: string): string {
  return isIpv6(text) ? new URL(`http://[${text}]/`).hostname.slice(1, -1) : text;
}

/** Whether ssh may connect to it: a host name or an IP address. */
export function isAddress(text: string): boolean {
  // Digits and dots only: it was meant to be an IPv4 address, so that it must be one.
  if (/^[0-9.]+$/.test(text)) return isIpv4(text);
  return isHostName(text) || isIpv6(text);
}

/** Whether a string may be given to ssh as a file: no option, nothing hidden in it. */
export function isPath(text: string): boolean {
  return text.length > 0 && text.length <= 4096 && !text.startsWith("-") &&
    !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text);
}
