import { assertEquals, assertThrows } from "@std/assert";
import { TaskError } from "../src/errors.ts";
import { parseFiles, probeFiles } from "../src/file_state.ts";
import { runSh, withTempDir } from "./helpers.ts";

Deno.test("parseFiles() reads what a real shell says of everything that can be at a path", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/one`, "stat 1\npath x\n", { mode: 0o600 });
    await Deno.writeTextFile(`${dir}/empty`, "", { mode: 0o644 });
    await Deno.writeTextFile(`${dir}/é`, "ü\n".repeat(200), { mode: 0o4755 });
    await Deno.chmod(`${dir}/é`, 0o4755);
    await Deno.symlink("/nowhere", `${dir}/link`);
    const names = ["one", "missing", "empty", "link", ".", "é"];
    const { stdout } = await runSh(probeFiles(names.map((name) => `${dir}/${name}`)));
    const seen = parseFiles(stdout);
    const get = (name: string) => seen.get(`${dir}/${name}`);
    assertEquals(names.map((name) => get(name)?.kind), [
      "file",
      "absent",
      "file",
      "link",
      "directory",
      "file",
    ]);
    assertEquals(get("one")?.content, "stat 1\npath x\n");
    assertEquals([get("empty")?.content, get("empty")?.mode], ["", "0644"]);
    assertEquals([get("é")?.content, get("é")?.mode], ["ü\n".repeat(200), "4755"]);
    assertEquals(get("link")?.target, "/nowhere");
  }));

Deno.test("parseFiles() refuses an answer that is cut short or does not add up", () => {
  for (
    const answer of [
      "path /a",
      "what?\nfile",
      "path /a\nfile\n",
      `path /a\nfile\nstat 9 644 root root\n${btoa("a")}\n`,
      `path /a\nfile\nstat 1 644 root root\n${btoa("abc")}\n`,
    ]
  ) {
    assertThrows(() => parseFiles(answer), TaskError);
  }
});
