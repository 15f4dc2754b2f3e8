/**
 * From what was seen to what is said of a drill. Pure, but for the two clocks that it compares.
 * @module
 */
import { ownAddressesOf } from "../addresses.ts";
import type { AddressFared, DrillFigures, DrillVerdict, Timeline } from "../drill_events.ts";
import { INTERVAL_MS } from "./asking.ts";
import { figuresOf } from "./measure/figures.ts";
import { judge, type Judgement } from "./measure/judge.ts";
import { buildTimeline } from "./measure/timeline.ts";
import { type Fared, reasonsOf, worstFirst } from "./measure/worst.ts";
import type { DrillPlan, Evidence, HostRecord, ProbeRecord } from "./model.ts";
import type { Trial } from "./trial.ts";

/** What is said of a drill. */
export interface Judged {
  /** How it ended. */
  readonly verdict: DrillVerdict;
  /** Why, a sentence each. */
  readonly reasons: readonly string[];
  /** Most that is allowed, in milliseconds. */
  readonly limitMs?: number;
  /** Which figure is held against it. */
  readonly judged?: NonNullable<DrillPlan["expect"]["judged"]>;
  /** Of which address figures and timeline are. @default {there is only one} */
  readonly address?: string;
  /** Figures, where something was seen. */
  readonly figures?: DrillFigures;
  /** All that was seen. */
  readonly timeline?: Timeline;
  /** The other addresses. @default {there are none} */
  readonly others?: readonly AddressFared[];
  /** What was measured cannot be trusted, so that another try may tell more: why. */
  readonly doubtful?: string;
}

/** All that a drill brought back. */
export interface Seen {
  /** What the probers saw, by address; those that are missing did not live to tell. */
  readonly probes: ReadonlyMap<string, ProbeRecord>;
  /** What the samplers saw. */
  readonly records: readonly HostRecord[];
  /** What the owner promises, in milliseconds. */
  readonly promiseMs: number;
  /** Everything that was planned was done. */
  readonly whole: boolean;
}

/** What was seen of one address. */
interface AddressSeen extends Evidence {
  readonly address: string;
}

/** What is said of it. */
type AddressJudged = Fared & Pick<Judgement, "limitMs" | "judged">;

/** Judges a drill that is over: by the address that fared worst. */
export function judged(trial: Trial, seen: Seen): Judged {
  const { failures, plan } = trial;
  const all = ownAddressesOf(trial.endpoint);
  const found = evidenceOf(trial, all, seen);
  if (found.length === 0) return unmeasured(trial);
  const ranked = worstFirst(
    found.map((one) => fared(one, plan, seen.promiseMs, failures)),
    plan.expect.judged ?? "outageMs",
  );
  const pictured = picturedOf(ranked, all, seen.whole);
  const said = seen.whole ? verdictOf(trial, ranked, all) : unmeasured(trial);
  return { ...said, ...pictured };
}

/** One timeline for each address that was asked, all with the same moment 0. */
function evidenceOf(
  { effects, marks }: Trial,
  addresses: readonly string[],
  { probes, records }: Seen,
): readonly AddressSeen[] {
  const asked = addresses.flatMap((address) => {
    const probe = probes.get(address);
    return probe === undefined || probe.requests.length === 0 ? [] : [{ address, probe }];
  });
  const first = asked.flatMap(({ probe }) => probe.requests.slice(0, 50).map(({ at }) => at));
  const zero = Math.min(...first);
  const end = effects.clock();
  const startedAt = Math.round(effects.now() - (end - zero));
  return asked.map(({ address, probe }) => {
    const built = buildTimeline({
      probe,
      hosts: records,
      marks,
      address,
      intervalMs: INTERVAL_MS,
      zero,
      startedAt,
      end,
    });
    return { address, ...built, figures: figuresOf(built.timeline) };
  });
}

/** An address by itself. What is wrong with a host makes its sentences those of a failure. */
function fared(
  { address, ...evidence }: AddressSeen,
  plan: DrillPlan,
  promiseMs: number,
  failures: readonly string[],
): AddressJudged {
  const own = judge(plan, evidence, { promiseMs });
  const { reasons } = judge(plan, evidence, { promiseMs, failures });
  const { figures, timeline } = evidence;
  return { address, figures, timeline, ...own, reasons: reasons.slice(failures.length) };
}

/** What stands on top is of the address that fared worst. */
function picturedOf(ranked: readonly Fared[], all: readonly string[], whole: boolean) {
  const [worst] = ranked;
  if (worst === undefined) return {};
  const { address, figures, timeline } = worst;
  if (all.length === 1) return { figures, timeline };
  const others = all.filter((it) => it !== address).map((other): AddressFared => {
    const found = ranked.find((one) => one.address === other);
    if (found === undefined) return { address: other, verdict: "unknown" };
    const verdict = whole ? found.verdict : "unknown";
    return { address: other, verdict, figures: found.figures, timeline: found.timeline };
  });
  return { address, figures, timeline, others };
}

/** What is said of all addresses together. */
function verdictOf(
  { failures, problems, notes }: Trial,
  ranked: readonly AddressJudged[],
  all: readonly string[],
): Pick<Judged, "verdict" | "reasons" | "limitMs" | "judged" | "doubtful"> {
  const missing = all.filter((address) => !ranked.some((one) => one.address === address));
  const own = reasonsOf(ranked, all.length);
  const [{ verdict: worst = "unknown", limitMs = 0, judged = "outageMs" } = {}] = ranked;
  const verdict = failures.length > 0
    ? "fail"
    : worst === "pass" && missing.length > 0
    ? "unknown"
    : worst;
  const doubtful = verdict === "unknown" && problems.length === 0
    ? { doubtful: own[0] ?? "what was measured cannot be trusted" }
    : {};
  const unasked = missing.map((address) => `${address}: it was not asked to the end`);
  const reasons = [...failures, ...own, ...unasked, ...problems, ...notes];
  return { verdict, reasons, limitMs, judged, ...doubtful };
}

/** Of a drill that did not come about. What is wrong with a host all the same makes it fail. */
function unmeasured({ effects, failures, problems, notes, struck }: Trial): Judged {
  const healed = struck ? "what was broken was healed" : "nothing was broken";
  const interrupted = effects.signal.aborted
    ? [failures.length === 0 ? `interrupted; ${healed}` : "interrupted"]
    : [];
  return {
    verdict: failures.length > 0 ? "fail" : "unknown",
    reasons: [...failures, ...interrupted, ...problems, ...notes],
  };
}
