/** A configuration of a daemon in the place of an inventory is said in one message. */
import { assertEquals } from "@std/assert";
import { withTempDir } from "../helpers.ts";
import { cli } from "./cli.ts";

const HAPROXY = `global
    log /dev/log local0
    chroot /var/lib/haproxy
defaults
    timeout connect 5s
backend api
    server m1 10.0.0.21:6443 check
`;

const KEEPALIVED = `! Configuration File for keepalived
vrrp_script check {
    script "/etc/keepalived/check.sh"
}
`;

const REFUSED =
  `Cannot use "haproxy.cfg" as an inventory: it looks like a configuration of haproxy [wrong-file]
   hint: holdfast lint --haproxy haproxy.cfg
`;

async function inFolder(args: readonly string[]) {
  let result = { code: -1, out: "", err: "" };
  await withTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/folder`);
    for (const folder of [dir, `${dir}/folder`]) {
      await Deno.writeTextFile(`${folder}/haproxy.cfg`, HAPROXY);
      await Deno.writeTextFile(`${folder}/keepalived.conf`, KEEPALIVED);
    }
    result = await cli(args, { cwd: dir });
  });
  return result;
}

Deno.test("lint FILE says in one message that it is no inventory, and what to type", async () => {
  assertEquals(await inFolder(["lint", "haproxy.cfg"]), {
    code: 1,
    out: "",
    err: `${REFUSED}\n1 error, 0 warnings\n`,
  });
  assertEquals(await inFolder(["lint", "keepalived.conf"]), {
    code: 1,
    out: "",
    err:
      `Cannot use "keepalived.conf" as an inventory: it looks like a configuration of keepalived [wrong-file]
   hint: holdfast lint --keepalived keepalived.conf

1 error, 0 warnings
`,
  });
});

Deno.test("what to type is what works", async () => {
  const { code, err } = await inFolder(["lint", "--haproxy", "haproxy.cfg"]);
  assertEquals([code, err], [0, ""]);
});

for (const command of [["check"], ["apply"], ["inventory"], ["explain"], ["history"]]) {
  Deno.test(`${command} says the same of a haproxy.cfg`, async () => {
    const args = [...command, "haproxy.cfg", ...command.includes("explain") ? ["lb1"] : []];
    assertEquals(await inFolder(args), { code: 1, out: "", err: REFUSED });
  });
}

Deno.test("in a folder it is the file that is none", async () => {
  const { code, err } = await inFolder(["lint", "folder"]);
  assertEquals(code, 1);
  assertEquals(err.split("\n").slice(0, 2), [
    'Cannot use "folder/keepalived.conf" as an inventory: it looks like a configuration of keepalived [wrong-file]',
    "   hint: holdfast lint --keepalived folder/keepalived.conf",
  ]);
});
