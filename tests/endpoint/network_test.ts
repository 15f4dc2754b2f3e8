import { assertEquals, assertThrows } from "@std/assert";
import { TaskError } from "../../src/errors.ts";
import type { Facts, World } from "../../src/model.ts";
import { attachment, family, holds, peerAddress } from "../../src/endpoint/network.ts";
import { endpoint, facts, member } from "./fixtures.ts";

const LB1 = member("lb1", "10.88.0.11");

function seen(of: Facts | undefined): World {
  return {
    host: "lb1",
    facts: new Map(of === undefined ? [] : [["lb1", of]]),
    predicted: { packages: [], users: [], paths: [] },
  };
}

Deno.test("family() tells IPv4 and IPv6 from names", () => {
  const texts = ["10.0.0.1", "10.0.0.256", "fd00::1", "::ffff:10.0.0.1", "1::2::3", "lb1", "a:b"];
  assertEquals(texts.map(family), [4, undefined, 6, 6, undefined, undefined, undefined]);
});

Deno.test("holds() compares as many bits as the prefix has", () => {
  assertEquals(holds("10.0.0.11/24", "10.0.0.200"), true);
  assertEquals(holds("10.0.0.11/25", "10.0.0.200"), false);
  assertEquals(holds("0.0.0.0/0", "192.0.2.1"), true);
  assertEquals(holds("fd00:1::b/64", "fd00:1:0:0:ffff::1"), true);
  assertEquals(holds("fd00:1::b/64", "10.0.0.1"), false);
});

Deno.test("attachment() chooses the interface whose subnet holds the address", () => {
  const found = attachment(
    endpoint(),
    LB1,
    seen(facts([], {
      interfaces: [
        { name: "eth0", addresses: ["192.0.2.11/24", "fe80::1/64"] },
        { name: "eth1", addresses: ["10.88.0.11/24"] },
      ],
    })),
  );
  assertEquals(found.interface, "eth1");
  assertEquals(found.address, "10.88.0.11");
  assertEquals(found.reason, "10.88.0.11/24 of eth1 holds 10.88.0.10");
});

Deno.test("attachment() does not take the virtual address for the holder's own", () => {
  const found = attachment(endpoint(), LB1, seen(facts(["10.88.0.10/32", "10.88.0.11/24"])));
  assertEquals(found.address, "10.88.0.11");
});

Deno.test("attachment() prefers the inventory's address among several in the subnet", () => {
  const found = attachment(endpoint(), LB1, seen(facts(["10.88.0.99/24", "10.88.0.11/24"])));
  assertEquals(found.address, "10.88.0.11");
});

Deno.test("attachment() takes a named interface even when its subnet is another one", () => {
  const named = member("lb1", "10.88.0.11", { interface: "eth0" });
  const found = attachment(endpoint(), named, seen(facts(["fe80::1/64", "192.0.2.11/24"])));
  assertEquals([found.interface, found.address], ["eth0", "192.0.2.11"]);
});

Deno.test("attachment() lists the interfaces when none fits", () => {
  const error = assertThrows(
    () => attachment(endpoint(), LB1, seen(facts(["192.0.2.11/24"]))),
    TaskError,
  );
  assertEquals(
    error.message,
    `Cannot use an interface for 10.88.0.10 on "lb1": found eth0 (192.0.2.11/24), none whose ` +
      `subnet holds it: set "interface" of the endpoint`,
  );
});

Deno.test("attachment() needs a named interface and an IP address for a host that was not asked", () => {
  const of = endpoint({ interface: "ens3" });
  assertEquals(attachment(of, LB1, seen(undefined)).address, "10.88.0.11");
  assertThrows(() => attachment(endpoint(), LB1, seen(undefined)), TaskError, "is auto");
  assertThrows(
    () => attachment(of, member("lb1", "lb1.example.org"), seen(undefined)),
    TaskError,
    '"lb1.example.org" is no address',
  );
});

Deno.test("peerAddress() falls back to the inventory when the peer was not asked", () => {
  const lb2 = member("lb2", "10.88.0.12");
  assertEquals(peerAddress(endpoint(), lb2, seen(undefined)), "10.88.0.12");
  assertThrows(
    () => peerAddress(endpoint(), member("lb2", "lb2"), seen(undefined)),
    TaskError,
    'Cannot find the address of "lb2"',
  );
});

Deno.test("peerAddress() does not take a management address for one beside the virtual address", () => {
  const lb2 = member("lb2", "192.168.7.12");
  const own = facts(["10.88.0.11/24"]);
  assertThrows(() => peerAddress(endpoint(), lb2, seen(own)), TaskError, "in another subnet");
  const beside = member("lb2", "10.88.0.12");
  assertEquals(peerAddress(endpoint(), beside, seen(own)), "10.88.0.12");
});
