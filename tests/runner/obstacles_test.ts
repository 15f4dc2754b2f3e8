import { assertEquals } from "@std/assert";
import { otherNames } from "../../src/obstacles.ts";
import { removeScript } from "../../src/runner/remove.ts";
import { runSh } from "../helpers.ts";
import {
  assertRefuses,
  have,
  inShells,
  listing,
  protectedWith,
  root,
  script,
  spec,
} from "./writes.ts";

const noChattr = !(have("chattr", "lsattr") && root);

/** A set in which one file would go well: it must not move either. */
function set(dir: string, old = "old"): string {
  return script([spec(`${dir}/well`, "new"), spec(`${dir}/a`, "new")], { [`${dir}/a`]: old });
}

inShells("a write refuses a file with two names, and the advice helps", async (dir, shell) => {
  await Deno.writeTextFile(`${dir}/a`, "old");
  await Deno.link(`${dir}/a`, `${dir}/b`);
  const words = `cannot write ${dir}/a: it has other names (hard links), and who uses it by ` +
    `them is not known; "find / -xdev -samefile ${dir}/a" lists them, ` +
    `"cp -a ${dir}/a ${dir}/a.own && mv ${dir}/a.own ${dir}/a" makes it a file of its own`;
  await assertRefuses(dir, set(dir), words, shell);
  await runSh(/"(cp [^"]*)"/.exec(words)?.[1] ?? "exit");
  assertEquals((await runSh(set(dir), shell.argv)).code, 0);
  assertEquals(await Deno.readTextFile(`${dir}/b`), "old");
});

for (const [flag, word] of [["i", "immutable"], ["a", "append-only"]] as const) {
  inShells(`a write refuses a file that is ${word}`, async (dir, shell) => {
    await Deno.writeTextFile(`${dir}/a`, "old");
    const words =
      `cannot write ${dir}/a: ${dir}/a is ${word}; "chattr -${flag} ${dir}/a" takes that away`;
    await protectedWith(flag, `${dir}/a`, () => assertRefuses(dir, set(dir), words, shell));
  }, noChattr);

  inShells(`a write refuses a file in a folder that is ${word}`, async (dir, shell) => {
    await Deno.mkdir(`${dir}/sub`);
    await Deno.writeTextFile(`${dir}/sub/a`, "old");
    await Deno.symlink("sub", `${dir}/way`);
    for (const way of ["sub", "way"]) {
      const folder = `${dir}/${way}`;
      const advice = `"chattr -${flag} ${folder}" takes that away`;
      const words = (name: string) =>
        `cannot write ${folder}/${name}: ${folder} is ${word}; ${advice}`;
      await protectedWith(flag, `${dir}/sub`, async () => {
        await assertRefuses(dir, set(folder), words("well"), shell);
        const create = `cannot create ${folder}/new: ${folder} is ${word}; ${advice}`;
        await assertRefuses(dir, script([spec(`${folder}/new/x`, "")]), create, shell);
        const old = { [`${folder}/a`]: "old" };
        await assertRefuses(dir, script([spec(`${folder}/a`, "new")], old), words("a"), shell);
        const remove = `cannot remove ${folder}/a: ${folder} is ${word}; ${advice}`;
        await assertRefuses(dir, removeScript(`${folder}/a`, "exit 9"), remove, shell);
      });
    }
  }, noChattr);

  inShells(`a removal refuses a file that is ${word}`, async (dir, shell) => {
    await Deno.writeTextFile(`${dir}/a`, "old");
    const words =
      `cannot remove ${dir}/a: ${dir}/a is ${word}; "chattr -${flag} ${dir}/a" takes that away`;
    const text = removeScript(`${dir}/a`, "exit 9");
    await protectedWith(flag, `${dir}/a`, () => assertRefuses(dir, text, words, shell));
  }, noChattr);
}

