/** What may come of a change, from a server of the test's own: the simulator does as it is told. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { PlacementProvider, Rule, WantedRule } from "../../src/placement/model.ts";
import { vsphere } from "../../src/placement/vsphere/mod.ts";
import { antiAffinity, fakeVcenter, optionsFor, task, times } from "./fake_vcenter.ts";
import { against, certs, MASTERS, reading, refused, rulesOf } from "./vsphere_kit.ts";

/** Looks, then makes the rule; `current`: the first one that was seen. */
const ensured = (wanted: WantedRule, change = false) => async (provider: PlacementProvider) => {
  const { rules } = await provider.look(["m1", "m2"]);
  const [first]: readonly Rule[] = rules;
  await (change ? provider.ensure(wanted, first) : provider.ensure(wanted));
};

Deno.test("a rule is created, with `modify`, and looked at afterwards", async () => {
  const replies = rulesOf("", "", antiAffinity(MASTERS.name));
  const { vcenter } = await against(replies, ensured(MASTERS));
  const write = vcenter.messages.find((message) => message.includes("Reconfigure")) ?? "";
  assertStringIncludes(
    write,
    '<_this type="ClusterComputeResource">domain-c1</_this><spec xsi:type="ClusterConfigSpecEx"><rulesSpec>' +
      '<operation>add</operation><info xsi:type="ClusterAntiAffinityRuleSpec"><enabled>true</enabled>' +
      `<name>${MASTERS.name}</name><mandatory>false</mandatory><userCreated>true</userCreated>` +
      '<vm type="VirtualMachine">vm-1</vm><vm type="VirtualMachine">vm-2</vm></info></rulesSpec></spec>' +
      "<modify>true</modify></ReconfigureComputeResource_Task>",
  );
  assertEquals(times(vcenter, "ReconfigureComputeResource_Task"), 1);
});

Deno.test("a rule is changed by its key and keeps its lasting id", async () => {
  const off = antiAffinity(MASTERS.name, false);
  const { vcenter } = await against(
    rulesOf(off, off, antiAffinity(MASTERS.name)),
    ensured(MASTERS, true),
  );
  const write = vcenter.messages.find((message) => message.includes("Reconfigure")) ?? "";
  assertStringIncludes(write, "<operation>edit</operation>");
  assertStringIncludes(write, "<key>7</key><enabled>true</enabled>");
  assertStringIncludes(write, "<userCreated>true</userCreated><ruleUuid>52aa-7</ruleUuid><vm ");
});

Deno.test("a rule that is as it should be is not written", async () => {
  const { vcenter } = await against(rulesOf(antiAffinity(MASTERS.name)), ensured(MASTERS, true));
  assertEquals(times(vcenter, "ReconfigureComputeResource_Task"), 0);
});

Deno.test("a rule that somebody else made or changed meanwhile is left alone", async () => {
  const own = antiAffinity(MASTERS.name);
  const cases = [
    { rules: ["", own], change: false },
    { rules: [antiAffinity(MASTERS.name, false), own], change: true },
    { rules: [own, ""], change: true },
    {
      rules: [antiAffinity("x"), antiAffinity("x") + antiAffinity(MASTERS.name, true, "8")],
      change: true,
    },
  ];
  for (const { rules, change } of cases) {
    await using vcenter = fakeVcenter(certs, rulesOf(...rules));
    await using provider = await vsphere(optionsFor(vcenter, certs));
    const error = await refused(ensured(MASTERS, change)(provider));
    assertEquals(error.obstacle, "conflict");
    assertEquals(times(vcenter, "ReconfigureComputeResource_Task"), 0);
  }
});

Deno.test("a task that ends well over a rule that is then disabled is no success", async () => {
  const replies = rulesOf("", "", antiAffinity(MASTERS.name, false));
  const error = await refused(against(replies, ensured(MASTERS)));
  assertStringIncludes(error.message, "yet afterwards the rule is disabled");
  assertStringIncludes(error.hint ?? "", "contradicts");
  const gone = await refused(against(rulesOf(""), ensured(MASTERS)));
  assertStringIncludes(gone.message, "yet afterwards the rule is not there");
});

Deno.test("a task that fails late is a failure, with the server's reason", async () => {
  const failed = '<val xsi:type="LocalizedMethodFault"><fault xsi:type="InvalidArgument"/>' +
    "<localizedMessage>A specified parameter\n was not correct: \x1b</localizedMessage></val>";
  const replies = reading({
    task: (_, before) =>
      before < 2 ? task("running") : task("error", failed.replace("\x1b", "&#x202e;")),
  });
  const error = await refused(against(replies, ensured(MASTERS)));
  assertEquals(error.obstacle, "refused");
  assertEquals(
    error.message,
    `Cannot create the rule ${MASTERS.name} of the cluster C0: the server says InvalidArgument ` +
      "(A specified parameter was not correct: \\u{202e})",
  );
});

Deno.test("a task that is denied names the privilege", async () => {
  const denied =
    '<val><fault xsi:type="NoPermission"><privilegeId>Host.Inventory.EditCluster</privilegeId>' +
    "</fault><localizedMessage/></val>";
  const error = await refused(
    against(reading({ task: () => task("error", denied) }), ensured(MASTERS)),
  );
  assertEquals(error.obstacle, "permission");
  assertStringIncludes(error.message, "lacks the privilege Host.Inventory.EditCluster");
});

Deno.test("a task that does not end is given up, and it is said that it may yet", async () => {
  await using vcenter = fakeVcenter(certs, reading({ task: () => task("running") }));
  await using provider = await vsphere(optionsFor(vcenter, certs, { taskMs: 300 }));
  const error = await refused(ensured(MASTERS)(provider));
  assertEquals(error.obstacle, "timeout");
  assertStringIncludes(error.message, "task task-1 has not ended within 0.3 s");
  assert(vcenter.methods.length > 8, "it asked more than once");
});

Deno.test("a server that is lost over a change leaves open whether it was made", async () => {
  const replies = {
    ReconfigureComputeResource_Task: () => new Response("<html>", { status: 502 }),
  };
  const error = await refused(against(replies, ensured(MASTERS)));
  assertStringIncludes(error.message, "HTTP 502; whether the change was made is not known");
});

Deno.test("a rule is removed by its key, once, and only as it was seen", async () => {
  const own = antiAffinity("stale");
  const removing = async (provider: PlacementProvider) => {
    const [rule] = (await provider.look(["m1"])).rules;
    if (rule) await provider.remove(rule);
  };
  const { vcenter } = await against(rulesOf(own, own, ""), removing);
  assertStringIncludes(
    vcenter.messages.find((message) => message.includes("Reconfigure")) ?? "",
    '<operation>remove</operation><removeKey xsi:type="xsd:int">7</removeKey></rulesSpec></spec><modify>true',
  );
  const again = await against(rulesOf(own, ""), removing);
  assertEquals(times(again.vcenter, "ReconfigureComputeResource_Task"), 0);
  const other = await refused(against(rulesOf(own, antiAffinity("mine")), removing));
  assertEquals(other.obstacle, "conflict");
  const stays = await refused(against(rulesOf(own), removing));
  assertStringIncludes(stays.message, "yet it is there");
});
