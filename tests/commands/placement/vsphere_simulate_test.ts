/** `simulate --placement` against the simulator of a vCenter. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import { simulateInventory } from "../../../src/commands/simulate.ts";
import { simulated, simulator } from "../../placement/simulator.ts";
import { inFolder, inventoryOf, place } from "./vsphere_site.ts";

/** The machines of the usual inventory, with an endpoint in front of the masters. */
const inventory = (server: string) =>
  inventoryOf(server, { groups: { masters: [0, 1, 2], load_balancers: [3, 4] } })
    .replace(
      "    load_balancers:\n",
      "    load_balancers:\n      vars: { endpoint: { address: 10.0.0.10, backends: masters } }\n",
    )
    .replace(/((?:load_balancers|masters)-)(\d): \{/g, "$1$2: { ansible_host: 10.0.0.2$2,");

async function run(text: string) {
  const printed = { out: "", err: "", code: -1 };
  await inFolder(text, async (file) => {
    printed.code = await simulateInventory(file, { placement: true, strict: true }, {
      out: (line) => printed.out += stripAnsiCode(line),
      err: (line) => printed.err += stripAnsiCode(line),
    });
  });
  return printed;
}

simulated(
  "simulate --placement sees where machines of the simulator run, and writes nothing",
  async () => {
    await using sim = await simulator("-hosts", "3", "-vms", "5");
    await place(sim, [0, 1, 2, 0, 0]);
    const together = await run(inventory(sim.server));
    assertEquals(together.code, 2, together.err);
    assertMatch(together.out, /^DC0_C0_H0 \(load_balancers-3,\s+nobody /m);
    assertStringIncludes(
      together.err,
      'without host "DC0_C0_H0" ("load_balancers-3", "load_balancers-4", "masters-0") no load',
    );
    await place(sim, [0, 1, 2, 0, 1]);
    const apart = await run(inventory(sim.server));
    assertEquals([apart.code, apart.err], [0, ""]);
    assertEquals(await sim.writes(), 0);
  },
);
