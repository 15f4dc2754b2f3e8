import { assertEquals, assertThrows } from "@std/assert";
import { atLeast, DEFAULT_VERSIONS, versionOf } from "../../src/endpoint/version.ts";
import { NotYetKnown } from "../../src/errors.ts";
import type { PackageVersion } from "../../src/model.ts";
import { facts } from "./fixtures.ts";

function keepalived(version: PackageVersion | undefined): string {
  const packages = version === undefined ? {} : { keepalived: version };
  return versionOf("keepalived", "lb1", {
    host: "lb1",
    facts: new Map([["lb1", facts([], { packages })]]),
    predicted: { packages: [], users: [], paths: [] },
  });
}

Deno.test("versionOf() takes what is installed, else the candidate, else the default", () => {
  assertEquals(keepalived({ installed: "1:2.1.5-0.2+deb11u1", candidate: "1:2.3.3-1" }), "2.1.5");
  assertEquals(keepalived({ candidate: "1:2.3.3-1" }), "2.3.3");
  assertEquals(keepalived({}), DEFAULT_VERSIONS.keepalived);
  assertEquals(keepalived(undefined), DEFAULT_VERSIONS.keepalived);
  assertEquals(keepalived({ installed: "unknown" }), DEFAULT_VERSIONS.keepalived);
});

Deno.test("versionOf() does not guess the version of what this run installs", () => {
  const world = (packages: Readonly<Record<string, PackageVersion>>) => ({
    host: "lb1",
    facts: new Map([["lb1", facts([], { packages })]]),
    predicted: { packages: ["haproxy"], users: [], paths: [] },
  });
  assertThrows(() => versionOf("haproxy", "lb1", world({})), NotYetKnown, "which version");
  const listed = world({ haproxy: { candidate: "2.6.12-1" } });
  assertEquals(versionOf("haproxy", "lb1", listed), "2.6.12");
  assertEquals(versionOf("keepalived", "lb1", world({})), DEFAULT_VERSIONS.keepalived);
});

Deno.test("atLeast() compares part by part as numbers", () => {
  const cases = [["2.3", "2.3"], ["2.3.0", "2.3"], ["2.2.9", "2.3"], ["2.10", "2.9"], [
    "3",
    "2.9.9",
  ]];
  assertEquals(cases.map(([a, b]) => atLeast(a!, b!)), [true, true, false, true, true]);
});

Deno.test("versionOf() goes by the version that this run is going to install", () => {
  const versionIn = (versions: Readonly<Record<string, string>>, seen: PackageVersion) =>
    versionOf("haproxy", "lb1", {
      host: "lb1",
      facts: new Map([["lb1", facts([], { packages: { haproxy: seen } })]]),
      predicted: { packages: ["haproxy"], versions, users: [], paths: [] },
    });
  assertEquals(versionIn({ haproxy: "2.4.1-1" }, { installed: "2.6.12-1" }), "2.4.1");
  assertEquals(versionIn({}, { installed: "2.6.12-1" }), "2.6.12");
  // The host has yet to find it, and it need not be the one that apt prefers.
  assertThrows(() => versionIn({ haproxy: "" }, { candidate: "3.0.1-1" }), NotYetKnown);
  assertEquals(versionIn({ haproxy: "" }, { installed: "2.6.12-1" }), "2.6.12");
});
