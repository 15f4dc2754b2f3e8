import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { explain, type ExplainFlags } from "../../src/commands/explain.ts";
import { withTempDir } from "../helpers.ts";

const HOSTS = `all:
  vars: { ansible_user: ubuntu, rack: a, limits: { soft: 1, hard: 2 } }
  children:
    lbs:
      vars:
        rack: b
        limits: { soft: 5 }
        ansible_become_password: hunter2hunter2
        endpoint:
          address: 10.0.0.10
          backends: masters
          haproxy: { balance: auto }
          vrrp: { auth_pass: { env: NOT_SET }, advert_interval: 0.5 }
      hosts:
        lb1: { ansible_host: 10.0.0.11, ansible_user: root }
        lb2: { ansible_host: 10.0.0.12, endpoint_host: { priority: 90 } }
    masters: { hosts: { m1: { ansible_host: 10.0.0.21 } } }
`;

/** What explaining prints, with paths that begin at the inventory's folder. */
async function run(host: string, key?: string, flags: ExplainFlags = {}, text = HOSTS) {
  const printed = { out: "", err: "", code: 0 };
  await withTempDir(async (dir) => {
    await Deno.mkdir(join(dir, "group_vars/lbs"), { recursive: true });
    await Deno.writeTextFile(join(dir, "group_vars/lbs/a.yml"), "ansible_user: deploy\n");
    await Deno.writeTextFile(join(dir, "group_vars/lbs/b.yml"), "ansible_user: operator\n");
    await Deno.writeTextFile(join(dir, "hosts.yaml"), text);
    printed.code = await explain(join(dir, "hosts.yaml"), host, key, flags, {
      out: (line) => printed.out += line.replaceAll(`${dir}/`, ""),
      err: (line) => printed.err += line.replaceAll(`${dir}/`, ""),
    });
  });
  return printed;
}

/** The rows of a table without its columns' widths. */
const rows = (out: string) =>
  out.trimEnd().split("\n").slice(1).map((line) => line.trim().split(/ {2,}/).join(" | "));

Deno.test("explain shows every place from weak to strong, and marks the one that counts", async () => {
  const { out, code } = await run("lb1", "ansible_user", { extraVars: ["ansible_user=me"] });
  assertEquals(code, 0);
  assertEquals(rows(out).slice(0, -1), [
    `group all (depth 0) | hosts.yaml:2:25 | "ubuntu"`,
    `group_vars of lbs (depth 1) | group_vars/lbs/a.yml:1:15 | "deploy"`,
    `group_vars of lbs (depth 1) | group_vars/lbs/b.yml:1:15 | "operator"`,
    `host | hosts.yaml:15:55 | "root"`,
  ]);
  assertMatch(rows(out).at(-1)!, /^=> \| command line \| .*"me"$/);
});

Deno.test("explain follows dotted keys into maps, which replace each other whole", async () => {
  assertEquals(rows((await run("lb1", "limits.soft")).out), [
    "group all (depth 0) | hosts.yaml:2:58 | 1",
    "=> | group lbs (depth 1) | hosts.yaml:7:25 | 5",
  ]);
  const gone = await run("lb1", "limits.hard");
  assertEquals(rows(gone.out), [
    "group all (depth 0) | hosts.yaml:2:67 | 2",
    "group lbs (depth 1) | hosts.yaml:7:9 | (not in this map)",
    "It has no value: the last map above replaces the others.",
  ]);
});

Deno.test("explain tells defaults, and derived values with their reason", async () => {
  assertEquals(rows((await run("lb1", "endpoint.vrrp.router_id")).out), [
    "group lbs (depth 1) | hosts.yaml:9:9 | (not in this map)",
    `default | "auto"`,
    "=> | derived | last octet of 10.0.0.10 | 10",
  ]);
  assertEquals(rows((await run("lb1", "endpoint.haproxy.balance")).out), [
    `group lbs (depth 1) | hosts.yaml:12:31 | "auto"`,
    `=> | derived | profile standard | "leastconn"`,
  ]);
  assertEquals(rows((await run("lb1", "endpoint.vrrp.advert_interval")).out), [
    "=> | group lbs (depth 1) | hosts.yaml:13:65 | 0.5",
  ]);
  assertEquals(rows((await run("lb2", "endpoint_host.priority")).out), [
    "=> | host | hosts.yaml:16:68 | 90",
  ]);
  assertStringIncludes((await run("lb1", "endpoint_host.priority")).out, "first of 2");
  assertStringIncludes((await run("m1", "ansible_port")).out, "ssh's own configuration decides");
});

Deno.test("explain tells what a further service has of its own, and what of the endpoint", async () => {
  const also = "backends: masters\n          also: [{ name: a, port: 9443, backends: masters, " +
    "balance: auto }, { name: b, address: 10.0.0.9, backends: masters }]";
  const said = async (key: string) =>
    rows((await run("lb1", key, {}, HOSTS.replace("backends: masters", also))).out).at(-1);
  assertEquals(
    await said("endpoint.also.0.port"),
    "=> | group lbs (depth 1) | hosts.yaml:12:35 | 9443",
  );
  assertEquals(await said("endpoint.also.1.port"), "=> | default | the endpoint's | 8443");
  assertEquals(
    await said("endpoint.also.0.address"),
    `=> | default | the endpoint's | "10.0.0.10"`,
  );
  assertEquals(
    await said("endpoint.also.0.balance"),
    `=> | derived | profile standard | "leastconn"`,
  );
  assertEquals(
    rows((await run("lb1", "endpoint.also")).out).at(-1),
    "=> | default | its load balancers stand in front of nothing else | (unset)",
  );
});

