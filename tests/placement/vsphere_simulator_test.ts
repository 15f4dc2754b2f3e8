/**
 * The provider against govmomi's simulator: another hand's reading of the same API, which stores
 * what it is told and gives it back. It moves no machine, and is no vCenter.
 */
import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { PlacementError } from "../../src/placement/errors.ts";
import type { PlacementProvider, Seen, WantedRule } from "../../src/placement/model.ts";
import { vsphere } from "../../src/placement/vsphere/mod.ts";
import { secret } from "../../src/secret.ts";
import { PASSWORD } from "./fake_vcenter.ts";
import { named, relocate, rename, simulated, type Simulator, simulator } from "./simulator.ts";

const VM = (n: number) => `DC0_C0_RP0_VM${n}`;
const NAME = "prod-masters-anti-affinity";

const wanted = ({ placements }: Seen, more: Partial<WantedRule> = {}): WantedRule => ({
  ...{ name: NAME, mandatory: false, pool: "DC0_C0", vms: placements.map(({ id }) => id) },
  ...more,
});

/** Works with a provider that is logged out afterwards. */
async function over<T>(
  sim: Simulator,
  work: (provider: PlacementProvider) => Promise<T>,
): Promise<T> {
  await using provider = await vsphere(sim.options());
  return await work(provider);
}

/** Makes the rule for these machines as the command would: look, then change what is there. */
function make(
  sim: Simulator,
  vms: readonly string[],
  more: Partial<WantedRule> = {},
): Promise<Seen> {
  return over(sim, async (provider) => {
    const seen = await provider.look(vms);
    const rule = wanted(seen, more);
    await provider.ensure(rule, seen.rules.find(({ name }) => name === rule.name));
    return await provider.look(vms);
  });
}

async function refused(work: Promise<unknown>): Promise<PlacementError> {
  const error = await assertRejects(() => work, PlacementError);
  assertFalse(`${Deno.inspect(error)}${error.stack}`.includes(PASSWORD));
  return error;
}

simulated("it sees machines, hosts and the cluster", async () => {
  await using sim = await simulator("-hosts", "3", "-vms", "4");
  const seen = await over(sim, (provider) => provider.look([VM(1), VM(0), "DC0_H0_VM0"]));
  assertEquals(seen.placements.map(({ vm, pool }) => [vm, pool]), [
    [VM(1), "DC0_C0"],
    [VM(0), "DC0_C0"],
    ["DC0_H0_VM0", undefined],
  ]);
  const hosts = [0, 1, 2].map((n) => `DC0_C0_H${n}`);
  assertEquals(seen.pools, [{ name: "DC0_C0", usableHosts: hosts, enforcing: "auto" }]);
  for (const { host, pool } of seen.placements) assert(!pool || hosts.includes(host ?? ""), host);
  assertEquals(seen.rules, []);
});

simulated("it sees where a machine has gone", async () => {
  await using sim = await simulator();
  await sim.behind(async (session) => {
    const [vms, hosts] = [
      await named(session, "VirtualMachine"),
      await named(session, "HostSystem"),
    ];
    for (const n of [0, 1, 2]) {
      const [vm, host] = [vms.get(VM(n)), hosts.get(`DC0_C0_H${n === 2 ? 1 : n}`)];
      assert(vm && host);
      await relocate(session, vm, host);
    }
  });
  const { placements } = await over(sim, (provider) => provider.look([VM(0), VM(1), VM(2)]));
  assertEquals(placements.map(({ host }) => host), ["DC0_C0_H0", "DC0_C0_H1", "DC0_C0_H1"]);
});

simulated("a rule is created, and the second run writes nothing", async () => {
  await using sim = await simulator();
  const vms = [VM(0), VM(1)];
  const first = await make(sim, vms);
  assertEquals(first.rules, [{
    id: first.rules[0]?.id ?? "",
    ...{ name: NAME, kind: "anti_affinity", enabled: true, mandatory: false, pool: "DC0_C0" },
    vms: first.placements.map(({ id }) => id),
  }]);
  assertEquals(await sim.writes(), 1);
  assertEquals(await make(sim, vms), first);
  assertEquals(await sim.writes(), 1);
});

simulated("members that have changed are changed, and the rule stays the same one", async () => {
  await using sim = await simulator();
  const before = await make(sim, [VM(0), VM(1)]);
  const after = await make(sim, [VM(1), VM(2), VM(3)]);
  assertEquals(after.rules.map(({ id }) => id), before.rules.map(({ id }) => id));
  assertEquals(after.rules[0]?.vms, after.placements.map(({ id }) => id));
  assertEquals(await sim.writes(), 2);
});

simulated(
  "a rule that somebody disabled is enabled, one that is only wished becomes mandatory",
  async () => {
    await using sim = await simulator();
    const { placements, rules } = await make(sim, [VM(0), VM(1)]);
    await sim.behind(async (session) => {
      const cluster = (await named(session, "ClusterComputeResource")).get("DC0_C0");
      assert(cluster);
      const vms = placements.map(({ id }) => `<vm type="VirtualMachine">${id}</vm>`).join("");
      const args = '<spec xsi:type="ClusterConfigSpecEx"><rulesSpec><operation>edit</operation>' +
        `<info xsi:type="ClusterAntiAffinityRuleSpec"><key>${rules[0]?.id.split("/")[1]}</key>` +
        `<enabled>false</enabled><name>${NAME}</name>${vms}</info></rulesSpec></spec><modify>true</modify>`;
      await session.change(
        { method: "ReconfigureComputeResource_Task", on: cluster, args },
        "disable",
      );
    });
    const disabled = await over(sim, (provider) => provider.look([VM(0), VM(1)]));
    assertEquals(disabled.rules.map(({ enabled }) => enabled), [false]);
    const repaired = await make(sim, [VM(0), VM(1)]);
    assertEquals(repaired.rules.map(({ enabled, mandatory }) => [enabled, mandatory]), [[
      true,
      false,
    ]]);
    const strict = await make(sim, [VM(0), VM(1)], { mandatory: true });
    assertEquals(strict.rules.map(({ mandatory }) => mandatory), [true]);
    assertEquals(await sim.writes(), 4);
  },
);

