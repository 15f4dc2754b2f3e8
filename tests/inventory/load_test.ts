import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { ENDPOINT_SNIPPET } from "../../src/inventory/endpoint/snippet.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import { InventoryError } from "../../src/inventory/problems.ts";
import { diskFiles } from "../../src/inventory/read.ts";
import { noSecrets, realSecrets } from "../../src/inventory/real_secrets.ts";
import { load, memory, problems, secrets, shown } from "./helpers.ts";

const MINIMAL = `
lbs:
  vars:
    endpoint:
      address: 10.0.0.10
      backends: masters
  hosts:
    lb1: { ansible_host: 10.0.0.11 }
    lb2: { ansible_host: 10.0.0.12, endpoint_host: { priority: 100, interface: eth1 } }
masters: { hosts: { m1: { ansible_host: 10.0.0.21 } } }
`;

/** The minimal endpoint with more lines in it. */
const withLines = (...lines: string[]) =>
  MINIMAL.replace(
    "backends: masters\n",
    ["backends: masters", ...lines].join("\n      ") + "\n",
  );

const endpointOf = async (...lines: string[]) =>
  (await load(withLines(...lines))).inventory.endpoints[0]!;

Deno.test("loadInventory() gives hosts what the connection variables say", async () => {
  const files = memory({
    "in/hosts.yaml": `
all:
  vars: { ansible_user: deploy, ansible_become: "yes", extra: "{{ x }}" }
  hosts:
    h1:
      ansible_host: 2001:db8::1
      ansible_port: "2222"
      ansible_ssh_private_key_file: keys/id
      ansible_ssh_common_args: -o ConnectTimeout=5
      ansible_ssh_extra_args: "-4"
    h2: { ansible_ssh_host: old.example.com, ansible_ssh_port: 22, ansible_ssh_user: root }
`,
  });
  const { inventory, warnings } = await loadInventory("in/hosts.yaml", { files, secrets });
  const [h1, h2] = inventory.hosts;
  assertEquals(h1, {
    name: "h1",
    address: "2001:db8::1",
    port: 2222,
    user: "deploy",
    become: true,
    keyFile: "in/keys/id",
    sshArgs: ["-o", "ConnectTimeout=5", "-4"],
    groups: ["all", "ungrouped"],
    vars: h1!.vars,
  });
  assertEquals(h1!.vars["extra"], "{{ x }}");
  // The newer name counts, wherever the older one stands.
  assertEquals([h2!.address, h2!.port, h2!.user], ["old.example.com", 22, "deploy"]);
  assertEquals(warnings.map((w) => w.code), ["two-names"]);
});

Deno.test("loadInventory() fills an endpoint with defaults", async () => {
  const endpoint = await endpointOf();
  assertEquals({ ...endpoint, members: [] }, {
    name: "lbs",
    address: "10.0.0.10",
    port: 8443,
    backends: [{ name: "m1", address: "10.0.0.21" }],
    backendPort: 6443,
    profile: "standard",
    interface: "auto",
    vrrp: { routerId: "auto", mode: "unicast", advertInterval: "auto" },
    haproxy: {
      balance: "auto",
      clientTimeout: "1h",
      stats: "127.0.0.1:8404",
      maxConnections: 4000,
      queueTimeout: "10s",
      accessLog: "tcp",
      checkPath: "/readyz",
    },
    slo: { failoverMs: 2000 },
    members: [],
  });
  assertEquals(endpoint.members.map(({ host, ...rest }) => [host.name, rest]), [
    ["lb1", {}],
    ["lb2", { priority: 100, interface: "eth1" }],
  ]);
});

Deno.test("loadInventory() keeps the defaults beside a key that is set", async () => {
  const endpoint = await endpointOf("vrrp: { router_id: 7 }", "haproxy: { balance: first }");
  assertEquals(endpoint.vrrp, { routerId: 7, mode: "unicast", advertInterval: "auto" });
  assertEquals(endpoint.haproxy.clientTimeout, "1h");
});

Deno.test("loadInventory() takes multicast for profile guide, unless told otherwise", async () => {
  const password = "auth_pass: { env: VRRP_PASS }";
  const guide = await endpointOf("profile: guide", `vrrp: { ${password} }`);
  assertEquals(guide.vrrp.mode, "multicast");
  const told = await endpointOf("profile: guide", `vrrp: { ${password}, mode: unicast }`);
  assertEquals(told.vrrp.mode, "unicast");
});

Deno.test("loadInventory() resolves what drills need, and leaves unset what nobody wrote", async () => {
  const bare = await endpointOf();
  assertEquals(["production" in bare, "drill" in bare], [false, false]);
  const { production, drill } = await endpointOf(
    "production: false",
    `drill: { power_command: [./power, "{host} {action}"], probe_from: m1 }`,
  );
  assertEquals(production, false);
  assertEquals(Object.keys(drill ?? {}), ["powerCommand", "probeFrom"]);
  assertEquals(drill?.powerCommand, ["./power", "{host} {action}"]);
  assertEquals([drill?.probeFrom?.name, drill?.probeFrom?.address], ["m1", "10.0.0.21"]);
});

