/** What is read of a vCenter, from a server of the test's own. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PlacementErrors } from "../../src/placement/errors.ts";
import { vsphere } from "../../src/placement/vsphere/mod.ts";
import {
  antiAffinity,
  CLUSTER,
  configuration,
  fakeVcenter,
  machine,
  object,
  optionsFor,
  ref,
  type Replies,
  times,
} from "./fake_vcenter.ts";
import { against, certs, reading, refused, rulesOf } from "./vsphere_kit.ts";

Deno.test("it looks: machines, hosts, the cluster, its rules; and logs out", async () => {
  const { result, vcenter } = await against(
    rulesOf(antiAffinity("a")),
    (p) => p.look(["m2", "m1"]),
  );
  assertEquals(result, {
    placements: [
      { vm: "m2", id: "vm-2", host: "esx-02", pool: "C0" },
      { vm: "m1", id: "vm-1", host: "esx-01", pool: "C0" },
    ],
    pools: [{ name: "C0", usableHosts: ["esx-01", "esx-02"], enforcing: "auto" }],
    rules: [{
      id: "domain-c1/7",
      name: "a",
      kind: "anti_affinity",
      enabled: true,
      mandatory: false,
      pool: "C0",
      vms: ["vm-1", "vm-2"],
    }],
  });
  assertEquals(vcenter.methods, [
    "RetrieveServiceContent",
    "Login",
    "CreateContainerView",
    "RetrievePropertiesEx",
    "DestroyView",
    "RetrievePropertiesEx",
    "Logout",
  ]);
  // Only the cookie of the session comes back, and not before there is one.
  assertEquals(vcenter.cookies.slice(0, 3), ["", "", "vmware_soap_session=5e55"]);
});

Deno.test("it gathers an answer that comes in parts", async () => {
  const parts: Replies = {
    ...reading({ machines: () => `<returnval><token>0</token>${CLUSTER}</returnval>` }),
    ContinueRetrievePropertiesEx: (message, before) => {
      assertStringIncludes(message, `<token>${before}</token>`);
      const last = before === 1 ? "" : `<token>${before + 1}</token>`;
      return `<returnval>${last}${machine(`vm-${before}`, `m${before}`)}</returnval>`;
    },
  };
  const { result, vcenter } = await against(parts, (p) => p.look(["m0", "m1"]));
  assertEquals(result.placements.map(({ id }) => id), ["vm-0", "vm-1"]);
  assertEquals(times(vcenter, "ContinueRetrievePropertiesEx"), 2);
});

Deno.test("an answer in parts that never ends is given up", async () => {
  const endless: Replies = {
    ...reading({ machines: () => `<returnval><token>0</token>${CLUSTER}</returnval>` }),
    ContinueRetrievePropertiesEx: () => "<returnval><token>0</token></returnval>",
  };
  await using vcenter = fakeVcenter(certs, endless);
  await using provider = await vsphere(optionsFor(vcenter, certs));
  const error = await refused(provider.look(["m1"]));
  assertEquals(error.obstacle, "answer");
  assertStringIncludes(error.message, "It does not end");
  assertEquals(times(vcenter, "ContinueRetrievePropertiesEx"), 1);
});

Deno.test("what could not be read is not taken for what is not there", async () => {
  const missing =
    `<objects>${ref("obj", "VirtualMachine", "vm-1")}<missingSet><path>runtime.host</path>` +
    '<fault><fault xsi:type="NoPermission"><privilegeId>System.Read</privilegeId></fault>' +
    "<localizedMessage>x</localizedMessage></fault></missingSet></objects>";
  const replies = reading({ machines: () => `<returnval>${CLUSTER}${missing}</returnval>` });
  const error = await refused(against(replies, (p) => p.look(["m1"])));
  assertEquals(error.obstacle, "permission");
  assertEquals(error.message, "Cannot read runtime.host of VirtualMachine vm-1: NoPermission");
  assertEquals(error.hint, "Give the user System.Read on it, as the role Read-only has");
});

Deno.test("every machine that is not there or there twice is told of at once", async () => {
  const folder = object("Folder", "group-v1", {
    name: "old",
    parent: ref("val", "Datacenter", "datacenter-1"),
  });
  const machines = machine("vm-1", "m1") +
    machine("vm-2", "m1", "host-2", { parent: ref("val", "Folder", "group-v1") }) +
    machine("vm-3", "m3", "host-1", { "config.template": "true" });
  const replies = reading({
    machines: () => `<returnval>${CLUSTER}${folder}${machines}</returnval>`,
  });
  const error = await refused(against(replies, (p) => p.look(["m1", "m3", "m4"])));
  assert(error instanceof PlacementErrors);
  assertEquals(error.all.map(({ obstacle, vm }) => [obstacle, vm]), [
    ["ambiguous", "m1"],
    ["not-found", "m3"],
    ["not-found", "m4"],
  ]);
  assertEquals(error.message.split("\n"), [
    "Cannot tell which machine m1 is: there is /m1, /DC0/old/m1",
    "Cannot find the machine m3; it may be one that the user may not see",
    "Cannot find the machine m4; it may be one that the user may not see",
  ]);
});

Deno.test("a name that is nearly that of a machine which no other host is", async () => {
  const replies = reading({
    machines: () =>
      `<returnval>${CLUSTER}${machine("vm-1", "k8s-master-1")}${
        machine("vm-2", "k8s-m2")
      }</returnval>`,
  });
  const error = await refused(against(replies, (p) => p.look(["k8s-mastr-1", "k8s-m2", "k8s-m1"])));
  assertEquals(error.message.split("\n"), [
    "Cannot find the machine k8s-mastr-1; did you mean k8s-master-1?",
    "Cannot find the machine k8s-m1; it may be one that the user may not see",
  ]);
});

Deno.test("a machine on a host or in a cluster that the user may not see is told of", async () => {
  const host = object("HostSystem", "host-5", {
    name: "esx-05",
    parent: ref("val", "ClusterComputeResource", "domain-c5"),
  });
  const machines = CLUSTER + host + machine("vm-1", "m1", "host-6") +
    machine("vm-2", "m2", "host-5") +
    machine("vm-3", "m3");
  const replies = reading({ machines: () => `<returnval>${machines}</returnval>` });
  const error = await refused(against(replies, (p) => p.look(["m3", "m1", "m2"])));
  assertEquals(error.obstacle, "permission");
  assertEquals(error.message.split("\n"), [
    "Cannot tell where the machine m1 is: the user does not see the HostSystem host-6 that it is on",
    "Cannot tell where the machine m2 is: the user does not see the ClusterComputeResource domain-c5 that it is on",
  ]);
  const { result } = await against(replies, (p) => p.look(["m3"]));
  assertEquals(result.placements.map(({ host }) => host), ["esx-01"]);
});

Deno.test("two clusters of one name are told apart by their paths", async () => {
  const other = object("Datacenter", "datacenter-2", {
    name: "DC1",
    parent: ref("val", "Folder", "group-d1"),
  }) +
    object("Folder", "group-h2", {
      name: "host",
      parent: ref("val", "Datacenter", "datacenter-2"),
    }) +
    object("ClusterComputeResource", "domain-c2", {
      name: "C0",
      parent: ref("val", "Folder", "group-h2"),
    }) +
    object("HostSystem", "host-9", {
      name: "esx-09",
      parent: ref("val", "ClusterComputeResource", "domain-c2"),
      "runtime.connectionState": "connected",
      "runtime.inMaintenanceMode": "false",
    });
  const machines = CLUSTER + other + machine("vm-1", "m1") + machine("vm-9", "m1", "host-9");
  const replies = reading({ machines: () => `<returnval>${machines}</returnval>` });
  const twice = await refused(against(replies, (p) => p.look(["m1"])));
  assertEquals(twice.obstacle, "ambiguous");
  const unclear = await refused(against(replies, (p) => p.look(["m1"]), { cluster: "C0" }));
  assertEquals(unclear.message, "Cannot tell which cluster C0 is: there is DC0/C0, DC1/C0");
  const none = await refused(against(replies, (p) => p.look(["m1"]), { cluster: "C7" }));
  assertEquals([none.obstacle, none.hint], ["not-found", "There is DC0/C0, DC1/C0"]);
  for (const cluster of ["DC0/C0", "/DC0/host/C0"]) {
    const { result } = await against(replies, (p) => p.look(["m1"]), { cluster });
    assertEquals(result.placements, [{ vm: "m1", id: "vm-1", host: "esx-01", pool: "DC0/C0" }]);
  }
});

Deno.test("hosts in maintenance or not connected are not usable; machines that are off are nowhere", async () => {
  const host = (id: string, state: string, maintenance: string) =>
    object("HostSystem", id, {
      name: id,
      parent: ref("val", "ClusterComputeResource", "domain-c1"),
      "runtime.connectionState": state,
      "runtime.inMaintenanceMode": maintenance,
    });
  const lone = object("HostSystem", "host-7", {
    name: "esx%2f07",
    parent: ref("val", "ComputeResource", "domain-s7"),
  });
  const machines = CLUSTER + host("host-3", "connected", "true") +
    host("host-4", "notResponding", "false") +
    lone + machine("vm-1", "m1", "host-3") + machine("vm-2", "a%2fb%25c", "host-7") +
    machine("vm-3", "m3", "host-1", { "runtime.powerState": "poweredOff" });
  const { result } = await against(
    reading({ machines: () => `<returnval>${machines}</returnval>` }),
    (p) => p.look(["m1", "a/b%c", "m3"]),
  );
  assertEquals(result.pools[0]?.usableHosts, ["esx-01", "esx-02"]);
  assertEquals(result.placements, [
    { vm: "m1", id: "vm-1", host: "host-3", pool: "C0" },
    { vm: "a/b%c", id: "vm-2", host: "esx/07" },
    { vm: "m3", id: "vm-3", pool: "C0" },
  ]);
});

const ENFORCING: readonly [what: string, configuration: string, enforcing: string][] = [
  ["DRS is off", configuration("", "<enabled>false</enabled>"), "off"],
  ["nobody says so", configuration("", ""), "off"],
  [
    "a person decides",
    configuration("").replace("fullyAutomated", "partiallyAutomated"),
    "manual",
  ],
  [
    "one of the machines is excepted",
    configuration(
      "",
      undefined,
      `<drsVmConfig>${ref("key", "VirtualMachine", "vm-1")}<enabled>false</enabled></drsVmConfig>`,
    ),
    "manual",
  ],
  [
    "another machine is excepted",
    configuration(
      "",
      undefined,
      `<drsVmConfig>${
        ref("key", "VirtualMachine", "vm-8")
      }<behavior>manual</behavior></drsVmConfig>`,
    ),
    "auto",
  ],
  [
    "exceptions do not count",
    configuration(
      "",
      "<enabled>true</enabled><enableVmBehaviorOverrides>false</enableVmBehaviorOverrides>",
      `<drsVmConfig>${
        ref("key", "VirtualMachine", "vm-1")
      }<behavior>manual</behavior></drsVmConfig>`,
    ),
    "auto",
  ],
];

for (const [what, text, enforcing] of ENFORCING) {
  Deno.test(`rules are followed "${enforcing}" where ${what}`, async () => {
    const replies = reading({ rules: () => `<returnval>${text}</returnval>` });
    const { result } = await against(replies, (p) => p.look(["m1", "m2"]));
    assertEquals(result.pools[0]?.enforcing, enforcing);
  });
}

Deno.test("rules of other kinds are seen as what they are", async () => {
  const rules =
    antiAffinity("a").replace("ClusterAntiAffinityRuleSpec", "ClusterAffinityRuleSpec") +
    '<rule xsi:type="ClusterVmHostRuleInfo"><key>8</key><name> b</name></rule>';
  const { result } = await against(rulesOf(rules), (p) => p.look(["m1"]));
  assertEquals(
    result.rules.map(({ kind, name, enabled, vms }) => [kind, name, enabled, vms.length]),
    [
      ["affinity", "a", true, 2],
      ["other", " b", false, 0],
    ],
  );
});
