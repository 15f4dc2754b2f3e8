import { assert, assertEquals, assertThrows } from "@std/assert";
import { TaskError } from "../../src/errors.ts";
import { askFiles, parseFiles, probeFiles } from "../../src/file_state.ts";
import type { ExecResult, Question } from "../../src/model.ts";
import { askTogether } from "../../src/runner/ask_together.ts";
import { askActive } from "../../src/units.ts";
import { service } from "../../tasks/service.ts";
import { runSh, withTempDir } from "../helpers.ts";

const answer = (stdout: string): ExecResult => ({ code: 0, stdout, stderr: "" });

const letters: Question = {
  probe: (items) => `letters ${items.join(" ")}`,
  split: ({ stdout }, items) => items.map((_, i) => answer(stdout.split(" ")[i] ?? "")),
};

Deno.test("askTogether() asks a question once for all tasks, and gives each its own answer", () => {
  const asks = (item: string) => ({ question: letters, item });
  const { probes, answers } = askTogether([["a"], [asks("x")], ["b", asks("z")], [asks("y")]]);
  assertEquals(probes, ["a", "letters x z y", "b"]);
  const all = [answer("A"), answer("X Z Y"), { code: 3, stdout: "B", stderr: "oh" }];
  assertEquals(answers(all), [
    answer("A"),
    answer("X"),
    { code: 3, stdout: "BZ", stderr: "oh" },
    answer("Y"),
  ]);
  // What was not answered is no success.
  assertEquals(answers([]).map(({ code, stdout }) => `${code}${stdout}`), ["1", "0", "1", "0"]);
});

Deno.test("files of several tasks are asked about by five processes in all, and read as if alone", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/a`, "one\n");
    await Deno.writeFile(`${dir}/b`, Uint8Array.of(0, 255, 10));
    await Deno.writeTextFile(`${dir}/c-1.crt`, "");
    await Deno.writeTextFile(`${dir}/c-2.crt`, "two");
    await Deno.mkdir(`${dir}/folder`);
    await Deno.symlink("a", `${dir}/link`);
    const wishes = [
      { paths: [`${dir}/a`, `${dir}/none`] },
      { paths: [`${dir}/folder`, `${dir}/link`] },
      { paths: [`${dir}/b`], patterns: [`${dir}/c-*.crt`, `${dir}/d-*.crt`] },
      { paths: [`${dir}/a`] },
    ];
    const { probes, answers } = askTogether(wishes.map((wish) => [askFiles(wish)]));
    assertEquals(probes.length, 1);
    const all = answers([await runSh(probes[0] ?? "")]);
    for (const [i, { paths, patterns }] of wishes.entries()) {
      const alone = await runSh(probeFiles(paths, patterns));
      assertEquals(parseFiles(all[i]?.stdout ?? ""), parseFiles(alone.stdout));
    }
    assertEquals(parseFiles(all[2]?.stdout ?? "").get(`${dir}/c-2.crt`)?.content, "two");
  }));

Deno.test("a file that changed while it was read, or half an answer, is no answer for anyone", async () => {
  await withTempDir(async (dir) => {
    for (const name of ["a", "b"]) await Deno.writeTextFile(`${dir}/${name}`, `${name}\n`);
    const { probes, answers } = askTogether(
      ["a", "b"].map((name) => [askFiles({ paths: [`${dir}/${name}`] })]),
    );
    const { stdout } = await runSh(probes[0] ?? "");
    assert(stdout.includes("stat 2 "));
    const grown = stdout.replace("stat 2 ", "stat 1 ");
    const cut = stdout.slice(0, stdout.indexOf("\n\n"));
    for (const text of [grown, cut]) {
      for (const { stdout } of answers([answer(text)])) {
        assertThrows(() => parseFiles(stdout), TaskError);
      }
    }
  });
});

Deno.test("units of several tasks are asked about at once; each reads its own", () => {
  const tasks = ["haproxy", "keepalived"].map((name) =>
    service({ name, enabled: true, running: true })
  );
  const { probes, answers } = askTogether([
    ...tasks.map(({ pieces }) => pieces ?? []),
    [askActive("keepalived")],
  ]);
  assertEquals(probes.length, 1);
  assert(
    probes[0]?.endsWith("-- haproxy.service keepalived.service\nelse echo LoadState=nobody; fi"),
  );
  const block = (active: string, boot: string) =>
    `LoadState=loaded\nActiveState=${active}\nSubState=running\nUnitFileState=${boot}\n`;
  const said = `Manager=systemd\n${block("active", "enabled")}\n${block("failed", "disabled")}`;
  assertEquals(answers([answer(said)]).map(({ stdout }) => stdout), [
    `Manager=systemd\n${block("active", "enabled")}`,
    `Manager=systemd\n${block("failed", "disabled")}`,
    "keepalived failed\n",
  ]);
  const nobody = answers([answer("LoadState=nobody\n")]);
  assertEquals(nobody.map(({ stdout }) => stdout), [
    "LoadState=nobody\n",
    "LoadState=nobody\n",
    "keepalived \n",
  ]);
  // One block for two units says nothing of either.
  const one = answers([answer(`Manager=systemd\n${block("active", "enabled")}`)]);
  assert(one.every(({ stdout }) => !/ActiveState|active/.test(stdout)));
});
