/**
 * What becomes of every kind of thing that can be at the path of a file, on a real host and through
 * the command line: a play of one's own writes a set of two files, and a daemon refuses or accepts.
 */
import { assertEquals, assertMatch } from "@std/assert";
import type { Lab } from "../../src/lab/mod.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const MOD = new URL("../../mod.ts", import.meta.url).href;
const DIR = "/srv/files";
const TARGET = `${DIR}/in/target`;

/** A play that writes two files of which the second is in trouble, or removes that one. */
async function writePlay(lab: Lab, how: "refused" | "accepted" | "removed"): Promise<string> {
  const path = `${lab.stateDir}/files-${how}.ts`;
  const script = how === "refused" ? `cat "$(staged ${TARGET})"; exit 1` : "true";
  const set = {
    name: "set",
    files: [`${DIR}/first`, TARGET].map((path) => ({ path, content: "new\n", mode: "0644" })),
    validations: [{ name: "daemon -t", script }],
  };
  const task = how === "removed"
    ? `absent({ paths: ["${TARGET}"] })`
    : `fileSet(${JSON.stringify(set)})`;
  await Deno.writeTextFile(
    path,
    `import { absent, definePlay, fileSet } from ${JSON.stringify(MOD)};
export default definePlay({
  name: "files", packages: [], tasks: () => [${task}], handlers: () => [], checks: () => [],
});
`,
  );
  return path;
}

/** A kind of thing that can be at the path. */
interface Kind {
  /** Shell text that puts it there; the folder is there and empty. */
  readonly make: string;
  /** Shell text that lets it go again. */
  readonly free?: string;
  /** What is said of it, whatever the daemon thinks. @default {what the daemon says} */
  readonly says?: RegExp;
  /** A look says so already. */
  readonly seen?: boolean;
}

const escaped = TARGET.replaceAll("/", "\\/");
const says = (text: string) => new RegExp(text.replaceAll("TARGET", escaped));

const KINDS: Readonly<Record<string, Kind>> = {
  "a new file": { make: ":" },
  "a new file in a new folder": { make: `rmdir ${DIR}/in` },
  "a file": { make: `echo old > ${TARGET}` },
  "a file whose folder is a link": {
    make: `rmdir ${DIR}/in; mkdir ${DIR}/real; ln -s real ${DIR}/in; echo old > ${TARGET}`,
  },
  "a symbolic link": {
    make: `echo old > ${DIR}/other; ln -s ../other ${TARGET}`,
    says: says('"TARGET" on "lb1": it is a symbolic link to "../other"'),
    seen: true,
  },
  "a dangling symbolic link": {
    make: `ln -s nowhere ${TARGET}`,
    says: says('"TARGET" on "lb1": it is a symbolic link to "nowhere"'),
    seen: true,
  },
  "a hard link": {
    make: `echo old > ${DIR}/other; ln ${DIR}/other ${TARGET}`,
    says: says(
      '"TARGET" on "lb1": it has other names .hard links.* "find \\/ -xdev -samefile TARGET"',
    ),
    seen: true,
  },
  "an immutable file": {
    make: `echo old > ${TARGET}; chattr +i ${TARGET}`,
    free: `chattr -i ${TARGET}`,
    says: says('TARGET is immutable; "chattr -i TARGET"'),
    seen: true,
  },
  "an append-only file": {
    make: `echo old > ${TARGET}; chattr +a ${TARGET}`,
    free: `chattr -a ${TARGET}`,
    says: says('TARGET is append-only; "chattr -a TARGET"'),
    seen: true,
  },
  "a file in an immutable folder": {
    make: `echo old > ${TARGET}; chattr +i ${DIR}/in`,
    free: `chattr -i ${DIR}/in`,
    says: says(`"TARGET" on "lb1": ${DIR}/in is immutable; "chattr -i ${DIR}/in"`),
    seen: true,
  },
  "a file on a read-only file system": {
    make: `mount -t tmpfs none ${DIR}/in; echo old > ${TARGET}; mount -o remount,ro ${DIR}/in`,
    free: `umount ${DIR}/in`,
    says: says(`cannot create a file in ${DIR}/in: Read-only file system`),
  },
  "a file on a full file system": {
    make: `mount -t tmpfs -o size=16k none ${DIR}/in; echo old > ${TARGET}
! dd if=/dev/zero of=${DIR}/in/filler bs=1k 2>/dev/null`,
    free: `umount ${DIR}/in`,
    says: says("cannot write TARGET: .* is the disk full"),
  },
  "a file on a file system without inodes": {
    make: `mount -t tmpfs -o nr_inodes=2 none ${DIR}/in; echo old > ${TARGET}`,
    free: `umount ${DIR}/in`,
    says: says(`cannot create a file in ${DIR}/in: No space left on device`),
  },
  "a file that something is mounted on": {
    make: `echo under > ${TARGET}; echo old > ${DIR}/other; mount --bind ${DIR}/other ${TARGET}`,
    free: `umount ${TARGET}`,
    says: says('cannot write TARGET: something is mounted on it; "umount TARGET"'),
  },
};

