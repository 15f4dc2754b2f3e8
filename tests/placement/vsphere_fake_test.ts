/** What a vCenter may answer and the simulator does not, from a server of the test's own. */
import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { PlacementError } from "../../src/placement/errors.ts";
import type { PlacementProvider, Rule, WantedRule } from "../../src/placement/model.ts";
import { vsphere, type VsphereOptions } from "../../src/placement/vsphere/mod.ts";
import { secret } from "../../src/secret.ts";
import { certificates } from "./certificates.ts";
import {
  about,
  antiAffinity,
  CLUSTER,
  configuration,
  fakeVcenter,
  fault,
  machine,
  object,
  optionsFor,
  PASSWORD,
  ref,
  type Replies,
  task,
  times,
} from "./fake_vcenter.ts";

const certs = await certificates();
globalThis.addEventListener("unload", () => Deno.removeSync(certs.dir, { recursive: true }));

const MASTERS: WantedRule = {
  name: "prod-masters-anti-affinity",
  mandatory: false,
  pool: "C0",
  vms: ["vm-1", "vm-2"],
};

/** Looks over a fake, and gives what came of it. */
async function against<T>(
  replies: Replies,
  work: (provider: PlacementProvider) => Promise<T>,
  more: Partial<VsphereOptions> = {},
) {
  await using vcenter = fakeVcenter(certs, replies);
  let result: T;
  {
    await using provider = await vsphere(optionsFor(vcenter, certs, more));
    result = await work(provider);
  }
  return { result, vcenter };
}

async function refused(work: Promise<unknown>): Promise<PlacementError> {
  const error = await assertRejects(() => work, PlacementError);
  // Nothing of what was sent, and no password, whoever gives it back.
  const all = `${error.message} ${error.hint} ${error.stack} ${Deno.inspect(error)}`;
  assertFalse(all.includes(PASSWORD) || all.includes("p&amp;ss"), all);
  assertFalse(/soapenv|<\w+>|_this/.test(`${error.message} ${error.hint}`), all);
  assertEquals(error.cause, undefined);
  return error;
}

/** Properties by what they are about, others as usual. */
const reading = (parts: Partial<Record<ReturnType<typeof about>, Replies[string]>>): Replies => {
  const asked: Record<string, number> = {};
  return {
    RetrievePropertiesEx: (message) => {
      const part = about(message);
      const before = asked[part] ??= 0;
      asked[part] = before + 1;
      const usual = {
        task: () => task("success"),
        rules: () => `<returnval>${configuration()}</returnval>`,
        machines: () =>
          `<returnval>${CLUSTER}${machine("vm-1", "m1")}${
            machine("vm-2", "m2", "host-2")
          }</returnval>`,
      };
      return (parts[part] ?? usual[part])(message, before);
    },
  };
};

const rulesOf = (...rules: readonly string[]) =>
  reading({
    rules: (_, before) =>
      `<returnval>${configuration(rules[Math.min(before, rules.length - 1)])}</returnval>`,
  });

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
  const error = await refused(against(endless, (p) => p.look(["m1"])));
  assertEquals(error.obstacle, "answer");
  assertStringIncludes(error.message, "It does not end");
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
  assertEquals(error.message.split("\n"), [
    "Cannot tell which machine m1 is: there is /m1, /DC0/old/m1",
    "Cannot find the machine m3; it may be one that the user may not see",
    "Cannot find the machine m4; it may be one that the user may not see",
  ]);
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

Deno.test("a wrong password is said once, tried once, and shown nowhere", async () => {
  await using vcenter = fakeVcenter(certs, {
    // As hostile as can be: it gives back what it was sent.
    Login: (message) => fault("InvalidLogin", message.replaceAll("<", "&lt;")),
  });
  const error = await refused(vsphere(optionsFor(vcenter, certs)));
  assertEquals(error.obstacle, "login");
  assertStringIncludes(error.message, `log in to ${vcenter.server} as deploy@vsphere.local`);
  assertEquals(vcenter.methods, ["RetrieveServiceContent", "Login"]);
});

Deno.test("a fault that gives the password back does not get it printed", async () => {
  await using vcenter = fakeVcenter(certs, {
    Login: () => fault("HostConnectFault", `p&amp;ss&lt;w&gt;"ö$(x) is bad`),
  });
  const error = await refused(vsphere(optionsFor(vcenter, certs)));
  assertStringIncludes(error.message, "HostConnectFault ([secret] is bad)");
});

