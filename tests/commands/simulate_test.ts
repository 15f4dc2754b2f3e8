import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import { join } from "@std/path";
import fc from "fast-check";
import { type SimulateFlags, simulateInventory } from "../../src/commands/simulate.ts";
import { simulationText } from "../../src/commands/simulate/text.ts";
import { columnsOf } from "../../src/reporters/width.ts";
import { withTempDir } from "../helpers.ts";
import { anySimulation, simulated } from "../simulate/sites.ts";
import { cli, ROOT } from "./cli.ts";

/** An inventory of load balancers and masters, each in a failure domain or in none. */
function inventory(balancers: readonly string[], masters: readonly string[], more = ""): string {
  const line = (name: string, address: string, domain: string) =>
    `        ${name}: { ansible_host: ${address}${
      domain === "" ? "" : `, failure_domain: ${domain}`
    } }`;
  return `all:
  children:
    load_balancers:
      vars:
        endpoint: { address: 10.0.0.10, backends: masters${more} }
      hosts:
${balancers.map((domain, i) => line(`lb${i + 1}`, `10.0.0.${11 + i}`, domain)).join("\n")}
    masters:
      hosts:
${masters.map((domain, i) => line(`m${i + 1}`, `10.0.0.${21 + i}`, domain)).join("\n")}
`;
}

/** What a simulation prints, with paths that begin at the inventory's folder. */
async function run(text: string, flags: SimulateFlags = {}) {
  const printed = { out: "", err: "", code: 0 };
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(join(dir, "hosts.yaml"), text);
    const plain = (line: string) => stripAnsiCode(line).replaceAll(`${dir}/`, "");
    printed.code = await simulateInventory(join(dir, "hosts.yaml"), flags, {
      out: (line) => printed.out += plain(line),
      err: (line) => printed.err += plain(line),
    });
  });
  return printed;
}

Deno.test("simulate shows every single loss, and of two only those that matter", async () => {
  const { out, err, code } = await run(inventory(["a", "b"], ["a", "b", "c"]), { strict: true });
  assertEquals([code, err], [0, ""]);
  assertEquals(
    out,
    `load_balancers: 10.0.0.10 is held by lb1; etcd needs 2 of 3 API servers

lost         held by  API servers  etcd       endpoint
nothing      lb1      3 of 3       quorum     answers
lb1          lb2      3 of 3       quorum     answers
lb2          lb1      3 of 3       quorum     answers
m1           lb1      2 of 3       quorum     answers
m2           lb1      2 of 3       quorum     answers
m3 (c)       lb1      2 of 3       quorum     answers
a (lb1, m1)  lb2      2 of 3       quorum     answers
b (lb2, m2)  lb1      2 of 3       quorum     answers

Of 17 ways to lose two at once, 11 take it down
lb1 + lb2    nobody   3 of 3       quorum     down
m1 + m2      lb1      1 of 3       no quorum  down
m1 + m3      lb1      1 of 3       no quorum  down
m2 + m3      lb1      1 of 3       no quorum  down
7 more hold all of one that is listed.
6 leave it answering, with 2 of 3 API servers or more.
`,
  );
});

Deno.test("simulate calls out load balancers that one failure domain takes along", async () => {
  const { out, err, code } = await run(inventory(["esx-01", "esx-01"], ["", "", ""]));
  assertEquals(code, 0);
  assertMatch(out, /^esx-01 \(lb1, lb2\) +nobody +3 of 3 +quorum +down$/m);
  assertEquals(
    err,
    `
hosts.yaml:8:57: warning: Endpoint "load_balancers" does not outlive one loss: without failure domain "esx-01" ("lb1", "lb2") no load balancer is left [single-loss]
    8 |         lb2: { ansible_host: 10.0.0.12, failure_domain: esx-01 }
      |                                                         ^^^^^^
   hint: a part of them in another failure domain
`,
  );
  assertStringIncludes(out, "failure_domain is not set for m1, m2, m3: what is lost together");
});

Deno.test("simulate says that two of three load balancers are one loss, and goes on", async () => {
  const text = inventory(["esx-01", "esx-01", "esx-02"], ["", "", ""]);
  const { out, err, code } = await run(text, { strict: true });
  assertEquals(code, 0);
  assertMatch(out, /^esx-01 \(lb1, lb2\) +lb3 +3 of 3 +quorum +answers$/m);
  assertMatch(out, /^lb3 \(esx-02\) +lb1 /m);
  assertMatch(out, /^lb3 \+ esx-01 +nobody /m);
  assertStringIncludes(
    err,
    'hosts.yaml:8:57: warning: Load balancers "lb1" and "lb2" are lost together: all of them are ' +
      'in failure domain "esx-01" [shared-domain]\n',
  );
});