/** A folder of programs without `lsattr`, as on a host that has no e2fsprogs. */
async function withoutLsattr(dir: string): Promise<string> {
  await Deno.mkdir(`${dir}/bin`);
  const programs = "sh mktemp sha256sum mv rm rmdir chown chmod sync sed cut grep ls stat cp mkdir";
  await runSh(
    `for name in ${programs}; do ln -s "$(command -v "$name")" '${dir}/bin/'; done`,
  );
  return `PATH=${dir}/bin\n`;
}

inShells("an immutable file is found without lsattr too", async (dir, shell) => {
  // To busybox, root may write to everything.
  if (shell.argv[0] === "busybox") return;
  const path = `${dir}/a`;
  const only = await withoutLsattr(dir);
  await Deno.writeTextFile(path, "old");
  const why = "not even root may write to it; if it is immutable, " +
    '"apt-get install e2fsprogs" gives lsattr, which shows it, and chattr, which changes it';
  await protectedWith("i", path, async () => {
    await assertRefuses(dir, only + set(dir), `cannot write ${path}: ${why}`, shell);
    const removal = only + removeScript(path, "exit 9");
    await assertRefuses(dir, removal, `cannot remove ${path}: ${why}`, shell);
  });
  assertEquals((await runSh(only + set(dir), shell.argv)).code, 0);
}, noChattr);

inShells("a write and a removal refuse what something is mounted on", async (dir, { argv }) => {
  const folder = `${dir}/it's a folder`;
  await Deno.mkdir(folder);
  await Deno.symlink(folder, `${dir}/way`);
  const path = `${dir}/way/a`;
  const texts = [
    script([spec(`${dir}/way/well`, ""), spec(path, "new")], { [path]: "old" }),
    removeScript(path, "exit 9"),
  ];
  const inner = `printf old >'${dir}/over'; : >${path}
mount --bind '${dir}/over' ${path} || exit 99
${texts.map((text) => `( ${text}\n) 2>&1; echo "code $?"`).join("\n")}
umount ${path}; ls -A ${dir}/way`;
  const { stdout } = await runSh(`unshare -m ${argv.join(" ")} <<'END'\n${inner}\nEND`);
  const why = `something is mounted on it; "umount ${path}" uncovers the file`;
  assertEquals(stdout.split("\n"), [
    ...[`cannot write ${path}: ${why}`, "code 1"],
    ...[`cannot remove ${path}: ${why}`, "code 1", "a", ""],
  ]);
});

inShells("a write and a removal say that a file system is read-only", async (dir, { argv }) => {
  const [path, old] = [`${dir}/disk/a`, { [`${dir}/disk/a`]: "old" }];
  const texts = [
    script([spec(`${dir}/well`, "new"), spec(path, "new")], old),
    script([spec(`${dir}/well`, "new"), spec(`${dir}/disk/sub/x`, "new")]),
    removeScript(path, ":"),
  ];
  const inner = `mkdir ${dir}/disk; mount -t tmpfs none ${dir}/disk || exit 99
printf old >${path}; mount -o remount,ro ${dir}/disk
${texts.map((text) => `( ${text}\n) 2>&1; echo "code $?"`).join("\n")}
cat ${path}; ls -A ${dir} ${dir}/disk`;
  const { stdout } = await runSh(`unshare -m ${argv.join(" ")} <<'END'\n${inner}\nEND`);
  assertEquals(stdout.split("\n"), [
    ...[`cannot create a file in ${dir}/disk: Read-only file system`, "code 1"],
    ...[`cannot create ${dir}/disk/sub: Read-only file system`, "code 1"],
    ...[`cannot remove ${path}: Read-only file system`, "code 1"],
    ...[`old${dir}:`, "disk", "", `${dir}/disk:`, "a", ""],
  ]);
});

inShells("a write refuses links and what is no file, dangling or not", async (dir, shell) => {
  await Deno.writeTextFile(`${dir}/target`, "old");
  const make: Record<string, string> = {
    link: `ln -s target ${dir}/a`,
    dangling: `ln -s nowhere ${dir}/a`,
    directory: `mkdir ${dir}/a`,
    fifo: `mkfifo ${dir}/a`,
  };
  const words = `${dir}/a has changed since it was looked at: apply again`;
  for (const command of Object.values(make)) {
    await runSh(command);
    await assertRefuses(dir, set(dir), words, shell);
    const fresh = script([spec(`${dir}/well`, "new"), spec(`${dir}/a`, "new")]);
    await assertRefuses(dir, fresh, words, shell);
    await runSh(`rm -r ${dir}/a`);
  }
});

