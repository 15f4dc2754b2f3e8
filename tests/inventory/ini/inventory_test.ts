import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadInventory } from "../../../src/inventory/load.ts";
import { memory, secrets, shown } from "../helpers.ts";

const read = (text: string) => loadInventory("hosts", { files: memory({ hosts: text }), secrets });

const HOSTS = `
; a comment
bare.example.com
alias ansible_host=10.0.0.1 ansible_port=2200 # why
other:2222
web[01:03].example.com   # a range

[lbs]
lb1 ansible_host=10.0.0.11 rack="a 1" tags="['x', 2]" on=True off=yes version='1.2.3'
[lb2]:2022 ansible_host=10.0.0.12

[lbs:vars]
ansible_user = deploy
quoted="5"
number=5
whole=a "b" # c

[site:children]
lbs
empty # none

[empty]
`;

Deno.test("an INI inventory gives hosts with ranges, ports and aliases", async () => {
  const { inventory, warnings } = await read(HOSTS);
  assertEquals(warnings, []);
  assertEquals(inventory.hosts.map(({ name, address, port }) => [name, address, port]), [
    ["bare.example.com", "bare.example.com", undefined],
    ["alias", "10.0.0.1", 2200],
    ["other", "other", 2222],
    ["web01.example.com", "web01.example.com", undefined],
    ["web02.example.com", "web02.example.com", undefined],
    ["web03.example.com", "web03.example.com", undefined],
    ["lb1", "10.0.0.11", undefined],
    ["lb2", "10.0.0.12", 2022],
  ]);
  assertEquals(inventory.groups.get("site"), ["lb1", "lb2"]);
  assertEquals(inventory.groups.get("empty"), []);
  assertEquals(inventory.hosts[0]?.groups, ["all", "ungrouped"]);
  assertEquals(inventory.hosts[6]?.groups, ["all", "site", "lbs"]);
});

Deno.test("the values of an INI inventory have the types that Ansible gives them", async () => {
  const { inventory } = await read(HOSTS);
  const vars = inventory.hosts.find(({ name }) => name === "lb1")?.vars ?? {};
  assertEquals(vars, {
    ansible_host: "10.0.0.11",
    rack: "a 1",
    tags: ["x", 2],
    on: true,
    off: "yes",
    version: "1.2.3",
    ansible_user: "deploy",
    // In [group:vars] a quoted number is a string, and nothing is taken for a comment.
    quoted: "5",
    number: 5,
    whole: 'a "b" # c',
  });
});

Deno.test("every value of an INI inventory knows its place", async () => {
  const { locate } = await read(HOSTS);
  const lines = HOSTS.split("\n");
  for (
    const [key, word] of [
      ["ansible_host", "10.0.0.11"],
      ["rack", '"a 1"'],
      ["tags", `"['x', 2]"`],
      ["ansible_user", "deploy"],
      ["quoted", '"5"'],
    ] as const
  ) {
    const { line = 0, column = 0, length = 0 } = locate({ host: "lb1" }, [key]) ?? {};
    assertEquals(lines[line - 1]?.slice(column - 1, column - 1 + length), word, key);
  }
  const { line = 0, column = 0 } = locate({ host: "other" }, ["ansible_port"]) ?? {};
  assertEquals(lines[line - 1]?.slice(column - 1), "2222");
});

Deno.test("an endpoint can stand in an INI inventory, and a host's own port wins", async () => {
  const { inventory } = await read(`
[lbs]
lb1:22 ansible_host=10.0.0.11 ansible_port=23
[masters]
m1 ansible_host=10.0.0.21
[lbs:vars]
endpoint={'address': '10.0.0.10', 'backends': 'masters', 'port': 9443}
`);
  const [endpoint] = inventory.endpoints;
  assertEquals([endpoint?.address, endpoint?.port], ["10.0.0.10", 9443]);
  assertEquals(endpoint?.members.map(({ host }) => host.port), [23]);
});

Deno.test("passwords of an INI inventory are in no message", async () => {
  const text = await shown(read(`
[lbs]
lb1 ansible_become_password=hunter2-hunter2 ansible_port=x
lb2 ansible_become_password="hunter2 hunter2" ansible_port=x
[lbs:vars]
my_password = hunter2 hunter2
my_password = hunter2 hunter2
`));
  assertStringIncludes(text, "ansible_port");
  assertStringIncludes(text, "twice");
  assertEquals(text.includes("hunter2"), false, text);
});
