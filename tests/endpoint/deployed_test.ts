import { assertEquals } from "@std/assert";
import { addressesOf } from "../../src/addresses.ts";
import { asDeployed } from "../../src/endpoint/deployed.ts";
import { managedFiles } from "../../src/endpoint/files.ts";
import { PATHS } from "../../src/endpoint/paths.ts";
import type { Endpoint } from "../../src/model.ts";
import { servicesOf } from "../../src/services.ts";
import { dual, endpoint, secret, TEMPLATES, world } from "./fixtures.ts";
import { endpoints, PAPER } from "./renderings.ts";

/** The two files that an endpoint renders for its first member. */
function rendered(of: Endpoint) {
  const files = managedFiles(of, of.members[0]!, TEMPLATES);
  const content = (path: string) => files.find((it) => it.path === path)?.content(world(of)) ?? "";
  return { haproxy: content(PATHS.haproxy), keepalived: content(PATHS.keepalived) };
}

for (const profile of ["guide", "standard", "fast"] as const) {
  Deno.test(`asDeployed() finds in the files of profile ${profile} what made them`, () => {
    const vrrp = { ...endpoint().vrrp, authPass: secret("s3cret") };
    const was = endpoint({
      profile,
      vrrp,
      address: "10.88.0.77",
      port: 9443,
      backendPort: 7443,
      backends: [{ name: "k1", address: "10.88.0.31" }],
      haproxy: { ...endpoint().haproxy, stats: "127.0.0.1:9000" },
    });
    const now = endpoint({ profile: profile === "fast" ? "guide" : "fast", vrrp });
    const { address, port, backendPort, backends, haproxy, profile: found } = asDeployed(
      now,
      rendered(was),
    );
    assertEquals([found, address, port, backendPort, backends], [
      profile,
      "10.88.0.77",
      9443,
      7443,
      was.backends,
    ]);
    // The guide's has no listener for health.
    if (profile !== "guide") assertEquals(haproxy.stats, "127.0.0.1:9000");
  });
}

Deno.test("asDeployed() finds all addresses of both families, and none that came later", () => {
  const was = dual();
  const found = asDeployed(endpoint({ address: "10.88.0.77" }), rendered(was));
  assertEquals(addressesOf(found), ["10.88.0.10", "10.88.0.9", "fd00:88::10", "fd00:88::9"]);
  const six = asDeployed(endpoint(), rendered(dual({ address: "fd00:88::1" })));
  assertEquals(addressesOf(six)[0], "fd00:88::1");
  const single = asDeployed(was, rendered(endpoint()));
  assertEquals(addressesOf(single), ["10.88.0.10"]);
});

Deno.test("asDeployed() leaves what no file tells as the inventory says it", () => {
  for (const it of [endpoint(), dual()]) assertEquals(asDeployed(it, {}), it);
});

Deno.test("asDeployed() finds further services, and none that came later", () => {
  const was = endpoints(PAPER)["standard-also"];
  const seen = (of: Endpoint) =>
    servicesOf(of).map((
      { name, bound, endpoint: { port, backends, backendPort, haproxy, ...it } },
    ) => [
      ...[name, bound, port, backends, backendPort, haproxy.checkPath ?? "/readyz"],
      ...[haproxy.checkClient !== undefined, addressesOf(it)],
    ]);
  const found = asDeployed(endpoint({ address: "10.88.0.77", port: 1 }), rendered(was));
  assertEquals(seen(found), seen(was));
  assertEquals(addressesOf(found), ["10.88.0.10", "10.88.0.9", "fd00:88::9"]);
  const before = asDeployed(was, rendered(endpoint()));
  assertEquals([before.also, addressesOf(before)], [undefined, ["10.88.0.10"]]);
  // Where one of the files is not known, the inventory says what it would.
  const { haproxy, keepalived } = rendered(was);
  assertEquals(addressesOf(asDeployed(was, { haproxy })), addressesOf(was));
  assertEquals(seen(asDeployed(was, { keepalived })), seen(was));
});

Deno.test("asDeployed() takes nothing in a file of somebody else for a further service", () => {
  const haproxy = "frontend apiserver\n    bind *:8443\nfrontend web\n    bind *:80\n" +
    "backend web_servers\n    server w1 10.88.0.41:8080\n";
  const { also, port, backends } = asDeployed(endpoints(PAPER)["standard-also"], { haproxy });
  assertEquals([also, port, backends], [
    undefined,
    8443,
    [{ name: "w1", address: "10.88.0.41" }],
  ]);
});
