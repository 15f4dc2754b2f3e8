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

Deno.test("a CA that many endpoints name is read once", async () => {
  const ca = await Deno.readTextFile(new URL("../commands/ca.crt", import.meta.url));
  const sites = [1, 2, 3].map((n) => `
    site${n}:
      vars: { endpoint: { address: 10.0.${n}.10, backends: [{ name: m, address: 10.0.${n}.20 }],
        ca_file: ca.crt } }
      hosts: { lb${n}: { ansible_host: 10.0.${n}.11 } }`);
  const texts: Readonly<Record<string, string>> = {
    "hosts.yaml": `all:\n  children:${sites.join("")}\n`,
    "ca.crt": ca,
  };
  const reads: string[] = [];
  const { inventory } = await loadInventory("hosts.yaml", {
    files: {
      read: (path) => {
        reads.push(path);
        const text = texts[path];
        return Promise.resolve(text === undefined ? { kind: "missing" } : { kind: "text", text });
      },
      list: () => Promise.resolve([]),
    },
  });
  assertEquals(inventory.endpoints.map((it) => it.ca !== undefined), [true, true, true]);
  assertEquals(reads.filter((path) => path === "ca.crt"), ["ca.crt"]);
});
