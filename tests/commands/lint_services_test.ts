/** What `lint` says of a further service stands at its item of `also`, and names it. */
import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { lintEndpoints } from "../../src/commands/lint/inventory.ts";
import { load } from "../inventory/helpers.ts";
import { formatDiagnostics } from "../../src/diagnostics.ts";
import { TEMPLATES } from "../endpoint/fixtures.ts";

const CA = await Deno.readTextFile(fromFileUrl(new URL("ca.crt", import.meta.url)));

const INVENTORY = `lbs:
  vars:
    endpoint:
      address: 10.0.0.10
      port: 8443
      backends: [{ name: m1, address: 10.0.0.21 }, { name: m2, address: 10.0.0.22 }]
      ca_file: ca.crt
      vrrp: { auth_pass: { env: VRRP_PASS } }
      also:
        - name: edge
          address: 10.0.0.12
          backends: [{ name: e1, address: 10.0.0.41 }, { name: e2, address: 10.0.0.42 }]
          check_path: /livez
          balance: source
        - name: staging
          port: 9443
          ca_file: ca.crt
          backends: [{ name: s1, address: 10.0.0.11 }]
  hosts:
    lb1: { ansible_host: 10.0.0.11 }
    lb2: { ansible_host: 10.0.0.13 }
`;

Deno.test("lint of a further service names it, at its own item of also", async () => {
  const loaded = await load({ "hosts.yaml": INVENTORY, "ca.crt": CA });
  const { diagnostics } = lintEndpoints(loaded.inventory.endpoints, loaded, TEMPLATES);
  assertEquals(
    formatDiagnostics(diagnostics),
    `hosts.yaml:10:11: warning: whoever answers at the address of "e1" and "e2" gets clients of service "edge": backend "edge_servers" does not verify certificates [unverified-check]
   hint: in the item "edge" of also: ca_file: ca.crt, which is /etc/kubernetes/pki/ca.crt of any control plane host
hosts.yaml:13:23: warning: clients are sent to API servers that shut down: the check of backend "edge_servers" asks for "/livez", which stays green meanwhile [check-path]
   hint: in the item "edge" of also: check_path: /readyz
hosts.yaml:14:20: warning: all clients behind one gateway get the same API server: backend "edge_servers" has "balance source" [uneven-balance]
   hint: in the item "edge" of also: balance: leastconn
hosts.yaml:18:21: warning: service "staging" is down whenever "s1" is: backend "staging_servers" has no other server [single-server]
   hint: in the item "staging" of also: backends: GROUP, or a list of all API servers`,
  );
});
