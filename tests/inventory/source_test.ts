/** Folders and programs as inventories. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { loadInventory, type LoadOptions } from "../../src/inventory/load.ts";
import { type ProgramAnswer, type Programs, realPrograms } from "../../src/inventory/programs.ts";
import type { Files } from "../../src/inventory/read.ts";
import { memory, secrets, shown } from "./helpers.ts";

/** Files in memory, folders and all; those that begin with `#!` are programs. */
function tree(texts: Readonly<Record<string, string>>): Files {
  const files = memory(texts);
  return {
    ...files,
    read: async (path) => {
      const result = await files.read(path);
      if (result.kind === "missing" && (await files.list(path)).length > 0) {
        return { kind: "folder" };
      }
      return result.kind === "text" ? { ...result, program: result.text.startsWith("#!") } : result;
    },
  };
}

/** Programs that answer from a table of arguments, and what they were asked. */
function answering(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const programs: Programs = (path) => (args) => {
    const call = [path, ...args].join(" ");
    asked.push(call);
    const answer = answers[call];
    const failed: ProgramAnswer = { kind: "failed", reason: "it ended with 1", stderr: "no api\n" };
    if (answer === undefined) return Promise.resolve(failed);
    return Promise.resolve({ kind: "output", text: JSON.stringify(answer) });
  };
  return { asked, programs };
}

const load = (path: string, texts: Readonly<Record<string, string>>, options: LoadOptions = {}) =>
  loadInventory(path, { files: tree(texts), secrets, ...options });

const PROGRAM = { "in/hosts.py": "#!/usr/bin/env python3\n" };

Deno.test("a folder is read file by file, and what Ansible passes over is passed over", async () => {
  const { inventory, warnings } = await load("in", {
    "in/10-lbs": "[lbs]\nlb1 ansible_host=10.0.0.11 x=1\n",
    "in/20-more.yaml": "lbs: { hosts: { lb1: { y: 2 }, lb2: { ansible_host: 10.0.0.12 } } }",
    "in/deep/30.json": '{"masters": {"hosts": ["m1"]}}',
    "in/group_vars/lbs.yml": "z: 3",
    "in/host_vars/lb2.yml": "w: 4",
    ...Object.fromEntries(
      [".hidden", "10-lbs~", "a.orig", "b.cfg", "c.retry", "README.md", "d.bak", "e.pyc", "f.swp"]
        .map((name) => [`in/${name}`, "[["]),
    ),
  });
  assertEquals(warnings, []);
  assertEquals(inventory.hosts.map(({ name, vars }) => [name, vars]), [
    ["lb1", { ansible_host: "10.0.0.11", x: 1, y: 2, z: 3 }],
    ["lb2", { ansible_host: "10.0.0.12", z: 3, w: 4 }],
    ["m1", {}],
  ]);
});

Deno.test("later files of a folder win, and say so; .ini files are read with a warning", async () => {
  const { inventory, warnings } = await load("in", {
    "in/a.ini": "[lbs]\nlb1 x=1\n",
    "in/b": "lb1 x=2\n",
  });
  assertEquals(inventory.hosts[0]?.vars, { x: 2 });
  assertEquals(warnings.map(({ code }) => code), ["ini-in-folder", "set-twice"]);
});

Deno.test("a folder without an inventory is refused, and so is one broken file of many", async () => {
  assertStringIncludes(await shown(load("in", { "in/.x": "" })), "the folder holds no inventory");
  const text = await shown(load("in", { "in/a": "[lbs]\nlb1\n", "in/b.yaml": "[", "in/c": "[x" }));
  assertStringIncludes(text, "in/b.yaml:1");
  assertStringIncludes(text, "in/c:1:1");
});

Deno.test("a program is asked once when it tells everything", async () => {
  const { asked, programs } = answering({
    "in/hosts.py --list": { lbs: { hosts: ["lb1"] }, _meta: { hostvars: { lb1: { x: 1 } } } },
  });
  const texts = { ...PROGRAM, "in/group_vars/lbs.yml": "y: 2" };
  const { inventory, locate } = await load("in/hosts.py", texts, { programs });
  assertEquals(asked, ["in/hosts.py --list"]);
  assertEquals(inventory.hosts[0]?.vars, { x: 1, y: 2 });
  assertEquals(locate({ host: "lb1" }, ["x"])?.file, "in/hosts.py --list");
});

