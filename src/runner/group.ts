/**
 * The hosts of one endpoint during a run.
 * @module
 */
import { pooledMap } from "@std/async/pool";
import type { About } from "../journal/open.ts";
import type { Endpoint, ExecResult, GroupCheck, Preflight, PreflightAnswer } from "../model.ts";
import type { Shared } from "./apply.ts";
import type { HostRun } from "./host.ts";
import type { LockRequest } from "./lock.ts";

/** The hosts of one endpoint during a run, and what they know of each other. */
export interface Group {
  /** The endpoint. */
  readonly endpoint: Endpoint;
  /** Its members. */
  readonly runs: readonly HostRun[];
  /** Facts of all of them. */
  readonly shared: Shared;
  /** Conditions over all of them. */
  readonly checks: readonly GroupCheck[];
  /** What the first look brought for each check, by host. */
  readonly answers: readonly Map<string, ExecResult>[];
  /** Questions about the world around it, asked before its first change. */
  readonly preflights: readonly Preflight[];
  /** What the look has brought of them, by name and host. */
  readonly early: Map<string, Map<string, PreflightAnswer>>;
  /** What the locks of its hosts shall say; unset: they are not taken. */
  readonly lock?: LockRequest;
  /** What the journals of its hosts say of this run; unset: nothing is journalled. */
  readonly about?: About;
}

/** Works on items, so many at the same time. */
export async function each<T>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
) {
  for await (const _ of pooledMap(limit, items, work));
}
