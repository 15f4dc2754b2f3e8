import type { Endpoint, Facts, Finding, Preflight, PreflightAnswer } from "../../model.ts";
import { concernsNetwork } from "./concerns.ts";
import { type Found, merged } from "./judged.ts";
import { inTheWay, ruleFor } from "./rules.ts";
import {
  type Heard,
  heardBy,
  oneOfEachFamily,
  type Station,
  stations,
  unasked,
  wayOf,
  wireProbe,
} from "./wire.ts";

/**
 * Does protocol 112 pass between every two members, as adverts will travel? Where it does not, each of
 * them takes the address.
 */
export function protocol(endpoint: Endpoint): Preflight {
  return {
    name: "protocol-112",
    waits: true,
    concerns: concernsNetwork,
    probe: (host, facts) => wireProbe(endpoint, host, facts),
    judge: (answers, facts) => {
      const verdicts = oneOfEachFamily(endpoint).map((it) => judge(it, endpoint, answers, facts));
      const findings = verdicts.flatMap(({ findings }) => findings);
      const [first] = verdicts;
      const passes = verdicts.every(({ message }) => message !== undefined);
      return {
        findings,
        ...(passes && first?.message !== undefined ? { message: first.message } : {}),
      };
    },
  };
}

/** A member that could listen. */
interface Ear extends Heard {
  readonly host: string;
  readonly address: string;
}

function judge(
  beside: string,
  endpoint: Endpoint,
  answers: ReadonlyMap<string, PreflightAnswer>,
  facts: ReadonlyMap<string, Facts>,
): { findings: readonly Finding[]; message?: string } {
  if (endpoint.members.length < 2) return { findings: [] };
  const names = endpoint.members.map(({ host }) => host.name);
  const members = stations(endpoint, facts, beside).filter(({ host }) => names.includes(host));
  const ears = members.flatMap(({ host, address }): Ear[] => {
    const answer = answers.get(host);
    if (answer === undefined || address === undefined) return [];
    const heard = heardBy(answer);
    return heard.listened ? [{ ...heard, host, address }] : [];
  });
  const found = [
    ...members.flatMap((one) => deaf(one, answers, ears)),
    ...ears.flatMap((receiver) => between(endpoint, receiver, ears)),
  ];
  const findings = merged(found);
  if (findings.length > 0 || ears.length < members.length) return { findings };
  return { findings, message: `protocol 112 passes between ${names.join(", ")}` };
}

/** Whoever cannot listen is not tried; the proof comes with the first start of Keepalived. */
function deaf(
  { host }: Station,
  answers: ReadonlyMap<string, PreflightAnswer>,
  ears: readonly Ear[],
): Found[] {
  const answer = answers.get(host);
  if (answer === undefined || ears.some((it) => it.host === host)) return [];
  const message = `whether protocol 112 (VRRP) passes: ${unasked(heardBy(answer).lacks, "perl")}`;
  return [{ severity: "note", host, message }];
}

type Fault = "dropped" | "answers only" | "not sent" | "lost";

/** What becomes of the packets of the others on their way to one member. */
function between(endpoint: Endpoint, receiver: Ear, ears: readonly Ear[]): Found[] {
  const senders = ears.filter((it) => it !== receiver);
  const by = (fault: Fault) => senders.filter((it) => faultOf(receiver, it) === fault);
  const names = (some: readonly Ear[]) => some.map(({ host }) => host).join(", ");
  const { host, firewall } = receiver;
  const rule = (some: readonly Ear[]) =>
    ruleFor(firewall, { from: some.map(({ address }) => address), what: "vrrp" });
  const [dropped, only, unsent, lost] = [
    by("dropped"),
    by("answers only"),
    by("not sent"),
    by("lost"),
  ];
  const some = (list: readonly Ear[], finding: () => Found[]) => list.length === 0 ? [] : finding();
  return [
    ...some(dropped, () => [inTheWay(endpoint, firewall, {
      severity: "error",
      host,
      message: `its firewall drops protocol 112 (VRRP) from ${names(dropped)}`,
      hint: rule(dropped),
    })]),
    ...some(only, () => [inTheWay(endpoint, firewall, {
      severity: "error",
      host,
      message: `its firewall lets protocol 112 (VRRP) from ${names(only)} in as an answer only, ` +
        "which ends when the host starts anew",
      hint: rule(only),
    })]),
    ...unsent.map((sender): Found => ({
      severity: "error",
      host: sender.host,
      message: `its own firewall lets no protocol 112 (VRRP) out to ${host}`,
      hint: "let it out, in the output chain",
    })),
    ...some(lost, () => [{
      severity: "error",
      host,
      message: `protocol 112 (VRRP, ${wayOf(endpoint)}) of ${names(lost)} does not arrive at it`,
      hint: wayOf(endpoint) === "multicast"
        ? "the network drops multicast to 224.0.0.18: set vrrp: { mode: unicast }"
        : "let protocol 112 through between them: security groups, port security, routers",
    }]),
  ];
}

function faultOf(receiver: Ear, { address }: Ear): Fault | undefined {
  const { met } = receiver;
  const packet = met("passed", "packet", address);
  if (met("passed", "frame", address)) {
    return packet || met("arrived", "packet", address) ? undefined : "not sent";
  }
  // A frame goes over one link alone; what is routed comes as a packet.
  if (packet) return met("arrived", "frame", address) ? "answers only" : undefined;
  const arrived = met("arrived", "frame", address) || met("arrived", "packet", address);
  return arrived ? "dropped" : "lost";
}
