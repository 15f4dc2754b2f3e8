import { assertEquals, assertThrows } from "@std/assert";
import { instances } from "../../src/endpoint/instances.ts";
import { TaskError } from "../../src/errors.ts";
import type { Facts, World } from "../../src/model.ts";
import { attachment, family, holds, peerAddress, reserved } from "../../src/endpoint/network.ts";
import { dual, endpoint, facts, member } from "./fixtures.ts";

const LB1 = member("lb1", "10.88.0.11");

function seen(of: Facts | undefined): World {
  return {
    host: "lb1",
    facts: new Map(of === undefined ? [] : [["lb1", of]]),
    predicted: { packages: [], users: [], paths: [] },
  };
}

Deno.test("reserved() knows what no host can have", () => {
  const of = (cidr: string, ...addresses: string[]) => addresses.map((it) => reserved(cidr, it));
  assertEquals(of("10.0.0.11/24", "10.0.0.0", "10.0.0.255", "10.0.0.10", "10.0.1.255"), [
    ...["network", "broadcast", undefined, undefined],
  ]);
  assertEquals(of("10.0.0.17/28", "10.0.0.16", "10.0.0.31", "10.0.0.0"), [
    ...["network", "broadcast", undefined],
  ]);
  assertEquals(of("10.0.0.0/31", "10.0.0.0", "10.0.0.1"), [undefined, undefined]);
  assertEquals(of("10.0.0.255/32", "10.0.0.255"), [undefined]);
  assertEquals(of("fd00::11/64", "fd00::", "fd00::ffff:ffff:ffff:ffff"), [undefined, undefined]);
});

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
      `subnet holds it: set another "address", or "interface" of the endpoint`,
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

const SIX = "fd00:88::10";

Deno.test("attachment() finds what belongs to each family, and takes no virtual address for an own one", () => {
  const of = dual({ moreAddresses: [SIX, "fd00:88::9"] });
  const here = seen(facts(["10.88.0.11/24", "fd00:88::9/64", "fd00:88::11/64", "fe80::1/64"]));
  assertEquals(attachment(of, LB1, here).address, "10.88.0.11");
  assertEquals(attachment(of, LB1, here, SIX).address, "fd00:88::11");
});

Deno.test("attachment() takes the own address that is set by hand, and no other", () => {
  const set = member("lb1", "10.88.0.11", { addresses: ["fd00:88::b"] });
  const here = seen(facts(["10.88.0.11/24", "fd00:88::11/64", "fd00:88:0:0::b/64"]));
  assertEquals(attachment(dual(), set, here, SIX).address, "fd00:88:0:0::b");
  assertEquals(attachment(dual(), set, here).address, "10.88.0.11");
  const error = assertThrows(
    () => attachment(dual(), set, seen(facts(["fd00:88::11/64"])), SIX),
    TaskError,
  );
  assertEquals(
    error.message,
    'Cannot use fd00:88::b as own address of "lb1" beside fd00:88::10: ' +
      "found eth0 (fd00:88::11/64)",
  );
});

Deno.test("peerAddress() of a host that was not asked is what the inventory says of that family", () => {
  const known = member("lb2", "10.88.0.12", { addresses: ["fd00:88::12"] });
  assertEquals(peerAddress(dual(), known, seen(undefined), SIX), "fd00:88::12");
  assertEquals(peerAddress(dual(), known, seen(undefined)), "10.88.0.12");
  const error = assertThrows(
    () => peerAddress(dual(), member("lb2", "10.88.0.12"), seen(undefined), SIX),
    TaskError,
  );
  assertEquals(
    error.message,
    'Cannot find the address of "lb2": nothing is known about the host, and "10.88.0.12" is no ' +
      "address of the same family as fd00:88::10; give it one as ansible_host, or as " +
      "endpoint_host: { address: ... }",
  );
});

Deno.test("instances() refuse addresses of one family on different interfaces, unless one is named", () => {
  const of = dual({ moreAddresses: ["10.99.0.10"] });
  const here = seen(facts([], {
    interfaces: [
      { name: "eth0", addresses: ["10.88.0.11/24"] },
      { name: "eth1", addresses: ["10.99.0.11/24"] },
    ],
  }));
  const alone = { ...of, members: [LB1] };
  const error = assertThrows(() => instances(alone, LB1, here), TaskError);
  assertEquals(
    error.message,
    'Cannot have 10.88.0.10 and 10.99.0.10 in one endpoint on "lb1": they belong to eth0 and ' +
      "eth1, and addresses of one family move on one interface",
  );
  const named = instances({ ...alone, interface: "eth0" }, LB1, here);
  assertEquals(named.map((it) => [it.addresses.length, it.interface.value]), [[2, "eth0"]]);
});
