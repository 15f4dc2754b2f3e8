/**
 * How long clients will be without the endpoint, by what breaks. Arithmetic only: the drills
 * measure.
 * @module
 */
import type { Endpoint } from "../model.ts";
import { advertMs, priorities } from "./derive.ts";
import { settings } from "./profile.ts";

/** What can break. */
export type Fault =
  /** The holder loses power or its link: nobody says so, the others wait. */
  | "holder-lost"
  /** Keepalived of the holder is stopped in order. */
  | "holder-stopped"
  /** HAProxy of the holder has died. */
  | "haproxy-dead"
  /** HAProxy of the holder hangs. */
  | "haproxy-hung"
  /** The holder alone sees no API server any more. */
  | "backends-lost"
  /**
   * One API server stops answering; until it is taken out, its share of new connections suffers.
   * The seed never takes out one that answers with an error.
   */
  | "api-server-lost";

/** From the death of HAProxy to the moment when Keepalived knows, as measured with systemd. */
const UNIT_STOP_MS = 100;

/** Starting a script twice on a busy host. */
const RUN_SLACK_MS = 300;

/** Longest wait by fault in milliseconds, from the break to the next holder. */
export function predictedFailoverMs(endpoint: Endpoint): Readonly<Record<Fault, number>> {
  const { alive, ready, check } = settings(endpoint);
  const guide = endpoint.profile === "guide";
  const advert = advertMs(endpoint).value;
  // The next holder is the one with the second highest priority.
  const second = [...priorities(endpoint).values()].map((it) => it.value).sort((a, b) => b - a)[1];
  const skew = (256 - (second ?? 1)) / 256 * advert;
  const silence = 3 * advert + skew;
  // A run that hangs ends at curl's own limit: 1 s ours, 2 s twice in the seed.
  const hang = (guide ? 4 : 1) * 1000 + RUN_SLACK_MS;
  const failed = alive.fall * alive.interval * 1000;
  const serverLost = check.interMs + check.fall * check.timeoutMs +
    (check.fall - 1) * check.fastinterMs;
  return rounded({
    "holder-lost": silence,
    "holder-stopped": skew,
    // The seed lowers the priority, which the others only see after three adverts of silence.
    "haproxy-dead": guide ? failed + silence : UNIT_STOP_MS + skew,
    "haproxy-hung": failed + hang + (guide ? silence : skew),
    // The seed's one script goes through the masters, so it fails like one that hangs.
    "backends-lost": guide
      ? failed + hang + silence
      : serverLost + ready.fall * ready.interval * 1000 + silence,
    "api-server-lost": serverLost,
  });
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
