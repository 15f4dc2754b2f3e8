/**
 * The part of the fault matrix that real hosts go through: places at which a deploy is held open on
 * lb1, what happens there, and trouble that is there from the start. Data only.
 * @module
 */

/** A place in a deploy: a program that dwells over a call, before or after its work. */
export interface Hold {
  /** What has been done and what has not, for people. */
  readonly name: string;
  /** Program that dwells. */
  readonly program: string;
  /** Shell pattern of the words of the call. */
  readonly pattern: string;
  /** When it dwells. */
  readonly when: "before" | "after";
}

/** Places, in the order in which a deploy comes by. */
export const HOLDS: readonly Hold[] = [
  {
    name: "files are staged, none has moved",
    program: "haproxy",
    pattern: '*" -c "*',
    when: "before",
  },
  {
    name: "the first of two files has moved",
    program: "mv",
    pattern: '*" /etc/haproxy/haproxy.cfg "*',
    when: "after",
  },
  {
    name: "all files have moved, no daemon knows",
    program: "systemctl",
    pattern: '*" reload-or-restart haproxy.service "*',
    when: "before",
  },
  {
    name: "HAProxy has reloaded, Keepalived has not",
    program: "systemctl",
    pattern: '*" reload-or-restart keepalived.service "*',
    when: "before",
  },
];

/** What happens while a deploy is held open. */
export const STRIKES = [
  "controller SIGKILL",
  "ssh SIGKILL",
  "link dropped",
  "remote shell SIGKILL",
  "host power-off",
] as const;
/** One of them. */
export type Strike = typeof STRIKES[number];

/** What is wrong with lb1 from the start. */
export const TROUBLES = [
  "disk full",
  "state disk full",
  "disk read-only",
  "state disk read-only",
  "haproxy refuses",
  "haproxy dies",
  "keepalived dies",
  "dpkg locked",
] as const;
/** One of them. */
export type Trouble = typeof TROUBLES[number];

/** One point with real hosts. */
export type LabPoint =
  | { readonly kind: "strike"; readonly hold: Hold; readonly strike: Strike }
  | { readonly kind: "trouble"; readonly trouble: Trouble };

/** All of them. */
export const LAB_POINTS: readonly LabPoint[] = [
  ...HOLDS.flatMap((hold) => STRIKES.map((strike) => ({ kind: "strike", hold, strike }) as const)),
  ...TROUBLES.map((trouble) => ({ kind: "trouble", trouble }) as const),
];

/** What a person reads. */
export function labPointName(point: LabPoint): string {
  return point.kind === "trouble" ? point.trouble : `${point.strike} while ${point.hold.name}`;
}
