/**
 * What an error of a connection is called in a record. Pure.
 * @module
 */

/** Something went wrong on this machine before anything could be asked: it says nothing about the service. */
export const OURS = "ours";

const KINDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "reset",
  // The other side reset it before this side had looked at it.
  ENOTCONN: "reset",
  ETIMEDOUT: "timeout",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ENETDOWN: "unreachable",
  // No port, no descriptor, no memory, or a filter on this machine.
  EADDRNOTAVAIL: OURS,
  EMFILE: OURS,
  ENFILE: OURS,
  ENOBUFS: OURS,
  ENOMEM: OURS,
  EPERM: OURS,
  EACCES: OURS,
};

const NAMES: Readonly<Record<string, string>> = {
  ConnectionRefused: "refused",
  ConnectionReset: "reset",
  ConnectionAborted: "reset",
  BrokenPipe: "reset",
  NotConnected: "reset",
  TimedOut: "timeout",
  HostUnreachable: "unreachable",
  NetworkUnreachable: "unreachable",
  AddrNotAvailable: OURS,
  NotCapable: OURS,
  PermissionDenied: OURS,
};

/** The kind of an error that the kernel gave for a TCP connection: `refused`, `reset`, … */
export function tcpKind(error: unknown): string {
  if (!(error instanceof Error)) return "closed";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return KINDS[code] ?? NAMES[error.name] ?? "closed";
}

/** The kind of an error that TLS gave while the connection below it stood: `closed` or `tls`. */
export function tlsKind(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  return /disconnected before secure|socket hang up|unexpected eof/i.test(message)
    ? "closed"
    : "tls";
}
