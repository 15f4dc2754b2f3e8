import { assert, assertEquals, assertFalse, assertNotEquals, assertThrows } from "@std/assert";
import { defaultStateRoot, layout, ownsName, tagOf } from "../../src/lab/layout.ts";

const options = {
  name: "lab",
  suite: "bookworm",
  net: 0,
  hosts: 2,
  stateRoot: defaultStateRoot,
} as const;

Deno.test("layout() gives the default lab the addresses that its inventory promises", () => {
  const { bridge, subnet, controllerAddress, vip, vip6, hosts, apiServers } = layout(options);
  assertEquals({ bridge, subnet, controllerAddress, vip, vip6 }, {
    bridge: "hf-lab",
    subnet: "10.88.0.0/24",
    controllerAddress: "10.88.0.1",
    vip: "10.88.0.10",
    vip6: "fd48:4658:100::a",
  });
  assertEquals(hosts.map((host) => `${host.name} ${host.address}:${host.port}`), [
    "lb1 10.88.0.11:22",
    "lb2 10.88.0.12:22",
  ]);
  assertEquals(apiServers.map((server) => `${server.name} ${server.address}:${server.port}`), [
    "m1 10.88.0.21:6443",
    "m2 10.88.0.22:6443",
    "m3 10.88.0.23:6443",
  ]);
});

Deno.test("layout() gives every member an address and a name of its own when there are 100 hosts", () => {
  const lab = layout({ ...options, hosts: 100 });
  const members = [...lab.hosts, ...lab.apiServers];
  assertEquals(new Set(members.map((member) => member.address)).size, 103);
  assertEquals(new Set(members.map((member) => member.address6)).size, 103);
  assertEquals(new Set(members.map((member) => member.mac)).size, 103);
});

Deno.test("layout() keeps every interface name within the 15 characters of Linux", () => {
  const lab = layout({ ...options, name: "a-name-of-thirty-one-characters", hosts: 100 });
  for (const { namespace } of [...lab.hosts, ...lab.apiServers]) {
    assert(namespace.length <= 15, namespace);
  }
});

Deno.test("layout() refuses 0 and 101 hosts", () => {
  for (const hosts of [0, 101, 1.5]) {
    assertThrows(() => layout({ ...options, hosts }), RangeError, "1 to 100");
  }
});

Deno.test("layout() refuses names that are no good as a folder", () => {
  for (const name of ["", "../up", "A", "1st", "a b", "a/b", `a${"b".repeat(31)}`]) {
    assertThrows(() => layout({ ...options, name }), RangeError, "Cannot use lab name");
  }
});

Deno.test("tagOf() tells labs of other state folders apart", () => {
  assertEquals(tagOf("lab", defaultStateRoot), "lab");
  assertNotEquals(tagOf("lab", "/tmp/other"), "lab");
  assertNotEquals(tagOf("a-b", defaultStateRoot), tagOf("a-c", defaultStateRoot));
});

Deno.test("ownsName() does not take another lab's names for its own", () => {
  for (const name of ["hf-t1", "hf-t1-lb1", "hf-t1-m3", "hf-t1-lb99", "hf-t1-lb100"]) {
    assert(ownsName("t1", name), name);
  }
  for (const name of ["hf-t11", "hf-t11-lb1", "hf-t1-", "hf-t1-lb101", "hf-t1-lb1x", "eth0"]) {
    assertFalse(ownsName("t1", name), name);
  }
});