/** Everything below the folder: kind, inode, mode, owner, names, target, time, bytes. */
function picture(lab: Lab): Promise<string> {
  return hf.root(
    lab,
    "lb1",
    `find ${DIR} -type d -printf '%p %y %i %m %U:%G\\n' -o -printf '%p %y %i %m %U:%G %n %l %T@\\n' | sort
find ${DIR} -type f -exec sha256sum {} + | sort`,
  );
}

/** Runs one play where something of a kind is at the path, and asserts that all is as before. */
async function assertUnchanged(lab: Lab, command: string, play: string, expected: RegExp) {
  const before = await picture(lab);
  const run = await hf.holdfast(command, lab.inventoryFile, { flags: ["--play", play] });
  hf.assertExit(run, 3);
  const [error, ...more] = hf.errorsOf(run);
  assertEquals([error?.host, more], ["lb1", []]);
  assertMatch(error?.text ?? "", expected);
  assertEquals(error?.text.includes(TARGET), true, "the path is not named");
  assertEquals(await picture(lab), before);
  assertEquals(await hf.litter(lab, "lb1"), "");
}

async function withKind(lab: Lab, { make, free = ":" }: Kind, act: () => Promise<void>) {
  await hf.root(lab, "lb1", `rm -rf ${DIR}; mkdir -p ${DIR}/in\n${make}`);
  try {
    await act();
  } finally {
    await hf.root(lab, "lb1", free);
  }
}

Deno.test({
  name: "no kind of file is changed by a write that fails, and nothing is left behind",
  ignore,
  fn: (t) =>
    withLab("files", async (lab) => {
      const refused = await writePlay(lab, "refused");
      const accepted = await writePlay(lab, "accepted");
      const removed = await writePlay(lab, "removed");
      // Not on every release without being asked for.
      await hf.root(lab, "lb1", "command -v chattr || apt-get -q -y install e2fsprogs");
      const daemon = /daemon -t refuses it:\nnew$/;

      for (const [name, kind] of Object.entries(KINDS)) {
        await t.step(name, () =>
          withKind(lab, kind, async () => {
            await assertUnchanged(lab, "apply", refused, kind.says ?? daemon);
            if (kind.says === undefined) return;
            await assertUnchanged(lab, "apply", accepted, kind.says);
            if (kind.seen) await assertUnchanged(lab, "check", accepted, kind.says);
          }));
      }

      for (const name of ["an immutable file", "a file in an immutable folder"]) {
        await t.step(`${name} is not removed`, () =>
          withKind(lab, KINDS[name]!, async () => {
            const words = new RegExp(
              `Cannot remove "${TARGET}" on "lb1": .* is immutable; "chattr -i `,
            );
            await assertUnchanged(lab, "apply", removed, words);
            await assertUnchanged(lab, "check", removed, words);
          }));
      }

      await t.step("a folder on the way that is a link stays one", () =>
        withKind(lab, KINDS["a file whose folder is a link"]!, async () => {
          const flags = ["--play", accepted];
          hf.assertExit(await hf.holdfast("apply", lab.inventoryFile, { flags }), 0);
          const look = `readlink ${DIR}/in; cat ${DIR}/real/target ${DIR}/first`;
          assertEquals(await hf.root(lab, "lb1", look), "real\nnew\nnew\n");
          assertEquals(await hf.litter(lab, "lb1"), "");
        }));

      await t.step("access control list and extended attributes stay", async () => {
        await hf.root(lab, "lb1", "apt-get -q -y install acl attr");
        const make = `echo old > ${TARGET}
setfacl -m u:daemon:rw,g:mail:r ${TARGET}; setfattr -n user.note -v kept ${TARGET}`;
        await withKind(lab, { make }, async () => {
          const flags = ["--play", accepted];
          hf.assertExit(await hf.holdfast("apply", lab.inventoryFile, { flags }), 0);
          const look = `cat ${TARGET}; stat -c %a ${TARGET}; getfacl -cpE ${TARGET}
getfattr --only-values -n user.note ${TARGET}`;
          assertEquals(
            (await hf.root(lab, "lb1", look)).split("\n").filter((it) =>
              it !== ""
            ),
            [
              ...["new", "644", "user::rw-", "user:daemon:rw-", "group::r--", "group:mail:r--"],
              ...["mask::r--", "other::r--", "kept"],
            ],
          );
          assertEquals(await hf.litter(lab, "lb1"), "");
        });
      });
    }, { hosts: 1 }),
});
