import { assertEquals, assertThrows } from "@std/assert";
import { ReportFile, ReportFileError } from "../../src/commands/report_file.ts";
import { withTempDir } from "../helpers.ts";

/** A report of before. */
const OLD = '{"type":"version","old":true}';

/** Names in a folder. */
async function names(dir: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name).sort();
}

Deno.test("ReportFile leaves the old file in its place until it is whole", () =>
  withTempDir(async (dir) => {
    const path = `${dir}/report`;
    await Deno.writeTextFile(path, OLD);
    const file = ReportFile.open(path);
    file.write("ne");
    assertEquals(await Deno.readTextFile(path), OLD);
    assertEquals(await Deno.readTextFile(`${path}.part`), "ne");
    file.write("w");
    file.keep();
    assertEquals([await Deno.readTextFile(path), await names(dir)], ["new", ["report"]]);
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  }));

Deno.test("ReportFile replaces what a killed run left, and follows no link there", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/a.part`, "left");
    await Deno.chmod(`${dir}/a.part`, 0o666);
    const file = ReportFile.open(`${dir}/a`);
    assertEquals(((await Deno.stat(`${dir}/a.part`)).mode ?? 0) & 0o777, 0o600);
    file.abandon();
    assertEquals(await names(dir), []);
    await Deno.writeTextFile(`${dir}/mine`, "mine");
    await Deno.symlink(`${dir}/mine`, `${dir}/b.part`);
    assertThrows(() => ReportFile.open(`${dir}/b`), ReportFileError, "symbolic link");
    assertEquals(await Deno.readTextFile(`${dir}/mine`), "mine");
  }));

Deno.test("ReportFile takes the place of a report, and of no other file", () =>
  withTempDir(async (dir) => {
    for (const [name, text] of [["hosts.yaml", "all: {}\n"], ["ca.crt", "-----BEGIN"]] as const) {
      await Deno.writeTextFile(`${dir}/${name}`, text);
      assertThrows(() => ReportFile.open(`${dir}/${name}`), ReportFileError, "which is no report");
      assertEquals(await Deno.readTextFile(`${dir}/${name}`), text);
    }
    assertEquals(await names(dir), ["ca.crt", "hosts.yaml"]);
    await Deno.writeTextFile(`${dir}/empty`, "");
    ReportFile.open(`${dir}/empty`).abandon();
  }));

Deno.test("ReportFile refuses what is no regular file, and touches nothing", () =>
  withTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/folder`);
    await Deno.symlink("nowhere", `${dir}/link`);
    const before = await names(dir);
    assertThrows(() => ReportFile.open(`${dir}/folder`), ReportFileError, "is a folder");
    assertThrows(() => ReportFile.open(`${dir}/link`), ReportFileError, "is a symbolic link");
    assertThrows(() => ReportFile.open("/dev/null"), ReportFileError, "is a device");
    assertEquals(await names(dir), before);
    const missing = assertThrows(() => ReportFile.open(`${dir}/no/x`), ReportFileError);
    assertEquals([missing.message, missing.hint], [
      "its folder does not exist",
      `mkdir -p ${dir}/no`,
    ]);
  }));

Deno.test("ReportFile does not give its name to what another run writes", () =>
  withTempDir(async (dir) => {
    const one = ReportFile.open(`${dir}/a`);
    const two = ReportFile.open(`${dir}/a`);
    two.write("two");
    one.write("one");
    assertThrows(() => one.keep(), ReportFileError, "another run writes to the same file");
    two.keep();
    one.abandon();
    assertEquals([await Deno.readTextFile(`${dir}/a`), await names(dir)], ["two", ["a"]]);
  }));

Deno.test("ReportFile can leave what was written, for finding out why a run ended", () =>
  withTempDir(async (dir) => {
    const file = ReportFile.open(`${dir}/a`);
    file.write("so far");
    file.abandon({ keepPart: true });
    assertEquals(await names(dir), ["a.part"]);
  }));
