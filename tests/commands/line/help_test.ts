import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EXAMPLES } from "../../../src/commands/line/examples.ts";
import { commandNames, say, shellWords } from "./program.ts";

for (const name of commandNames()) {
  Deno.test(`${name} --help is what help ${name} says, and performs nothing but help`, async () => {
    // The lab has a help of its own, which is its command's.
    const chosen = name === "lab" ? "help" : undefined;
    const { out, err, code, chosen: asked } = await say([name, "--help"]);
    assertEquals([err, asked], ["", chosen]);
    assertEquals((await say([name, "-h"])).out, out);
    assertEquals((await say(["help", name])).out, out);
    if (name === "lab") return;
    assertEquals(code, 0);
    assertMatch(out, new RegExp(`^Usage: holdfast ${name}`));
    assertMatch(out, /^Examples:\n {2}\S/m);
    assertMatch(out, /^Exit codes:\n {2}0 +as wished\n/m);
  });

  Deno.test(`${name} has two to four examples, and each is a line that is understood`, async () => {
    const examples = EXAMPLES[name] ?? [];
    assert(examples.length >= 2 && examples.length <= 4, `${examples.length} examples`);
    for (const [line] of examples) {
      const call = /holdfast ([^>|)]*)/.exec(line);
      if (call === null) continue;
      const { err, code } = await say(shellWords(call[1] ?? ""));
      assertEquals([err, code === undefined || code === 0], ["", true], line);
    }
    assert(examples.some(([line]) => line.includes(`holdfast ${name}`)), "of itself");
  });
}

for (const columns of [40, 60, 80, 200]) {
  Deno.test(`help fits ${columns} columns, but for a word or a line to type`, async () => {
    const width = Math.min(columns, 100);
    for (const name of ["", ...commandNames().filter((it) => it !== "lab")]) {
      const { out } = await say(name === "" ? ["--help"] : [name, "--help"], columns);
      const long = out.split("\n").filter((line) =>
        line.length > width && !/^ {2}(holdfast|source|#) /.test(line)
      );
      assertEquals(long, [], `help of "${name}"`);
    }
  });
}

Deno.test("help at 80 columns keeps a command to a line", async () => {
  const { out } = await say(["--help"]);
  const [, commands = ""] = /Hosts:\n([\s\S]*)\n\nOther:/.exec(out) ?? [];
  const lines = commands.split("\n").filter((line) => line.startsWith("  "));
  assertEquals(lines.length, commandNames().length);
  assertStringIncludes(out, "  explain INVENTORY HOST [KEY]  ");
});

Deno.test("help groups the options of a run", async () => {
  const { out } = await say(["apply", "--help"]);
  const headings = [...out.matchAll(/^([A-Z][\w ]*):$/gm)].map(([, heading]) => heading);
  const first = ["What to do", "Several endpoints", "Selection", "Connection"];
  assertEquals(headings.slice(0, 4), first);
  assertEquals(headings.slice(-2), ["Examples", "Exit codes"]);
});
