import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { NotYetKnown, TaskError } from "../../src/errors.ts";
import { otherNames } from "../../src/obstacles.ts";
import type { Task, World } from "../../src/model.ts";
import { templates } from "../../src/templates.ts";
import { directory } from "../../tasks/directory.ts";
import { parseFacts } from "../../src/runner/facts.ts";
import { file, fileSet, template } from "../../tasks/file.ts";
import { runSh, withTempDir } from "../helpers.ts";
import { cases, plan } from "./cases.ts";

const path = "/etc/x.conf";
const task = file({ path, content: "hello\n", mode: "0644" });
const seen = (text: string, mode = "644", owner = "root", links = 1) =>
  `path ${path}\nfile\nstat ${text.length} ${mode} ${owner} root 65534:0 ${links}\n${btoa(text)}\n`;
/** The same with what `lsattr` says of a path. */
const withFlags = (text: string, flags: string, of: string) =>
  text.replace(/^(?=stat )/m, `attr ${flags} ${of}\n`);

cases("file()", {
  "wants nothing of a file that is right": { task, seen: seen("hello\n"), changes: [] },
  "writes a file that is absent": {
    task,
    seen: `path ${path}\nabsent\n`,
    changes: ["write /etc/x.conf"],
  },
  "writes a file that has drifted": {
    task,
    seen: seen("hullo\n"),
    changes: ["write /etc/x.conf"],
  },
  "sees a final newline that is missing": {
    task,
    seen: seen("hello"),
    changes: ["write /etc/x.conf"],
  },
  "repairs mode and owner without writing": {
    task,
    seen: seen("hello\n", "600", "nobody"),
    changes: ["set /etc/x.conf to 0644 root:root (was 0600 nobody:root)"],
  },
  "wants nothing of a file that is right, whatever its names and attributes": {
    task,
    seen: withFlags(seen("hello\n", "644", "root", 2), "----i--------", path),
    changes: [],
  },
  "refuses to replace a file with other names": {
    task,
    seen: seen("hullo\n", "644", "root", 2),
    error:
      'Cannot write "/etc/x.conf": it has other names (hard links), and who uses it by them is not known; "find / -xdev -samefile /etc/x.conf" lists them, "cp -a /etc/x.conf /etc/x.conf.own && mv /etc/x.conf.own /etc/x.conf" makes it a file of its own',
  },
  "refuses to give other names of a file another mode": {
    task,
    seen: seen("hello\n", "600", "root", 3),
    error: `Cannot write "/etc/x.conf": ${otherNames(path)}`,
  },
  "refuses to replace a file that is immutable": {
    task,
    seen: withFlags(seen("hullo\n"), "----i---------e-------", path),
    error:
      'Cannot write "/etc/x.conf": /etc/x.conf is immutable; "chattr -i /etc/x.conf" takes that away',
  },
  "refuses to write into a folder that is append-only": {
    task,
    seen: `path ${path}\nabsent\nattr -----a------- /etc/.\n`,
    error: 'Cannot write "/etc/x.conf": /etc is append-only; "chattr -a /etc" takes that away',
  },
  "refuses to replace a symbolic link": {
    task,
    seen: `path ${path}\nlink /tmp/elsewhere\n`,
    error:
      'Cannot write "/etc/x.conf": it is a symbolic link to "/tmp/elsewhere"; manage that path instead, or remove the link',
  },
  "refuses to replace a directory": {
    task,
    seen: `path ${path}\ndirectory 755 root root\n`,
    error: 'Cannot write "/etc/x.conf": there is a directory in its place',
  },
});

Deno.test("fileSet() says what is known after apply, and guesses none of it", () => {
  const content = () => {
    throw new NotYetKnown("nobody knows yet");
  };
  const set = fileSet({
    name: "set",
    files: [{ path, content, notify: ["reload"] }, { path: "/etc/y", content: "y" }],
  });
  const absent = `path ${path}\nabsent\npath /etc/y\nabsent\n`;
  const [change, ...more] = plan({ task: set, seen: absent });
  assertEquals(more, []);
  assertEquals(change?.kind, "write");
  if (change?.kind !== "write") return;
  assertEquals(change.summary, "write /etc/y, /etc/x.conf");
  assertEquals(change.files.map((it) => it.path), ["/etc/y"]);
  assertEquals(change.unknown, [{ path, why: "nobody knows yet" }]);
  assertEquals(change.notify, ["reload"]);
});

