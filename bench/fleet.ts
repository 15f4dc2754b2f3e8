/**
 * Inventories of any size, with what fleets have: groups in groups, a CA, passwords, priorities,
 * failure domains, placements, and a slip here and there.
 * @module
 */
import { fromFileUrl } from "@std/path";

/** A certificate, so that no lint misses one. */
const CA = fromFileUrl(new URL("../tests/commands/ca.crt", import.meta.url));

/** An inventory of so many endpoints, each of two load balancers and an API server. */
export function fleetOf(endpoints: number): string {
  const sites = Array.from({ length: endpoints }, (_, i) => site(i)).join("");
  return `all:\n  vars: { ansible_user: deploy, ntp: [10.0.0.1, 10.0.0.2] }\n  children:\n${sites}`;
}

function site(i: number): string {
  const net = `10.${Math.floor(i / 250)}.${i % 250}`;
  const more = i % 10 === 0
    ? `    region${i}: { children: { site${i}: } }
    machines${i}:
      vars: { placement: { groups: { site${i}: { policy: anti_affinity } } } }
      children: { site${i}: }
`
    : "";
  return `    site${i}:
      vars:
        endpoint:
          address: ${net}.100
          vrrp: { router_id: ${i % 250 + 1}, auth_pass: "pw${1000 + i}" }
          backends: api${i}
          ca_file: ${CA}
      hosts:
        lb${i}a: { ansible_host: ${net}.11, failure_domain: rack, ansible_become_pass: "sudo${
    1000 + i
  }" }
        lb${i}b: { ansible_host: ${net}.12, failure_domain: rack, endpont_host: { priority: 1 } }
    api${i}: { hosts: { m${i}: { ansible_host: ${net}.21 } } }
${more}`;
}
