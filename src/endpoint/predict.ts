/**
 * How long clients will be without the endpoint, by what breaks. Arithmetic only: the drills
 * measure. A client's own sampling and its connect time come on top.
 * @module
 */
import type { Endpoint } from "../model.ts";
import { advertMs, priorities } from "./derive.ts";
import { type Election, election } from "./election.ts";
import { type Settings, settings } from "./profile.ts";

/** What can break. */
export type Fault =
  /** The holder loses power or its link: nobody says so, the others wait. */
  | "holder-lost"
  /** Keepalived of the holder is stopped in order, or the holder is shut down. */
  | "holder-stopped"
  /** The holder is back: its higher priority takes the address from the one that stood in. */
  | "holder-returned"
  /** Keepalived of the holder is killed. */
  | "keepalived-killed"
  /** Keepalived of the holder stands still and leaves the address where it is. */
  | "keepalived-frozen"
  /** Adverts are lost: each side holds the address, and both answer. */
  | "adverts-blocked"
  /** Somebody takes the address off the holder's interface. */
  | "address-removed"
  /** HAProxy of the holder has died. */
  | "haproxy-dead"
  /** HAProxy of the holder hangs. */
  | "haproxy-hung"
  /** Either daemon reads its configuration again. */
  | "reloaded"
  /** The holder alone sees no API server any more. */
  | "backends-lost"
  /** One API server refuses connections: HAProxy tries the next one at once. */
  | "api-server-refused"
  /** One API server stops answering, and its share of new connections with it. */
  | "api-server-lost";

/** From the death of HAProxy to the moment when Keepalived knows, as measured with systemd. */
const UNIT_STOP_MS = 100;

/** Starting a script and its program on a busy host, and Keepalived's own work. */
export const RUN_SLACK_MS = 150;

/** What the times of a fault are made of, in milliseconds. */
interface Parts extends Election {
  /** From the hang of HAProxy to the moment when Keepalived knows. */
  readonly hung: number;
  /** From the refusal of connections to HAProxy to the moment when Keepalived knows. */
  readonly refused: number;
  /** From the silence of an API server to the moment when HAProxy uses it no more. */
  readonly serverLost: number;
}

/**
 * Longest wait by fault in milliseconds, from the break to the next answer; 0 where the address is
 * answered for all the time.
 *
 * @example
 * ```ts
 * import type { Endpoint } from "../model.ts";
 * import { predictedFailoverMs } from "./predict.ts";
 *
 * const budget = (endpoint: Endpoint) => predictedFailoverMs(endpoint)["haproxy-hung"];
 * ```
 */
export function predictedFailoverMs(endpoint: Endpoint): Readonly<Record<Fault, number>> {
  const guide = endpoint.profile === "guide";
  const { ready } = settings(endpoint);
  const { skew, silence, hung, refused, serverLost } = parts(endpoint);
  return rounded({
    "holder-lost": silence,
    "holder-stopped": skew,
    // It holds the address before the other one lets go.
    "holder-returned": 0,
    // The unit takes the address away, and no goodbye was said. The seed and a pod leave it there.
    "keepalived-killed": guide || endpoint.pods !== undefined ? 0 : silence,
    "keepalived-frozen": 0,
    "adverts-blocked": 0,
    // Keepalived steps back and is elected again like everybody else.
    "address-removed": silence,
    // The seed lowers the priority, which the others only see after three adverts of silence.
    "haproxy-dead": guide ? refused + silence : refused + skew,
    "haproxy-hung": hung + (guide ? silence : skew),
    "reloaded": 0,
    // The seed's one script goes through the masters, so it fails like one that hangs.
    "backends-lost": guide
      ? hung + silence
      : serverLost + ready.fall * ready.interval * 1000 + silence,
    "api-server-refused": 0,
    "api-server-lost": serverLost,
  });
}

function parts(endpoint: Endpoint): Parts {
  const profile = settings(endpoint);
  const { alive, check } = profile;
  const advert = advertMs(endpoint).value;
  // The next holder is the one with the second highest priority.
  const second = [...priorities(endpoint).values()].map((it) => it.value).sort((a, b) => b - a)[1];
  // Runs before the last one that counts: each fails, and the next begins an interval later.
  const earlier = (alive.fall - 1) * alive.interval * 1000;
  return {
    ...election(advert, second ?? 1),
    hung: earlier + firstFailureMs(profile),
    // Usually systemd says it first; where it is late the script has been refused.
    refused: earlier + Math.max(UNIT_STOP_MS, unaskedMs(profile) + RUN_SLACK_MS),
    serverLost: check.interMs + check.fall * check.timeoutMs +
      (check.fall - 1) * check.fastinterMs,
  };
}

/**
 * From a hang to the end of the run that sees it. The worst moment is the one after the last answer
 * of a run: nobody asks until the next begins. Its first answer does not come for its pace and the
 * limit, and neither does the one that is asked for once more.
 */
function firstFailureMs(profile: Settings): number {
  const { everyMs, limitMs } = profile.pulse;
  return unaskedMs(profile) + everyMs + 2 * limitMs + RUN_SLACK_MS;
}

/** From the last answer of a run to the beginning of the next. */
function unaskedMs({ alive, pulse }: Settings): number {
  return alive.interval * 1000 - pulse.asks * pulse.everyMs;
}

function rounded(times: Record<Fault, number>): Record<Fault, number> {
  for (const fault of Object.keys(times) as Fault[]) times[fault] = Math.round(times[fault]);
  return times;
}

/** How long HAProxy needs to know about an API server, in milliseconds. */
export interface ServerWaits {
  /**
   * One refuses connections or answers with an error: until it is taken out. The seed's check
   * never asks for an answer, so there it is true of the first alone.
   */
  readonly removed: number;
  /** All of them are back: until one of them is used. */
  readonly back: number;
}

/** Longest waits for HAProxy's checks where every check is answered at once. */
export function predictedServerMs(endpoint: Endpoint): ServerWaits {
  const { check } = settings(endpoint);
  return {
    removed: check.interMs + (check.fall - 1) * check.fastinterMs,
    back: check.downinterMs + (check.rise - 1) * check.fastinterMs,
  };
}
