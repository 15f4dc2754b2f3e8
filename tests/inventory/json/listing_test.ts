import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadInventory } from "../../../src/inventory/load.ts";
import { memory, secrets, shown } from "../helpers.ts";

const read = (data: unknown, file = "hosts.json") =>
  loadInventory(file, {
    files: memory({ [file]: typeof data === "string" ? data : JSON.stringify(data, null, 2) }),
    secrets,
  });

Deno.test("what ansible-inventory --list prints is an inventory", async () => {
  const data = {
    _meta: { hostvars: { lb1: { ansible_host: "10.0.0.11" }, m1: { ansible_host: "10.0.0.21" } } },
    all: { children: ["ungrouped", "lbs", "masters"] },
    lbs: { hosts: ["lb1"] },
    masters: { hosts: ["m1"], vars: { a: 1 } },
    ungrouped: { hosts: ["lonely"] },
  };
  for (const file of ["hosts.json", "hosts", "hosts.yaml"]) {
    const { inventory, warnings, locate } = await read(data, file);
    assertEquals(warnings, []);
    assertEquals(inventory.hosts.map(({ name, address }) => [name, address]), [
      ["lb1", "10.0.0.11"],
      ["m1", "10.0.0.21"],
      ["lonely", "lonely"],
    ]);
    assertEquals(inventory.hosts[1]?.vars["a"], 1);
    assertEquals(locate({ host: "lb1" }, ["ansible_host"])?.line, 5);
  }
});

Deno.test("groups may be bare lists, or a host with variables", async () => {
  const { inventory } = await read({ lbs: ["lb1", "lb2"], solo: { ansible_host: "10.0.0.9" } });
  assertEquals(inventory.groups.get("lbs"), ["lb1", "lb2"]);
  assertEquals(inventory.groups.get("solo"), ["solo"]);
  assertEquals(inventory.hosts[2]?.address, "10.0.0.9");
});

Deno.test("a JSON file in the shape of a YAML inventory is one", async () => {
  const { inventory } = await read({ lbs: { hosts: { "lb[1:2]": { x: 1 } } } });
  assertEquals(inventory.hosts.map(({ name }) => name), ["lb1", "lb2"]);
});

Deno.test("what is wrong with a listing is said all at once", async () => {
  const text = await shown(read({
    _meta: { hostvars: { nobody: {}, lb1: 5 } },
    lbs: { hosts: ["lb1", "-oProxyCommand=id", 7, "lb[1:3]"], children: { a: 1 }, kids: [] },
    "$(id)": ["x"],
  }));
  for (
    const part of [
      'variables of "nobody" are not used',
      'variables of host "lb1": found 5',
      'Cannot use "-oProxyCommand=id" as a host',
      'Cannot use "lb[1:3]" as a host',
      "found 7, expected a name",
      '"children" of group "lbs": found a mapping',
      'Key "kids" of group "lbs" is ignored',
      'Cannot use "$(id)" as a group',
    ]
  ) assertStringIncludes(text, part);
});