Deno.test("a program without _meta is asked for every host", async () => {
  const { asked, programs } = answering({
    "in/hosts.py --list": { lbs: ["lb1", "lb2"] },
    "in/hosts.py --host lb1": { x: 1 },
    "in/hosts.py --host lb2": {},
  });
  const { inventory } = await load("in/hosts.py", PROGRAM, { programs });
  assertEquals(asked.length, 3);
  assertEquals(inventory.hosts.map(({ vars }) => vars), [{ x: 1 }, {}]);
});

Deno.test("a program that fails is shown with what it said", async () => {
  const text = await shown(load("in/hosts.py", PROGRAM, { programs: answering({}).programs }));
  assertStringIncludes(text, 'Cannot run "in/hosts.py --list": it ended with 1 and said\nno api');
});

/** Runs a real program with small limits. */
async function real(script: string, limits: { ms?: number; bytes?: number } = {}) {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "hosts");
    await Deno.writeTextFile(path, script, { mode: 0o755 });
    const programs = realPrograms(limits);
    return {
      loaded: await shown(loadInventory(path, { secrets, programs })),
      answer: await programs(path)(["--list"]),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a real program runs without a shell, and its arguments are its own", async () => {
  const { loaded, answer } = await real(
    `#!/bin/sh\n[ "$*" = --list ] && echo '{"lbs": {"hosts": ["lb1"]}, "_meta": {"hostvars": {}}}'\n`,
  );
  assertEquals(loaded, "");
  assertEquals(answer.kind, "output");
});

Deno.test("a real program that does not end, prints too much or fails is ended and named", async () => {
  const slow = await real("#!/bin/sh\nsleep 3 &\nexec sleep 3\n", { ms: 300 });
  assertStringIncludes(slow.loaded, "it did not end within 0.3 s");
  const loud = await real("#!/bin/sh\nyes\n", { bytes: 10_000 });
  assertStringIncludes(loud.loaded, "it prints too much");
  const failing = await real("#!/bin/sh\necho 'no api' >&2\nexit 7\n");
  assertStringIncludes(failing.loaded, "it ended with 7 and said\nno api");
  const odd = await real("#!/bin/sh\nprintf '\\377'\n");
  assertStringIncludes(odd.loaded, "not UTF-8");
  const broken = await real("#!/bin/sh\necho '{\"a\": '\n");
  assertStringIncludes(broken.loaded, "hosts --list:2:1");
  const nothing = await real("#!/nowhere/python\n");
  assertStringIncludes(nothing.loaded, "the program of its first line is not there");
});

Deno.test("a file that only looks like a program is text", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "hosts");
    await Deno.writeTextFile(path, "#!/bin/sh\n[lbs]\nlb1\n", { mode: 0o644 });
    assertEquals((await loadInventory(path)).inventory.groups.get("lbs"), ["lb1"]);
    await Deno.writeTextFile(path, "[lbs]\nlb1\n");
    await Deno.chmod(path, 0o755);
    const { inventory } = await loadInventory(path);
    assert(inventory.groups.has("lbs"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a folder of anything is left at once, and no program in it is started", async () => {
  const { asked, programs } = answering({});
  const licence = "MIT License\n\nPermission is hereby granted, free of charge, to any person\n";
  const text = await shown(load("in", {
    "in/LICENSE": licence.repeat(9),
    "in/a.py": "#!/usr/bin/env python3\n",
    "in/later.yaml": "{",
  }, { programs }));
  assertEquals(asked, []);
  assertStringIncludes(text, 'Cannot use the folder "in" as an inventory');
  assertStringIncludes(text, "LICENSE:1:5: ");
  assertStringIncludes(text, "name the file that is the inventory");
  // One of all its mistakes is told, and nothing of what comes after it.
  assertEquals(text.split("[ini-variable]").length, 2, text);
  assertEquals(text.includes("later.yaml"), false);
});

Deno.test("a folder of inventories is read though a few things are wrong in it", async () => {
  const { asked, programs } = answering({ "in/hosts.py --list": { lbs: ["lb1"] } });
  const text = await shown(
    load("in", { ...PROGRAM, "in/b.yaml": "[", "in/c": "[x" }, { programs }),
  );
  assertEquals(asked.length > 0, true);
  assertStringIncludes(text, "in/b.yaml:1");
  assertStringIncludes(text, "in/c:1:1");
});
