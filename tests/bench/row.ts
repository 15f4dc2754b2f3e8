import type { Row } from "../../bench/rows.ts";

/** A run that went well. */
export const ROW: Row = {
  kind: "run",
  scenario: "converged",
  hosts: 2,
  round: 1,
  mode: "holdfast",
  look: "time",
  at: Date.UTC(2026, 2, 1),
  load: 0.5,
  wallMs: 500,
  cpuS: 0.4,
  hostsCpuS: 0.2,
  files: 0,
};
