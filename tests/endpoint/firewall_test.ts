import { assertEquals } from "@std/assert";
import { openingFor } from "../../src/endpoint/firewall.ts";
import { dual, endpoint, facts, world } from "./fixtures.ts";
import { endpoints, PAPER } from "./renderings.ts";

Deno.test("openingFor() lets in VRRP of the other members, and the port from everywhere", () => {
  const of = endpoint();
  assertEquals(openingFor(of, of.members[0]!, world(of)), {
    interfaces: ["eth0"],
    passages: [{ kind: "vrrp", from: "10.88.0.12" }, { kind: "port", port: 8443 }],
  });
});

Deno.test("openingFor() lets in the port of every service, each once", () => {
  const of = endpoints(PAPER)["standard-also"];
  assertEquals(openingFor(of, of.members[0]!, world(of)).passages, [
    { kind: "vrrp", from: "10.88.0.12" },
    // A further service has the only address of that family.
    { kind: "vrrp", from: "fd00:88::12" },
    { kind: "port", port: 8443 },
    { kind: "port", port: 8444 },
  ]);
});

Deno.test("openingFor() lets in VRRP of both families", () => {
  const of = dual();
  const seen = new Map(
    of.members.map(({ host }, i) => [
      host.name,
      facts([`${host.address}/24`, `fd00:88::1${i + 1}/64`]),
    ]),
  );
  const { passages } = openingFor(of, of.members[0]!, { ...world(of), facts: seen });
  assertEquals(passages, [
    { kind: "vrrp", from: "10.88.0.12" },
    { kind: "vrrp", from: "fd00:88::12" },
    { kind: "port", port: 8443 },
  ]);
});