Deno.test("fileSet() says how a change differs from what was said to other members", () => {
  const agreement = (content: string) => ({ word: content.split(" ")[0] ?? "" });
  const set = fileSet({
    name: "set",
    files: [{ path, content: "new 1\n", agreement }, { path: "/etc/y", content: "y" }],
  });
  const other = `path /etc/y\nabsent\n`;
  const agreed = (state: string) => {
    const change = plan({ task: set, seen: other + state }).find(({ kind }) => kind === "write");
    return change?.kind === "write" ? change.agreement : "no write";
  };
  const was = (text: string) => ({ code: 0, stdout: other + seen(text), stderr: "" });
  assertEquals(agreed(seen("old 1\n")), { before: { word: "old" }, after: { word: "new" } });
  // Another file is written, this one is as it was; or what it says is.
  assertEquals(agreed(seen("new 1\n")), undefined);
  assertEquals(agreed(seen("new 2\n")), undefined);
  // Who says something for the first time changes it too.
  const first = { before: {}, after: { word: "new" } };
  assertEquals(agreed(`path ${path}\nabsent\n`), first);
  // What is said now is known whether or not anything changes.
  assertEquals(set.agreement?.(was("new 1\n")), { word: "new" });
  assertEquals(set.agreement?.(was("old 7\n")), { word: "old" });
  const absent = `${other}path ${path}\nabsent\n`;
  assertEquals(set.agreement?.({ code: 0, stdout: absent, stderr: "" }), undefined);
  const without = fileSet({ name: "set", files: [{ path, content: "x" }] });
  assertEquals(without.agreement?.(was("x")), undefined);
});

Deno.test("fileSet() knows what a file will say to others before it knows all of its content", () => {
  const content = ({ predicted }: World) => {
    if (predicted.packages.includes("daemon")) {
      throw new NotYetKnown("nobody knows its version yet");
    }
    return "new 1\n";
  };
  const agreement = (text: string) => ({ word: text.split(" ")[0] ?? "" });
  const task = fileSet({ name: "set", files: [{ path, content, agreement }] });
  const world = {
    host: "a",
    facts: new Map(),
    predicted: { packages: ["daemon"], users: [], paths: [] },
  };
  const { changes: [change] } = task.plan(
    { code: 0, stdout: `path ${path}\nabsent\n`, stderr: "" },
    world,
  );
  assert(change?.kind === "write");
  assertEquals(change.files, []);
  assertEquals(change.agreement, { before: {}, after: { word: "new" } });
});

/** The texts of the one change that a task wants of what is there now. */
async function only(task: Task): Promise<{ script: string; undo: string }> {
  const [change, ...more] = plan({ task, seen: (await runSh(task.probe)).stdout });
  assertEquals(more, []);
  if (change?.kind !== "run") throw new TypeError(`expected to run something, got ${change?.kind}`);
  const { script, undo = "exit 9" } = change;
  return { script, undo };
}

async function right(script: string): Promise<void> {
  const { code, stderr } = await runSh(script);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
}

const asRoot = Deno.uid() !== 0;
const look = async (path: string) => (await runSh(`stat -c '%a %u %g %F' '${path}'`)).stdout;

Deno.test({
  name: "file() gives mode and owner back, twice, also an owner without a name",
  ignore: asRoot,
  fn: () =>
    withTempDir(async (dir) => {
      const name = `${dir}/it's a file`;
      await Deno.writeTextFile(name, "x", { mode: 0o600 });
      await runSh(`chown 54321:54322 "${name}" && chmod 4751 "${name}"`);
      const { script, undo } = await only(file({ path: name, content: "x", mode: "0644" }));
      const seen = async () => (await runSh(`stat -c '%a %u %g' "${name}"`)).stdout;
      await right(script);
      assertEquals(await seen(), "644 0 0\n");
      for (let time = 0; time < 2; time++) {
        await right(undo);
        assertEquals(await seen(), "4751 54321 54322\n");
      }
      // What has gone or become something else is not touched.
      await Deno.remove(name);
      await right(undo);
      await Deno.writeTextFile(`${dir}/target`, "", { mode: 0o600 });
      await Deno.symlink("target", name);
      await right(undo);
      assertEquals(await look(`${dir}/target`), "600 0 0 regular empty file\n");
      const { code, stderr } = await runSh(script);
      assertEquals(code, 1);
      assertStringIncludes(stderr, "has changed since it was looked at");
      assertEquals(await look(`${dir}/target`), "600 0 0 regular empty file\n");
    }),
});

Deno.test({
  name: "directory() takes back what it made where it is empty, and no more",
  ignore: asRoot,
  fn: () =>
    withTempDir(async (dir) => {
      await Deno.mkdir(`${dir}/empty`);
      const { script, undo } = await only(directory({ path: `${dir}/empty/it's/deep` }));
      await right(undo);
      await right(script);
      await Deno.writeTextFile(`${dir}/empty/it's/theirs`, "");
      await right(undo);
      await right(undo);
      const left = await Array.fromAsync(Deno.readDir(`${dir}/empty/it's`));
      assertEquals(left.map((entry) => entry.name), ["theirs"]);
      await Deno.remove(`${dir}/empty/it's/theirs`);
      await right(undo);
      assertEquals(await Array.fromAsync(Deno.readDir(`${dir}/empty`)), []);
    }),
});

