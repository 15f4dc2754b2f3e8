import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { formatInputError, InventoryError } from "../../src/inventory/problems.ts";
import type { Vars } from "../../src/model.ts";
import { load, secrets } from "./helpers.ts";

/** Two hosts behind sudo, with these variables on the group and on lb2. */
function inventory(group: string, lb2 = "{ }"): string {
  return `all:
  vars: { ansible_become: true }
  children:
    lbs:
      vars:
        ${group}
      hosts: { lb1: { ansible_host: 10.0.0.11 }, lb2: ${
    lb2.replace("{", "{ ansible_host: 10.0.0.12,")
  } }
`;
}

/** Passwords that would be used, by host, and what is warned of. */
async function credentials(text: string, sudo = true, extraVars: Vars = {}) {
  const { inventory, credentials } = await load(text, { extraVars });
  const found = await credentials(inventory.hosts, { sudo });
  const passwords = [...found.sudo].map(([name, value]) => [name, value.reveal()]);
  return { passwords: Object.fromEntries(passwords), codes: found.warnings.map((w) => w.code) };
}

async function refusal(text: string): Promise<string> {
  const error = await assertRejects(() => credentials(text), InventoryError);
  return formatInputError(error);
}

Deno.test("credentials() fetches sudo's password from each kind of place", async () => {
  for (
    const [source, value] of [
      ["{ env: VRRP_PASS }", "s3cret"],
      ["{ file: pass.txt }", "fromfile"],
      ["{ command: [echo, printed] }", "printed"],
    ]
  ) {
    const { passwords, codes } = await credentials(inventory(`ansible_become_password: ${source}`));
    assertEquals({ passwords, codes }, { passwords: { lb1: value, lb2: value }, codes: [] });
  }
});

Deno.test("credentials() gives each host its own, the newer name first", async () => {
  const text = inventory(
    "ansible_become_pass: { env: VRRP_PASS }",
    "{ ansible_become_password: { env: ODD_PASS } }",
  );
  assertEquals((await credentials(text)).passwords, { lb1: "s3cret", lb2: "a b" });
});

Deno.test("credentials() asks for nothing where nobody needs it", async () => {
  const text = inventory("ansible_become_password: { env: NOT_SET }");
  assertEquals((await credentials(text, false)).passwords, {});
  const loaded = await load(text);
  assertEquals((await loaded.credentials([], { sudo: true })).sudo.size, 0);
  const plain = text.replace("ansible_become: true", "ansible_become: false");
  assertEquals((await credentials(plain)).passwords, {});
  const empty = inventory("ansible_become_password: null");
  assertEquals((await credentials(empty)).passwords, {});
});

Deno.test("credentials() asks once for each place", async () => {
  let asked = 0;
  const counting = { ...secrets, env: (name: string) => (asked++, secrets.env(name)) };
  const text = inventory("ansible_become_password: { env: VRRP_PASS }");
  const { inventory: { hosts }, credentials } = await load(text, { secrets: counting });
  await credentials(hosts, { sudo: true });
  assertEquals(asked, 1);
});

Deno.test("loadInventory() conceals every variable that sudo's passwords may come from", async () => {
  const concealed: string[] = [];
  const conceal = (name: string) => void concealed.push(name);
  const text = inventory(
    "ansible_become_password: { env: VRRP_PASS }",
    "{ ansible_become: false, ansible_become_pass: { env: ODD_PASS } }",
  );
  await load(text, { secrets: { ...secrets, conceal } });
  assertEquals(concealed, ["VRRP_PASS", "ODD_PASS"]);
});

Deno.test("credentials() takes a plain password with a warning, and shows it nowhere", async () => {
  for (const [written, value] of [["hunter2-x", "hunter2-x"], ["0123456", "0123456"]]) {
    const text = inventory(`ansible_become_password: ${written}`);
    const { passwords, codes } = await credentials(text);
    assertEquals(passwords, { lb1: value, lb2: value });
    assertEquals(codes, ["plain-secret"]);
    const { inventory: { hosts }, sources } = await load(text);
    const shown = JSON.stringify([hosts, [...sources]]);
    assert(!shown.includes(written ?? ""), shown);
  }
});

Deno.test("credentials() warns of a short password, at its place", async () => {
  const { inventory: { hosts }, credentials } = await load(
    inventory("ansible_become_password: { command: [echo, abc] }"),
  );
  const { warnings } = await credentials(hosts, { sudo: true });
  assertEquals(warnings.map(({ code, source }) => [code, source?.line]), [["short-secret", 6]]);
});

Deno.test("a short VRRP password is warned of, at its place", async () => {
  const text = inventory(
    "endpoint: { address: 10.0.0.10, backends: [{ name: m1, address: 10.0.0.21 }], vrrp: { auth_pass: { command: [echo, '42'] } } }",
  );
  const { warnings } = await load(text);
  assertEquals(warnings.map(({ code, source }) => [code, source?.line]), [["short-secret", 6]]);
});

const REFUSED: Readonly<Record<string, string>> = {
  "{ env: NOT_SET }":
    'Cannot read "ansible_become_password" of host "lb1" from the environment variable "NOT_SET": it is not set',
  "{ file: none.txt }": 'from "none.txt": there is no such file',
  "''": "it is empty",
  '{ command: [echo, "a\\nb"] }': "it holds a line break, and sudo reads one line",
  "{ evn: X }": 'Cannot use "ansible_become_password" of host "lb1": expected { env: NAME }',
  "[a]": "expected { env: NAME }, { file: PATH } or { command: [PROGRAM, ...] }",
  "!vault x": 'does not know the tag "!vault"',
  "'{{ vault_sudo }}'": "does not evaluate Jinja expressions",
};

for (const [source, expected] of Object.entries(REFUSED)) {
  Deno.test(`credentials() refuses ${source}, with its place`, async () => {
    const text = await refusal(inventory(`ansible_become_password: ${source}`));
    assertStringIncludes(text, expected);
    assert(/^hosts\.yaml:6:\d+: /.test(text), text);
  });
}

Deno.test("credentials() tells what to type in the place of Jinja and vault", async () => {
  for (const source of ["!vault x", "'{{ vault_sudo }}'"]) {
    const text = await refusal(inventory(`ansible_become_password: ${source}`));
    assertStringIncludes(text, "hint: ansible_become_password: { env: NAME }, or -K");
  }
});

Deno.test("credentials() refuses ssh passwords, at every place, and repeats none", async () => {
  for (const name of ["ansible_password", "ansible_ssh_pass", "ansible_ssh_password"]) {
    const text = await refusal(inventory(`${name}: hunter2-x`, `{ ${name}: hunter3-x }`));
    assertStringIncludes(text, `Cannot use "${name}" of host "lb1": Holdfast logs in with keys`);
    assertStringIncludes(text, 'of host "lb2"');
    assert(!/hunter/.test(text), text);
  }
});