Deno.test("loadInventory() takes addresses of both families, in one spelling", async () => {
  const text = withLines()
    .replace("address: 10.0.0.10", 'address: ["2001:DB8:0::10", 10.0.0.10]')
    .replace("endpoint_host: { priority", 'endpoint_host: { address: "2001:DB8::12", priority');
  const [endpoint] = (await load(text)).inventory.endpoints;
  assertEquals([endpoint?.address, endpoint?.moreAddresses], ["2001:db8::10", ["10.0.0.10"]]);
  assertEquals(endpoint?.members.map(({ addresses }) => addresses), [undefined, ["2001:db8::12"]]);
  assertEquals("moreAddresses" in await endpointOf(), false);
});

Deno.test("loadInventory() warns of ports that a control plane has on its own", async () => {
  const stacked = withLines("port: 10257").replace("backends: masters", "backends: lbs");
  const { warnings } = await load(stacked);
  assertEquals(warnings.map(({ code, message }) => [code, message]), [[
    "control-plane-port",
    'port 10257 of endpoint "lbs" is where the controller manager listens on host "lb1", which ' +
    "is a backend as well, unless it was told otherwise",
  ]]);
  assertEquals((await load(withLines("port: 10257"))).warnings, []);
  const both = (...lines: string[]) =>
    withLines('haproxy: { stats: "127.0.0.1:2381" }', ...lines)
      .replace("backends: masters", "backends: lbs");
  assertEquals((await load(both())).warnings.length, 1);
  // The guide's HAProxy listens for clients alone.
  const guide = both("profile: guide", "vrrp: { auth_pass: { env: VRRP_PASS } }");
  assertEquals((await load(guide)).warnings, []);
});

const DIGEST = `@sha256:${"0123456789abcdef".repeat(4)}`;
const PINNED = { haproxy: `haproxy:2.8.10${DIGEST}`, keepalived: `net/keepalived:2.2.8${DIGEST}` };
const IMAGES = `images: { haproxy: '${PINNED.haproxy}', keepalived: '${PINNED.keepalived}' }`;

Deno.test("loadInventory() takes static pods on API servers, with their images", async () => {
  const stacked = withLines("mode: static-pods", IMAGES).replace(
    "backends: masters",
    "backends: lbs",
  );
  const { inventory, warnings } = await load(stacked);
  assertEquals(warnings, []);
  const [endpoint] = inventory.endpoints;
  assertEquals(endpoint?.pods, { images: PINNED });
  assertEquals((await endpointOf()).pods, undefined);
});

Deno.test("loadInventory() plans the ports of static pods as those of any stacked host", async () => {
  const stacked = withLines("mode: static-pods", IMAGES, "port: 6443")
    .replace("backends: masters", "backends: lbs");
  const error = await assertRejects(() => load(stacked), InventoryError);
  assertEquals(error.diagnostics.map(({ code }) => code), ["taken-port"]);
});

Deno.test("loadInventory() warns of what static pods do not have", async () => {
  const codes = async (...lines: readonly string[]) => {
    const text = withLines("mode: static-pods", IMAGES, ...lines)
      .replace("backends: masters", "backends: lbs");
    return (await load(text)).warnings.map(({ code }) => code);
  };
  assertEquals(await codes("oom_score_adjust: -500"), ["no-effect"]);
  assertEquals(await codes("packages: { hold: true }"), ["no-effect"]);
  assertEquals(await codes("vrrp: { notify: { command: [logger] } }"), ["notify-in-container"]);
  const warnings = async (text: string) => (await load(text)).warnings.map(({ code }) => code);
  assertEquals(await warnings(withLines("mode: static-pods", IMAGES)), ["no-api-server"]);
  assertEquals(await warnings(withLines(IMAGES)), ["unused-images"]);
  const stacked = (images: string) =>
    warnings(withLines("mode: static-pods", images).replace("backends: masters", "backends: lbs"));
  assertEquals(await stacked(IMAGES.replace(`2.8.10${DIGEST}`, "lts")), ["moving-image"]);
  assertEquals(await stacked(IMAGES.replace(DIGEST, "")), ["tag-without-digest"]);
  assertEquals(await stacked(IMAGES.replaceAll(/:[\d.]+@/g, "@")), []);
});

