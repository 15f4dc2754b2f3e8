import { assertEquals, assertRejects } from "@std/assert";
import {
  assertWritable,
  boundBy,
  planText,
  readPlan,
  refusePlan,
  writePrivately,
} from "../../src/commands/plan_file.ts";
import { InputError } from "../../src/errors.ts";
import { withTempDir } from "../helpers.ts";

const text = (inventory: string) => planText(inventory, { limit: "lb1" }, [], new Map());

Deno.test("a plan is written for its owner alone, and read again", () =>
  withTempDir(async (dir) => {
    const path = `${dir}/plan.json`;
    await Deno.writeTextFile(`${path}.part`, "left by a killed run");
    await assertWritable(path);
    await writePrivately(path, text(`${dir}/hosts.yaml`));
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    assertEquals((await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name), ["plan.json"]);
    assertEquals((await readPlan(path))?.flags, { limit: "lb1" });
    // Another plan may take its place.
    await assertWritable(path);
  }));

Deno.test("assertWritable() lets a plan take the place of no other file", () =>
  withTempDir(async (dir) => {
    const inventory = `${dir}/hosts.yaml`;
    await Deno.writeTextFile(inventory, "all: {}\n");
    await assertRejects(() => assertWritable(inventory), InputError, "which is no plan");
    assertEquals(await Deno.readTextFile(inventory), "all: {}\n");
    await assertRejects(() => assertWritable(dir), InputError, "it is a folder");
    await assertRejects(() => assertWritable(`${dir}/no/plan`), InputError, "No such file");
  }));

Deno.test("boundBy() wants the inventory where the plan names it, and no flags beside it", () =>
  withTempDir(async (dir) => {
    const [inventory, path] = [`${dir}/hosts.yaml`, `${dir}/plan.json`];
    await writePrivately(path, text(inventory));
    await assertRejects(() => boundBy(path, {}), InputError, "is not here");
    await Deno.writeTextFile(inventory, "all: {}\n");
    assertEquals((await boundBy(path, {}))?.flags, { limit: "lb1" });
    await assertRejects(() => boundBy(path, { user: "x" }), InputError, "without --user");
    assertEquals(await boundBy(inventory, { user: "x" }), undefined);
    await assertRejects(() => refusePlan(path, "verify"), InputError, "verify takes an inventory");
    await refusePlan(inventory, "verify");
  }));
