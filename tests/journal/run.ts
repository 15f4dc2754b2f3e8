/** A run on a sandbox host, for the tests of this folder. */
import { assertEquals } from "@std/assert";
import type { About } from "../../src/journal/open.ts";
import { beginStep, recordStep, type Step } from "../../src/journal/step.ts";
import {
  parseUndone,
  parseVerdict,
  revertScript,
  verdictProbe,
} from "../../src/journal/verdict.ts";
import type { ExecResult } from "../../src/model.ts";
import type { Sandbox } from "./sandbox.ts";

/** What the run says of itself. */
export const ABOUT: About = {
  id: "20261127T085412Z-1a2b3c4d",
  what: "apply",
  who: "ann@desk",
  sinceS: 1_795_769_652,
  endpoint: "lb",
  inventory: "hosts.yaml",
};

/** A script that worked, and had nothing to say. */
export function assertOk({ code, stderr }: ExecResult): void {
  assertEquals([code, stderr], [0, ""]);
}

/** A step of the run that does this, its way back recorded first. */
export function step(number: number, script: string, rest: Partial<Step> = {}): string {
  const one: Step = { id: ABOUT.id, number, summary: `step ${number}`, timeoutS: 60, ...rest };
  return [beginStep(one), recordStep(one), script].join("\n");
}

/** What the host has decided. */
export async function verdict(host: Sandbox) {
  return parseVerdict((await host.run(verdictProbe(ABOUT.id))).stdout);
}

/** Gives what was brought back. */
export async function revert(host: Sandbox) {
  const answer = await host.run(revertScript(ABOUT.id));
  assertOk(answer);
  return parseUndone(answer.stdout);
}
