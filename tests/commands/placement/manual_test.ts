/**
 * docs/placement.md shows what the command says of the inventory that it shows. Run with
 * HOLDFAST_UPDATE=1 to write that part anew, then read the diff.
 */
import { assert, assertEquals } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import { join } from "@std/path";
import { loadInventory, noSecrets } from "../../../src/inventory/load.ts";
import { checkPlacement } from "../../../src/commands/placement/check.ts";
import { withTempDir } from "../../helpers.ts";

const MANUAL = new URL("../../../docs/placement.md", import.meta.url);

Deno.test("docs/placement.md shows what placement check says", async () => {
  const text = await Deno.readTextFile(MANUAL);
  const [, yaml] = /<!-- inventory -->\s+```yaml\n([\s\S]*?)```/.exec(text) ?? [];
  assert(yaml !== undefined);
  let said = "";
  await withTempDir(async (dir) => {
    const file = join(dir, "hosts.yaml");
    await Deno.writeTextFile(file, yaml);
    const say = (line: string) => void (said += stripAnsiCode(line).replaceAll(`${dir}/`, ""));
    let errors = "";
    const code = await checkPlacement(file, {}, { out: say, err: (line) => void (errors += line) });
    say(`\n${errors}`);
    assertEquals(code, 2);
  });
  const wanted = text.replace(
    /<!-- output -->[\s\S]*?<!-- end -->/,
    () => `<!-- output -->\n\n\`\`\`\n${said.trimEnd()}\n\`\`\`\n\n<!-- end -->`,
  );
  if (Deno.env.get("HOLDFAST_UPDATE") === "1") await Deno.writeTextFile(MANUAL, wanted);
  assertEquals(await Deno.readTextFile(MANUAL), wanted);
});

Deno.test("the inventory in docs/libvirt.md is one", async () => {
  const text = await Deno.readTextFile(new URL("../../../docs/libvirt.md", import.meta.url));
  const [, yaml] = /<!-- inventory -->\s+```yaml\n([\s\S]*?)```/.exec(text) ?? [];
  assert(yaml !== undefined);
  await withTempDir(async (dir) => {
    const file = join(dir, "hosts.yaml");
    await Deno.writeTextFile(file, yaml);
    const { inventory, warnings } = await loadInventory(file, { secrets: noSecrets });
    assertEquals(warnings, []);
    assertEquals(inventory.placements[0]?.libvirt?.hypervisors.map(({ uri }) => uri), [
      "qemu+ssh://ops@10.0.0.7/system?no_tty=1",
      "qemu+ssh://root@kvm2.example.com/system?no_tty=1",
      "qemu+ssh://ops@kvm3:2222/system?no_tty=1",
    ]);
  });
});

const PLATFORMS = [
  ["a vCenter", "vmca-root.pem", "vsphere"],
  ["a Proxmox VE", "pve-root-ca.pem", "proxmox"],
] as const;

for (const [what, ca, provider] of PLATFORMS) {
  Deno.test(`the inventory of ${what} in docs/placement.md is one`, async () => {
    const text = await Deno.readTextFile(MANUAL);
    const part = text.slice(text.indexOf(`<!-- inventory of ${what} -->`));
    const [, yaml] = /```yaml\n([\s\S]*?)```/.exec(part) ?? [];
    assert(yaml !== undefined);
    await withTempDir(async (dir) => {
      const file = join(dir, "hosts.yaml");
      await Deno.writeTextFile(file, yaml);
      const pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
      await Deno.writeTextFile(join(dir, ca), pem);
      const { inventory, warnings } = await loadInventory(file, { secrets: noSecrets });
      assertEquals(warnings, []);
      assertEquals(inventory.placements.map(({ provider, groups }) => [provider, groups.length]), [
        [provider, 3],
      ]);
    });
  });
}
