import type { Endpoint, Finding, Preflight, PreflightAnswer } from "../../model.ts";
import { sh } from "../../shell.ts";
import { type Found, merged } from "./judged.ts";

/** From here on logs of several hosts can no longer be read together. */
const WORTH_SAYING_S = 2;

/** From here on certificates are not valid yet or no longer, and package lists are refused. */
const TOO_FAR_S = 300;

/** Do the clocks of the members agree with the one of this machine? */
export function clock({ members }: Endpoint): Preflight {
  return {
    name: "clock",
    waits: false,
    concerns: (planned) => [...planned.values()].some((changes) => changes.length > 0),
    // Not every date knows of fractions.
    probe: () => sh`date +%s.%N`,
    judge: (answers) => {
      const skews = members.flatMap(({ host: { name } }) => {
        const answer = answers.get(name);
        const skew = answer && skewOf(answer);
        return skew === undefined ? [] : [{ host: name, skew }];
      });
      return { findings: merged(skews.flatMap(finding)).concat(ours(skews)) };
    },
  };
}

interface Skew {
  readonly host: string;
  /** Seconds that its clock is ahead at least; negative: behind. */
  readonly skew: number;
}

/** What is certain: the host read its clock at some moment between our two. */
function skewOf({ stdout, askedAt, answeredAt }: PreflightAnswer): number | undefined {
  const match = /^(\d{1,12})(?:\.(\d{1,9}))?/.exec(stdout.trim());
  if (match === null) return undefined;
  const whole = match[2] === undefined;
  const at = Number(match[0]);
  const [ahead, behind] = [at - answeredAt / 1000, (whole ? at + 1 : at) - askedAt / 1000];
  return ahead > 0 ? ahead : Math.min(0, behind);
}

function finding({ host, skew }: Skew): Found[] {
  const by = Math.abs(skew);
  if (by < WORTH_SAYING_S) return [];
  const message = `its clock is ${duration(by)} ${skew > 0 ? "ahead of" : "behind"} this machine's`;
  const hint = "set the clock, and let chrony or systemd-timesyncd keep it";
  return [{ severity: by < TOO_FAR_S ? "warning" : "error", host, message, hint }];
}

/** Hosts that agree with each other and not with us are probably right. */
function ours(skews: readonly Skew[]): readonly Finding[] {
  const all = skews.map(({ skew }) => skew);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const apart = Math.min(...all.map(Math.abs)) >= WORTH_SAYING_S;
  if (all.length < 2 || !apart || high - low >= WORTH_SAYING_S) return [];
  const hosts = skews.map(({ host }) => host);
  return [{
    severity: "warning",
    hosts,
    message: "they agree: is the clock of this machine right?",
  }];
}

function duration(seconds: number): string {
  return seconds < 120 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
}
