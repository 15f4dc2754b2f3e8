import { assertEquals, assertRejects } from "@std/assert";
import { parseExtraVars } from "../../src/commands/extra_vars.ts";
import { InputError } from "../../src/errors.ts";
import type { Vars } from "../../src/model.ts";
import { withTempDir } from "../helpers.ts";

const READ: readonly (readonly [words: readonly string[], vars: Vars])[] = [
  [[], {}],
  [["a=1"], { a: "1" }],
  [["a=1 b=x"], { a: "1", b: "x" }],
  [["  a=1  "], { a: "1" }],
  [["a="], { a: "" }],
  [["url=http://x/?a=b&c=d"], { url: "http://x/?a=b&c=d" }],
  [[`a="x y" b='it is' c=z`], { a: "x y", b: "it is", c: "z" }],
  [[`a='say "x"'`], { a: 'say "x"' }],
  [['{"a": 1, "b": [true, null]}'], { a: 1, b: [true, null] }],
  [["{a: 1, b: {c: d}}"], { a: 1, b: { c: "d" } }],
  [["a=1", "a=2", '{"b": 3}'], { a: "2", b: 3 }],
];

for (const [words, vars] of READ) {
  Deno.test(`parseExtraVars() reads ${JSON.stringify(words)}`, async () => {
    assertEquals(await parseExtraVars(words), vars);
  });
}

const REFUSED: readonly string[] = [
  "nonsense",
  "=1",
  "a=1 b",
  "a = 1",
  `a="x y`,
  `a="x"y`,
  "{a: 1",
  "{a: &x 1, b: *x}",
  "@",
  "@no/such/file",
];

for (const word of REFUSED) {
  Deno.test(`parseExtraVars() refuses ${JSON.stringify(word)} in a sentence that quotes it`, async () => {
    await assertRejects(
      () => parseExtraVars([word]),
      InputError,
      `Cannot read --extra-vars "${word}`,
    );
  });
}

Deno.test("parseExtraVars() reads a file, which must hold a map", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/vars.yaml`, "a: 1\nb: x\n");
    await Deno.writeTextFile(`${dir}/list.yaml`, "- a\n");
    assertEquals(await parseExtraVars([`@${dir}/vars.yaml`, "b=y"]), { a: 1, b: "y" });
    await assertRejects(() => parseExtraVars([`@${dir}/list.yaml`]), InputError, "expected a map");
  }));

Deno.test("parseExtraVars() says everything that is wrong at once", async () => {
  const { diagnostics } = await assertRejects(() => parseExtraVars(["a", "b=1", "c"]), InputError);
  assertEquals(diagnostics.map(({ code }) => code), ["extra-vars", "extra-vars"]);
});
