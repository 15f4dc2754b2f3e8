/**
 * How long HAProxy sends clients to an API server that has gone silent. Pure.
 * @module
 */
import type { Word } from "../configs/model.ts";
import { milliseconds, type Server, valueOf } from "../configs/proxies.ts";
import type { Source } from "../model.ts";
import {
  called,
  checkedIn,
  paramsIn,
  type Pool,
  pools,
  seconds,
  timeoutOf,
} from "./haproxy/_api.ts";
import type { Node } from "./model.ts";

/** How long it takes. */
export interface ServerWait {
  /** Milliseconds until the last failure that counts. */
  readonly ms: number;
  /** What they are made of. */
  readonly because: string;
  /** Where most of it is decided. */
  readonly source: Source;
}

/** The longest wait of all API servers that are checked; unset: none is, or nobody can tell. */
export function serverWait(node: Node): ServerWait | undefined {
  return pools({ nodes: [node] })
    .flatMap((pool) => checkedIn(pool).flatMap((server) => waitOf(pool, server) ?? []))
    .toSorted((a, b) => b.ms - a.ms)[0];
}

/** What HAProxy takes where nothing is written. */
const DEFAULTS = { interMs: 2000, fall: 3 } as const;

function waitOf(pool: Pool, server: Server): ServerWait | undefined {
  const params = paramsIn(pool, server);
  const inter = timeOf(valueOf(params, "inter"), DEFAULTS.interMs);
  if (inter === undefined) return undefined;
  const fast = timeOf(valueOf(params, "fastinter"), inter);
  const limit = limitOf(pool, inter);
  const fall = Number(valueOf(params, "fall")?.text ?? DEFAULTS.fall);
  if (fast === undefined || limit === undefined || !(Number.isInteger(fall) && fall > 0)) {
    return undefined;
  }
  return {
    ms: inter + fall * limit + (fall - 1) * fast,
    because: `${called(pool.proxy)} asks every ${seconds(inter)} and takes it out after ` +
      `${fall} checks without an answer, ${seconds(limit)} each` +
      (fast === inter ? "" : ` and ${seconds(fast)} apart`) +
      "; until then its share of clients waits",
    source: (valueOf(params, "fall") ?? valueOf(params, "inter") ?? server.name).source,
  };
}

/**
 * How long a check waits: for a connection the shorter one of `timeout connect` and `inter`, then
 * for an answer `timeout check`. Without `timeout check` it is `inter` for both. Of a host that is
 * lost the first counts, of a program that hangs the second.
 */
function limitOf({ proxy }: Pool, inter: number): number | undefined {
  const check = timeoutOf(proxy, "check");
  if (check === undefined) return inter;
  const answer = timeOf(check, inter);
  const connect = timeOf(timeoutOf(proxy, "connect"), inter);
  return answer === undefined || connect === undefined
    ? undefined
    : Math.max(Math.min(connect, inter), answer);
}

/** Milliseconds of a word; unset: nobody can tell. */
function timeOf(word: Word | undefined, otherwise: number): number | undefined {
  return word === undefined ? otherwise : milliseconds(word.text);
}