Deno.test({
  name: "directory() gives mode and owner back",
  ignore: asRoot,
  fn: () =>
    withTempDir(async (dir) => {
      await runSh(`mkdir '${dir}/d' && chown 54321:54322 '${dir}/d' && chmod 2750 '${dir}/d'`);
      const { script, undo } = await only(directory({ path: `${dir}/d`, mode: "0700" }));
      await right(script);
      assertEquals(await look(`${dir}/d`), "2700 0 0 directory\n");
      await right(undo);
      await right(undo);
      assertEquals(await look(`${dir}/d`), "2750 54321 54322 directory\n");
    }),
});

cases("directory()", {
  "wants nothing of one that is right": {
    task: directory({ path }),
    seen: `path ${path}\ndirectory 755 root root\n`,
    changes: [],
  },
  "creates one": {
    task: directory({ path }),
    seen: `path ${path}\nabsent\n`,
    changes: ["create /etc/x.conf"],
  },
  "refuses to change one that is immutable": {
    task: directory({ path, mode: "0700" }),
    seen: `path ${path}\ndirectory 755 root root 0:0\nattr ----i---- ${path}\n`,
    error:
      'Cannot change "/etc/x.conf": /etc/x.conf is immutable; "chattr -i /etc/x.conf" takes that away',
  },
  "repairs its mode": {
    task: directory({ path, mode: "0700" }),
    seen: `path ${path}\ndirectory 755 root root\n`,
    changes: ["set /etc/x.conf to 0700 root:root (was 0755 root:root)"],
  },
});

Deno.test("fileSet() writes only what differs, validates the set, and notifies for what it writes", () => {
  const validations = [{ name: "daemon -t", script: "true" }];
  const set = fileSet({
    name: "daemon",
    validations,
    files: [
      { path: "/etc/a", content: "a", notify: ["reload a"] },
      { path: "/etc/b", content: ({ host }) => `on ${host}`, notify: ["reload b"], secret: true },
    ],
  });
  const answer = `path /etc/a\nfile\npath /etc/b\nabsent\nstat 1 600 root root\n${btoa("a")}\n`;
  const [change] = plan({ task: set, seen: answer });
  assertEquals(change, {
    kind: "write",
    summary: "write /etc/b",
    files: [{
      path: "/etc/b",
      content: "on lb1",
      mode: "0600",
      owner: "root",
      group: "root",
      secret: true,
    }],
    validations,
    before: {},
    notify: ["reload b"],
  });
});

Deno.test("file() asks this machine about hostile names and contents and understands the answer", () =>
  withTempDir(async (dir) => {
    const name = `${dir}/a 'b' "c" $(d)`;
    const content = "path /x\nabsent\nstat 1\n\n% \\ é\0";
    await Deno.writeTextFile(name, content, { mode: 0o644 });
    const here = file({ path: name, content, mode: "0644" });
    const { stdout, stderr } = await runSh(here.probe);
    const summaries = plan({ task: here, seen: stdout }).map(({ summary }) => summary);
    assertEquals({ summaries, stderr }, { summaries: [], stderr: "" });

    await Deno.remove(name);
    await Deno.symlink("/etc/passwd", name);
    let said = "";
    try {
      plan({ task: here, seen: (await runSh(here.probe)).stdout });
    } catch (error) {
      said = String(error);
    }
    assertStringIncludes(said, 'a symbolic link to "/etc/passwd"');
  }));

Deno.test("template() fills in a template from the facts, and refuses what is not set", () => {
  const all = templates(new Map([["greeting", "hello <%= it.name %>\n"]]));
  const answer = `path ${path}\nabsent\n`;
  const here = template({
    path,
    templates: all,
    template: "greeting",
    data: ({ host }) => ({ name: host }),
  });
  const [change] = plan({ task: here, seen: answer });
  assertEquals(change?.kind === "write" && change.files[0]?.content, "hello lb1\n");
  const wrong = template({ path, templates: all, template: "greeting", data: { nmae: "x" } });
  assertThrows(() => plan({ task: wrong, seen: answer }), TaskError, "greeting");
});

Deno.test("fileSet() leaves a file alone that the host has no use for", () => {
  const of = (init: "systemd" | "openrc") => {
    const task = fileSet({
      name: "x",
      files: [{
        path: "/etc/unit",
        content: "a\n",
        when: ({ facts, host }) => facts.get(host)?.init === "systemd",
      }],
    });
    const facts = new Map([["lb1", { ...parseFacts(""), init }]]);
    const world = { host: "lb1", facts, predicted: { packages: [], users: [], paths: [] } };
    const answer = { code: 0, stdout: "path /etc/unit\nabsent\n", stderr: "" };
    return task.plan(answer, world).changes.length;
  };
  assertEquals([of("systemd"), of("openrc")], [1, 0]);
});