inShells("a write leaves the link that appears while it validates", async (dir, shell) => {
  await Deno.mkdir(`${dir}/bin`);
  await Deno.writeTextFile(`${dir}/bin/unshare`, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  await Deno.mkdir(`${dir}/etc`);
  for (const old of [undefined, "old"]) {
    const path = `${dir}/etc/a`;
    if (old !== undefined) await Deno.writeTextFile(path, old);
    const swap = { name: "swap", script: `rm -f ${path} && ln -s /nowhere ${path}` };
    const files = [spec(`${dir}/etc/well`, "new"), spec(path, "new")];
    const text = script(files, old === undefined ? {} : { [path]: old }, [swap], "echo recorded");
    const { code, stdout, stderr } = await runSh(`PATH=${dir}/bin:$PATH\n${text}`, shell.argv);
    assertEquals([code, stdout], [1, ""]);
    assertEquals(stderr, `${path} has changed since it was looked at: apply again\n`);
    assertEquals([await Deno.readLink(path), await listing(`${dir}/etc`)], ["/nowhere", ["a"]]);
    await Deno.remove(path);
  }
});

inShells("a new file replaces nothing that appears in the last moment", async (dir, shell) => {
  const path = `${dir}/a`;
  const record = `ln -s /nowhere ${path}`;
  const { code, stderr } = await runSh(script([spec(path, "new")], {}, [], record), shell.argv);
  assertEquals(code, 1);
  const said = stderr.trimEnd().split("\n").at(-1);
  assertEquals(said, `cannot put ${path} in place: is there something else now?`);
  assertEquals([await Deno.readLink(path), await listing(dir)], ["/nowhere", ["a"]]);
});

inShells("a folder on the way may be a link that leads somewhere", async (dir, shell) => {
  await Deno.mkdir(`${dir}/real`);
  await Deno.symlink("real", `${dir}/way`);
  const looking = { name: "look", script: `[ "$(cat ${dir}/way/a)" = new ]` };
  const text = script([spec(`${dir}/way/a`, "new")], {}, [looking]);
  const { code, stderr } = await runSh(text, shell.argv);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertEquals(await Deno.readTextFile(`${dir}/real/a`), "new");
  assertEquals(await Deno.readLink(`${dir}/way`), "real");
  await Deno.symlink("nowhere", `${dir}/lost`);
  const words = `cannot create ${dir}/lost: it is a symbolic link that leads nowhere`;
  await assertRefuses(dir, script([spec(`${dir}/lost/a`, "new")]), words, shell);
});

inShells("a removal takes a link and one of two names, and leaves a folder", async (dir, shell) => {
  await Deno.writeTextFile(`${dir}/a`, "old");
  await Deno.link(`${dir}/a`, `${dir}/b`);
  await Deno.symlink(dir, `${dir}/link`);
  for (const name of ["a", "link", "gone", "gone/gone"]) {
    const { code, stdout, stderr } = await runSh(
      removeScript(`${dir}/${name}`, "echo recorded"),
      shell.argv,
    );
    assertEquals({ code, stdout, stderr }, { code: 0, stdout: "recorded\n", stderr: "" });
  }
  assertEquals([await listing(dir), await Deno.readTextFile(`${dir}/b`)], [["b"], "old"]);
  await Deno.mkdir(`${dir}/folder`);
  const words = `cannot remove ${dir}/folder: it is a directory`;
  await assertRefuses(dir, removeScript(`${dir}/folder`, "exit 9"), words, shell);
});

Deno.test("otherNames() gives commands that may be pasted whatever the path", () => {
  assertEquals(otherNames("/a $(b)").includes(`cp -a '/a $(b)' '/a $(b).own'`), true);
});
