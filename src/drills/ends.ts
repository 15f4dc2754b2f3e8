/**
 * The first and the last event of a drill.
 * @module
 */
import type { Endpoint } from "../model.ts";
import { TrialError } from "./trial.ts";
import type { Outcome } from "./attempt.ts";
import type { Drill, DrillEffects } from "./model.ts";
import { expectedScene } from "./scene.ts";

/** One drill on one endpoint, and which of how many times it is run. */
export interface Round {
  /** Where. */
  readonly endpoint: Endpoint;
  /** What. */
  readonly drill: Drill;
  /** Which time, from 1. */
  readonly number: number;
  /** Of how many. */
  readonly rounds: number;
  /** When it began, epoch milliseconds. */
  readonly since: number;
}

/** Says that a drill begins. Who will be broken is foreseen: it is known once all was looked at. */
export function emitStart(round: Round, { emit, now }: Pick<DrillEffects, "emit" | "now">): void {
  emit({ type: "drill-start", at: now(), ...common(round), targets: foreseen(round) });
}

/** Says how a drill ended. */
export function emitEnd(
  round: Round,
  outcome: Outcome,
  { emit, now }: Pick<DrillEffects, "emit" | "now">,
): void {
  const at = now();
  const { verdict, reasons, address, figures, timeline, others, limitMs, judged, predictedMs } =
    outcome;
  emit({
    type: "drill-end",
    at,
    ...common(round),
    targets: outcome.targets.length > 0 ? outcome.targets : foreseen(round),
    verdict,
    reasons,
    ...(predictedMs === undefined ? {} : { predictedMs }),
    ...(limitMs === undefined ? {} : { limitMs }),
    ...(judged === undefined ? {} : { judged }),
    ...(figures?.outageMs === undefined ? {} : { outageMs: figures.outageMs }),
    requests: figures?.requests ?? 0,
    failures: figures?.failures ?? 0,
    ...(figures?.maxHolders === undefined ? {} : { maxHolders: figures.maxHolders }),
    ...(address === undefined ? {} : { address }),
    ...(figures === undefined ? {} : { figures }),
    ...(timeline === undefined ? {} : { timeline }),
    ...(others === undefined ? {} : { others }),
    ms: at - round.since,
  });
}

function common({ endpoint, drill, number, rounds }: Round) {
  const { name, title } = drill;
  return { endpoint: endpoint.name, drill: name, title, round: number, rounds };
}

function foreseen({ endpoint, drill }: Round): readonly string[] {
  const scene = expectedScene(endpoint);
  try {
    return drill.unfit?.(scene) === undefined ? drill.plan(scene).targets : [];
  } catch (error) {
    // Some plans need what only the hosts know, such as the name of an interface; and one that makes
    // no sense is told when it is to be carried out.
    if (error instanceof RangeError || error instanceof TrialError) return [];
    throw error;
  }
}
