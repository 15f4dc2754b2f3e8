/**
 * A run with everything in it, as it would be recorded.
 * @module
 */
import type { Event, Status } from "../../src/events.ts";

/** The end of a task. */
export function task(
  host: string,
  name: string,
  status: Status,
  more: Partial<Extract<Event, { type: "task-end" }>> = {},
): Event {
  return {
    type: "task-end",
    at: 1,
    host,
    endpoint: "load_balancers",
    kind: "files",
    task: name,
    status,
    changes: [],
    ms: 20,
    ...more,
  };
}

const DIFF = "--- /etc/x\n+++ /etc/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n";

/** Every event with every status. */
export const EVERYTHING: readonly Event[] = [
  { type: "version", format: 1, holdfast: "0.0.0" },
  {
    type: "run-start",
    at: 0,
    mode: "apply",
    play: "highly available endpoint",
    inventory: "hosts.yaml",
    hosts: ["lb1", "load-balancer-2"],
    places: { lb1: { file: "hosts.yaml", line: 7, column: 9 } },
  },
  {
    type: "prediction",
    at: 0,
    endpoint: "load_balancers",
    sloMs: 1000,
    sloWritten: true,
    faults: [
      { fault: "holder-lost", ms: 919, promised: true },
      { fault: "haproxy-hung", ms: 1669, promised: true },
      { fault: "backends-lost", ms: 12_919, promised: false },
    ],
  },
  {
    type: "diagnostic",
    at: 1,
    diagnostic: { severity: "warning", code: "unobserved-host", message: "Cannot look at lb3" },
  },
  {
    type: "task-start",
    at: 1,
    host: "lb1",
    endpoint: "load_balancers",
    kind: "connect",
    task: "connect",
  },
  task("lb1", "packages haproxy", "ok"),
  task("lb1", "files haproxy", "changed", {
    ms: 1234,
    changes: [
      { kind: "write", targets: ["/etc/x"], summary: "write /etc/x", diff: DIFF },
      { kind: "run", targets: ["haproxy.service"], summary: "start haproxy" },
    ],
  }),
  task("lb1", "service haproxy", "failed", { error: "Cannot start haproxy:\nport is taken" }),
  task("lb1", "service keepalived", "skipped"),
  { type: "host-end", at: 1, host: "lb1", endpoint: "load_balancers" },
  task("load-balancer-2", "connect", "unreachable", { error: "Cannot open a shell: no route" }),
  { type: "host-end", at: 1, host: "load-balancer-2", endpoint: "load_balancers" },
  ...(["ok", "failed", "skipped"] as const).map((status): Event => ({
    type: "check-end",
    at: 2,
    endpoint: "load_balancers",
    check: "vip 10.0.0.10",
    status,
    message: "held by lb1, backends 3/3",
    ms: 5,
  })),
  {
    type: "run-end",
    at: 9,
    exitCode: 3,
    hosts: {
      lb1: { ok: 2, changed: 1, unreachable: 0, failed: 1, skipped: 1, roundTrips: 4 },
      "load-balancer-2": {
        ok: 0,
        changed: 0,
        unreachable: 1,
        failed: 0,
        skipped: 0,
        roundTrips: 0,
      },
    },
    ms: 4321,
  },
];

/** The same run with a text of a host wherever one can stand. */
export function withText(
  text: string,
  events: readonly Event[] = EVERYTHING,
): readonly Event[] {
  const replace = (value: unknown): unknown => {
    if (typeof value === "string") return text;
    if (Array.isArray(value)) return value.map(replace);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        const fixed = ["type", "status", "mode", "severity", "verdict", "phase", "judged"].includes(
          key,
        );
        // Of a mark its kind is a word of the format, and it alone has no name beside it.
        const mark = key === "kind" && "text" in value && "at" in value;
        return [key, fixed || mark ? inner : replace(inner)];
      }),
    );
  };
  return events.map((event) => {
    const replaced = replace(event) as Event;
    if (replaced.type !== "run-end") return replaced;
    const [counts] = Object.values(replaced.hosts);
    return { ...replaced, hosts: counts === undefined ? {} : { [text]: counts } };
  });
}
