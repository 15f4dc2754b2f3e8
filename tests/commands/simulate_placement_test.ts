/** `simulate --placement` against a fake vCenter, and what `simulate` says of declared placements. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import { join } from "@std/path";
import { type SimulateFlags, simulateInventory } from "../../src/commands/simulate.ts";
import { withTempDir } from "../helpers.ts";
import { CLUSTER, fakeVcenter, machine, PASSWORD, times } from "../placement/fake_vcenter.ts";
import { certs, reading } from "../placement/vsphere_kit.ts";
import { cli } from "./cli.ts";

/** A vCenter on which these machines run on hosts 1 and 2; 0 is on none. */
function vcenter(hosts: Readonly<Record<string, number>>) {
  const machines = Object.entries(hosts).map(([name, n], i) =>
    n === 0
      ? machine(`vm-${i}`, name, "host-1", { "runtime.powerState": "poweredOff" })
        .replace(/<propSet><name>runtime\.host<\/name>.*?<\/propSet>/, "")
      : machine(`vm-${i}`, name, `host-${n}`)
  );
  return fakeVcenter(
    certs,
    reading({ machines: () => `<returnval>${CLUSTER}${machines.join("")}</returnval>` }),
  );
}

/** Failure domains by host; the groups that the placement is about. */
interface Said {
  readonly domains?: Readonly<Record<string, string>>;
  readonly groups?: readonly string[];
  readonly provider?: string;
}

const vsphere = (server: string, more = "") =>
  `provider: vsphere, cluster_name: prod, vsphere: { server: '${server}', ca_file: ca.pem, ` +
  `user: deploy@vsphere.local, password: { file: password } }${more}, `;

/** Two load balancers and three masters, with a placement. */
function inventory(
  { domains = {}, groups = ["load_balancers", "masters"], provider = "" }: Said = {},
): string {
  const line = (name: string, n: number) =>
    `        ${name}: { ansible_host: 10.0.0.${n}${
      domains[name] === undefined ? "" : `, failure_domain: ${domains[name]}`
    } }\n`;
  return `all:
  vars:
    placement: { ${provider}groups: { ${
    groups.map((it) => `${it}: { policy: anti_affinity }`).join(", ")
  } } }
  children:
    load_balancers:
      vars: { endpoint: { address: 10.0.0.10, backends: masters } }
      hosts:
${line("lb1", 11)}${line("lb2", 12)}    masters:
      hosts:
${line("m1", 21)}${line("m2", 22)}${line("m3", 23)}    workers: { hosts: { w1: {}, w2: {} } }
`;
}

async function inFolder(text: string, work: (file: string) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(join(dir, "hosts.yaml"), text);
    await Deno.writeTextFile(join(dir, "ca.pem"), certs.ca);
    await Deno.writeTextFile(join(dir, "password"), `${PASSWORD}\n`, { mode: 0o600 });
    await Deno.writeTextFile(join(dir, "wrong"), "another\n", { mode: 0o600 });
    await work(join(dir, "hosts.yaml"));
  });
}

/** What a simulation prints, with paths that begin at the inventory's folder. */
async function run(text: string, flags: SimulateFlags = { placement: true }) {
  const printed = { out: "", err: "", code: -1 };
  await inFolder(text, async (file) => {
    const plain = (line: string) =>
      stripAnsiCode(line).replaceAll(`${file.slice(0, -"hosts.yaml".length)}`, "");
    printed.code = await simulateInventory(file, flags, {
      out: (line) => printed.out += plain(line),
      err: (line) => printed.err += plain(line),
    });
  });
  assert(!`${printed.out}${printed.err}`.includes(PASSWORD), "a password was printed");
  return printed;
}

const TOGETHER = { lb1: 1, lb2: 1, m1: 1, m2: 2, m3: 2 };

