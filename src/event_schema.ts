/**
 * What one line of `--json` may hold, field by field. docs/events.md and docs/events.schema.json
 * are made from it, and every run of the tests is held against it.
 * @module
 */
import * as z from "zod";
import { drillEventsOf } from "./drill_event_schema.ts";
import { at, count, endpoint, ms, type Shape, text } from "./event_fields.ts";

const host = text("Name of the host in the inventory.");
const kind = text(
  "Kind of the task, for grouping: `files`, `service`; `connect`, `look`, `wait`, `preflight`, `handler` and `proof` are Holdfast's own.",
);
const task = text("Name of the task, as on screen.");
const status = z.enum(["ok", "changed", "failed", "skipped", "unreachable"]);

function sourceOf(object: Shape) {
  return object({
    file: text("Path as it was typed."),
    line: count("Line, from 1."),
    column: count("Column, from 1."),
    length: count("How many characters are meant.").exactOptional(),
  });
}

function changeOf(object: Shape) {
  return object({
    kind: z.enum(["run", "write", "remove"]).describe("Kind of change."),
    targets: z.array(z.string()).describe(
      "What it acts on: paths, units, packages, users, kernel settings.",
    ),
    summary: text("What it did or, in check mode, would do."),
    unknown: z.array(z.string()).exactOptional().describe(
      "What cannot be known before an earlier change is made, one sentence each.",
    ),
    diff: text("Unified diff of each file; where it is missing nothing is compared.")
      .exactOptional(),
  });
}

function diagnosticOf(object: Shape) {
  return object({
    severity: z.enum(["error", "warning", "note"]).describe(
      "An error stops the run or a host; a note says what was not looked at.",
    ),
    code: text("Stable word for looking it up."),
    message: text("What cannot be done, to what, and why."),
    source: sourceOf(object).exactOptional().describe("Where it was written."),
    endpoint: sourceOf(object).exactOptional().describe(
      "Where the inventory has the endpoint, if `source` is a line that would be rendered for it.",
    ),
    rendered: sourceOf(object).exactOptional().describe(
      "The line that would be rendered, if `source` is the value of the inventory behind it.",
    ),
    hint: text("What to type instead.").exactOptional(),
  });
}

function recapOf(object: Shape) {
  return object({
    ok: count("Tasks that are as wished, the changed ones included."),
    changed: count("Tasks that changed something or, in check mode, would."),
    unreachable: count("Times the host could not be reached or was lost."),
    failed: count("Tasks that failed."),
    skipped: count("Tasks that were not tried."),
    roundTrips: count("Requests sent to the host."),
  });
}

