/**
 * golden/inventory holds what `ansible-inventory` of ansible-core 2.14 printed for the inventories
 * of tests/inventory/ok; the tests themselves need no Ansible.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { inventoryCommand, type InventoryFlags } from "../../src/commands/inventory.ts";
import { pythonText } from "../../src/inventory/listing/python.ts";
import { withTempDir } from "../helpers.ts";

const here = new URL(".", import.meta.url).pathname;
const CASES: Readonly<Record<string, string>> = {
  values: "values.ini",
  sections: "sections.ini",
  kubespray_ini: "kubespray_ini/inventory.ini",
  kubespray: "kubespray/hosts.yaml",
  k3s: "k3s/inventory.yml",
  kubeadm: "kubeadm/hosts.ini",
};

/** What a call prints. */
async function call(path: string, flags: InventoryFlags) {
  const printed = { out: "", err: "" };
  const code = await inventoryCommand(path, flags, {
    out: (text) => printed.out += text,
    err: (text) => printed.err += text,
  });
  return { ...printed, code };
}

/** What a call prints about an inventory with this text. */
async function callOn(text: string, flags: InventoryFlags) {
  let result = { out: "", err: "", code: 0 };
  await withTempDir(async (dir) => {
    const path = join(dir, "hosts.yaml");
    await Deno.writeTextFile(path, text);
    result = await call(path, flags);
  });
  return result;
}

for (const [name, file] of Object.entries(CASES)) {
  const path = `${here}../inventory/ok/${file}`;

  Deno.test(`inventory --list prints what ansible-inventory prints for ${file}`, async () => {
    const golden = await Deno.readTextFile(`${here}golden/inventory/${name}.json`);
    const { out, err, code } = await call(path, { list: true });
    assertEquals([out, err, code], [golden, "", 0]);
  });

  // Ansible draws no graph of what it cannot decrypt.
  if (name === "kubespray_ini") continue;
  Deno.test(`inventory --graph --vars prints what ansible-inventory prints for ${file}`, async () => {
    const golden = await Deno.readTextFile(`${here}golden/inventory/${name}.txt`);
    assertEquals((await call(path, { graph: true, vars: true })).out, golden);
  });
}

Deno.test("what --list prints is an inventory that says the same", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "listed");
    const { out } = await call(`${here}../inventory/ok/k3s/inventory.yml`, {});
    await Deno.writeTextFile(path, out);
    assertEquals((await call(path, { list: true })).out, out);
  });
});

const LBS = `
lbs:
  vars:
    endpoint:
      address: 10.0.0.10
      backends: masters
      vrrp: { auth_pass: hunter2x }
  hosts:
    lb1: { ansible_host: 10.0.0.11, ansible_become_password: hunter2-hunter2, api_token: 7777777 }
    lb2: { ansible_become_pass: { env: SUDO }, my_secret: "{{ vaulted }}" }
masters: { hosts: { m1: {} } }
`;

Deno.test("inventory shows no password, and where a secret stands instead", async () => {
  for (const flags of [{ list: true }, { graph: true, vars: true }, { host: "lb1" }]) {
    const { out, err, code } = await callOn(LBS, flags);
    assertEquals(code, 0);
    assertEquals(/hunter2|7777777/.test(out + err), false, out + err);
    assertStringIncludes(out, "[secret]");
  }
  const { _meta: { hostvars } } = JSON.parse((await callOn(LBS, {})).out);
  assertEquals(hostvars.lb2.ansible_become_pass, { env: "SUDO" });
  assertEquals(hostvars.lb2.my_secret, "{{ vaulted }}");
  assertEquals(hostvars.lb1.endpoint.vrrp, { auth_pass: "[secret]" });
});

Deno.test("inventory reads no secret, and needs no endpoint that is right", async () => {
  const text =
    "lbs: { vars: { endpoint: { adress: 1 } }, hosts: { lb1: { p: { env: NOT_SET } } } }";
  const { out, code } = await callOn(text, { list: true });
  assertEquals([code, JSON.parse(out)._meta.hostvars.lb1.p], [0, { env: "NOT_SET" }]);
});

Deno.test("inventory --limit lists these hosts only", async () => {
  const { out } = await callOn(LBS, { list: true, limit: "lbs:!lb2" });
  const { _meta, lbs, masters } = JSON.parse(out);
  assertEquals([Object.keys(_meta.hostvars), lbs, masters], [
    ["lb1"],
    { hosts: ["lb1"] },
    undefined,
  ]);
  const graph = await callOn(LBS, { graph: true, limit: "m1" });
  assertEquals(graph.out, "@all:\n  |--@ungrouped:\n  |--@lbs:\n  |--@masters:\n  |  |--m1\n");
});

Deno.test("inventory --host prints the variables of one host, also from the command line", async () => {
  const { out } = await callOn(LBS, { host: "m1", extraVars: ["a=1"] });
  assertEquals(JSON.parse(out), { a: "1" });
});

Deno.test("inventory says what it cannot show", async () => {
  const unknown = await callOn(LBS, { host: "lb3" });
  assertEquals(unknown.code, 1);
  assertStringIncludes(unknown.err, 'Cannot show host "lb3"');
  assertStringIncludes(unknown.err, "hint: lb1");
  for (
    const flags of [{ list: true, graph: true }, { vars: true }, { host: "lb1", limit: "all" }]
  ) {
    assertEquals((await callOn(LBS, flags)).code, 1);
  }
  assertStringIncludes((await callOn("[", {})).err, "yaml-syntax");
});

Deno.test("inventory lets nothing through that a terminal would obey", async () => {
  const text = 'h1: { hosts: { a: { x: "\\e[2Kred\\u202e" } } }';
  for (const flags of [{ list: true }, { graph: true, vars: true }]) {
    const { out } = await callOn(text, flags);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\x00-\x08\x0b-\x1f\u202e]/.test(out), false, JSON.stringify(out));
  }
});

Deno.test("a tree that groups multiply without end is refused", async () => {
  const lines = Array.from(
    { length: 40 },
    (_, i) =>
      `[g${i}:children]\na${i}\nb${i}\n[a${i}:children]
g${i + 1}\n[b${i}:children]\ng${i + 1}\n`,
  );
  await withTempDir(async (dir) => {
    const path = join(dir, "hosts");
    await Deno.writeTextFile(path, `${lines.join("")}[g40]\nh\n`);
    const { err, code } = await call(path, { graph: true });
    assertEquals(code, 1);
    assertStringIncludes(err, "it has more than");
    assert((await call(path, { list: true })).out.length > 0);
  });
});

Deno.test("pythonText() writes values as Python does", () => {
  assertEquals(pythonText("a 'b'"), "a 'b'");
  assertEquals(
    pythonText({ a: ["it's", 'x"', `'"`, "\\\n"], b: [null, false, 1.5], c: {} }),
    `{'a': ["it's", 'x"', '\\'"', '\\\\\\n'], 'b': [None, False, 1.5], 'c': {}}`,
  );
});
