import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { Diagnostic } from "../../../src/model.ts";
import { parseJson } from "../../../src/inventory/json/parse.ts";
import { below } from "../../../src/inventory/yaml/located.ts";

/** A value, or what is wrong with its text. */
function read(text: string): { value?: unknown; problems: Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const root = parseJson("a.json", text, (d) => problems.push(d));
  return { ...(root ? { value: root.value } : {}), problems };
}

Deno.test("parseJson() reads what JSON.parse reads", () => {
  fc.assert(fc.property(fc.json(), fc.nat(3), (text, indent) => {
    const plain: unknown = JSON.parse(text);
    // -0 has no JSON of its own.
    assertEquals(
      read(JSON.stringify(plain, null, indent)).value,
      JSON.parse(JSON.stringify(plain)),
    );
  }));
});

Deno.test("parseJson() refuses what JSON.parse refuses", () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.constantFrom(..."{}[],:\"'0x \\\n"), (text, at, c) => {
      const i = at % (text.length + 1);
      const broken = text.slice(0, i) + c + text.slice(i + 1);
      let refused = false;
      try {
        JSON.parse(broken);
      } catch {
        refused = true;
      }
      const { problems } = read(broken);
      // Duplicate keys are what JSON.parse lets pass.
      if (refused) assertEquals(problems.map((d) => d.code), ["json-syntax"], broken);
      else assert(problems.every((d) => d.code === "duplicate-key"), broken);
    }),
  );
});

Deno.test("parseJson() knows places", () => {
  const root = parseJson("a.json", '{\n  "a": [1,\n    {"b": true}]\n}', () => {})!;
  assertEquals(below(root, ["a", 1, "b"])?.source, {
    file: "a.json",
    line: 3,
    column: 11,
    length: 4,
  });
});

Deno.test("parseJson() takes no key twice and says where the mistake is", () => {
  assertEquals(read('{"a": 1, "a": 2}').problems.map((d) => d.code), ["duplicate-key"]);
  const [problem] = read('{"a":\n  01}').problems;
  assertEquals([problem?.source?.line, problem?.source?.column], [2, 3]);
  assertStringIncludes(read("[".repeat(100_000)).problems[0]?.message ?? "", "deeper than");
});
