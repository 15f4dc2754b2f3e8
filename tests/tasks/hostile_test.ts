import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { alone, bracketed } from "../../src/addresses.ts";
import type { Change, Task, World } from "../../src/model.ts";
import { changeScript } from "../../src/runner/script.ts";
import { factsScript } from "../../src/runner/facts.ts";
import { NOTHING } from "../../src/runner/plan.ts";
import { absent } from "../../tasks/absent.ts";
import { directory } from "../../tasks/directory.ts";
import { file, fileSet } from "../../tasks/file.ts";
import { packages } from "../../tasks/packages.ts";
import { service } from "../../tasks/service.ts";
import { sysctl } from "../../tasks/sysctl.ts";
import { user } from "../../tasks/user.ts";
import { vip } from "../../tasks/vip.ts";
import { anEndpoint, withTempDir } from "../helpers.ts";
import { hostile, StubHost } from "./hostile.ts";

const WORLD: World = { host: "lb1", facts: new Map(), predicted: NOTHING };

function changes(task: Task, seen: string): readonly Change[] {
  return task.plan({ code: 0, stdout: seen, stderr: "" }, WORLD).changes;
}

/** What a task asks and what it sends, over an answer that makes it change something. */
function scripts(task: Task, seen: string): string[] {
  return [task.probe, ...changes(task, seen).map((change) => changeScript(change, ["reload it"]))];
}

/** Runs a property on a host of stubs; `local` moves a host's fixed paths into its folder. */
async function onStubs(
  property: (value: string, host: StubHost, local: (script: string) => string) => Promise<void>,
  numRuns: number,
): Promise<void> {
  await withTempDir(async (dir) => {
    const host = await StubHost.create(dir);
    const local = (script: string) =>
      script.replaceAll("/var/lib/holdfast", `${dir}/state`).replaceAll("/run/holdfast.", `${dir}/`)
        .replaceAll("/proc/sys/", `${dir}/proc/`).replaceAll("/etc/sysctl.d", `${dir}/sysctl.d`);
    const check = async (value: string) => {
      await property(value, host, local);
      assertEquals(await host.executed(), false, "the value was executed");
    };
    // A canary would make every later value fail too: the first failure is the report.
    await fc.assert(fc.asyncProperty(hostile, check), { numRuns, endOnFailure: true });
  });
}

/** Makes an empty file with its folders; a name that no file system takes makes none. */
async function createFile(path: string): Promise<boolean> {
  try {
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, "");
    return true;
  } catch {
    return false;
  }
}

function assertWord(calls: readonly (readonly string[])[], program: string, word: string): void {
  const found = calls.some(([name, ...args]) => name === program && args.includes(word));
  assert(found, `${program} was not called with ${JSON.stringify(word).slice(0, 200)}`);
}

Deno.test("tasks hand a hostile value to programs as one word, and nothing of it is executed", () =>
  onStubs(async (value, host, local) => {
    const path = `${host.dir}/tree/${value}`;
    const missing = `path ${path}\nabsent\n`;
    const [there, gone] = [`${path}.file`, `${path}.gone`];
    const old = (it: string) => `path ${it}\nfile\nstat 0 600 nobody nogroup 65534:65534 1\n`;
    const made = await createFile(there);
    const account = user({ name: value, home: `/home/${value}`, shell: `/bin/${value}` });
    const endpoint = {
      ...anEndpoint("lb1"),
      address: value,
      haproxy: { ...anEndpoint().haproxy, stats: value },
    };
    const folder = directory({ path, owner: value, group: value, mode: value });
    const single = value.includes("\n") ? [] : [
      ...scripts(folder, missing),
      ...scripts(file({ path: there, content: "", owner: value, mode: value }), old(there)),
      ...scripts(absent({ paths: [gone] }), old(gone)),
    ];
    const all = [
      ...single,
      ...scripts(account, ""),
      ...scripts(account, "/other\n/other\n"),
      vip(endpoint).probe("lb1"),
      vip({ ...endpoint, profile: "guide", backends: [{ name: "m", address: value }] }).probe("l"),
      factsScript(["curl", value]),
    ].map(local);
    await host.assertSyntax(all);
    const calls = await host.run(all);
    for (const word of [value, `/home/${value}`, `/bin/${value}`]) {
      assertWord(calls, "useradd", word);
    }
    assertWord(calls, "usermod", value);
    assertWord(calls, "ip", alone(value));
    assertWord(calls, "curl", `https://${bracketed(value)}:8443/readyz`);
    assertWord(calls, "curl", `http://${value}/backends`);
    assertWord(calls, "curl", `https://${bracketed(value)}:6443/readyz`);
    assertWord(calls, "dpkg-query", value);
    assertWord(calls, "apt-cache", value);
    if (value.includes("\n")) return;
    // A name too long for the file system ends the script before the owner is set.
    if (new TextEncoder().encode(value).length < 200) {
      assertWord(calls, "mkdir", path);
      assertWord(calls, "chown", `${value}:${value}`);
      assertWord(calls, "chmod", value);
    }
    assertWord(calls, "rm", gone);
    if (made) assertWord(calls, "chown", there);
  }, 25));

