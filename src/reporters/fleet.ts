import type { EventOf } from "../events.ts";

/** With more batches than these their sizes are not listed. */
const FEW_BATCHES = 8;

/**
 * In which order a run begins its endpoints and when it stops, where the start of it says so.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { fleetLine } from "./fleet.ts";
 *
 * const hosts = ["a1", "a2", "b1", "b2", "c1"];
 * const line = fleetLine({ hosts, batches: [["a"], ["b", "c"]], stopsAfter: 2 });
 * const stop = "stops after the 2nd host that fails or cannot be reached";
 * assertEquals(line, `3 endpoints, 5 hosts, in batches of 1, 2; ${stop}`);
 * ```
 */
export function fleetLine(
  { hosts, batches, stopsAfter }: Pick<EventOf<"run-start">, "hosts" | "batches" | "stopsAfter">,
): string | undefined {
  if (batches === undefined) return undefined;
  const sizes = batches.map(({ length }) => length);
  const endpoints = sizes.reduce((sum, size) => sum + size, 0);
  const what = `${counted(endpoints, "endpoint")}, ${counted(hosts.length, "host")}`;
  return `${what}, ${inBatches(sizes)}; ${stops(stopsAfter)}`;
}

/**
 * Which part of a fleet a run is, where it is one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { shardLine } from "./fleet.ts";
 *
 * const shard = { index: 2, count: 5, endpoints: ["a", "b"], of: 9 };
 * assertEquals(shardLine({ shard }), "part 2 of 5: 2 of 9 endpoints");
 * ```
 */
export function shardLine({ shard }: Pick<EventOf<"run-start">, "shard">): string | undefined {
  if (shard === undefined) return undefined;
  const { index, count, endpoints, of } = shard;
  return `part ${index} of ${count}: ${endpoints.length} of ${counted(of, "endpoint")}`;
}

function inBatches(sizes: readonly number[]): string {
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  if (sizes.length === 1) return "in one batch";
  if (least === most) return `in ${sizes.length} batches of ${most}`;
  if (sizes.length <= FEW_BATCHES) return `in batches of ${sizes.join(", ")}`;
  return `in ${sizes.length} batches of ${least} to ${most}`;
}

function stops(after: number | undefined): string {
  if (after === undefined) return "goes on with the others, however many hosts fail";
  return `stops after the ${ordinal(after)} host that fails or cannot be reached`;
}

/** `1st`, `2nd`, `11th`. */
function ordinal(number: number): string {
  const teen = Math.floor(number / 10) % 10 === 1;
  const ending = teen ? "th" : ["th", "st", "nd", "rd"][number % 10] ?? "th";
  return `${number}${ending}`;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