Deno.test("simulate --strict ends with 2 when one loss is too much, and says why", async () => {
  const two = await run(inventory(["a", "b"], ["", ""]), { strict: true });
  assertEquals(two.code, 2);
  assertStringIncludes(
    two.err,
    'hosts.yaml:5:51: warning: Endpoint "load_balancers" does not outlive one loss: without "m1" ' +
      'or "m2" etcd has no quorum: 1 of 2 members are left, 2 are needed [single-loss]\n',
  );
  assertStringIncludes(two.err, "   hint: three API servers, or --external-etcd where etcd");
  const one = await run(inventory(["a"], ["", "", ""]), { strict: true });
  assertEquals(one.code, 2);
  assertStringIncludes(one.err, 'without "lb1" no load balancer');
  assertStringIncludes(one.err, "hint: a second load balancer in the group");
  const relaxed = await run(inventory(["a"], ["", "", ""]));
  assertEquals([relaxed.code, relaxed.err], [0, one.err]);
});

Deno.test("simulate --external-etcd judges no quorum", async () => {
  const flags = { strict: true, externalEtcd: true };
  const { out, err, code } = await run(inventory(["a", "b"], ["a", "b"]), flags);
  assertEquals([code, err], [0, ""]);
  assertStringIncludes(out, "is held by lb1; 2 API servers, etcd elsewhere\n");
  assertMatch(out, /^lost +held by +API servers +endpoint$/m);
});

Deno.test("simulate --json has every case, its figures and the warnings", async () => {
  const text = inventory(["esx-01", "esx-01"], ["", "", "esx-02"]);
  const { out, err, code } = await run(text, { json: true, strict: true });
  assertEquals(code, 2);
  const { format, endpoints: [found] } = JSON.parse(out);
  assertEquals([format, found.endpoint, found.address, found.port], [
    1,
    "load_balancers",
    "10.0.0.10",
    8443,
  ]);
  assertEquals(found.loadBalancers[1], { name: "lb2", priority: 240, failureDomains: ["esx-01"] });
  assertEquals([found.etcdMembersNeeded, found.withoutFailureDomain], [2, ["m1", "m2"]]);
  assertEquals(found.whole, {
    holder: "lb1",
    priority: 250,
    apiServers: 3,
    etcdQuorum: true,
    answered: true,
  });
  assertEquals([found.single.length, found.double.length], [7, 18]);
  assertEquals(found.single[5], {
    lost: [{ kind: "failure-domain", name: "esx-01" }],
    loadBalancersGone: ["lb1", "lb2"],
    apiServersGone: [],
    holder: null,
    priority: null,
    apiServers: 3,
    etcdQuorum: true,
    answered: false,
    why: "no-holder",
  });
  assertEquals(found.warnings[0].code, "single-loss");
  assertStringIncludes(err, "[single-loss]");
});

/** The same with a further service of two API servers, one in a failure domain of the endpoint's. */
function withStaging(domain = "esx-01"): string {
  const also = `, also: [{ name: staging, address: 10.0.0.19, backends: staging_masters }]`;
  return `${inventory(["esx-01", "esx-02"], ["esx-01", "esx-02", "esx-03"], also)}
    staging_masters:
      hosts:
        s1: { ansible_host: 10.0.0.31, failure_domain: ${domain} }
        s2: { ansible_host: 10.0.0.32 }
`;
}

Deno.test("simulate has a part for each service, and names the one that a loss takes down", async () => {
  const plain = await run(inventory(["esx-01", "esx-02"], ["esx-01", "esx-02", "esx-03"]));
  const { out, err, code } = await run(withStaging(), { strict: true });
  assertEquals([plain.code, code], [0, 2]);
  // The part of the endpoint's own service is what it is without the other one.
  assert(out.startsWith(`${plain.out}\n`), out);
  assertEquals(
    out.slice(plain.out.length + 1),
    `service staging of load_balancers: 10.0.0.19 (port 8443) is held by lb1; etcd
needs 2 of 2 API servers

lost              held by  API servers  etcd       service
nothing           lb1      2 of 2       quorum     answers
lb1               lb2      2 of 2       quorum     answers
lb2 (esx-02)      lb1      2 of 2       quorum     answers
s1                lb1      1 of 2       no quorum  down
s2                lb1      1 of 2       no quorum  down
esx-01 (lb1, s1)  lb2      1 of 2       no quorum  down

Of 8 ways to lose two at once, all take it down
lb1 + lb2         nobody   2 of 2       quorum     down
7 more hold all of one that is listed.

failure_domain is not set for s2: what is lost together is not known.
`,
  );
  // At the backends of the service, and for no other reason.
  assertEquals(err.match(/\[[a-z-]+\]$/gm), ["[single-loss]"]);
  assertStringIncludes(
    err,
    '\nhosts.yaml:5:114: warning: Service "staging" of endpoint "load_balancers" does not outlive ' +
      'one loss: without "s1" or "s2" etcd has no quorum: 1 of 2 members are left, 2 are needed ',
  );
});

