import { addressesOf } from "../../addresses.ts";
import { TaskError } from "../../errors.ts";
import type { Endpoint, Preflight } from "../../model.ts";
import { attachment, holds, reserved } from "../network.ts";
import { carriersOf, type Found, isOf, merged } from "./judged.ts";

/** Has every member the interface that is meant, and does its subnet hold the virtual address? */
export function subnet(endpoint: Endpoint): Preflight {
  const { members } = endpoint;
  return {
    name: "subnet",
    waits: false,
    // Where it is wrong the files cannot even be planned.
    concerns: (planned) => [...planned.values()].some((changes) => changes.length > 0),
    judge: (_, facts) => {
      const found = addressesOf(endpoint).flatMap((address) =>
        members.flatMap((member): Found[] => {
          // One that some member holds already is reached somehow.
          const standing = carriersOf(address, facts).length > 0;
          const host = member.host.name;
          const seen = facts.get(host);
          if (seen === undefined) return [];
          try {
            const at = attachment(endpoint, member, { host, facts, predicted: NOTHING }, address);
            const own = seen.interfaces.find(({ name }) => name === at.interface)?.addresses ?? [];
            const near = own.filter((cidr) => !isOf(cidr, address))
              .some((cidr) => holds(cidr, address));
            const kinds = own.map((cidr) => ({ cidr, kind: reserved(cidr, address) }));
            const taken = kinds.find(({ kind }) => kind !== undefined);
            if (taken) {
              return [{
                severity: "error",
                host,
                message: `${address} is the ${taken.kind} address of ${taken.cidr}, and no host's`,
                hint: 'set another "address"',
              }];
            }
            if (near) return [];
            return [{
              severity: standing ? "warning" : "error",
              host,
              message: `no subnet of ${at.interface} holds ${address} (${own.join(", ")})`,
              hint: `set another "interface", or an address of its subnet`,
            }];
          } catch (error) {
            if (!(error instanceof TaskError)) throw error;
            const message = error.message.replace(
              /^Cannot use (.*) on "[^"]*": /,
              "it has not $1: ",
            );
            return [{ severity: "error", host, message }];
          }
        })
      );
      return { findings: merged(found) };
    },
  };
}

const NOTHING = { packages: [], users: [], paths: [] };
