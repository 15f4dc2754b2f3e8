/**
 * What goes wrong, where and when, as data: written by the kit, read by the stub of `ssh`.
 * @module
 */

/** A request to a host: the n-th of the n-th connection to it, both from 1. */
export interface Place {
  /** Host. */
  readonly host: "lb1" | "lb2";
  /** Which connection. */
  readonly session: number;
  /** Which request on it; one that is asked again and again counts once. */
  readonly step: number;
}

/** When something happens, seen from one request. */
export type Moment =
  /** Before the request reaches the host. */
  | "request"
  /** The step has begun, and has done nothing yet. */
  | "step"
  /** The step has ended, and its answer has not reached the controller. */
  | "reply";

/** How much of a request or of an answer passes before the link is dropped. */
export type Passing = "nothing" | "one byte" | "half a frame" | "half" | "all but the last byte";

/** Something that is wrong with a host from a moment on, until it is put right. */
export type Condition =
  | "disk full"
  | "state disk full"
  | "disk read-only"
  | "state disk read-only"
  | "haproxy refuses"
  | "keepalived refuses"
  | "haproxy dies"
  | "keepalived dies"
  | "dpkg locked";

/** How long a host is without power. */
export type Outage = "for 2 s" | "until the run has ended";

/** One thing that goes wrong. */
export type Fault =
  /** The link is gone after so many bytes of the request (moment `request`) or of its answer. */
  | { readonly kind: "link dropped"; readonly moment: Moment; readonly passing: Passing }
  /** The answer comes late, and whole. */
  | { readonly kind: "reply delayed"; readonly moment: "reply" }
  /** Other text comes before the frame of the answer. */
  | { readonly kind: "garbage before a frame"; readonly moment: "reply" }
  /** ssh ends by itself with 255, and says why. */
  | { readonly kind: "ssh exit 255"; readonly moment: Moment }
  /** ssh is killed on the controller's machine. */
  | { readonly kind: "ssh SIGKILL"; readonly moment: Moment }
  /** The shell on the host is killed; the step that it started is not. */
  | { readonly kind: "remote shell SIGKILL"; readonly moment: "step" }
  /** The product's own process is killed. */
  | { readonly kind: "controller SIGKILL"; readonly moment: Moment }
  /** The host loses power, and boots again by itself or when the run has ended. */
  | { readonly kind: "host power-off"; readonly moment: Moment; readonly off: Outage }
  /** The host is in trouble from then on. */
  | { readonly kind: "condition"; readonly moment: "request"; readonly condition: Condition };

/** A fault at its place. */
export interface Injection {
  /** Where. */
  readonly at: Place;
  /** What. */
  readonly fault: Fault;
}

/** How many bytes of a text pass. */
export function bytesPassing(passing: Passing, size: number, frame: number): number {
  switch (passing) {
    case "nothing":
      return 0;
    case "one byte":
      return Math.min(1, size);
    case "half a frame":
      return Math.floor(frame / 2);
    case "half":
      return Math.floor(size / 2);
    case "all but the last byte":
      return Math.max(0, size - 1);
  }
}

/** What a person reads: `link dropped after half of the reply`. */
export function faultName(fault: Fault): string {
  switch (fault.kind) {
    case "condition":
      return fault.condition;
    case "link dropped": {
      const of = fault.moment === "request" ? "the request" : "the reply";
      if (fault.moment === "step") return "link dropped while the step runs";
      return `link dropped after ${fault.passing} of ${of}`;
    }
    case "host power-off":
      return `${fault.kind} at the ${fault.moment}, off ${fault.off}`;
    case "reply delayed":
    case "garbage before a frame":
    case "remote shell SIGKILL":
      return fault.kind;
    default:
      return `${fault.kind} at the ${fault.moment}`;
  }
}

/** Which row of the matrix a fault belongs to. */
export function faultRow(fault: Fault): string {
  if (fault.kind === "condition") return fault.condition;
  if (fault.kind === "link dropped" && fault.passing === "half a frame") return "half a frame";
  return fault.kind;
}
