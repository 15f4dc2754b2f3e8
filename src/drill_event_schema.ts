/**
 * What the events of a drill may hold, field by field.
 * @module
 */
import * as z from "zod";
import { at, count, endpoint, ms, type Shape, text } from "./event_fields.ts";

const moment = (what: string) =>
  z.number().describe(`${what}, in milliseconds since the first request of the drill.`);
const length = (what: string) => z.number().nonnegative().describe(`${what}, in milliseconds.`);
const drill = text("Name of the drill.");
const title = text("What is broken, on one line.");
const round = count("Which round of this drill it is, from 1.");
const rounds = count("How many rounds there are.");
const targets = z.array(z.string()).describe("Who is broken: hosts or API servers.");

function spanOf(object: Shape) {
  return object({ from: moment("First moment"), to: moment("Last moment") });
}

function requestsOf(object: Shape) {
  return object({
    kinds: z.array(z.string()).describe("What `kind` counts in: `ok` first, then failures."),
    at: z.array(z.number()).describe("When each was sent."),
    ms: z.array(z.number()).describe("How long each took, to its answer or its failure."),
    kind: z.array(z.number()).describe("How each ended: a place in `kinds`."),
  });
}

function timelineOf(object: Shape) {
  return object({
    startedAt: z.number().describe("Moment 0, in milliseconds since 1970-01-01T00:00:00Z."),
    ms: length("Length"),
    intervalMs: length("Time between two requests that was asked for"),
    requests: requestsOf(object).describe("Every request, as columns of the same length."),
    stalls: z.array(spanOf(object)).describe("When the prober itself stood still."),
    holders: z.array(
      spanOf(object).extend({
        host: text("Who held the address."),
        uncertaintyMs: length("By how much the moments may be off"),
      }),
    ).describe("Who held the address, and when."),
    dark: z.array(spanOf(object).extend({ host: text("Which host.") })).describe(
      "When a host could not be seen.",
    ),
    watch: z.array(
      spanOf(object).extend({
        end: text("How it ended: `open` when it did not, else `closed`, `reset`, `silent`."),
        silentMs: length("How long nothing came on it before its client knew"),
      }),
    ).describe("Connections that stayed open."),
    backends: z.array(object({
      at: moment("When"),
      host: text("Which load balancer."),
      up: count("How many API servers it could use."),
    })).describe("API servers in use, changes only."),
    marks: z.array(object({
      at: moment("When"),
      kind: z.enum(["prepare", "fault", "heal", "steady"]).describe("What kind."),
      host: text("Where.").exactOptional(),
      text: text("What, for people."),
    })).describe("What was done."),
  });
}

function figuresOf(object: Shape) {
  return object({
    outageMs: length(
      "Longest time without an answer from the fault to the heal, last success before to first after",
    ).exactOptional(),
    returnMs: length("The same from the heal on: what the return cost").exactOptional(),
    recoveryMs: length("From the heal to the first answer, where nothing could answer before")
      .exactOptional(),
    degradedMs: length("From the first failed request after the fault to the last").exactOptional(),
    slowestMs: length(
      "Longest that a single request waited for its answer or failure, from the fault on",
    ).exactOptional(),
    requests: count("Requests sent."),
    failures: count("Those that failed."),
    failureKinds: z.record(z.string(), z.number()).describe("Failures by kind."),
    maxHolders: count("Most hosts that held the address at the same time.").exactOptional(),
    twoHoldersMs: length("How long more than one host held it").exactOptional(),
    noHolderMs: length("How long no host held it").exactOptional(),
    moves: count("How often it moved.").exactOptional(),
    watch: text("How the long-lived connection fared.").exactOptional(),
    stalledMs: length("How long the prober itself stood still"),
    clockMs: length("By how much moments of different hosts may be off").exactOptional(),
  });
}

/** The events of a drill, in the order of a run. */
export function drillEventsOf(object: Shape) {
  return [
    object({
      type: z.literal("drill-start"),
      at,
      endpoint,
      drill,
      title,
      round,
      rounds,
      targets,
    }).describe("One thing is about to be broken."),
    object({
      type: z.literal("drill-phase"),
      at,
      endpoint,
      drill,
      phase: z.enum([
        "preflight",
        "watch",
        "arm",
        "prepare",
        "fault",
        "heal",
        "settle",
        "disarm",
      ]).describe("Which step."),
      message: text("What is done, for people."),
    }).describe("The next step of a drill begins."),
    object({
      type: z.literal("drill-end"),
      at,
      endpoint,
      drill,
      title,
      round,
      rounds,
      targets,
      verdict: z.enum(["pass", "fail", "unknown", "skipped"]).describe(
        "`unknown`: what was measured cannot be trusted. `skipped`: nothing was broken.",
      ),
      reasons: z.array(z.string()).describe("Why, a sentence each."),
      predictedMs: length("What was computed from the configuration").exactOptional(),
      limitMs: length("Most that is allowed").exactOptional(),
      judged: z.enum(["outageMs", "returnMs", "recoveryMs", "degradedMs"]).exactOptional().describe(
        "Which figure is held against the limit.",
      ),
      outageMs: length("Longest outage while the fault stood").exactOptional(),
      requests: count("Requests sent."),
      failures: count("Those that failed."),
      maxHolders: count("Most hosts that held the address at the same time.").exactOptional(),
      address: text(
        "Of which address figures, counts and timeline are: the one that fared worst. Where it is missing, the endpoint has only one.",
      ).exactOptional(),
      figures: figuresOf(object).exactOptional().describe("Every figure."),
      timeline: timelineOf(object).exactOptional().describe(
        "Everything that was seen: enough to draw it, and to judge it again.",
      ),
      others: z.array(object({
        address: text("Which one."),
        verdict: z.enum(["pass", "fail", "unknown"]).describe("What is said of it alone."),
        figures: figuresOf(object).exactOptional().describe(
          "Its figures, with the fields of `figures`.",
        ),
        timeline: timelineOf(object).exactOptional().describe(
          "What was seen of it, with the fields of `timeline`.",
        ),
      })).exactOptional().describe("The other addresses of the endpoint."),
      ms,
    }).describe("A drill has ended."),
  ] as const;
}
