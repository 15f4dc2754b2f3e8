import { assert, assertEquals, assertRejects } from "@std/assert";
import { parseExtraVars } from "../../src/commands/extra_vars.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import { InventoryError } from "../../src/inventory/problems.ts";
import type { Vars } from "../../src/model.ts";
import { memory, shown } from "../inventory/helpers.ts";
import { cli } from "./cli.ts";

const FILES = memory({
  "vars.yaml": "a: 1\nb: x\n",
  "vars.json": '{\n  "a": {"b": [1, true, null]}\n}\n',
  "list.yaml": "- a\n",
  "empty.yaml": "# nothing\n",
  "twice.yaml": "a: 1\nb: 2\na: 3\n",
  "broken.yaml": "a: [1\n",
  "vault.yaml": "$ANSIBLE_VAULT;1.1;AES256\n6162\n",
  "secret.yaml": "ansible_become_password: hunter22\nansible_port: none\n",
  "bomb.yaml": `a: &a [x,x,x,x,x,x,x,x,x]\n${
    [..."bcdefgh"].map((name, i) =>
      `${name}: &${name} [${`*${"abcdefgh"[i]},`.repeat(9).slice(0, -1)}]\n`
    ).join("")
  }`,
});

async function plain(words: readonly string[]): Promise<Vars> {
  const { extraVars } = await parseExtraVars(words, FILES);
  return Object.fromEntries([...extraVars].map(([key, { node }]) => [key, node.value]));
}

const READ: readonly (readonly [words: readonly string[], vars: Vars])[] = [
  [[], {}],
  [[""], {}],
  [["a=1"], { a: "1" }],
  [["a=true b=null"], { a: "true", b: "null" }],
  [["a=1 b=x"], { a: "1", b: "x" }],
  [["  a=1  "], { a: "1" }],
  [["a=1\nb=2"], { a: "1", b: "2" }],
  [["a="], { a: "" }],
  [["url=http://x/?a=b&c=d"], { url: "http://x/?a=b&c=d" }],
  [[`a="x y" b='it is' c=z`], { a: "x y", b: "it is", c: "z" }],
  [[`a='say "x"'`], { a: 'say "x"' }],
  [[`a=--x="y z"`], { a: '--x="y z"' }],
  [[String.raw`a="say \"x\"" b=x\ny c=\d d=\x41\u00e9`], {
    a: 'say "x"',
    b: "x\ny",
    c: "\\d",
    d: "A\u00e9",
  }],
  [['{"a": 1, "b": [true, null]}'], { a: 1, b: [true, null] }],
  [["{a: 1, b: {c: d}}"], { a: 1, b: { c: "d" } }],
  [["{a: &x [1], b: *x}"], { a: [1], b: [1] }],
  [["a=1", "a=2", '{"b": 3}'], { a: "2", b: 3 }],
  [["@vars.yaml", "b=y"], { a: 1, b: "y" }],
  [["b=y", "@vars.yaml", "@vars.json"], { a: { b: [1, true, null] }, b: "x" }],
  [['{"__proto__": 1}'], { ["__proto__"]: 1 }],
];

for (const [words, vars] of READ) {
  Deno.test(`parseExtraVars() reads ${JSON.stringify(words)}`, async () => {
    assertEquals(await plain(words), vars);
  });
}

const EXPECTED = 'expected k=v, {"k": "v"} or @file';

/** Word, and what a person sees. */
const REFUSED: Readonly<Record<string, string>> = {
  "nonsense": `--extra-vars:1:1: Cannot read "nonsense": ${EXPECTED} [extra-vars]
    1 | nonsense
      | ^^^^^^^^`,
  "a=1 =1 b": `--extra-vars:1:5: Cannot read "=1": ${EXPECTED} [extra-vars]
    1 | a=1 =1 b
      |     ^^
--extra-vars:1:8: Cannot read "b": ${EXPECTED} [extra-vars]
    1 | a=1 =1 b
      |        ^`,
  "a: 1": `--extra-vars:1:1: Cannot read "a:": ${EXPECTED} [extra-vars]
    1 | a: 1
      | ^^
   hint: {a: 1}
--extra-vars:1:4: Cannot read "1": ${EXPECTED} [extra-vars]
    1 | a: 1
      |    ^
   hint: {a: 1}`,
  "./vars.yaml": `--extra-vars:1:1: Cannot read "./vars.yaml": ${EXPECTED} [extra-vars]
    1 | ./vars.yaml
      | ^^^^^^^^^^^
   hint: @./vars.yaml`,
  "--limit=lb1":
    `--extra-vars:1:1: Cannot read "--limit": a variable is a name of letters, digits and underscores [extra-vars]
    1 | --limit=lb1
      | ^^^^^^^`,
  '{"a b": 1}':
    `--extra-vars:1:2: Cannot set "a b": a variable is a name of letters, digits and underscores [extra-vars]
    1 | {"a b": 1}
      |  ^^^^^`,
  'a="x y': `--extra-vars:1:1: Cannot read "a=\\"x y": a quote is not closed [extra-vars]
    1 | a="x y
      | ^^^^^^`,
  'a="x"y':
    `--extra-vars:1:1: Cannot read "a": its quotes end before it does; write {k: v} [extra-vars]
    1 | a="x"y
      | ^`,
  "[1, 2]": `--extra-vars:1:1: Cannot read variables: found a list, expected a mapping [wrong-type]
    1 | [1, 2]
      | ^^^^^^`,
  "{a: 1, a: 2}":
    `--extra-vars:1:8: Cannot use key "a" twice: it stands at --extra-vars:1:2 already [duplicate-key]
    1 | {a: 1, a: 2}
      |        ^`,
  "@": 'Cannot read --extra-vars "@": there is no such file [extra-vars]',
  "@nowhere": 'Cannot read --extra-vars "@nowhere": there is no such file [extra-vars]',
  "@vault.yaml":
    `Cannot read --extra-vars "@vault.yaml": it is encrypted with Ansible Vault [extra-vars]
   hint: ansible-vault decrypt`,
  "@list.yaml": `list.yaml:1:1: Cannot read variables: found a list, expected a mapping [wrong-type]
    1 | - a
      | ^^^`,
  "@twice.yaml":
    `twice.yaml:3:1: Cannot use key "a" twice: it stands at twice.yaml:1:1 already [duplicate-key]
    3 | a: 3
      | ^`,
};

