/** What a plan says of a pool and of machines, in the words that the platform has for it. */
import { assertEquals } from "@std/assert";
import type { Placement, Pool } from "../../src/placement/model.ts";
import { plan } from "../../src/placement/plan.ts";
import { group, on, PLATFORM, pool } from "./fixtures.ts";

function said(placements: readonly Placement[], pools: readonly Pool[] = [pool(4)]): string[] {
  const seen = { placements, pools, rules: [] };
  const made = plan([group(["m1", "m2", "m3"])], seen, { ...PLATFORM, purpose: "apply" });
  assertEquals(made.changes, []);
  return made.errors.map(({ message, hint }) =>
    `${message}${hint === undefined ? "" : ` (${hint})`}`
  );
}

const lacks = (placement: Placement, why: string) => (
  { ...placement, unruled: { why, hint: `do ${placement.id}` } }
);

Deno.test("machines that no rule can be about are named by what they lack, with what to type", () => {
  const of = 'Cannot have group "masters" kept apart: ';
  const [m1, m2, m3] = [on("m1", "e1"), on("m2", "e2"), on("m3", "e3")];
  assertEquals(said([lacks(m1, "no HA resource"), m2, lacks(m3, "no HA resource")]), [
    `${of}each of "m1" and "m3" is no HA resource (do vm-m1; do vm-m3)`,
  ]);
  assertEquals(said([lacks(m1, "ignored"), m2, lacks(m3, "no HA resource")]), [
    `${of}"m1" is ignored (do vm-m1)`,
    `${of}"m3" is no HA resource (do vm-m3)`,
  ]);
});

Deno.test("why a pool follows no rules is said as the platform has it", () => {
  const placements = [on("m1", "e1"), on("m2", "e2"), on("m3", "e3")];
  const of = 'Cannot have group "masters" kept apart: pool "C0" follows no rules, ';
  assertEquals(said(placements, [pool(4, { enforcing: "off" })]), [`${of}its scheduler is off`]);
  assertEquals(said(placements, [pool(4, { enforcing: "off", why: "it has no quorum" })]), [
    `${of}it has no quorum`,
  ]);
});
