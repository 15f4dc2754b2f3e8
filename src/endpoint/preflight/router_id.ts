import { routerId as idOf } from "../derive.ts";
import type { Endpoint, Facts, Finding, Preflight, PreflightAnswer } from "../../model.ts";
import { sameAddress } from "../network.ts";
import { concernsNetwork } from "./concerns.ts";
import { type Found, merged } from "./judged.ts";
import { heardBy, oneOfEachFamily, stations, unasked, wayOf, wireProbe } from "./wire.ts";
import { WINDOW_S } from "./wire_perl.ts";

/** Does a stranger on the segment speak VRRP under the endpoint's virtual router id? */
export function routerIdFree(endpoint: Endpoint): Preflight {
  return {
    name: "router-id",
    waits: true,
    concerns: concernsNetwork,
    probe: (host, facts) => wireProbe(endpoint, host, facts),
    judge: (answers, facts) => judge(endpoint, answers, facts),
  };
}

function judge(
  endpoint: Endpoint,
  answers: ReadonlyMap<string, PreflightAnswer>,
  facts: ReadonlyMap<string, Facts>,
): { findings: readonly Finding[]; message?: string } {
  const id = idOf(endpoint).value;
  const heard = [...answers].map(([host, answer]) => ({ host, ...heardBy(answer) }));
  const own = ownAddresses(endpoint, facts);
  const used = new Set(heard.flatMap(({ adverts }) => adverts.map((it) => it.id)));
  const found = heard.flatMap(({ host, heardVrrp, lacks, adverts }): Found[] => {
    if (!heardVrrp) {
      const message = `whether somebody else speaks VRRP as router ${id}: ${
        unasked(lacks, "perl or tcpdump")
      }`;
      return [{ severity: "note", host, message }];
    }
    const strangers = adverts.filter((it) =>
      it.id === id && !own.some((address) => sameAddress(address, it.source))
    );
    return strangers.map(({ source, addresses }) => ({
      // Members that speak to each other alone do not take what it says for theirs.
      severity: wayOf(endpoint) === "multicast" ? "error" : "warning",
      host,
      message: `${source}, which is no member, speaks VRRP as router ${id}` +
        (addresses.length === 0 ? "" : ` for ${addresses.join(", ")}`),
      hint: `set another one: vrrp: { router_id: ${freeId(id, used)} }`,
    }));
  });
  const findings = merged(found);
  if (findings.length > 0 || heard.length === 0) return { findings };
  return { findings, message: `nobody else is router ${id} within ${WINDOW_S} s` };
}

function ownAddresses(endpoint: Endpoint, facts: ReadonlyMap<string, Facts>): readonly string[] {
  const all = oneOfEachFamily(endpoint).flatMap((it) => stations(endpoint, facts, it));
  return all.flatMap(({ host, address = "" }) => [
    address,
    ...(facts.get(host)?.interfaces ?? []).flatMap((it) => it.addresses)
      .map((cidr) => cidr.split("/")[0] ?? ""),
  ]);
}

/** The next id that nobody was heard with; 51 is everybody's. */
function freeId(id: number, used: ReadonlySet<number>): number {
  const next = Array.from({ length: 254 }, (_, i) => (id + i) % 255 + 1);
  return next.find((it) => it !== 51 && !used.has(it)) ?? 1;
}
