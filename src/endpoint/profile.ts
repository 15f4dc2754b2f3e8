/**
 * What the profiles set: the numbers behind `standard` and `fast`, and those of the seed document
 * for predictions. Data only; docs/profiles.md says why each has its value.
 * @module
 */
import type { Endpoint } from "../model.ts";

/** A tracked script of Keepalived. Times in seconds, which is all that it takes. */
export interface ScriptTimes {
  /** Seconds between two runs. */
  readonly interval: number;
  /** Seconds after which Keepalived ends a run. */
  readonly timeout: number;
  /** Failures in a row that count. */
  readonly fall: number;
  /** Successes in a row that count, after a failure has counted. */
  readonly rise: number;
}

/** How often one run of the script asks HAProxy whether it answers. */
export interface Pulse {
  /** Answers that a run waits for, one after the other. */
  readonly asks: number;
  /** Milliseconds that HAProxy holds each of them back: the pace. */
  readonly everyMs: number;
  /** Milliseconds of silence that count as a failure; two in a row end the run. */
  readonly limitMs: number;
}

/** Numbers of a profile. */
export interface Settings {
  /** Version of VRRP. */
  readonly vrrpVersion: 2 | 3;
  /** Milliseconds between adverts. */
  readonly advertMs: number;
  /** Priority of the first member and the distance to the next. */
  readonly priorities: { readonly top: number; readonly step: number };
  /** How much priority a load balancer loses that sees no API server. */
  readonly weight: number;
  /** Balance algorithm. */
  readonly balance: string;
  /** Is HAProxy answering? */
  readonly alive: ScriptTimes;
  /** What one run of that script does. */
  readonly pulse: Pulse;
  /** Does HAProxy see an API server? */
  readonly ready: ScriptTimes;
  /** HAProxy's checks of the API servers; times in milliseconds. */
  readonly check: {
    /** Between checks of a server that is up. */
    readonly interMs: number;
    /** Between checks while it changes. */
    readonly fastinterMs: number;
    /** Between checks of a server that is down. */
    readonly downinterMs: number;
    /** Failures in a row that take it out. */
    readonly fall: number;
    /** Successes in a row that bring it back. */
    readonly rise: number;
    /** Limit of connecting. */
    readonly connectMs: number;
    /** Limit of waiting for the answer. */
    readonly timeoutMs: number;
  };
}

const STANDARD: Settings = {
  vrrpVersion: 3,
  advertMs: 300,
  // High priorities shorten the election: the skew is (256 - priority) / 256 of an advert.
  priorities: { top: 250, step: 10 },
  weight: 60,
  balance: "leastconn",
  // One failed run counts: it is two failures in a row already. The longest run there can be ends
  // before `timeout`, and the usual one before the next: Keepalived then starts no second beside it.
  alive: { interval: 1, timeout: 3, fall: 1, rise: 3 },
  pulse: { asks: 3, everyMs: 250, limitMs: 500 },
  // A reloaded HAProxy believes in every server until it has asked: `rise` outlasts that.
  ready: { interval: 1, timeout: 2, fall: 3, rise: 10 },
  check: {
    interMs: 2000,
    fastinterMs: 500,
    downinterMs: 2000,
    fall: 3,
    rise: 2,
    connectMs: 3000,
    timeoutMs: 2000,
  },
};

const PROFILES: Readonly<Record<Endpoint["profile"], Settings>> = {
  // What the seed document writes, and Keepalived's defaults where it writes nothing.
  guide: {
    ...STANDARD,
    vrrpVersion: 2,
    advertMs: 1000,
    priorities: { top: 101, step: 1 },
    weight: 2,
    balance: "roundrobin",
    alive: { interval: 3, timeout: 4, fall: 10, rise: 2 },
    // It asks twice, two seconds each.
    pulse: { asks: 1, everyMs: 0, limitMs: 2000 },
    ready: { interval: 3, timeout: 4, fall: 10, rise: 2 },
    check: {
      interMs: 2000,
      fastinterMs: 2000,
      downinterMs: 2000,
      fall: 3,
      rise: 2,
      connectMs: 5000,
      timeoutMs: 10000,
    },
  },
  standard: STANDARD,
  fast: {
    ...STANDARD,
    advertMs: 100,
    pulse: { asks: 8, everyMs: 100, limitMs: 200 },
    ready: { interval: 1, timeout: 2, fall: 2, rise: 5 },
    check: {
      interMs: 1000,
      fastinterMs: 200,
      downinterMs: 1000,
      fall: 2,
      rise: 2,
      connectMs: 1000,
      timeoutMs: 1000,
    },
  },
};

/** Numbers of an endpoint's profile. */
export function settings(endpoint: Endpoint): Settings {
  return PROFILES[endpoint.profile];
}
