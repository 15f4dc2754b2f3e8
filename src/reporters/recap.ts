import type { EventOf, Recap } from "../events.ts";
import { printableLine } from "../terminal.ts";

/** `ok=9 changed=0 unreachable=0 failed=0 skipped=0`: people grep it, so it has no colors. */
export function recapCounts({ ok, changed, unreachable, failed, skipped }: Recap): string {
  return `ok=${ok} changed=${changed} unreachable=${unreachable} failed=${failed} skipped=${skipped}`;
}

/** The recap as Ansible users know it, a line for each host. */
export function recapLines(hosts: EventOf<"run-end">["hosts"]): string[] {
  const rows = Object.entries(hosts).map(([host, counts]) =>
    [printableLine(host), counts] as const
  );
  const width = Math.max(0, ...rows.map(([host]) => host.length));
  return rows.map(([host, counts]) => `${host.padEnd(width)} : ${recapCounts(counts)}`);
}