Deno.test("simulate --json has further services beside what it has without them", async () => {
  const plain = await run(inventory(["esx-01", "esx-02"], ["esx-01", "esx-02", "esx-03"]), {
    json: true,
  });
  const { out, code } = await run(withStaging(), { json: true });
  assertEquals(code, 0);
  const { endpoints: [{ services, ...own }, ...more] } = JSON.parse(out);
  const [alone] = JSON.parse(plain.out).endpoints;
  // What the loss of another service costs is in the priority, and nowhere else.
  const [esx] = [own, alone].map((it) => it.single[5]);
  assertEquals([esx.lost[0].name, esx.holder, esx.priority], ["esx-01", "lb2", 180]);
  const unpriced = (text: unknown) => JSON.stringify(text).replaceAll(/"priority":\d+/g, "");
  assertEquals([unpriced(own), more.length], [unpriced(alone), 0]);
  assertEquals(services.length, 1);
  const [{ service, address, port, apiServers, whole, single, warnings }] = services;
  assertEquals([service, address, port], ["staging", "10.0.0.19", 8443]);
  assertEquals(apiServers[0], { name: "s1", failureDomains: ["esx-01"] });
  assertEquals([whole.apiServers, whole.answered], [2, true]);
  assertEquals(single.at(2), {
    lost: [{ kind: "api-server", name: "s1" }],
    loadBalancersGone: [],
    apiServersGone: ["s1"],
    holder: "lb1",
    priority: 190,
    apiServers: 1,
    etcdQuorum: false,
    answered: false,
    why: "no-quorum",
  });
  assertEquals(warnings.map(({ code }: { code: string }) => code), ["single-loss"]);
});

Deno.test("simulate refuses a failure domain of a further service's host, too", async () => {
  const { err, code } = await run(withStaging('"{{ rack }}"'));
  assertEquals(code, 1);
  assertStringIncludes(err, 'Cannot use "failure_domain" of host "s1"');
});

Deno.test("simulate refuses a failure domain that is no name, at its place", async () => {
  const text = inventory(["[x, y]", '"{{ rack }}"'], ["", "", '""']);
  const { out, err, code } = await run(text);
  assertEquals([code, out], [1, ""]);
  const places = [
    ...err.matchAll(/^hosts.yaml:(\d+):\d+: Cannot use "failure_domain" of host "(\w+)"/gm),
  ];
  assertEquals(places.map(([, line, host]) => `${line} ${host}`), ["7 lb1", "8 lb2", "13 m3"]);
});

Deno.test("simulate knows what -e sets, and the endpoints that --limit leaves", async () => {
  const two = inventory(["", ""], ["", "", ""]) + inventory(["", ""], ["", "", ""])
    .replace("all:\n  children:\n", "").replaceAll(/\b(lb|m)(\d):/g, "b$1$2:")
    .replaceAll("10.0.0.", "10.0.1.").replace("load_balancers:", "others:")
    .replaceAll("masters", "other_masters");
  const { out } = await run(two, { limit: "blb1", extraVars: ["failure_domain=all"] });
  assertStringIncludes(out, "others: 10.0.1.10 is held by blb1");
  assert(!out.includes("load_balancers"), out);
  assertMatch(out, /^all \(blb1, blb2, bm1, bm2, bm3\) +nobody +0 of 3 /m);
});

Deno.test("simulate passes over an endpoint that shall go", async () => {
  const { out, err, code } = await run(inventory(["", ""], [""], ", state: absent"));
  assertEquals([out, err, code], ["", "", 0]);
});