Deno.test("a session that has ended meanwhile says so", async () => {
  const error = await refused(
    against({ CreateContainerView: () => fault("NotAuthenticated") }, (p) => p.look(["m1"])),
  );
  assertEquals([error.obstacle, error.hint], ["login", "Run it again"]);
});

Deno.test("a single ESXi host is told from a vCenter before anybody logs in", async () => {
  await using vcenter = fakeVcenter(certs, {
    RetrieveServiceContent: () =>
      "<returnval><about><apiType>HostAgent</apiType></about></returnval>",
  });
  const error = await refused(vsphere(optionsFor(vcenter, certs)));
  assertStringIncludes(error.message, "a single ESXi host, which has no clusters");
  assertEquals(vcenter.methods, ["RetrieveServiceContent"]);
});

const STRANGE: Readonly<Record<string, [reply: () => Response, message: string]>> = {
  "a page": [() => new Response("<html><body>Sign in<br></body></html>"), "that has no beginning"],
  "nothing": [() => new Response(""), "It ends too early"],
  "another message": [() => new Response("<a/>"), "No SOAP message"],
  "an entity": [
    () => new Response('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    "No element that can be read",
  ],
  "no UTF-8": [() => new Response(new Uint8Array([0x3c, 0xff, 0xfe])), "Cannot read the answer"],
  "404": [() => new Response("", { status: 404 }), "answers HTTP 404"],
  "503": [() => new Response("", { status: 503 }), "answers HTTP 503"],
  "a redirect": [() => Response.redirect("https://127.0.0.1:1/sdk"), "it sends elsewhere"],
  "too much": [() => new Response("<a>".padEnd(3 << 20)), "it is over 2 MiB"],
};

for (const [what, [reply, message]] of Object.entries(STRANGE)) {
  Deno.test(`an answer that is ${what} is refused`, async () => {
    await using vcenter = fakeVcenter(certs, { RetrieveServiceContent: reply });
    const error = await refused(vsphere(optionsFor(vcenter, certs, { maxBytes: 2 << 20 })));
    assertEquals(error.obstacle, "answer");
    assertStringIncludes(error.message, message);
    assertEquals(vcenter.methods, ["RetrieveServiceContent"]);
  });
}

Deno.test("a redirect of the login does not take the password along", async () => {
  await using thief = fakeVcenter(certs);
  await using vcenter = fakeVcenter(certs, {
    Login: () =>
      new Response(null, { status: 307, headers: { location: `https://${thief.server}/sdk` } }),
  });
  await refused(vsphere(optionsFor(vcenter, certs)));
  assertEquals(thief.methods, []);
});

Deno.test("a server that does not answer is given up", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const server = `127.0.0.1:${listener.addr.port}`;
  const error = await refused(vsphere(optionsFor({ server }, certs, { answerMs: 200 })));
  assertEquals([error.obstacle, error.message], [
    "unreachable",
    `Cannot reach ${server}: no answer within 0.2 s`,
  ]);
});

Deno.test("a server that is not there is unreachable", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const server = `127.0.0.1:${listener.addr.port}`;
  listener.close();
  const error = await refused(vsphere(optionsFor({ server }, certs)));
  assertEquals(error.obstacle, "unreachable");
  assertStringIncludes(error.message, `Cannot reach ${server}: `);
  assertFalse(error.message.includes("http"), error.message);
});

Deno.test("servers, CAs and passwords that cannot be are refused before anything is sent", async () => {
  for (
    const server of [
      "",
      "a b",
      "u:p@127.0.0.1",
      "127.0.0.1/x",
      "127.0.0.1:99999",
      "http://x",
      "a?b",
    ]
  ) {
    const error = await refused(vsphere(optionsFor({ server }, certs)));
    assertEquals(error.obstacle, "setting", server);
  }
  await using vcenter = fakeVcenter(certs);
  for (const caPem of ["", "ca", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"]) {
    const error = await refused(vsphere(optionsFor(vcenter, certs, { caPem })));
    assertEquals(error.obstacle, "setting", caPem);
  }
  assertEquals(vcenter.methods, []);
  const error = await refused(vsphere(optionsFor(vcenter, certs, { password: secret("\x01") })));
  assertStringIncludes(error.message, "a character that XML does not have");
});
