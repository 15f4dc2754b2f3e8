/**
 * Inventories of fleets: several endpoints, whose hosts are at a port of this machine where nobody
 * listens.
 * @module
 */

/** An inventory with so many endpoints `site1` ..., each of two load balancers `lb1a`, `lb1b`. */
export function fleet(endpoints: number): string {
  const sites = Array.from({ length: endpoints }, (_, i) => i + 1).map((n) => `
    site${n}:
      vars: { endpoint: { address: 10.0.${n}.10, backends: [
        { name: m1, address: 10.0.${n}.21 }, { name: m2, address: 10.0.${n}.22 }] } }
      hosts: { lb${n}a: { ansible_host: 127.1.${n}.1 }, lb${n}b: { ansible_host: 127.1.${n}.2 } }`);
  return `all:\n  vars: { ansible_user: deploy, ansible_port: 1 }\n  children:${sites.join("")}\n`;
}
