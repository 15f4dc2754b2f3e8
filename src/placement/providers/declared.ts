/**
 * What the inventory declares, as a platform: each failure domain is a host, and there are no rules.
 * For bare metal, clouds, and whatever else nobody can be asked about. Pure.
 * @module
 */
import type { PlacedHost, PlacementProvider } from "../model.ts";

const POOL = "inventory";

/**
 * A platform of declared failure domains; machines are called as their hosts are.
 *
 * @param hosts every host that may be looked at
 * @param domains every failure domain that the inventory has, whoever is in it
 */
export function declared(
  hosts: readonly PlacedHost[],
  domains: Iterable<string>,
): PlacementProvider {
  const byName = new Map(hosts.map((host) => [host.vm, host]));
  const pool = { name: POOL, usableHosts: [...new Set(domains)], enforcing: "off" } as const;
  return {
    canEnforce: false,
    look: (vms) =>
      Promise.resolve({
        placements: vms.flatMap((vm) => {
          const host = byName.get(vm);
          if (host === undefined) return [];
          const { failureDomain } = host;
          const place = failureDomain === undefined ? {} : { host: failureDomain };
          return [{ vm, id: vm, pool: POOL, ...place }];
        }),
        pools: [pool],
        rules: [],
      }),
    ensure: () => Promise.reject(noRules()),
    remove: () => Promise.reject(noRules()),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function noRules(): Error {
  return new TypeError("Cannot write a rule: what is declared has none");
}
