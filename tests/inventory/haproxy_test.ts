/** The `haproxy` map and `vrrp.notify`: what they become, and what is refused. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { noSecrets } from "../../src/inventory/load.ts";
import type { LoadOptions } from "../../src/inventory/load.ts";
import { load, problems, secrets } from "./helpers.ts";

/** A certificate of its own key, good for a hundred years; the key opens nothing. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBfjCCASWgAwIBAgIUQD0GXdMmL7yWTHjXqcjC78Rg4yEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJY2hlY2tlci1hMCAXDTI2MTEyNzEzMTUyMVoYDzIxMjYxMTAz
MTMxNTIxWjAUMRIwEAYDVQQDDAljaGVja2VyLWEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQAvMZ6HZtnJJGBTWAv9zev8L07kiu/k5H/YOMuiegYg0W8DsQPApDQ
QWMEtazXR0BVrVeXv871SyjxzYFNQ6Ryo1MwUTAdBgNVHQ4EFgQU+7qUONCjNzRp
UfsQw1pXOV8iOXUwHwYDVR0jBBgwFoAU+7qUONCjNzRpUfsQw1pXOV8iOXUwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiA8rUllN3JoxqUqf55PODDA
qLG6uwz/wJ53lOIiDiLbYgIgbzRb7I/uNLlKfVkeAFkk+iyuuO/jX5uWn05Szz00
XyM=
-----END CERTIFICATE-----
`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgniwwDxI7L1dlUwY1
O4J5+N4aUC2609gZIy3q+GzshsKhRANCAAQAvMZ6HZtnJJGBTWAv9zev8L07kiu/
k5H/YOMuiegYg0W8DsQPApDQQWMEtazXR0BVrVeXv871SyjxzYFNQ6Ry
-----END PRIVATE KEY-----
`;
const OTHER_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgKZkQOB1StmVF2VBa
Tn8nSnqvsnzelXFgJDK3QHqIdgKhRANCAAR4qib0sRLQZaaZBtIucAw7o8lW6kkw
XgZal7qj43N7BXH4ZbNxNMkzlynT6pVRXy43WO4OLlZ3TzOgK3CKMiIO
-----END PRIVATE KEY-----
`;

const inventory = (...lines: readonly string[]) =>
  `all:
  children:
    lbs:
      vars:
        endpoint:
          address: 10.0.0.10
          backends: [{ name: m1, address: 10.0.0.21 }]
${lines.map((line) => `          ${line}\n`).join("")}      hosts:
        lb1: { ansible_host: 10.0.0.11 }
        lb2: { ansible_host: 10.0.0.12 }
`;

/** Files beside the inventory, and what the secret files hold. */
function beside(lines: readonly string[], keys: Readonly<Record<string, string>> = {}) {
  const files = {
    "hosts.yaml": inventory(...lines),
    "check.crt": CERTIFICATE,
    "ca.crt": CERTIFICATE,
  };
  const file = (path: string) => {
    const text = keys[path];
    return text === undefined
      ? Promise.reject(new Error("there is no such file"))
      : Promise.resolve(text);
  };
  return { files, options: { secrets: { ...secrets, file } } satisfies LoadOptions };
}

const CLIENT = "haproxy: { check_client: { cert_file: check.crt, key_file: check.key } }";

/** What is said of a key. */
async function saidOf(key: string): Promise<string> {
  const { files, options } = beside([CLIENT], { "check.key": key });
  return await problems(files, options);
}

Deno.test("endpoint.haproxy becomes settings", async () => {
  const { files, options } = beside([
    "ca_file: ca.crt",
    "haproxy:",
    "  max_connections: 20000",
    "  connect_timeout: 2s",
    "  queue_timeout: 3s",
    "  metrics: 0.0.0.0:8405",
    "  access_log: errors",
    "  check_path: /livez",
    "  verify_host: kubernetes",
    "  check_client: { cert_file: check.crt, key_file: check.key }",
  ], { "check.key": KEY });
  const { inventory: { endpoints: [endpoint] } } = await load(files, options);
  const { checkClient, ...rest } = endpoint!.haproxy;
  assertEquals(rest, {
    balance: "auto",
    clientTimeout: "1h",
    stats: "127.0.0.1:8404",
    maxConnections: 20000,
    connectTimeout: "2s",
    queueTimeout: "3s",
    metrics: "0.0.0.0:8405",
    accessLog: "errors",
    checkPath: "/livez",
    verifyHost: "kubernetes",
  });
  assertEquals(checkClient?.certificate, CERTIFICATE);
  assertEquals(checkClient?.key.reveal(), KEY.trimEnd());
  assert(!JSON.stringify(endpoint).includes(KEY.split("\n")[1]!), "the key is shown");
});

Deno.test("access_log: off is understood as YAML 1.1 passes it on, too", async () => {
  const settings = async (value: string) =>
    (await load(inventory(`haproxy: { access_log: ${value} }`))).inventory.endpoints[0]?.haproxy;
  assertEquals((await settings("off"))?.accessLog, "off");
  assertEquals((await settings("false"))?.accessLog, "off");
});