Deno.test("simulate --placement loses the hosts that machines run on, whatever is declared", async () => {
  await using fake = vcenter({ ...TOGETHER, m3: 0 });
  const domains = { lb1: "esx-01", lb2: "rack-b", m2: "esx-01", m3: "esx-02" };
  const text = inventory({ domains, provider: vsphere(fake.server) });
  const { out, err, code } = await run(text);
  assertEquals(code, 0, err);
  assertEquals(
    out,
    `load_balancers: 10.0.0.10 is held by lb1; etcd needs 2 of 3 API servers

lost                   held by  API servers  etcd       endpoint
nothing                lb1      3 of 3       quorum     answers
lb1                    lb2      3 of 3       quorum     answers
lb2                    lb1      3 of 3       quorum     answers
m1                     lb1      2 of 3       quorum     answers
m2                     lb1      2 of 3       quorum     answers
m3                     lb1      2 of 3       quorum     answers
esx-01 (lb1, lb2, m1)  nobody   2 of 3       quorum     down
esx-02 (m2, m3)        lb1      1 of 3       no quorum  down

Of 16 ways to lose two at once, 10 take it down
lb1 + lb2              nobody   3 of 3       quorum     down
m1 + m2                lb1      1 of 3       no quorum  down
m1 + m3                lb1      1 of 3       no quorum  down
m2 + m3                lb1      1 of 3       no quorum  down
6 more hold all of one that is listed.
6 leave it answering, with 2 of 3 API servers or more.

Failure domains are the hosts that machines run on now, according to vsphere
(placement of all). As declared, because it is not known there: m3. Declared,
and left out: lb2 (rack-b), m2 (esx-01).
`,
  );
  assertEquals(err.match(/^\S+ warning: .*\]$/gm), [
    'hosts.yaml:9:9: warning: Endpoint "load_balancers" does not outlive one loss: without host ' +
    '"esx-01" ("lb1", "lb2", "m1") no load balancer is left [single-loss]',
    'hosts.yaml:6:57: warning: Endpoint "load_balancers" does not outlive one loss: without host ' +
    '"esx-02" ("m2", "m3") etcd has no quorum: 1 of 3 members are left, 2 are needed [single-loss]',
    'hosts.yaml:14:56: warning: It is not known where "m3" of group "masters" will be: no host ' +
    "runs it now [place-unknown]",
    'hosts.yaml:13:56: warning: "m2" runs on host "esx-02", and the inventory says failure domain ' +
    '"esx-01" [place-differs]',
  ]);
});

Deno.test("docs/simulate.md shows what is said of machines that a vCenter was asked about", async () => {
  await using fake = vcenter(TOGETHER);
  const domains = { lb1: "esx-01", lb2: "esx-02", m1: "esx-01", m2: "esx-02", m3: "rack-c" };
  const { out, err } = await run(inventory({ domains, provider: vsphere(fake.server) }));
  const shown = `${out}${err}`.trim();
  const manual = new URL("../../docs/simulate.md", import.meta.url);
  const text = await Deno.readTextFile(manual);
  const wanted = text.replace(
    /<!-- placement -->\n[\s\S]*?<!-- end -->/,
    () => `<!-- placement -->\n\n\`\`\`\n${shown}\n\`\`\`\n\n<!-- end -->`,
  );
  if (Deno.env.get("HOLDFAST_UPDATE") === "1") await Deno.writeTextFile(manual, wanted);
  assertEquals(await Deno.readTextFile(manual), wanted);
});

Deno.test("simulate --placement --strict ends with 2, and without the option nobody is asked", async () => {
  await using fake = vcenter(TOGETHER);
  const domains = { lb1: "a", lb2: "b", m1: "a", m2: "b", m3: "c" };
  const text = inventory({ domains, provider: vsphere(fake.server) });
  const plain = await run(text, { strict: true });
  assertEquals([plain.code, plain.err, fake.methods], [0, "", []]);
  assert(!plain.out.includes("vsphere"), plain.out);
  const asked = await run(text, { strict: true, placement: true });
  assertEquals(asked.code, 2);
  assertStringIncludes(asked.err, 'without host "esx-01" ("lb1", "lb2", "m1") no load balancer');
  assertEquals([times(fake, "Logout"), times(fake, "ReconfigureComputeResource_Task")], [1, 0]);
});

Deno.test("simulate --placement --json has where each machine runs, and whose word it is", async () => {
  await using fake = vcenter({ ...TOGETHER, m3: 0 });
  const text = inventory({ domains: { lb2: "b", m3: "c" }, provider: vsphere(fake.server) });
  const { out, code } = await run(text, { placement: true, json: true });
  assertEquals(code, 0);
  const { endpoints: [found], placements } = JSON.parse(out);
  assertEquals(found.loadBalancers[1], {
    name: "lb2",
    priority: 240,
    failureDomains: ["esx-01"],
    placed: true,
    failureDomainsLeftOut: ["b"],
  });
  assertEquals(found.apiServers[2], { name: "m3", failureDomains: ["c"] });
  const [{ warnings, ...placement }, ...more] = placements;
  assertEquals([more, placement], [[], {
    placement: "all",
    provider: "vsphere",
    asked: true,
    places: "hosts",
    hosts: { lb1: "esx-01", lb2: "esx-01", m1: "esx-01", m2: "esx-02" },
    violations: [
      { group: "load_balancers", host: "esx-01", members: ["lb1", "lb2"], most: 1 },
    ],
  }]);
  assertEquals(warnings.map(({ code }: { code: string }) => code), ["place-unknown"]);
});

