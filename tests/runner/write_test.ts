import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromBytes } from "../../src/bytes.ts";
import { runSh, withTempDir } from "../helpers.ts";
import { listing, root, script, spec } from "./writes.ts";

Deno.test({
  name: "writeScript() puts hostile content in place byte for byte, with its mode",
  ignore: !root,
  fn: () =>
    withTempDir(async (dir) => {
      const path = `${dir}/it's a "file" $(x).conf`;
      const content = "%s \\n $HOME `id` 'quoted'\n\n\tend without newline";
      const { code, stderr } = await runSh(script([spec(path, content)]));
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      assertEquals(await Deno.readTextFile(path), content);
      assertEquals((await Deno.stat(path)).mode! & 0o777, 0o640);
      assertEquals((await listing(dir)).length, 1);
    }),
});

Deno.test({
  name: "writeScript() touches nothing when a validation refuses the set, and shows its words",
  ignore: !root,
  fn: () =>
    withTempDir(async (dir) => {
      await Deno.writeTextFile(`${dir}/a`, "old");
      const refusing = { name: "daemon -t", script: `cat "$(staged ${dir}/a)"; echo; exit 3` };
      const files = [spec(`${dir}/a`, "new"), spec(`${dir}/b`, "b")];
      const { code, stderr } = await runSh(script(files, { [`${dir}/a`]: "old" }, [refusing]));
      assertEquals(code, 1);
      assertStringIncludes(stderr, "daemon -t refuses it:\nnew");
      assertEquals(await Deno.readTextFile(`${dir}/a`), "old");
      assertEquals(await listing(dir), ["a"]);
    }),
});

Deno.test({
  name: "writeScript() lets a validation see files at their final paths before they are there",
  ignore: !root,
  fn: () =>
    withTempDir(async (dir) => {
      const looking = { name: "look", script: `[ -e ${dir}/a ] && [ -e ${dir}/sub/b ]` };
      const files = [spec(`${dir}/a`, "a"), spec(`${dir}/sub/b`, "b")];
      assertEquals((await runSh(script(files, {}, [looking]))).code, 0);
    }),
});

Deno.test({
  name: "writeScript() validates a rewritten copy where mounting is refused",
  ignore: !root,
  fn: () =>
    withTempDir(async (dir) => {
      await Deno.mkdir(`${dir}/bin`);
      await Deno.writeTextFile(`${dir}/bin/unshare`, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
      await Deno.mkdir(`${dir}/etc`);
      const files = [spec(`${dir}/etc/a`, `include ${dir}/etc/b\n`), spec(`${dir}/etc/b`, "b")];
      const following = {
        name: "follow",
        script:
          `read -r _ b < "$(staged ${dir}/etc/a)"; [ "$b" != ${dir}/etc/b ] && grep -q b "$b"`,
      };
      const text = `PATH=${dir}/bin:$PATH\n${script(files, {}, [following])}`;
      const { code, stderr } = await runSh(text);
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      assertEquals(await Deno.readTextFile(`${dir}/etc/a`), `include ${dir}/etc/b\n`);
    }),
});

Deno.test({
  name: "writeScript() refuses when somebody wrote in between",
  ignore: !root,
  fn: () =>
    withTempDir(async (dir) => {
      await Deno.writeTextFile(`${dir}/a`, "theirs");
      const { code, stderr } = await runSh(
        script([spec(`${dir}/a`, "ours")], { [`${dir}/a`]: "old" }),
      );
      assertEquals(code, 1);
      assertStringIncludes(stderr, "has changed since it was looked at");
      assertEquals(await Deno.readTextFile(`${dir}/a`), "theirs");
    }),
});

Deno.test({
  name: "writeScript() leaves the old file and no litter when the disk is full",
  ignore: !root,
  fn: () =>
    withTempDir(async (dir) => {
      // A tiny file system of its own, in a namespace that ends with the script.
      const content = "x".repeat(60_000);
      const inner = `mount -t tmpfs -o size=16k tmpfs ${dir} && printf old > ${dir}/a || exit 99
( ${script([spec(`${dir}/a`, content)], { [`${dir}/a`]: "old" })} )
echo "code $?"; ls -A ${dir}; cat ${dir}/a`;
      const { stdout, stderr } = await runSh(`unshare -m sh <<'END'\n${inner}\nEND`);
      assertEquals(stdout, "code 1\na\nold");
      assert(stderr.includes("is the disk full?"), stderr);
    }),
});

Deno.test({
  name: "writeScript() sweeps what a dead process staged, and leaves what a living one stages",
  ignore: !root,
  fn: () =>
    withTempDir(async (dir) => {
      const dead = new Deno.Command("true").spawn();
      await dead.status;
      await Deno.writeTextFile(`${dir}/.holdfast.${dead.pid}.abc`, "left");
      await Deno.writeTextFile(`${dir}/.holdfast.${Deno.pid}.def`, "in use");
      const { code, stderr } = await runSh(script([spec(`${dir}/a`, "new")]));
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      assertEquals(await listing(dir), [`.holdfast.${Deno.pid}.def`, "a"]);
    }),
});

Deno.test({
  name: "writeScript() replaces a file that is no UTF-8, and refuses when one such byte is another",
  ignore: !root,
  fn: () =>
    withTempDir(async (dir) => {
      const path = `${dir}/a`;
      const old = new Uint8Array([0x23, 0xe4, 0x0a]);
      const other = new Uint8Array([0x23, 0xe5, 0x0a]);
      const text = script([spec(path, "new")], { [path]: fromBytes(old) });
      await Deno.writeFile(path, other);
      assertStringIncludes((await runSh(text)).stderr, "has changed since it was looked at");
      await Deno.writeFile(path, old);
      assertEquals((await runSh(text)).code, 0);
      assertEquals(await Deno.readTextFile(path), "new");
    }),
});
