import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { TaskError } from "../src/errors.ts";
import { loadTemplates, templates } from "../src/templates.ts";

function render(text: string, data: object): string {
  return templates(new Map([["haproxy.cfg", text]])).render("haproxy.cfg", data);
}

function refusal(text: string, data: object): string {
  return assertThrows(() => render(text, data), TaskError).message;
}

Deno.test("loadTemplates() names templates by their path below the folder", async () => {
  const loaded = await loadTemplates(new URL("../templates/", import.meta.url));
  assertEquals(loaded.names.slice(0, 3), [
    "guide/check_apiserver.sh",
    "guide/haproxy.cfg",
    "guide/keepalived.conf",
  ]);
});

Deno.test("loadTemplates() takes a path as well as a URL", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/a.eta`, "<%= it.x %>\n");
    await Deno.writeTextFile(`${dir}/README`, "not a template");
    const loaded = await loadTemplates(dir);
    assertEquals([loaded.names, loaded.render("a", { x: 1 })], [["a"], "1\n"]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("render() fills in values, blocks and loops, and keeps every other character", () => {
  const text =
    `a "<%= it.a %>" & 'b'\n<% for (const it_ of it.list) { -%>\n- <%= it_.n %>\n<% } -%>\n`;
  assertEquals(render(text, { a: "<x>", list: [{ n: 1 }, { n: 2 }] }), `a "<x>" & 'b'\n- 1\n- 2\n`);
});

Deno.test("render() names template, line and path when a variable is not set", () => {
  assertEquals(
    refusal("a\nb\nc <%= it.vrrp.passwrod %>\n", { vrrp: { password: "x" } }),
    'Cannot render "haproxy.cfg": haproxy.cfg.eta:3: it.vrrp.passwrod is not set',
  );
});

Deno.test("render() names the element of a list that lacks a variable", () => {
  assertStringIncludes(
    refusal("<% for (const b of it.list) { -%>\n<%= b.name %>\n<% } -%>\n", {
      list: [{ name: "a" }, {}],
    }),
    "haproxy.cfg.eta:2: it.list[1].name is not set",
  );
});

Deno.test("render() refuses a condition on what is not set", () => {
  assertStringIncludes(refusal("<% if (it.metrics) { -%>\nx\n<% } -%>\n", {}), "it.metrics is not");
});

Deno.test("render() refuses null and does not print objects, functions and booleans", () => {
  assertStringIncludes(refusal("<%= it.a %>", { a: null }), "it.a is not set");
  assertStringIncludes(refusal("<%= it.a %>", { a: {} }), "of type object cannot be printed");
  assertStringIncludes(refusal("<%= it.a %>", { a: true }), "of type boolean cannot be printed");
  assertStringIncludes(refusal("<%= it.l.map %>", { l: [] }), "of type function cannot be printed");
});

Deno.test("render() says which templates there are when the name is unknown", () => {
  const error = assertThrows(
    () => templates(new Map([["a", ""], ["b", ""]])).render("c", {}),
    TaskError,
  );
  assertEquals(error.message, 'Cannot render "c": no such template, there are a, b');
});