Deno.test("simulate --placement says what is in the way, and ends as placement check does", async () => {
  await using fake = vcenter(TOGETHER);
  const right = vsphere(fake.server);
  await using other = vcenter({ lb1: 1, m1: 1, m2: 2, m3: 2 });
  const cases: readonly (readonly [Said, number, string])[] = [
    [{ provider: vsphere("127.0.0.1:1") }, 4, "[platform-unreachable]"],
    [{ provider: right.replace("file: password", "file: wrong") }, 3, "[platform-login]"],
    [{ provider: right.replace("ca_file: ca.pem, ", "") }, 3, "[platform-untrusted]"],
    [{ provider: right.replace("file: password", "file: none") }, 1, "there is no such file"],
    [{ provider: vsphere(other.server) }, 1, "[platform-not-found]"],
    [
      { provider: right, groups: ["workers"] },
      1,
      "Cannot ask where machines run: no host that the endpoints stand on is in a group of a " +
      "placement [no-placement]\n   hint: groups of placements are workers\n",
    ],
  ];
  for (const [said, code, words] of cases) {
    const found = await run(inventory(said));
    assertEquals([found.code, found.out], [code, ""], found.err);
    assertStringIncludes(found.err, words);
  }
  const none = await run(inventory().replace(/^ {2}vars:\n.*\n/m, ""));
  assertEquals([none.code, none.out], [1, ""]);
  assertMatch(
    none.err,
    /^Cannot ask where the machines of "[^"]*" run: no group has a "placement"/,
  );
});

Deno.test("simulate --placement says where there is nobody to ask", async () => {
  const { out, err, code } = await run(inventory({ domains: { lb1: "a", lb2: "a" } }));
  assertEquals(code, 0);
  assertMatch(out, /^a \(lb1, lb2\) +nobody /m);
  assertStringIncludes(err, "There is no platform to ask where machines run: what is declared");
});

Deno.test("simulate says who shares a declared failure domain against a policy, once", async () => {
  const domains = { lb1: "a", lb2: "c", m1: "a", m2: "c", m3: "a" };
  const codes = (text: string) => text.match(/\[[a-z-]+\]$/gm);
  // Two of three are the quorum: a warning of the endpoint names them already.
  const quorum = await run(inventory({ domains }), {});
  assertEquals(codes(quorum.err), ["[single-loss]"]);
  const shared = await run(inventory({ domains }), { externalEtcd: true, strict: true });
  assertEquals(shared.code, 0);
  assertEquals(
    shared.err,
    `
hosts.yaml:14:56: warning: Members of group "masters" share failure domain "a": "m1" and "m3" [shared-domain]
   14 |         m3: { ansible_host: 10.0.0.23, failure_domain: a }
      |                                                        ^
`,
  );
  const spread = inventory({ domains }).replace(
    "masters: { policy: anti_affinity",
    "masters: { policy: spread",
  );
  assertEquals((await run(spread, { externalEtcd: true })).err, "");
  const json = await run(inventory({ domains }), { externalEtcd: true, json: true });
  const { placements: [{ asked, provider, places, hosts, violations, warnings }] } = JSON.parse(
    json.out,
  );
  assertEquals([asked, provider, places, hosts], [false, "inventory", "domains", {}]);
  assertEquals(violations, [{ group: "masters", host: "a", members: ["m1", "m3"], most: 1 }]);
  assertEquals(warnings.map(({ code }: { code: string }) => code), ["shared-domain"]);
});

Deno.test("simulate believes what is declared of machines of a vCenter, and asks nobody", async () => {
  const domains = { lb1: "a", lb2: "b", m1: "a", m2: "c", m3: "a" };
  const text = inventory({ domains, provider: vsphere("127.0.0.1:1") });
  const { err, code } = await run(text, { externalEtcd: true });
  assertEquals(code, 0);
  assertStringIncludes(err, 'Members of group "masters" share failure domain "a": "m1" and "m3"');
});

Deno.test("simulate --placement needs the permission to connect to that server, and no other", async () => {
  await using fake = vcenter(TOGETHER);
  await inFolder(inventory({ provider: vsphere(fake.server) }), async (file) => {
    const granted = (net: readonly string[]) => [
      ...["--no-prompt", "--allow-read", "--allow-env=HOME,TERM,NO_COLOR,FORCE_COLOR,CI"],
      ...["--ignore-env", ...net.map((it) => `--allow-net=${it}`)],
    ];
    const args = ["simulate", file, "--placement"];
    const right = await cli(args, { flags: granted([fake.server]) });
    assertEquals(right.code, 0, right.err);
    assertStringIncludes(right.out, "according to vsphere");
    const wrong = await cli(args, { flags: granted(["127.0.0.1:1"]) });
    assertEquals([wrong.code, wrong.out], [1, ""], wrong.err);
    assertStringIncludes(wrong.err, `--allow-net=${fake.server}`);
    // Started with too few permissions it names this one, and without the option it does not.
    const named = await cli(args, { flags: ["--allow-read"] });
    assertStringIncludes(named.err, `  --allow-net=${fake.server}\n      to ask the platform`);
    const offline = await cli(args.slice(0, 2), { flags: ["--allow-read"] });
    assert(!offline.err.includes("--allow-net"), offline.err);
  });
});
