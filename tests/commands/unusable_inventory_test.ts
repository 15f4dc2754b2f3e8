/** What is no inventory at all is refused at once, by every command that takes one. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { cli } from "./cli.ts";

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  apply: [],
  check: [],
  verify: [],
  drill: [],
  "drill --list": ["--list"],
  lint: [],
  render: ["--out", "never-made"],
  simulate: [],
  "placement check": [],
  "placement apply": [],
  inventory: [],
  explain: ["lb1"],
  history: [],
  rollback: [],
};

for (const [name, more] of Object.entries(COMMANDS)) {
  Deno.test(`${name} refuses a device and a folder of something else`, async () => {
    const words = name.split(" ").filter((word) => !word.startsWith("-"));
    const device = await cli([...words, "/dev/zero", ...more]);
    assertEquals(device.code, 1);
    assertStringIncludes(device.err, 'Cannot read "/dev/zero": it is a device or a socket');
    const folder = await cli([...words, ".", ...more]);
    assertEquals(folder.code, 1);
    assertStringIncludes(folder.err, 'Cannot use the folder "." as an inventory');
    assertStringIncludes(folder.err, "name the file that is the inventory");
  });
}
