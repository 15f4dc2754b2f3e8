import { assertEquals } from "@std/assert";
import { runSh } from "../helpers.ts";
import { have, inShells, listing, script, spec } from "./writes.ts";

const noAcl = !have("getfacl", "setfacl");
const noXattr = !have("getfattr", "setfattr");

/** Replaces a file that somebody has prepared, and gives what `ask` then says of it. */
async function replaced(
  dir: string,
  shell: readonly string[],
  { prepare, mode, ask }: { prepare: string; mode: string; ask: string },
): Promise<string[]> {
  const path = `${dir}/a`;
  await Deno.writeTextFile(path, "old");
  await runSh(`set -e; cd '${dir}'; ${prepare}`);
  const text = script([spec(path, "new", mode)], { [path]: "old" });
  const { code, stderr } = await runSh(text, shell);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertEquals(await Deno.readTextFile(path), "new");
  const { stdout } = await runSh(`cd '${dir}'; ${ask}`);
  await Deno.remove(path);
  return stdout.split("\n").filter((line) => line !== "");
}

const ACL = "stat -c %a a; getfacl -cnp a";

inShells("the access control list of the old file stays on the new one", async (dir, { argv }) => {
  const prepare = "chmod 640 a; setfacl -m u:1:rw,g:8:r a";
  assertEquals(await replaced(dir, argv, { prepare, mode: "0660", ask: ACL }), [
    ...["660", "user::rw-", "user:1:rw-"],
    ...["group::rw-", "group:8:r--", "mask::rw-", "other::---"],
  ]);
}, noAcl);

inShells("a mode takes from named entries what it denies to the group", async (dir, { argv }) => {
  const prepare = "setfacl -m u:1:rw a; chmod 666 a";
  const wide = await replaced(dir, argv, { prepare, mode: "0644", ask: ACL });
  assertEquals(wide.map((line) => line.replace(/\s+/, " ")), [
    ...["644", "user::rw-", "user:1:rw- #effective:r--"],
    ...["group::r--", "mask::r--", "other::r--"],
  ]);
  const none = await replaced(dir, argv, { prepare, mode: "0600", ask: ACL });
  assertEquals(none.map((line) => line.replace(/\s+/, " ")), [
    ...["600", "user::rw-", "user:1:rw- #effective:---"],
    ...["group::---", "mask::---", "other::---"],
  ]);
}, noAcl);

inShells("a folder's default list is for new files, not for old ones", async (dir, { argv }) => {
  await runSh(`setfacl -d -m u:1:rwx,g::- '${dir}'`);
  const prepare = "setfacl -b a; chmod 644 a";
  assertEquals(await replaced(dir, argv, { prepare, mode: "0644", ask: ACL }), [
    ...["644", "user::rw-", "group::r--", "other::r--"],
  ]);
  assertEquals((await runSh(script([spec(`${dir}/a`, "new", "0640")]), argv)).code, 0);
  const { stdout } = await runSh(`cd '${dir}'; ${ACL}`);
  assertEquals(stdout.trim().split("\n").map((line) => line.replace(/\s+/, " ")), [
    ...["640", "user::rw-", "user:1:rwx #effective:r--"],
    ...["group::r--", "mask::r--", "other::---"],
  ]);
}, noAcl);

inShells("a write that could not keep a list writes nothing", async (dir, { argv }) => {
  const path = `${dir}/a`;
  await Deno.writeTextFile(path, "old");
  await runSh(`setfacl -m u:1:rw ${path}`);
  const text = `getfacl() { return 127; }\n${script([spec(path, "new")], { [path]: "old" })}`;
  const { code, stderr } = await runSh(text, argv);
  const why = "apt-get install acl gives what it takes";
  assertEquals([code, stderr], [1, `cannot keep the access control list of ${path}; ${why}\n`]);
  assertEquals([await Deno.readTextFile(path), await listing(dir)], ["old", ["a"]]);
}, noAcl);

// busybox has programs of its own in place of these, and its cp keeps no attributes.
inShells("extended attributes of the old file stay on the new one", async (dir, { argv }) => {
  const prepare = "setfattr -n user.one -v 1 a; setfattr -n trusted.two -v '2 3' a";
  const ask = "getfattr -d -m '^user|^trusted' a; stat -c %a a";
  if (argv[0] === "busybox" && !(await runSh("cp --help", argv)).stdout.includes("attributes")) {
    return;
  }
  assertEquals(await replaced(dir, argv, { prepare, mode: "0640", ask }), [
    "# file: a",
    'trusted.two="2 3"',
    'user.one="1"',
    "640",
  ]);
}, noXattr);

/** Runs a write where SELinux seems to be on, and gives how its programs were called. */
async function withSELinux(
  dir: string,
  argv: readonly string[],
  text: string,
): Promise<{ code: number; stderr: string; calls: string[] }> {
  await Deno.mkdir(`${dir}/bin`);
  await Deno.writeTextFile(`${dir}/enforce`, "1");
  for (const name of ["chcon", "restorecon"]) {
    const stub =
      `#!/bin/sh\necho "\${0##*/} $*" >> '${dir}/calls'\n[ ! -e '${dir}/${name}-fails' ]\n`;
    await Deno.writeTextFile(`${dir}/bin/${name}`, stub, { mode: 0o755 });
  }
  const here = text.replaceAll("/sys/fs/selinux/enforce", `${dir}/enforce`);
  const { code, stderr } = await runSh(`PATH=${dir}/bin:$PATH\n${here}`, argv);
  const calls = (await Deno.readTextFile(`${dir}/calls`).catch(() => "")).split("\n");
  await Deno.remove(`${dir}/bin`, { recursive: true });
  await Deno.remove(`${dir}/calls`).catch(() => {});
  const plain = calls.map((line) => line.replaceAll(/\.holdfast\.\S+/g, "STAGED"));
  return { code, stderr, calls: plain.filter((line) => line !== "") };
}

inShells(
  "SELinux: an old file keeps its context, a new one gets the policy's",
  async (dir, { argv }) => {
    const etc = `${dir}/etc`;
    await Deno.mkdir(etc);
    await Deno.writeTextFile(`${etc}/old`, "old");
    const names = ["old", "new", "made/deep/x"];
    const files = names.map((name) => spec(`${etc}/${name}`, "new"));
    const text = script(files, { [`${etc}/old`]: "old" });
    assertEquals(await withSELinux(dir, argv, text), {
      code: 0,
      stderr: "",
      calls: [
        `restorecon -F -- ${etc}/made`,
        `restorecon -F -- ${etc}/made/deep`,
        `chcon --reference=${etc}/old -- ${etc}/STAGED`,
        `restorecon -F -- ${etc}/new ${etc}/made/deep/x`,
      ],
    });
    const without = await runSh(
      script([spec(`${etc}/old`, "newer")], { [`${etc}/old`]: "new" }),
      argv,
    );
    assertEquals(without.code, 0);
  },
);

inShells("SELinux: a file whose context cannot be kept is not replaced", async (dir, { argv }) => {
  await Deno.writeTextFile(`${dir}/a`, "old");
  await Deno.writeTextFile(`${dir}/chcon-fails`, "");
  const text = script([spec(`${dir}/a`, "new")], { [`${dir}/a`]: "old" });
  const { code, stderr } = await withSELinux(dir, argv, text);
  assertEquals([code, stderr], [1, `cannot keep the SELinux context of ${dir}/a\n`]);
  assertEquals(await Deno.readTextFile(`${dir}/a`), "old");
});