function eventsOf(object: Shape) {
  return [
    object({
      type: z.literal("version"),
      format: z.literal(1).describe("Number of the format; it rises on a breaking change only."),
      holdfast: text("Version of Holdfast."),
    }).describe("The first event of every run."),
    object({
      type: z.literal("run-start"),
      at,
      mode: z.enum(["check", "apply", "verify", "drill", "lint"]).describe(
        "Dry, real, judging only, or breaking things on purpose.",
      ),
      what: text(
        "What was asked for where it is more than the mode: `rollback`, of which mode says whether it is dry.",
      ).exactOptional(),
      play: text("Name of the play."),
      inventory: text("The inventory as it was typed."),
      hosts: z.array(z.string()).describe("Hosts that the run works on."),
      places: z.record(z.string(), sourceOf(object)).describe(
        "Where each host is written in the inventory, by name.",
      ),
      batches: z.array(z.array(z.string())).exactOptional().describe(
        "Names of the endpoints that begin together, batch by batch; with several endpoints or where it was asked for.",
      ),
      stopsAfter: count(
        "No further endpoint is begun once so many hosts failed or could not be reached; where it is missing, however many did.",
      ).exactOptional(),
      shard: object({
        index: count("Which part this is, from 1."),
        count: count("How many parts there are."),
        endpoints: z.array(z.string()).describe("Names of its endpoints; there may be none."),
        of: count("How many endpoints all parts have together."),
      }).exactOptional().describe(
        "Of a fleet that is shared out over several runs with `--shard`: which part this one is.",
      ),
    }).describe("The inventory was accepted and hosts are about to be contacted."),
    object({
      type: z.literal("prediction"),
      at,
      endpoint,
      sloMs: count(
        "Longest tolerated failover, in milliseconds; where it is missing, nobody has said.",
      )
        .exactOptional(),
      sloWritten: z.boolean().describe(
        "Whether `slo.failover` of the inventory, or `--slo`, says that; else it is the default.",
      ),
      faults: z.array(object({
        fault: text("What would break: `holder-lost`, `haproxy-hung`; more may come."),
        ms: count("Longest wait for the next answer, in milliseconds; 0: always answered."),
        promised: z.boolean().describe("Whether the tolerated failover is about it."),
        because: text("Of files by hand: what the time is made of.").exactOptional(),
      })).describe("Every fault that is computed."),
      unpredicted: z.array(object({
        fault: text("What would break."),
        because: text("Why no time can be said, in half a sentence."),
      })).exactOptional().describe("Of files by hand: faults whose times they do not tell."),
    }).describe(
      "From `check` and `lint`: how long clients would be without an answer, computed from the settings of " +
        "an endpoint with at least two load balancers, or from files by hand: then `endpoint` names " +
        "their addresses. Nothing was measured.",
    ),
    object({ type: z.literal("task-start"), at, host, endpoint, kind, task }).describe(
      "A host begins with something that takes time: connecting, waiting for its turn, a change. " +
        "What the next event of the host says ends it.",
    ),
    object({
      type: z.literal("task-end"),
      at,
      host,
      endpoint,
      kind,
      task,
      status: status.describe("How it ended. In check mode `changed` means that it would change."),
      changes: z.array(changeOf(object)).describe("What it changed or would change, in order."),
      ms,
      error: text("Why it failed, a whole sentence.").exactOptional(),
    }).describe("A task ended on a host."),
    object({ type: z.literal("host-end"), at, host, endpoint }).describe(
      "Nothing more is done on a host. A host without it was interrupted.",
    ),
    object({
      type: z.literal("check-end"),
      at,
      endpoint,
      check: text("Name of the condition."),
      status: z.enum(["ok", "failed", "skipped"]).describe("Whether it holds."),
      message: text("What was found, with its figures."),
      ms,
    }).describe("A condition over all hosts of an endpoint was judged."),
    ...drillEventsOf(object),
    object({
      type: z.literal("diagnostic"),
      at,
      diagnostic: diagnosticOf(object).describe("The problem."),
    }).describe("Something is wrong with what the user wrote, or worth knowing."),
    object({
      type: z.literal("run-end"),
      at,
      exitCode: z.number().int().describe("Exit code of the run."),
      hosts: z.record(z.string(), recapOf(object)).describe("Counts of each host, by name."),
      ms,
    }).describe("The last event of every run."),
  ] as const;
}

/** Reads an event; fields that nobody described are left out. */
export const EventSchema = z.discriminatedUnion("type", eventsOf(z.object));

/** Reads an event, and refuses one that holds anything that nobody described. */
export const StrictEventSchema = z.discriminatedUnion("type", eventsOf(z.strictObject));

/** Types of events, in the order of a run. */
export const EVENT_TYPES: readonly string[] = eventsOf(z.object).map(({ shape }) =>
  shape.type.value
);

/**
 * The JSON Schema (draft 2020-12) of one event line. As the format promises, it accepts fields and
 * event types that come later.
 */
export function eventJsonSchema(): Record<string, unknown> {
  const { $schema, oneOf } = z.toJSONSchema(EventSchema, { io: "input" });
  const later = {
    description: "An event that a later Holdfast knows: to be ignored.",
    type: "object",
    properties: { type: { type: "string", not: { enum: EVENT_TYPES } } },
    required: ["type"],
  };
  return {
    $schema,
    title: "One event of a Holdfast run",
    description: "One line of --json. Unknown fields and event types are to be ignored.",
    oneOf: [...oneOf ?? [], later],
  };
}
