/** An inventory that is a program, under deno's permissions. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { withTempDir } from "../helpers.ts";
import { cli, hasTerminals, onTerminal } from "./cli.ts";

const PRINTS = `#!/bin/sh
echo '{"lbs": {"hosts": ["lb1"]}, "_meta": {"hostvars": {}}}'
`;
const READ = ["--no-prompt", "--allow-read", "--allow-env=HOME", "--ignore-env"];

/** A folder with a program in it. */
const withProgram = (work: (dir: string) => Promise<void>) =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/hosts.sh`, PRINTS, { mode: 0o755 });
    await work(dir);
  });

Deno.test("an inventory program runs with the permission for itself, and for nothing else", () =>
  withProgram(async (dir) => {
    const args = ["inventory", "hosts.sh", "--list"];
    const refused = await cli(args, { flags: READ, cwd: dir });
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.err, `--allow-run=…,${await Deno.realPath(dir)}/hosts.sh`);
    const flags = [...READ, `--allow-run=${dir}/hosts.sh`];
    const { code, out } = await cli(args, { flags, cwd: dir });
    assertEquals([code, JSON.parse(out).lbs], [0, { hosts: ["lb1"] }]);
  }));

Deno.test({
  name: "the second start is granted the inventory program",
  ignore: !hasTerminals(),
  fn: () =>
    withProgram(async (dir) => {
      const { code, screen } = await onTerminal(
        ["inventory", `${dir}/hosts.sh`, "--graph"],
        "y",
        dir,
      );
      assertEquals(code, 0, screen);
      assertStringIncludes(screen, "|--lb1");
    }),
});
