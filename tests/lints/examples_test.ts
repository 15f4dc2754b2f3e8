/** Every lint has a trap that it finds, with exactly its words, and the same without the trap. */
import { assert, assertEquals } from "@std/assert";
import { formatDiagnostics } from "../../src/diagnostics.ts";
import { LINTS } from "../../src/lints/mod.ts";
import type { Example } from "../../src/lints/model.ts";
import { lint, nodesOf } from "../../src/lints/run.ts";
import { SEED_FAULTS } from "../../src/lints/seed.ts";

for (const each of LINTS) {
  const says = (example: Example) => formatDiagnostics(lint({ nodes: nodesOf(example) }, [each]));

  Deno.test(`lint ${each.code}: says what is wrong with its trap`, () => {
    const marked = each.severity === "warning" ? /: warning: / : /^/;
    assertEquals(says(each.err), each.err.says);
    assert(marked.test(each.err.says), "a warning says so");
  });
  Deno.test(`lint ${each.code}: is silent without the trap`, () => {
    assertEquals(says(each.ok), "");
  });
}

Deno.test("lints: every code is used once, and is its file's name", async () => {
  const codes = LINTS.map(({ code }) => code);
  assertEquals(codes.length, new Set(codes).size);
  const folder = new URL("../../src/lints/", import.meta.url);
  const files: string[] = [];
  for await (const room of Deno.readDir(folder)) {
    if (!room.isDirectory) continue;
    for await (const { name } of Deno.readDir(new URL(`${room.name}/`, folder))) files.push(name);
  }
  const expected = codes.map((code) => `${code.replaceAll("-", "_")}.ts`);
  // What several rules share begins with an underscore.
  assertEquals(files.filter((name) => !name.startsWith("_")).toSorted(), expected.toSorted());
});

Deno.test("lints: what belongs to the seed names lints that there are", () => {
  const codes = new Set(LINTS.map(({ code }) => code));
  assertEquals([...SEED_FAULTS].filter((code) => !codes.has(code)), []);
});
