import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { el, join, Markup } from "../../src/reporters/markup.ts";

Deno.test("el() leaves out what is unset, and nests what it has made", () => {
  const made = el("p", { class: undefined, id: 1 }, undefined, [el("br"), ["x"]], new Markup("&"));
  assertEquals(made.text, '<p id="1"><br>x&</p>');
  assertEquals(join("<", el("i")).text, "&lt;<i></i>");
});

Deno.test("el() lets no text out of its place, and hides no character", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const hostile = `"'><script>${text}`;
    const [, attribute, content] =
      /^<a title="([^"]*)">([^<]*)<\/a>$/.exec(el("a", { title: hostile }, hostile).text) ?? [];
    assert(attribute !== undefined && content === attribute, hostile);
    assert(!/[<>'"]|[\p{Cf}\p{Cs}]/u.test(content), content);
  }));
});