Deno.test("explain shows what is rendered that no key holds, and what only a host can tell", async () => {
  const said = async (key: string, text = HOSTS) => rows((await run("lb1", key, {}, text)).out);
  assertEquals(await said("derived.peers"), [
    "=> | derived | every other member of the group, as the inventory names them: hosts that are " +
    'asked know better | ["10.0.0.12"]',
  ]);
  // 250 and 90 are too far apart: the derived one has come nearer.
  assertEquals(await said("derived.weight"), [
    "=> | derived | more than the 80 that the priorities are apart | -89",
  ]);
  assertEquals(await said("derived.vrrp_version"), ["=> | derived | profile standard | 3"]);
  assertEquals(await said("derived.timers.alive"), [
    "=> | derived | profile standard: seconds, and runs that count | " +
    '{"interval":1,"timeout":3,"fall":1,"rise":3}',
  ]);
  assertEquals(await said("derived.source"), [
    "=> | derived | not known before the host is asked: its address on that interface | (unset)",
  ]);
  const pinned = HOSTS.replace("backends:", 'packages: { haproxy: "2.8.*" }\n          backends:');
  assertEquals(await said("derived.haproxy_version", pinned), [
    "=> | derived | not known before the host is asked, a 2.8.* by packages.haproxy; render " +
    "assumes 2.6.12, 2.2 is the oldest | (unset)",
  ]);
  const wide = HOSTS.replace("{ balance: auto }", "{ max_connections: 20000 }");
  assertEquals(await said("derived.descriptors", wide), [
    "=> | derived | twice 20100 connections and 1,000 more | 41200",
  ]);
  assertEquals(await said("derived.descriptors"), [
    "=> | derived | more than twice 4100 connections, for which it is enough | 16384",
  ]);
  assertEquals(
    (await said("endpoint.haproxy.connect_timeout")).at(-1),
    [
      '=> | derived | profile standard | "3000ms"',
    ].join(),
  );
  assertEquals(
    (await said("endpoint.vrrp.notify")).at(-1),
    [
      "=> | default | nobody is told of changes of state | (unset)",
    ].join(),
  );
});

Deno.test("explain says why a value cannot be derived", async () => {
  const names = HOSTS.replace("ansible_host: 10.0.0.12", "ansible_host: two.example");
  assertStringIncludes(
    (await run("lb1", "derived.peers", {}, names)).out,
    "Cannot find the address",
  );
  const multicast = HOSTS.replace("advert_interval: 0.5", "mode: multicast");
  assertEquals(rows((await run("lb1", "derived.peers", {}, multicast)).out), [
    "=> | derived | adverts are multicast | []",
  ]);
  const far = HOSTS.replace("ansible_user: root }", "endpoint_host: { priority: 250 } }");
  assertStringIncludes((await run("lb1", "derived.weight", {}, far)).out, "Cannot choose a weight");
});

Deno.test("explain without a key gives a line for every key, and no password", async () => {
  const { out, err, code } = await run("lb1");
  assertEquals([err, code], ["", 0]);
  for (
    const part of [
      /^ansible_user +"root" +host +hosts.yaml:15:55$/m,
      /^ansible_become_password +"\[secret\]"/m,
      /^endpoint\.port +8443 +default$/m,
      /^endpoint_host\.state +"BACKUP" +derived +/m,
    ]
  ) assertMatch(out, part);
  assertEquals(out.includes("hunter2"), false);
});

Deno.test("explain --json gives the same as data", async () => {
  const { out } = await run("lb1", "rack", { json: true });
  const { host, key, rows } = JSON.parse(out);
  assertEquals([host, key], ["lb1", "rack"]);
  assertEquals(rows.map(({ value, wins }: Record<string, unknown>) => [value, wins]), [
    ["a", false],
    ["b", true],
  ]);
  assertEquals(
    JSON.parse((await run("lb1", undefined, { json: true })).out).keys.length > 10,
    true,
  );
});

Deno.test("explain says what was probably meant", async () => {
  for (
    const [host, key, hint] of [
      ["lb3", "rack", "lb1"],
      ["lb1", "rak", "rack"],
      ["lb1", "endpoint.prt", "endpoint.port"],
      ["lb1", "limits.sofd", "limits.soft"],
      ["lb1", "endpoint_host.prority", "endpoint_host.priority"],
    ] as const
  ) {
    const { err, code } = await run(host, key);
    assertEquals(code, 1);
    assertStringIncludes(err, `hint: ${hint}`);
  }
  assertEquals((await run("lb1", "endpoint.ca_file")).code, 0);
});

Deno.test("explain works where the endpoint is wrong, and where two groups disagree", async () => {
  const wrong = await run("lb1", "rack", {}, HOSTS.replace("address: 10", "adress: 10"));
  assertEquals(wrong.code, 0);
  assertStringIncludes(wrong.err, '"adress"');
  assertStringIncludes(wrong.err, "defaults and derived values are left out");
  const text = "a: { vars: { x: 1 }, hosts: { h: } }\nb: { vars: { x: 2 }, hosts: { h: } }\n";
  const both = await run("h", "x", {}, text);
  assertEquals(rows(both.out), [
    "group a (depth 1) | hosts.yaml:1:17 | 1",
    "=> | group b (depth 1) | hosts.yaml:2:17 | 2",
  ]);
  assertStringIncludes(both.err, "warning: Cannot tell");
});