Deno.test("simulate fits 80 columns, whatever the names are", () => {
  const long = (prefix: string, count: number) =>
    Array.from(
      { length: count },
      (_, i) => [`${prefix}-${i}.production.example.com`, `rack-${i % 2}-of-the-hall`] as const,
    );
  const pages = [
    simulated(long("load-balancer", 3), long("control-plane", 5)),
    simulated(long("lb", 2), long("m", 7), { externalEtcd: true }),
  ].map((it) => simulationText(it, 80));
  fc.assert(fc.property(anySimulation, (it) => void pages.push(simulationText(it, 80))), {
    numRuns: 30,
  });
  const lines = pages.join("\n").split("\n").map(stripAnsiCode);
  assertEquals(lines.filter((line) => columnsOf(line) > 80), []);
  assert(pages[0]?.includes("load-balancer-0.produc"));
});

Deno.test("simulate counts two losses that are harmless, and lists no more than twenty others", () => {
  const names = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i) => [`${prefix}${i + 1}`] as const);
  const rows = (text: string) => stripAnsiCode(text).split("\n").filter((it) => / \+ /.test(it));
  const harmless = simulationText(simulated(names("lb", 3), names("m", 25)), 80);
  assertEquals(rows(harmless), []);
  assertStringIncludes(harmless, "Of 378 ways to lose two at once, none takes it down");
  assertStringIncludes(harmless, "378 leave it answering, with 23 of 25 API servers or more.");
  // Sixteen machines in pairs: to lose two pairs of eight is nothing, of four it is the quorum.
  const domains = Array.from({ length: 14 }, (_, i) => [`m${i + 1}`, `r${i >> 1}`] as const);
  const many = simulationText(simulated(names("lb", 8), domains.slice(0, 8)), 80);
  assertEquals(rows(many).length, 6);
  const more = simulationText(simulated(names("lb", 1), domains), 80);
  assertStringIncludes(more, "all of one that is listed.");
});

Deno.test("simulate shows names as they are, and lets none of them move the cursor", async () => {
  const { out } = await run(inventory(['"a\\e[2K"', "b"], ["", "", ""]));
  assertStringIncludes(out, "a\\u{1b}[2K");
  // deno-lint-ignore no-control-regex
  assert(!/\x1b/.test(out));
  const json = await run(inventory(['"a\\e[2K"', "b"], ["", "", ""]), { json: true });
  // deno-lint-ignore no-control-regex
  assert(!/\x1b/.test(json.out));
  assertStringIncludes(JSON.stringify(JSON.parse(json.out)), "a\\u001b[2K");
});

Deno.test("simulate needs no host, no secret and no permission but to read", () =>
  withTempDir(async (dir) => {
    const secret = ", profile: guide, vrrp: { auth_pass: { command: [/nonexistent/pass] } }";
    await Deno.writeTextFile(`${dir}/hosts.yaml`, inventory(["a", "b"], ["", "", ""], secret));
    const flags = ["--no-prompt", "--allow-read", "--allow-env=HOME,TERM,NO_COLOR,FORCE_COLOR"];
    const { code, out, err } = await cli(["simulate", `${dir}/hosts.yaml`], {
      flags: [...flags, "--ignore-env"],
    });
    assertEquals([code, err], [0, ""]);
    assertStringIncludes(out, "10.0.0.10 is held by lb1");
  }));

/** What a terminal shows of a command: its results, then its messages. */
async function shown(args: readonly string[]): Promise<string> {
  const { out, err } = await cli(args, { cwd: ROOT });
  return `${out}${err}`.trimEnd();
}

Deno.test("docs/simulate.md shows what is said of the inventory in the repository", async () => {
  const manual = new URL("../../docs/simulate.md", import.meta.url);
  const part = (text: string, name: string, wanted: string) =>
    text.replace(
      new RegExp(`<!-- ${name} -->\\n[\\s\\S]*?<!-- end -->`),
      () => `<!-- ${name} -->\n\n\`\`\`\n${wanted}\n\`\`\`\n\n<!-- end -->`,
    );
  const prod = await shown(["simulate", "inventories/prod.yaml"]);
  const text = inventory(["esx-01", "esx-01"], ["esx-01", "esx-02", "esx-03"]);
  const { err } = await run(text);
  const staging = await run(withStaging());
  const further = staging.out.slice(staging.out.indexOf("service staging of"));
  const parts = { prod, shared: err.trim(), services: `${further}${staging.err}`.trim() };
  let wanted = await Deno.readTextFile(manual);
  for (const [name, shown] of Object.entries(parts)) wanted = part(wanted, name, shown);
  if (Deno.env.get("HOLDFAST_UPDATE") === "1") await Deno.writeTextFile(manual, wanted);
  assertEquals(await Deno.readTextFile(manual), wanted);
});
