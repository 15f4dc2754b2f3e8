/**
 * The product itself, as a process of its own, with the hosts of a room behind its `ssh`.
 * @module
 */
import { fromFileUrl } from "@std/path";
import { type Run, start } from "../lab/holdfast.ts";
import type { Injection } from "./fault.ts";
import type { Room } from "./room.ts";

const HERE = fromFileUrl(new URL(".", import.meta.url)).replace(/\/$/, "");

/** How long a run may take before it counts as one that never ends, in milliseconds. */
const PATIENCE_MS = 180_000;

/** One request of a run, as the stub saw it. */
export interface Traced {
  /** Host. */
  readonly host: "lb1" | "lb2";
  /** Number of the connection to it. */
  readonly session: number;
  /** Number of the step on it. */
  readonly step: number;
  /** Bytes to the host. */
  readonly up: number;
  /** Bytes from the host. */
  readonly down: number;
  /** The request as it was sent. */
  readonly script: string;
}

/** Applies an inventory in a room; a fault is let loose on it where one is given. */
export async function apply(
  room: Room,
  inventory: string,
  flags: readonly string[] = [],
  injection?: Injection,
): Promise<Run & { readonly fired: boolean }> {
  await Deno.remove(`${room.dir}/sessions`, { recursive: true });
  await Deno.mkdir(`${room.dir}/sessions`);
  for (const name of ["fault.json", "fired", "trace"]) {
    await Deno.remove(`${room.dir}/${name}`).catch(() => {});
  }
  if (injection !== undefined) {
    await Deno.writeTextFile(`${room.dir}/fault.json`, JSON.stringify(injection));
  }
  const { child, done } = start("apply", inventory, {
    flags: [...flags, "--forks", "2"],
    env: {
      PATH: `${HERE}/bin:${Deno.env.get("PATH") ?? "/usr/bin:/bin"}`,
      HOLDFAST_DENO: Deno.execPath(),
      HOLDFAST_MATRIX: HERE,
      HOLDFAST_ROOM: room.dir,
      NO_COLOR: "1",
    },
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  const run = await done.finally(() => clearTimeout(timer));
  const fired = await Deno.stat(`${room.dir}/fired`).then(() => true, () => false);
  return { ...run, fired };
}

/** What the last run asked its hosts, in order. */
export async function traceOf(room: Room): Promise<Traced[]> {
  const text = await Deno.readTextFile(`${room.dir}/trace`).catch(() => "");
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Traced)
    .toSorted((a, b) => a.host.localeCompare(b.host) || a.session - b.session || a.step - b.step);
}
