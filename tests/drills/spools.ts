/** What samplers write on hosts that exist only in the tests. */
import { isSix } from "../../src/addresses.ts";

/** Wall clock of the hosts at the beginning, epoch milliseconds. */
export const EPOCH_MS = 1_800_000_000_000;

/** A change of who holds an address. */
export interface Move {
  readonly at: number;
  readonly holder: string | undefined;
}

/** Who holds an address at a moment. */
export function holderAt(moves: readonly Move[], at: number): string | undefined {
  return moves.filter((move) => move.at <= at).at(-1)?.holder;
}

const ns = (at: number) => Math.round((EPOCH_MS + at) * 1e6);
const uptime = (at: number) => (at / 1000 + 500).toFixed(2);

/** What a sampler of a host writes in a stretch of time, where addresses move like this. */
export function spoolOf(
  name: string,
  addresses: ReadonlyMap<string, readonly Move[]>,
  { from, to }: { readonly from: number; readonly to: number },
): string {
  const lines: [number, string][] = [[from, `boot ${ns(from)} ${uptime(from)} boot-1`]];
  for (const [address, moves] of addresses) {
    const holds = `holds ${ns(from)} ${holderAt(moves, from) === name ? 1 : 0}`;
    lines.push([from, addresses.size === 1 ? holds : `${holds} ${address}`]);
  }
  for (let at = from; at < to; at += 500) lines.push([at, `clock ${ns(at)} ${uptime(at)}`]);
  for (const [address, moves] of addresses) {
    for (const [i, { at, holder }] of moves.entries()) {
      const before = moves[i - 1]?.holder;
      if (at < from || at > to || (holder === name) === (before === name)) continue;
      const stamp = new Date(EPOCH_MS + at).toISOString().slice(0, -1);
      const gone = holder === name ? "" : "Deleted ";
      const inet = isSix(address) ? `inet6 ${address}/128` : `inet ${address}/32`;
      lines.push([at, `addr [${stamp}000] ${gone}2: eth0    ${inet} scope global eth0`]);
    }
  }
  return lines.sort(([a], [b]) => a - b).map(([, line]) => `${line}\n`).join("");
}