Deno.test("loadInventory() tells who carries an endpoint from who leaves it", async () => {
  const whole = await endpointOf();
  assertEquals(whole.leaving, undefined);
  const parted = (await load(
    withLines().replace("endpoint_host: { priority", "endpoint_host: { state: absent, priority"),
  )).inventory.endpoints[0];
  assertEquals(parted?.members.map(({ host }) => host.name), ["lb1"]);
  assertEquals(parted?.leaving?.map(({ host, absent }) => [host.name, absent]), [["lb2", true]]);
  const gone = await endpointOf("state: absent");
  assertEquals(gone.members, []);
  assertEquals(gone.leaving?.map(({ host }) => host.name), ["lb1", "lb2"]);
});

Deno.test("loadInventory() reads what is asked of packages, and leaves the rest unset", async () => {
  assertEquals("packages" in await endpointOf(), false);
  const { packages } = await endpointOf('packages: { haproxy: "2.6.*", hold: false }');
  assertEquals(packages, { versions: { haproxy: "2.6.*" }, hold: false, lockTimeoutMs: 300_000 });
  const other = await endpointOf("packages: { lock_timeout: 30s }");
  assertEquals(other.packages, { versions: {}, lockTimeoutMs: 30_000 });
});

Deno.test("loadInventory() reads durations", async () => {
  for (const [text, ms] of [["500ms", 500], ["2s", 2000], ["1m", 60_000]] as const) {
    assertEquals((await endpointOf(`slo: { failover: ${text} }`)).slo.failoverMs, ms);
  }
});

Deno.test("loadInventory() fetches the password, and shows it nowhere", async () => {
  for (
    const [given, value] of [
      ["{ env: VRRP_PASS }", "s3cret"],
      ["{ file: pass.txt }", "fromfile"],
      ["{ command: [pass, hunter2] }", "hunter2"],
      ["plain-pw", "plain-pw"],
    ] as const
  ) {
    const { inventory, sources, warnings } = await load(withLines(`vrrp: { auth_pass: ${given} }`));
    assertEquals(inventory.endpoints[0]?.vrrp.authPass?.reveal(), value);
    if (value === "hunter2") continue; // It stands in the file: that is what the command is told.
    const all = JSON.stringify([inventory, warnings, [...sources]]) + Deno.inspect(inventory);
    assertEquals(all.includes(value), false, given);
  }
});

Deno.test("loadInventory() warns of a password that stands in the file", async () => {
  const { warnings } = await load(withLines("vrrp: { auth_pass: plain-pw }"));
  assertEquals(warnings.map((w) => w.code), ["plain-secret"]);
});

Deno.test("no way of writing a wrong password shows it", async () => {
  const ways = [
    "auth_pass: hunter2-hunter2",
    'auth_pass: "hunter2, hunter2"',
    "auth_pass: 'hunter2-hunter2'",
    '"auth_pass": hunter2-hunter2 # note',
    "auth_pass: &a hunter2-hunter2",
    "auth_pass: !x hunter2-hunter2",
    "auth_pass: [hunter2-hunter2]",
    "auth_pass: hunter2-hunter2, rooter_id: 5",
    "auth_pass: hunter2-hunter2, router_id: [",
    "auth_pass:\n          hunter2-hunter2",
  ];
  for (const way of ways) {
    const text = await problems(withLines(`vrrp: { ${way} }`));
    assert(text.length > 0, way);
    // A list is no way to write it; only the message must not repeat it.
    const shown = way.includes("[h") ? text.split("\n")[0]! : text;
    assertEquals(shown.includes("hunter2"), false, text);
  }
  const block = await problems(withLines("vrrp:", "  auth_pass: |", "    hunter2-hunter2"));
  assertEquals(block.includes("hunter2"), false, block);
});

Deno.test("noSecrets reads none", async () => {
  const text = withLines("vrrp: { auth_pass: { env: NOT_SET } }");
  const { inventory } = await load(text, { secrets: noSecrets });
  assertEquals(inventory.endpoints[0]?.vrrp.authPass?.reveal(), "");
});

Deno.test("loadInventory() reads the CA file beside the inventory, certificates only", async () => {
  const block = "-----BEGIN CERTIFICATE-----\nAAAA\nBBB=\n-----END CERTIFICATE-----\n";
  const files = { "hosts.yaml": withLines("ca_file: ca.crt") };
  const { inventory } = await load({ ...files, "ca.crt": `# a note\n${block}\n${block}` });
  assertEquals(inventory.endpoints[0]?.ca, block + block);
  const key = `${block}-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n`;
  assertStringIncludes(await problems({ ...files, "ca.crt": key }), "holds a private key");
});

Deno.test("loadInventory() takes variables of the command line for connections", async () => {
  const { inventory } = await load(MINIMAL, { extraVars: { ansible_user: "ops", n: 1 } });
  assertEquals(inventory.hosts.map((host) => host.user), ["ops", "ops", "ops"]);
  const text = await problems(MINIMAL, { extraVars: { ansible_user: "-x" } });
  assertEquals(text.split(": found")[0], 'Cannot use "ansible_user" of host "lb1"');
  assertStringIncludes(await problems(MINIMAL, { extraVars: { endpoint: {} } }), "command line");
});

