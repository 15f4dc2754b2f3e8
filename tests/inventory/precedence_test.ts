import { assertEquals, assertStringIncludes } from "@std/assert";
import { load, problems } from "./helpers.ts";

const HOSTS = `
all:
  vars: { v: all }
  children:
    top:
      vars: { v: top }
      children:
        leaf:
          vars: { v: leaf }
          hosts: { h1: { v: host } }
`;

async function value(files: Record<string, string>, extraVars = {}): Promise<unknown> {
  const { inventory } = await load(files, { extraVars });
  return inventory.hosts[0]?.vars["v"];
}

/** The same tree with some of its values taken away, from the strongest down. */
const tree = (...without: string[]) =>
  without.reduce((text, name) => text.replace(`{ v: ${name} }`, "{}"), HOSTS);

Deno.test("the command line wins over everything", async () => {
  const files = { "hosts.yaml": HOSTS, "host_vars/h1.yml": "v: file" };
  assertEquals(await value(files, { v: "extra" }), "extra");
});

Deno.test("host_vars win over what stands beside the host", async () => {
  assertEquals(await value({ "hosts.yaml": HOSTS, "host_vars/h1.yml": "v: file" }), "file");
});

Deno.test("the host wins over its groups", async () => {
  assertEquals(await value({ "hosts.yaml": HOSTS }), "host");
});

Deno.test("the deepest group wins", async () => {
  assertEquals(await value({ "hosts.yaml": tree("host") }), "leaf");
  assertEquals(await value({ "hosts.yaml": tree("host", "leaf") }), "top");
  assertEquals(await value({ "hosts.yaml": tree("host", "leaf", "top") }), "all");
});

Deno.test("group_vars win over the group's vars", async () => {
  const files = { "hosts.yaml": tree("host"), "group_vars/leaf.yml": "v: file" };
  assertEquals(await value(files), "file");
});

Deno.test("a deeper group's vars win over a parent's file, with a warning that Ansible differs", async () => {
  const { inventory, warnings } = await load({
    "hosts.yaml": tree("host"),
    "group_vars/all.yml": "v: file",
  });
  assertEquals(inventory.hosts[0]?.vars["v"], "leaf");
  assertEquals(warnings.map((w) => w.code), ["ansible-differs"]);
  assertStringIncludes(warnings[0]!.message, "group_vars/all.yml:1:1");
});

Deno.test("group_vars are read from every kind of file", async () => {
  for (
    const name of ["leaf", "leaf.yml", "leaf.yaml", "leaf.json", "leaf/a.yml", "leaf/b/c.yaml"]
  ) {
    const files = { "hosts.yaml": tree("host"), [`group_vars/${name}`]: '{ "v": "file" }' };
    assertEquals(await value(files), "file", name);
  }
});

Deno.test("files of a folder are read in lexical order, hidden ones and backups are not", async () => {
  const files = {
    "hosts.yaml": tree("host"),
    "group_vars/leaf/10.yml": "v: ten",
    "group_vars/leaf/20.yml": "v: twenty",
    "group_vars/leaf/.30.yml": "v: hidden",
    "group_vars/leaf/40.yml~": "v: backup",
    "group_vars/leaf/README.md": "not yaml: [",
  };
  assertEquals(await value(files), "twenty");
});

Deno.test("of a folder and a file with the same name only the first counts, with a warning", async () => {
  const { inventory, warnings } = await load({
    "hosts.yaml": tree("host"),
    "group_vars/leaf/a.yml": "v: folder",
    "group_vars/leaf.yml": "v: file",
  });
  assertEquals(inventory.hosts[0]?.vars["v"], "folder");
  assertEquals(warnings.map((w) => [w.source?.file, w.code]), [
    ["group_vars/leaf.yml", "shadowed-vars"],
  ]);
});

Deno.test("a file whose name nearly names a group is pointed out, others are not", async () => {
  const { warnings } = await load({
    "hosts.yaml": "load_balancers: { hosts: { h1: } }",
    "group_vars/load_balancer.yml": "a: 1",
    "group_vars/something_else.yml": "a: 1",
    "host_vars/h2.yml": "a: 1",
  });
  assertEquals(warnings.map((w) => [w.code, w.hint]), [["stray-vars", "load_balancers"]]);
});

Deno.test("an encrypted file is passed over with a warning", async () => {
  const { warnings } = await load({
    "hosts.yaml": HOSTS,
    "group_vars/all/vault.yml": "$ANSIBLE_VAULT;1.1;AES256\n6261",
  });
  assertEquals(warnings.map((w) => w.code), ["vault-file"]);
});

Deno.test("mistakes in all files are shown at once, the inventory's first", async () => {
  const text = await problems({
    "hosts.yaml": "all: { hosts: { h1: { ansible_port: x } } }",
    "group_vars/all.yml": "a: 1\na: 2",
    "host_vars/h1.yml": "- list",
  });
  const places = text.split("\n").filter((l) => l.includes(" Cannot ")).map((l) => l.split(" ")[0]);
  assertEquals(places, ["hosts.yaml:1:37:", "group_vars/all.yml:2:1:", "host_vars/h1.yml:1:1:"]);
});

Deno.test("groups of the same depth that disagree are an error, and both places are named", async () => {
  const text = await problems({
    "hosts.yaml": "a: { hosts: { h1: } }\nb: { hosts: { h1: } }",
    "group_vars/a.yml": "v: 1",
    "group_vars/b.yml": "v: 2",
  });
  assertStringIncludes(text, "group_vars/b.yml:1:1: Cannot tell");
  assertStringIncludes(text, "at group_vars/a.yml:1:1 [group-conflict]");
});

Deno.test("a disagreement that a deeper group settles is none", async () => {
  assertEquals(
    await problems(`
a: { vars: { v: 1 }, children: { c: { vars: { v: 3 }, hosts: { h1: } } } }
b: { vars: { v: 2 }, hosts: { h1: } }
`),
    "",
  );
});

Deno.test("a host that is written twice keeps the last value, with a warning", async () => {
  const { inventory, warnings } = await load(
    'all: { hosts: { "h[1:2]": { v: 1 }, h1: { v: 2 } } }',
  );
  assertEquals(inventory.hosts.map((h) => h.vars["v"]), [2, 1]);
  assertEquals(warnings.map((w) => w.code), ["set-twice"]);
});

Deno.test("groups hold their children's hosts, and hosts know their groups, parents first", async () => {
  const { inventory } = await load(
    "leaf: { hosts: { h2: } }\ntop: { children: { leaf: } }\n" +
      "all: { hosts: { h1: } }",
  );
  assertEquals([...inventory.groups], [
    ["all", ["h2", "h1"]],
    ["ungrouped", ["h1"]],
    ["leaf", ["h2"]],
    ["top", ["h2"]],
  ]);
  assertEquals(inventory.hosts.map((h) => h.groups), [["all", "top", "leaf"], [
    "all",
    "ungrouped",
  ]]);
});
