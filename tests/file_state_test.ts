import { assertEquals, assertThrows } from "@std/assert";
import { TaskError } from "../src/errors.ts";
import { parseFiles, probeFiles } from "../src/file_state.ts";
import { runSh, withTempDir } from "./helpers.ts";
import { have, root } from "./runner/writes.ts";

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

Deno.test({
  name: "probeFiles() tells links, numbers and what protects a file or its folder",
  ignore: !root || !have("chattr", "lsattr"),
  fn: () =>
    withTempDir(async (dir) => {
      await Deno.mkdir(`${dir}/a folder`);
      await Deno.symlink("a folder", `${dir}/way`);
      const names = ["a folder/one", "a folder/two", "way/one", "way/none", "three"];
      const paths = names.map((name) => `${dir}/${name}`);
      await Deno.writeTextFile(`${dir}/a folder/one`, "x");
      await Deno.link(`${dir}/a folder/one`, `${dir}/a folder/two`);
      await Deno.writeTextFile(`${dir}/three`, "x");
      await runSh(
        `chown 54321:54322 ${dir}/three; cd ${dir}; chattr +a three; chattr +i 'a folder'`,
      );
      try {
        const { stdout, stderr } = await runSh(probeFiles(paths));
        assertEquals(stderr, "");
        const seen = parseFiles(stdout);
        const states = paths.map((path) => seen.get(path));
        assertEquals(states.map((state) => state?.links), [2, 2, 2, undefined, 1]);
        assertEquals(states.map((state) => state?.attribute), [
          ...[undefined, undefined, undefined, undefined],
          "append-only",
        ]);
        assertEquals(states.map((state) => state?.folderAttribute), [
          ...["immutable", "immutable", "immutable", "immutable"],
          undefined,
        ]);
        assertEquals([states[0]?.ids, states[4]?.ids], ["0:0", "54321:54322"]);
      } finally {
        await runSh(`cd ${dir}; chattr -a three; chattr -i 'a folder'`);
      }
    }),
});

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
