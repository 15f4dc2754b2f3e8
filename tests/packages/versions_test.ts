import { assertEquals } from "@std/assert";
import { isVersion } from "../../src/packages/versions.ts";

const CASES: readonly (readonly [version: string, pattern: string, means: boolean])[] = [
  ["2.6.12-1+deb12u1", "2.6.*", true],
  ["2.6.12-1+deb12u1", "2.6.12-1+deb12u1", true],
  ["2.6.12-1+deb12u1", "2.6.12", false],
  ["2.60.1-1", "2.6.*", false],
  ["2.6.12-1", "2?6.12-*", true],
  ["22.6.12-1", "2.6.*", false],
  // A dot is a dot, a plus is a plus.
  ["2x6.12", "2.6.*", false],
  ["2.66", "2.6+", false],
  // Whoever leaves out the epoch means any; whoever writes one means that one.
  ["1:2.2.7-1+b2", "2.2.*", true],
  ["1:2.2.7-1+b2", "1:2.2.*", true],
  ["2:2.2.7-1+b2", "1:2.2.*", false],
];

for (const [version, pattern, means] of CASES) {
  Deno.test(`isVersion() says ${means} of ${version} and ${pattern}`, () => {
    assertEquals(isVersion(version, pattern), means);
  });
}