Deno.test("writes put hostile content at a hostile path, validate it there, and execute neither", () =>
  onStubs(async (value, host, local) => {
    // The name of a folder and of a file: no slash, not longer than a file system allows, and on
    // one line, as a path inside a configuration file is.
    const name = [...`d${value.replaceAll(/[/\n]/g, "")}`].slice(0, 50).join("");
    const path = `${host.dir}/files/${name}/${name}`;
    const seen = `${host.dir}/seen`;
    const set = fileSet({
      name: "set",
      files: [{ path, content: value, owner: value, group: "x", mode: "0644" }, {
        path: `${path}.conf`,
        content: `include ${path}`,
      }],
      validations: [{
        name: value,
        script: `cat "$(staged '${path.replaceAll("'", "'\\''")}.conf')" > '${seen}'`,
      }],
    });
    const all = [set.probe, ...changes(set, "path x\nabsent\n").map((it) => changeScript(it, []))]
      .map(local);
    await host.assertSyntax(all);
    const calls = await host.run(all);
    const inner = calls.find(([program, , shell]) => program === "unshare" && shell === "/bin/sh");
    await host.assertSyntax([inner?.at(-1) ?? "("]);
    assertWord(calls, "chown", `${value}:x`);
    assertEquals(
      await Deno.readTextFile(path),
      new TextDecoder().decode(new TextEncoder().encode(value)),
    );
    const rewritten = await Deno.readTextFile(seen);
    assert(rewritten.startsWith("include ") && rewritten.endsWith(path), rewritten);
    assert(rewritten !== `include ${path}`, "the path inside the file was not rewritten");
    const left = await Array.fromAsync(Deno.readDir(`${host.dir}/files/${name}`));
    assertEquals(left.map((entry) => entry.name).sort(), [name, `${name}.conf`].sort());
    await Deno.remove(`${host.dir}/files`, { recursive: true });
    await Deno.remove(seen);
  }, 25));

Deno.test("sysctl() writes a hostile value as it is, and executes nothing of it", () =>
  onStubs(async (value, host, local) => {
    await Deno.mkdir(`${host.dir}/proc/net`, { recursive: true });
    const task = sysctl({ name: "x", settings: { "net.x": value } });
    const seen = "live\n1\nsaved\npath /etc/sysctl.d/60-holdfast-x.conf\nabsent\n";
    const all = scripts(task, seen).map(local);
    await host.assertSyntax(all);
    await Deno.remove(`${host.dir}/sysctl.d`, { recursive: true }).catch(() => {});
    await host.run(all);
    const text = (path: string) => Deno.readTextFile(`${host.dir}/${path}`);
    const sent = new TextDecoder().decode(new TextEncoder().encode(value));
    assertEquals(await text("proc/net/x"), `${sent}\n`);
    assertEquals(await text("sysctl.d/60-holdfast-x.conf"), `net.x = ${sent}\n`);
  }, 15));

Deno.test("packages() and service() refuse names that mean more than a name", () => {
  for (const name of ["", "-y", "haproxy-", "./x.deb", "x=1", "a b", "a\nb", "*", "x/sid", "é"]) {
    assertThrows(() => packages({ names: ["curl", name] }), TypeError, "Cannot name a package");
  }
  for (const name of ["", "-x", "*", "a b", "a\nb", "[ab]", "a?", "$(x)", "/x"]) {
    const args = { name, enabled: true, running: true };
    assertThrows(() => service(args), TypeError, "Cannot name a service");
  }
  for (const name of ["haproxy", "g++", "libc6.1-dev", "python3"]) packages({ names: [name] });
  for (const name of ["haproxy", "getty@tty1", "dev-sda", "a.b_c:d"]) {
    service({ name, enabled: true, running: true });
  }
});

Deno.test("packages() and service() refuse every hostile value or read as one word in a shell", () =>
  onStubs(async (value, host) => {
    const all: string[] = [];
    for (
      const make of [
        () => scripts(packages({ names: [value] }), "manager apt\n"),
        () => scripts(service({ name: value, enabled: true, running: true }), "LoadState=loaded\n"),
      ]
    ) {
      try {
        all.push(...make());
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
    }
    await host.assertSyntax(all);
    await host.run(all.slice(0, 1));
  }, 15));

Deno.test("tasks refuse a NUL, which no shell word can hold", () => {
  assertThrows(() => directory({ path: "/a\0b" }), TypeError, "holds a NUL");
  assertThrows(() => user({ name: "a\0b" }), TypeError, "holds a NUL");
});
