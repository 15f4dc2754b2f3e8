/** How long a client of an address is without an answer, from outside of what the product does. */
import type { Lab } from "../../src/lab/mod.ts";
import * as hf from "./holdfast.ts";

/** Between two requests, in milliseconds. */
const PAUSE_MS = 50;

/**
 * Asks through the lab's address while something is done, and gives the longest time from one answer
 * to the next, or to the end, in milliseconds. Of another address: `{ ...lab, vip }`.
 */
export async function longestSilence(
  lab: Lab,
  work: () => Promise<void>,
): Promise<number> {
  let done = false;
  const asking = (async () => {
    let longest = 0;
    let last = Date.now();
    while (!done) {
      const answered = await hf.throughVip(lab) === 200;
      const now = Date.now();
      longest = Math.max(longest, now - last);
      if (answered) last = now;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return longest;
  })();
  try {
    await work();
  } finally {
    done = true;
  }
  return await asking;
}
