/** Answers of load balancers to the group check of the address, and of a healthy pair. */
import type { ExecResult } from "../../src/model.ts";

/** What they ask through the address. */
export const THROUGH = "https://10.9.0.10:8443/readyz";

/** What a host has to say. */
export interface Said {
  readonly holds?: boolean;
  readonly listens?: boolean;
  readonly haproxy?: string;
  readonly keepalived?: string;
  /** What its own HAProxy counts. */
  readonly backends?: number;
  /** Statuses of API servers asked directly. */
  readonly direct?: readonly string[];
  readonly through?: string;
}

/** What a host answers, in the order in which the probe prints it. */
export function said(
  {
    holds = false,
    listens = true,
    haproxy = "active",
    keepalived = "active",
    backends,
    direct = [],
    through,
  }: Said,
): ExecResult {
  const http = (code: string, url: string) => `\nhttp ${code} ${url}\n`;
  const stdout = [
    holds ? "holds 10.9.0.10\n" : "",
    `haproxy ${haproxy}\nkeepalived ${keepalived}\n`,
    listens ? "listens\n" : "",
    through === undefined ? "" : http(through, THROUGH),
    backends === undefined ? "" : `${backends}\n${http("200", "http://127.0.0.1:8404/backends")}`,
    ...direct.map((code, i) => http(code, `https://10.9.0.2${i + 1}:6443/readyz`)),
  ].join("");
  return { code: 0, stdout, stderr: "" };
}

/** What a host says of one address of several: it holds it, or what it gets through it. */
export type SaidOf = Readonly<Record<string, "holds" | string>>;

/** What a host answers that is asked about several addresses, and is healthy else. */
export function saidOf(addresses: SaidOf, backends = 3): ExecResult {
  const rows = Object.entries(addresses);
  const url = (address: string) =>
    `https://${address.includes(":") ? `[${address}]` : address}:8443/readyz`;
  const stdout = [
    ...rows.flatMap(([address, it]) => it === "holds" ? [`holds ${address}\n`] : []),
    "haproxy active\nkeepalived active\nlistens\n",
    ...rows.flatMap(([address, it]) => it === "holds" ? [] : [`\nhttp ${it} ${url(address)}\n`]),
    `${backends}\n\nhttp 200 http://127.0.0.1:8404/backends\n`,
  ].join("");
  return { code: 0, stdout, stderr: "" };
}

/** A healthy holder. */
export const HOLDER: Said = { holds: true, backends: 3 };
/** A healthy standby. */
export const BACKUP: Said = { backends: 3, through: "200" };
