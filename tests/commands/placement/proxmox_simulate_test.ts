/** `simulate --placement` over machines of a fake Proxmox VE. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import { simulateInventory } from "../../../src/commands/simulate.ts";
import { fakeProxmox } from "../../placement/fake_proxmox.ts";
import { certs } from "../../placement/proxmox_kit.ts";
import { inFolder, inventoryOf } from "./proxmox_site.ts";

/** Machines by number and by name, as load balancers of an endpoint in front of the masters. */
const inventory = (server: string, balancers: readonly (string | number)[]) =>
  inventoryOf(server, { groups: { masters: ["m2", 103], load_balancers: balancers } })
    .replace(
      "    load_balancers:\n",
      "    load_balancers:\n      vars: { endpoint: { address: 10.0.0.100, backends: masters } }\n",
    )
    .replace(/(load_balancers-)(\d): \{/g, "$1$2: { ansible_host: 10.0.0.1$2,")
    .replace(/(masters-)(\d): \{/g, "$1$2: { ansible_host: 10.0.0.2$2,");

async function run(text: string) {
  const printed = { out: "", err: "", code: -1 };
  await inFolder(text, async (file) => {
    printed.code = await simulateInventory(file, { placement: true, externalEtcd: true }, {
      out: (line) => printed.out += stripAnsiCode(line),
      err: (line) => printed.err += stripAnsiCode(line),
    });
  });
  return printed;
}

Deno.test("simulate --placement sees on which nodes machines run, and writes nothing", async () => {
  await using pve = fakeProxmox(certs);
  // Machine 101 and the container are both on pve1.
  const together = await run(inventory(pve.server, [101, "lb1"]));
  assertEquals(together.code, 0, together.err);
  assertStringIncludes(together.out, "according to proxmox\n(placement of all).");
  assertStringIncludes(
    together.err,
    'without host "pve1" ("load_balancers-0", "load_balancers-1") no load balancer is left',
  );
  assertEquals(pve.writes, []);
  assertEquals((await run(inventory("127.0.0.1:1", [101, "lb1"]))).code, 4);
});