for (const [word, text] of Object.entries(REFUSED)) {
  Deno.test(`parseExtraVars() refuses ${JSON.stringify(word)} with its place`, async () => {
    assertEquals(await shown(parseExtraVars([word], FILES)), text);
  });
}

for (const word of ["{a: 1", "@broken.yaml", "@empty.yaml", "@bomb.yaml", "a=1\\"]) {
  Deno.test(`parseExtraVars() refuses ${JSON.stringify(word)}`, async () => {
    await assertRejects(() => parseExtraVars([word], FILES), InventoryError);
  });
}

Deno.test("parseExtraVars() says everything that is wrong at once, each with its number", async () => {
  const text = await shown(parseExtraVars(["a", "b=1", "@nowhere", "{c"], FILES));
  for (const said of ["--extra-vars 1:1:1: ", '"@nowhere"', "--extra-vars 4:1:3: "]) {
    assert(text.includes(said), text);
  }
});

const ARGV: readonly string[] = [
  "ansible_become_password=hunter22",
  "ansible_become_pass='hunter22'",
  "ansible_ssh_pass=hunter22 b=1",
  '{"ansible_password":"hunter22"}',
  "{ansible_sudo_pass: hunter22, a: 1}",
  "ansible_private_key_passphrase=hunter22",
];

for (const word of ARGV) {
  Deno.test(`parseExtraVars() refuses a password, and does not repeat it: ${word}`, async () => {
    const text = await shown(parseExtraVars([word], FILES));
    assert(text.includes("from the command line: everybody on this machine can read it"), text);
    assert(text.includes("hint: -K asks for it"), text);
    assert(!text.includes("hunter22"), text);
  });
}

Deno.test("parseExtraVars() takes where a password is, or a file that holds it", async () => {
  const reference = { env: "SUDO_PASS" };
  assertEquals(await plain(['{"ansible_become_password": {"env": "SUDO_PASS"}}']), {
    ansible_become_password: reference,
  });
  assertEquals((await plain(["@secret.yaml"])).ansible_become_password, "hunter22");
});

const HOSTS = {
  "hosts.yaml": "all: { hosts: { lb1: { ansible_host: 10.0.0.1 } } }\n",
};

/** What an inventory says of variables of the command line. */
async function inventorySays(...words: readonly string[]): Promise<string> {
  const given = await parseExtraVars(words, FILES);
  return await shown(loadInventory("hosts.yaml", { files: memory(HOSTS), ...given }));
}

Deno.test("the inventory's grammar shows the place of a variable of the command line", async () => {
  assertEquals(
    await inventorySays("a=1 ansible_user='-oProxyCommand=x'"),
    `--extra-vars:1:18: Cannot use "ansible_user" of host "lb1": found "-oProxyCommand=x", expected a login name of letters, digits, dots, dashes and underscores [connection]
    1 | a=1 ansible_user='-oProxyCommand=x'
      |                  ^^^^^^^^^^^^^^^^^^`,
  );
});

Deno.test("the inventory shows the line of a file of variables, and blots its passwords", async () => {
  const text = await inventorySays("@secret.yaml");
  assert(text.startsWith("secret.yaml:2:15: Cannot use "), text);
  assert(!text.includes("hunter22"), text);
});

Deno.test("the inventory refuses an endpoint from the command line with its place", async () => {
  const text = await inventorySays("{a: 1, endpoint: {}}");
  assert(text.startsWith('--extra-vars:1:8: Cannot set "endpoint" on the command line'), text);
});

Deno.test("cli -e @file names the place of a mistake in it", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/x.yaml`, "# ours\nansible_port: 99999\n");
    const { code, out, err } = await cli([
      "render",
      "inventories/prod.yaml",
      "--out",
      dir,
      "-e",
      `@${dir}/x.yaml`,
    ]);
    assertEquals([code, out], [1, ""]);
    assert(err.includes(`${dir}/x.yaml:2:15: Cannot use "ansible_port" of host`), err);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
