/** Watches on the hosts themselves who holds an address, from outside of what the product does. */
import { alone } from "../../src/addresses.ts";
import type { Lab } from "../../src/lab/mod.ts";
import * as hf from "./holdfast.ts";

const FILE = "/run/who-holds";

/** Who held one address, and for how long two did. */
export interface Holding {
  /** Milliseconds that the longest time took in which two hosts held it. */
  readonly longestBothMs: number;
  /** How often each host looked. */
  readonly looks: Readonly<Record<string, number>>;
}

/** One look: epoch milliseconds, and whether the host held the address. */
type Look = readonly [at: number, holds: boolean];

/**
 * Looks every 20 ms on every host at each of these addresses while something is done. Hosts of a lab
 * share this machine's clock.
 */
export async function whileWatching(
  lab: Lab,
  addresses: readonly string[],
  work: () => Promise<void>,
): Promise<Map<string, Holding>> {
  const hosts = lab.hosts.map(({ name }) => name);
  await Promise.all(hosts.map((host) => hf.root(lab, host, watchScript(addresses))));
  try {
    await work();
  } finally {
    await Promise.all(hosts.map((host) => hf.root(lab, host, `rm -f ${FILE}.go`)));
  }
  const texts = await Promise.all(
    hosts.map(async (host) => [host, await hf.root(lab, host, `cat ${FILE}`)] as const),
  );
  return new Map(addresses.map((address, i) => {
    const looks = texts.map(([host, text]) => [host, looksOf(text, i)] as const);
    const all = looks.map(([, it]) => it);
    return [address, {
      longestBothMs: longestBoth(all),
      looks: Object.fromEntries(looks.map(([host, it]) => [host, it.length])),
    }];
  }));
}

/** It ends when its mark goes, and by itself after ten minutes. */
function watchScript(addresses: readonly string[]): string {
  const asks = addresses.map((address) =>
    `if [ -n "$(ip -o addr show to ${alone(address)})" ]; then w="$w 1"; else w="$w 0"; fi`
  );
  return `: >${FILE}.go; : >${FILE}
cat >${FILE}.sh <<'END'
n=0
while [ -e ${FILE}.go ] && [ $n -lt 20000 ]; do
  n=$((n + 1)); w=$(date +%s%3N); ${asks.join("; ")}; echo "$w"; sleep 0.02
done >>${FILE}
END
setsid sh ${FILE}.sh </dev/null >/dev/null 2>&1 &`;
}

function looksOf(text: string, address: number): Look[] {
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const words = line.split(" ");
    return [Number(words[0]), words[1 + address] === "1"] as const;
  });
}

/** The longest time, by the looks of all hosts in order, in which more than one of them held it. */
export function longestBoth(hosts: readonly (readonly Look[])[]): number {
  const all = hosts.flatMap((looks, host) => looks.map(([at, holds]) => ({ at, host, holds })))
    .toSorted((a, b) => a.at - b.at);
  const holding = new Set<number>();
  let since: number | undefined;
  let longest = 0;
  for (const { at, host, holds } of all) {
    if (holds) holding.add(host);
    else holding.delete(host);
    if (since !== undefined) longest = Math.max(longest, at - since);
    since = holding.size > 1 ? since ?? at : undefined;
  }
  return longest;
}