Deno.test("a key that HAProxy could not use is refused by what is wrong with it", async () => {
  const key = KEY.trimEnd().split("\n");
  assertEquals(await saidOf(KEY), "");
  assertStringIncludes(
    await saidOf(OTHER_KEY),
    'it is not the key of the certificate in "check.crt"',
  );
  assertStringIncludes(await saidOf(CERTIFICATE), "it does not hold one private key in PEM form");
  assertStringIncludes(await saidOf(`${KEY}${OTHER_KEY}`), "it does not hold one private key");
  assertStringIncludes(
    await saidOf(KEY.replaceAll("PRIVATE KEY", "ENCRYPTED PRIVATE KEY")),
    'it has a passphrase, and nobody is there to type it when HAProxy starts; openssl pkey -in "check.key"',
  );
  const broken = await saidOf([key[0], key[1], key.at(-1), ""].join("\n"));
  assertStringIncludes(broken, "it is no private key that can be read");
  assertEquals([KEY, OTHER_KEY].filter((it) => broken.includes(it.split("\n")[1]!)), []);
});

Deno.test("the files of check_client are named when they are missing", async () => {
  const { files, options } = beside([
    "haproxy: { check_client: { cert_file: nowhere.crt, key_file: check.key } }",
  ]);
  const said = await problems(files, options);
  assertStringIncludes(
    said,
    'Cannot read "haproxy.check_client.cert_file" of endpoint "lbs": "nowhere.crt" does not exist',
  );
  assertStringIncludes(
    said,
    'Cannot read "haproxy.check_client.key_file" of endpoint "lbs" from "check.key": there is no',
  );
});

Deno.test("a command that only looks reads no key, and does not judge what it has not read", async () => {
  const { files } = beside([CLIENT]);
  assertEquals(await problems(files, { secrets: noSecrets }), "");
});

Deno.test("listeners that share a port are refused", async () => {
  const said = (line: string) => problems(inventory(line));
  assertStringIncludes(
    await said("haproxy: { metrics: '127.0.0.1:8404' }"),
    '"haproxy.stats" listens at 127.0.0.1:8404, and has the metrics too',
  );
  assertStringIncludes(await said("haproxy: { metrics: '0.0.0.0:8404' }"), "has the metrics too");
  assertStringIncludes(
    await said("haproxy: { metrics: '0.0.0.0:8443' }"),
    'Cannot use "0.0.0.0:8443" as "haproxy.metrics" of endpoint "lbs": clients connect to port 8443',
  );
  assertStringIncludes(await said("haproxy: { stats: '127.0.0.1:8443' }"), "clients connect to");
  assertEquals(await said("haproxy: { metrics: '10.0.0.11:8404' }"), "");
  // No member is an API server.
  assertEquals(await said("haproxy: { metrics: '0.0.0.0:6443' }"), "");
});

Deno.test("a name is verified only where there is a CA to verify with", async () => {
  assertStringIncludes(
    await problems(inventory("haproxy: { verify_host: kubernetes }")),
    'Cannot use "haproxy.verify_host" of endpoint "lbs": "ca_file" is missing',
  );
});

Deno.test("values that would mean something else in haproxy.cfg are refused", async () => {
  const values: Readonly<Record<string, readonly string[]>> = {
    max_connections: ["9", "500001", '"4000"', "1.5", "-1"],
    connect_timeout: ['"1s\\n  server x"', "1 s", "0s", "forever", "5"],
    queue_timeout: ['"1s # x"', "-1s"],
    metrics: ["localhost:1", '"1.2.3.4:80 ssl"', "1.2.3.4:0", "1.2.3.4:99999", "'*:80'"],
    access_log: ["on", "true", '"tcp\\n  log x"', "json"],
    check_path: ["readyz", '"/ready z"', '"/a\\r\\nHost: x"', '"/a#b"', '"/%{+Q}o"', '"/a?b"'],
    verify_host: ['"a b"', "'*'", '"a\\nb"', "-a", "'a;b'", '""'],
    check_client: ["x", "{ cert_file: a }", "{ cert_file: a, key_file: b, c: d }"],
  };
  for (const [key, wrong] of Object.entries(values)) {
    for (const value of wrong) {
      const said = await problems(inventory("ca_file: ca.crt", "haproxy:", `  ${key}: ${value}`));
      assertStringIncludes(said, `haproxy.${key}`, `${key}: ${value}`);
    }
  }
});

Deno.test("vrrp.notify takes words without a shell, and no name that nobody fills in", async () => {
  const of = async (value: string) =>
    (await load(inventory(`vrrp: { notify: ${value} }`))).inventory.endpoints[0]?.vrrp.notify;
  assertEquals(await of("{ command: [/bin/x, '{state} of {host}; $(id) {}'] }"), [
    "/bin/x",
    "{state} of {host}; $(id) {}",
  ]);
  const said = (value: string) => problems(inventory(`vrrp: { notify: ${value} }`));
  assertStringIncludes(await said("{ command: [x, '{stat}'] }"), "expected {state}, {host} or");
  assertStringIncludes(await said("{ command: [x, '{stat}'] }"), "hint: {state}");
  assertStringIncludes(await said("{ command: ['{state}'] }"), "expected a program");
  assertStringIncludes(await said("{ command: ['-x'] }"), "expected a program");
  assertStringIncludes(await said('{ command: [x, "a\\nb"] }'), "without line breaks");
  assertStringIncludes(await said("{ command: [] }"), "expected a list of words");
  assertStringIncludes(await said("{ command: x }"), "expected a list of words");
  assertStringIncludes(await said("[x]"), "expected a mapping");
  assertStringIncludes(await said("{ comand: [x] }"), "hint: command");
});
