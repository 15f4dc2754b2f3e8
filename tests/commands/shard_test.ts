import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseShard, shardOf, shardOfName } from "../../src/commands/shard.ts";
import { InputError } from "../../src/errors.ts";
import { withTempDir } from "../helpers.ts";
import { cli } from "./cli.ts";
import { fleet } from "./fleet.ts";

Deno.test("parseShard() takes a part of how many, and nothing else", () => {
  assertEquals(parseShard("1/1"), { index: 1, count: 1 });
  assertEquals(parseShard("10000/10000"), { index: 10_000, count: 10_000 });
  for (
    const wrong of ["", "1", "0/3", "4/3", "1/0", "-1/3", "1/3/5", " 1/3", "01/3", "job", "1/10001"]
  ) {
    assertEquals(parseShard(wrong), undefined, wrong);
  }
});

Deno.test("shardOf() counts the pods of a Job from 0, and says what is wrong with it", () => {
  const choice = { index: "job", count: 3 } as const;
  assertEquals(shardOf(choice, () => "0"), { index: 1, count: 3 });
  assertEquals(shardOf(choice, () => "2"), { index: 3, count: 3 });
  assertEquals(shardOf({ index: 2, count: 3 }, () => "0"), { index: 2, count: 3 });
  const said = (value: string | undefined) =>
    assertThrows(() => shardOf(choice, () => value), InputError).message;
  assertStringIncludes(said(undefined), "JOB_COMPLETION_INDEX is not set");
  assertStringIncludes(said("3"), "JOB_COMPLETION_INDEX is 3, and parts are counted from 0 to 2");
  assertStringIncludes(said("1; rm"), "is no whole number");
});

Deno.test("shardOfName() puts every name into one part, about as many into each, and keeps it there", () => {
  const names = Array.from({ length: 5000 }, (_, i) => `site${i}`);
  for (const count of [2, 3, 7, 16]) {
    const sizes = new Array<number>(count).fill(0);
    for (const name of names) {
      const part = shardOfName(name, count);
      sizes[part - 1] = (sizes[part - 1] ?? NaN) + 1;
    }
    const fair = names.length / count;
    for (const size of sizes) assertEquals(Math.abs(size - fair) < fair * 0.2, true, `${sizes}`);
  }
  // A contract: a part that ran yesterday has the same endpoints today.
  assertEquals(["load_balancers", "berlin", "münchen"].map((name) => shardOfName(name, 5)), [
    1,
    1,
    2,
  ]);
});

Deno.test("the parts of a fleet have every endpoint once, whole", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/f.yaml`, fleet(9));
    const listed = async (...more: string[]) => {
      const words = ["check", "f.yaml", "--list-hosts", ...more];
      const { code, out, err } = await cli(words, { cwd: dir });
      assertEquals([code, err], [0, ""]);
      return out.split("\n").filter((line) => /^ {6}\S/.test(line)).map((line) => line.trim());
    };
    const all = await listed();
    const parts = [];
    for (const part of ["1/4", "2/4", "3/4", "4/4"]) parts.push(await listed("--shard", part));
    assertEquals(parts.flat().toSorted(), all.toSorted());
    for (const part of parts) {
      assertEquals(part.filter((name) => name.endsWith("a")).length * 2, part.length);
    }
    // What a pattern leaves is shared out, and stays in the part that it was in.
    assertEquals(
      await listed("--shard", "1/4", "--limit", "lb1a,lb2a"),
      parts[0]?.filter((name) => ["lb1a", "lb2a"].includes(name)),
    );
  }));

Deno.test("a tag that only another part knows is no mistake, and one that none knows is", () =>
  withTempDir(async (dir) => {
    // One endpoint, so that all parts but one are empty.
    await Deno.writeTextFile(`${dir}/f.yaml`, fleet(1));
    const run = async (part: string, tag: string) =>
      await cli(["check", "f.yaml", "--shard", part, "-t", tag], { cwd: dir });
    const codes = [];
    for (const part of ["1/3", "2/3", "3/3"]) codes.push((await run(part, "config")).code);
    // Its hosts answer nobody; there is nothing to do for the others.
    assertEquals(codes.toSorted(), [0, 0, 4]);
    const { code, err } = await run("1/3", "confg");
    assertEquals(code, 1);
    assertStringIncludes(err, "no task has this tag");
  }));

Deno.test("a part says which one it is, and what it cannot be", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/f.yaml`, fleet(3));
    const wrong = await cli(["check", "f.yaml", "--shard", "4/3"], { cwd: dir });
    assertEquals(wrong.code, 1);
    assertStringIncludes(wrong.err, "expected which part of how many, such as 2/5");
    const nowhere = await cli(["check", "f.yaml", "--shard", "job/3"], { cwd: dir });
    assertEquals(nowhere.code, 1);
    assertStringIncludes(nowhere.err, "Cannot use --shard job/3");
    const env = { JOB_COMPLETION_INDEX: "1" };
    const { out } = await cli(["check", "f.yaml", "--shard", "job/3"], { cwd: dir, env });
    assertStringIncludes(out, "part 2 of 3: ");
  }));