Deno.test("locate() finds values, and the map that would hold them", async () => {
  const { locate } = await load(withLines("vrrp: { router_id: 7 }"));
  const place = (of: Parameters<typeof locate>[0], ...path: string[]) => {
    const source = locate(of, path);
    return source && `${source.line}:${source.column}`;
  };
  assertEquals(place({ endpoint: "lbs" }, "vrrp", "router_id"), "7:26");
  assertEquals(place({ endpoint: "lbs" }, "vrrp", "mode"), "7:13");
  assertEquals(place({ endpoint: "lbs" }, "port"), "5:7");
  assertEquals(place({ host: "lb2" }, "endpoint_host", "priority"), "10:64");
  assertEquals(place({ host: "lb2" }), "10:5");
  assertEquals(place({ endpoint: "nowhere" }), undefined);
});

Deno.test("written() finds values that stand there, and no other", async () => {
  const { written } = await load(withLines("vrrp: { router_id: 7 }"));
  assertEquals(written({ endpoint: "lbs" }, ["vrrp", "router_id"])?.line, 7);
  assertEquals(written({ endpoint: "lbs" }, ["vrrp", "mode"]), undefined);
  assertEquals(written({ endpoint: "lbs" }, ["slo", "failover"]), undefined);
  assertEquals(written({ host: "lb2" }, ["endpoint_host", "priority"])?.line, 10);
  assertEquals(written({ endpoint: "nowhere" }, ["port"]), undefined);
});

Deno.test("positions count from 1, whatever the line ends with", async () => {
  for (const eol of ["\n", "\r\n"]) {
    const text = await problems(["all:", "  hosts:", "    h1:", "      ansible_port: x"].join(eol));
    assertStringIncludes(text, "hosts.yaml:4:21:");
    assertStringIncludes(text, `    4 |       ansible_port: x\n      | ${" ".repeat(20)}^`);
  }
});

Deno.test("warnings travel with the errors, and the message is an error's", async () => {
  const error = await assertRejects(
    () => load("all: { hosst: , hosts: { h1: { ansible_port: x } } }"),
    InventoryError,
  );
  assertEquals(error.diagnostics.map((d) => d.severity), ["warning", "error"]);
  assertStringIncludes(error.message, "ansible_port");
});

Deno.test("a mistake in a group's variable is said once, not for every host", async () => {
  const text = await problems('all: { vars: { ansible_user: "a b" }, hosts: { "h[1:50]": } }');
  assertEquals(text.match(/Cannot/g)?.length, 1);
});

Deno.test("endpoint_host without an endpoint is a warning", async () => {
  const { warnings } = await load("all: { hosts: { h1: { endpoint_host: { priority: 1 } } } }");
  assertEquals(warnings.map((w) => w.code), ["unused-endpoint-host"]);
});

Deno.test("a host that is called like a group is a warning", async () => {
  const { warnings } = await load("web: { hosts: { web: } }");
  assertEquals(warnings.map((w) => w.code), ["same-name"]);
});

Deno.test("the snippet and the shipped example load", async () => {
  const snippet = await load(ENDPOINT_SNIPPET);
  assertEquals(snippet.inventory.endpoints[0]?.members.length, 2);
  const path = fromFileUrl(new URL("../../inventories/prod.yaml", import.meta.url));
  const { inventory, warnings } = await loadInventory(path, { secrets });
  assertEquals([inventory.endpoints[0]?.backends.length, warnings.length], [3, 0]);
});

Deno.test("what is no inventory file is refused with the reason", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "latin1.yaml");
    await Deno.writeFile(file, new Uint8Array([0x61, 0x3a, 0x20, 0xe9]));
    assertStringIncludes(await shown(loadInventory(file)), "it is not UTF-8 text");
    assertStringIncludes(await shown(loadInventory(folder)), "it is not UTF-8 text");
    assertStringIncludes(await shown(loadInventory(join(folder, "no"))), "there is no such file");
    assertEquals(await diskFiles.list(join(folder, "no")), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("realSecrets runs a program without a shell, and says when it fails", async () => {
  const printed = await realSecrets.command([Deno.execPath(), "eval", "console.log('a $(b)')"]);
  assertEquals(printed, "a $(b)\n");
  await assertRejects(() => realSecrets.command(["/nowhere/pass"]), Error, "no such program");
  await assertRejects(
    () => realSecrets.command([Deno.execPath(), "eval", "Deno.exit(3)"]),
    Error,
    "it ended with 3",
  );
  await assertRejects(() => realSecrets.file("/nowhere/pass"), Error, "no such file");
});
