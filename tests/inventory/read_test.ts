/** Files as the inventory reads them from the disk. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadInventory } from "../../src/inventory/load.ts";
import { diskFiles } from "../../src/inventory/read.ts";
import { runSh, withTempDir } from "../helpers.ts";
import { secrets, shown } from "./helpers.ts";

Deno.test("a device is no file: nothing of it is read", async () => {
  for (const path of ["/dev/zero", "/dev/urandom", "/dev/null"]) {
    const reason = "it is a device or a socket, and no file";
    assertEquals(await diskFiles.read(path), { kind: "unreadable", reason });
    const text = await shown(loadInventory(path, { secrets }));
    assertStringIncludes(text, `Cannot read "${path}": ${reason}`);
  }
});

Deno.test("a pipe is read, and one that does not end is given up", () =>
  withTempDir(async (dir) => {
    const through = async (text: string) => {
      const path = `${dir}/pipe`;
      await runSh(`mkfifo ${path}`);
      const writer = new Deno.Command("sh", { args: ["-c", `${text} >${path}`], stderr: "null" });
      await using child = writer.spawn();
      const found = await diskFiles.read(path);
      await child.status;
      await Deno.remove(path);
      return found;
    };
    assertEquals(await through("echo all:"), { kind: "text", text: "all:\n" });
    assertEquals(await through("yes"), {
      kind: "unreadable",
      reason: "it is larger than 8388608 bytes",
    });
  }));

Deno.test("a file is read whole, however many pieces it comes in", () =>
  withTempDir(async (dir) => {
    const text = "x: äöü\n".repeat(50_000);
    await Deno.writeTextFile(`${dir}/a`, text);
    assertEquals(await diskFiles.read(`${dir}/a`), { kind: "text", text });
  }));