simulated("a rule is removed, others stay", async () => {
  await using sim = await simulator();
  await make(sim, [VM(0), VM(1)], { name: "other" });
  const { rules } = await make(sim, [VM(2), VM(3)]);
  const own = rules.find(({ name }) => name === NAME);
  assert(own);
  const left = await over(sim, async (provider) => {
    await provider.look([VM(0)]);
    await provider.remove(own);
    await provider.remove(own);
    return await provider.look([VM(0)]);
  });
  assertEquals(left.rules.map(({ name }) => name), ["other"]);
  assertEquals(await sim.writes(), 3);
});

simulated("names that mean something in XML come through as they are", async () => {
  await using sim = await simulator();
  const names = ["<m> & \"1\" '2' ä 😀", "]]><!--m2--> 100%"];
  await sim.behind(async (session) => {
    const vms = await named(session, "VirtualMachine");
    for (const [n, name] of names.entries()) {
      const vm = vms.get(VM(n));
      assert(vm);
      await rename(session, vm, name);
    }
  });
  const name = `prod <masters> & "lb" 'ä'`;
  const seen = await make(sim, names, { name });
  assertEquals(seen.rules.map((rule) => rule.name), [name]);
  assertEquals(seen.placements.map(({ vm }) => vm), names);
  assertEquals(seen.rules[0]?.vms, seen.placements.map(({ id }) => id));
  await make(sim, names, { name });
  assertEquals(await sim.writes(), 1);
});

simulated("machines that are not there are all named, and nothing is written", async () => {
  await using sim = await simulator();
  const error = await refused(make(sim, [VM(0), "none-1", "none-2"]));
  assertEquals(error.obstacle, "not-found");
  assertStringIncludes(error.message, "none-1");
  assertStringIncludes(error.message, "none-2");
  assertEquals(await sim.writes(), 0);
});

simulated("a rule about a machine that has gone is refused by the server, and said", async () => {
  await using sim = await simulator();
  const error = await refused(over(sim, async (provider) => {
    await provider.look([VM(0)]);
    await provider.ensure(
      { name: NAME, mandatory: false, pool: "DC0_C0", vms: ["vm-1", "vm-99999"] },
    );
  }));
  assertEquals(error.obstacle, "conflict");
  assertStringIncludes(error.message, "no longer there");
});

simulated("a wrong password is told of, and so is a wrong user", async () => {
  await using sim = await simulator();
  const wrong = [{ password: secret("wrong") }, { user: "root" }];
  for (const more of wrong) {
    const error = await refused(vsphere(sim.options(more)));
    assertEquals(error.obstacle, "login");
    assertStringIncludes(error.message, `Cannot log in to ${sim.server} as`);
  }
});

simulated("who may not write is told which privilege is missing; looking works", async () => {
  await using sim = await simulator("-deny");
  const error = await refused(make(sim, [VM(0), VM(1)]));
  assertEquals(error.obstacle, "permission");
  assertStringIncludes(error.message, "Host.Inventory.EditCluster");
  const { rules } = await over(sim, (provider) => provider.look([VM(0)]));
  assertEquals(rules, []);
});

simulated("it sees how far the cluster follows rules", async () => {
  const cases = [["-drs=false"], "off", ["-behavior", "manual"], "manual"] as const;
  for (const [flags, enforcing] of [[cases[0], cases[1]], [cases[2], cases[3]]] as const) {
    await using sim = await simulator(...flags);
    const { pools } = await over(sim, (provider) => provider.look([VM(0)]));
    assertEquals(pools.map((pool) => pool.enforcing), [enforcing]);
  }
});

simulated("without its CA the server is not trusted, and nobody logs in", async () => {
  await using sim = await simulator();
  const { ca: _, ...options } = sim.options();
  const error = await refused(vsphere(options));
  assertEquals(error.obstacle, "untrusted");
  assertStringIncludes(error.message, "who signed it is not known");
  assertStringIncludes(error.hint ?? "", "ca_file");
  const port = sim.server.split(":")[1];
  const other = await refused(vsphere(sim.options({ server: `localhost:${port}` })));
  assertEquals(other.obstacle, "untrusted");
  assertStringIncludes(other.message, 'certificate not valid for name "localhost"');
  assertStringIncludes(other.hint ?? "", "as server");
});

simulated("only the cluster that is named is looked into", async () => {
  await using sim = await simulator();
  for (const cluster of ["DC0_C0", "DC0/DC0_C0", "/DC0/host/DC0_C0"]) {
    await using provider = await vsphere(sim.options({ cluster }));
    assertEquals((await provider.look([VM(0)])).placements[0]?.pool, "DC0_C0");
    const error = await refused(provider.look(["DC0_H0_VM0"]));
    assertStringIncludes(error.message, "in the cluster DC0_C0; there is /DC0/vm/DC0_H0_VM0");
  }
  await using provider = await vsphere(sim.options({ cluster: "DC1_C0" }));
  const error = await refused(provider.look([VM(0)]));
  assertEquals([error.obstacle, error.hint], ["not-found", "There is DC0/DC0_C0"]);
});
