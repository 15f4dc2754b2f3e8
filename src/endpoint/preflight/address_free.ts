import { addressesOf } from "../../addresses.ts";
import type { Endpoint, Facts, Finding, Preflight, PreflightAnswer } from "../../model.ts";
import { concernsNetwork } from "./concerns.ts";
import { carriedBy, carriersOf, type Found, merged } from "./judged.ts";
import { heardBy, stations, unasked, wireProbe } from "./wire.ts";

/** Does a stranger use the virtual address? Keepalived would take it without a word. */
export function addressFree(endpoint: Endpoint): Preflight {
  return {
    name: "address-free",
    waits: true,
    concerns: concernsNetwork,
    probe: (host, facts) => wireProbe(endpoint, host, facts),
    judge: (answers, facts) => {
      const verdicts = addressesOf(endpoint).map((it) => judge(it, endpoint, answers, facts));
      const said = verdicts.flatMap(({ message }) => message ?? []).join(", ");
      return {
        findings: verdicts.flatMap(({ findings }) => findings),
        ...(said === "" ? {} : { message: said }),
      };
    },
  };
}

function judge(
  address: string,
  endpoint: Endpoint,
  answers: ReadonlyMap<string, PreflightAnswer>,
  facts: ReadonlyMap<string, Facts>,
): { findings: readonly Finding[]; message?: string } {
  const heard = [...answers].map(([host, answer]) => ({ host, ...heardBy(answer) }));
  const members = stations(endpoint, facts, address);
  // A member is known by its own address on the segment, whether or not it answered us.
  const owners = new Map(
    members.flatMap(({ host, address }) =>
      address === undefined
        ? []
        : heard.flatMap(({ macsOf }) => macsOf(address)).map((mac) => [mac, host] as const)
    ),
  );
  const [holder] = carriersOf(address, facts);
  const found = heard.flatMap(({ host, asked, lacks, macsOf }): Found[] => {
    if (!asked) {
      const message = `whether somebody else uses ${address}: ${
        unasked(lacks, "perl, arping or ping")
      }`;
      return [{ severity: "note", host, message }];
    }
    return macsOf(address).filter((mac) => !owners.has(mac)).map((mac) => ({
      severity: "error",
      host,
      message: `${address} is used by another machine, MAC address ${mac}` +
        (holder === undefined ? "" : `, and ${holder} holds it too`),
      hint: `take the address from that machine, or set another "address"`,
    }));
  });
  const stuck = withoutKeepalived(address, endpoint, facts);
  const findings = merged([...found, ...stuck]);
  const seen = heard.flatMap(({ macsOf }) => macsOf(address)).find((mac) => owners.has(mac));
  const by = holder ?? owners.get(seen ?? "");
  if (by !== undefined && stuck.length === 0) {
    return { findings, message: `${address} is held by ${by}` };
  }
  return findings.length === 0 && heard.length > 0
    ? { findings, message: `${address} is free` }
    : { findings };
}

/** A member that has the address and no Keepalived never lets go of it: two would hold it. */
function withoutKeepalived(
  address: string,
  { pods }: Endpoint,
  facts: ReadonlyMap<string, Facts>,
): readonly Found[] {
  if (pods !== undefined) return [];
  return [...facts].flatMap(([host, its]): Found[] => {
    const at = carriedBy(its, address);
    if (at === undefined || its.packages["keepalived"]?.installed !== undefined) return [];
    return [{
      severity: "error",
      host,
      message: `${host} has ${address} of its own: no Keepalived is installed there that would ` +
        "ever give it to another member",
      hint: `ip addr del ${at.cidr} dev ${at.interface}, and take it out of what configures the ` +
        `network of ${host}; or set another "address"`,
    }];
  });
}
