/**
 * A process of its own that loads an inventory once and says what that took beyond an inventory
 * with one host, which it loads first: so that neither start nor compilation counts.
 * @module
 */
import { InputError } from "../../src/errors.ts";
import { loadInventory } from "../../src/inventory/load.ts";

/** What one load took. */
export interface Cost {
  /** Whether it was refused. */
  readonly refused: boolean;
  /** Codes of what was wrong. */
  readonly codes: readonly string[];
  /** Milliseconds on a processor: those spent waiting for one are the machine's, not the load's. */
  readonly ms: number;
  /** Growth of the largest resident size of the process, in bytes. */
  readonly bytes: number;
}

/** The largest resident size so far. */
function peak(): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(Deno.readTextFileSync("/proc/self/status"));
  return Number(line?.[1] ?? 0) * 1024;
}

/** How long this thread has been on a processor. */
function processorMs(): number {
  return Number(Deno.readTextFileSync("/proc/thread-self/schedstat").split(" ")[0]) / 1e6;
}

async function load(path: string): Promise<string[]> {
  try {
    await loadInventory(path);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.diagnostics.map(({ code }) => code);
  }
}

if (import.meta.main) {
  const [warmUp = "", path = ""] = Deno.args;
  await load(warmUp);
  const before = peak();
  const start = processorMs();
  const codes = await load(path);
  const cost: Cost = {
    refused: codes.length > 0,
    codes: [...new Set(codes)],
    ms: processorMs() - start,
    bytes: peak() - before,
  };
  console.log(JSON.stringify(cost));
}
