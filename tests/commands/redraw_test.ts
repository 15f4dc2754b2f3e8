import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { denoArgs } from "../../src/commands/permissions.ts";
import { parsed } from "../../src/commands/run_file.ts";
import { InputError } from "../../src/errors.ts";
import { withTempDir } from "../helpers.ts";
import { drillRun, DRILLS } from "../reporters/drills.ts";
import { EVERYTHING } from "../reporters/events.ts";
import { CLI, cli, DEAD_END, start } from "./cli.ts";

const LINES = EVERYTHING.map((event) => JSON.stringify(event));

Deno.test("report shows a finished run again as it was, in every form", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/hosts.yaml`, DEAD_END);
    const reports = (name: string) =>
      ["junit", "github", "jsonl"].flatMap((
        kind,
      ) => ["--report", `${kind}:${dir}/${name}.${kind}`]);
    const first = await cli(["check", `${dir}/hosts.yaml`, ...reports("a")]);
    const writes = ["b.junit", "b.github", "b.jsonl"].map((name) => `${dir}/${name}`);
    const words = ["report", `${dir}/a.jsonl`, "--diff", ...reports("b")];
    const wants = { env: [], programs: [], writes };
    const again = await start(Deno.execPath(), denoArgs("report", CLI, words, wants));
    assertEquals([again.code, again.err, again.out], [0, "", first.out]);
    for (const kind of ["junit", "github", "jsonl"]) {
      const read = (name: string) => Deno.readTextFile(`${dir}/${name}.${kind}`);
      assertEquals(await read("b"), await read("a"));
    }
  }));

Deno.test("report draws the drills of a run as a page and as text, with exactly its permissions", () =>
  withTempDir(async (dir) => {
    const lines = drillRun().map((event) => `${JSON.stringify(event)}\n`).join("");
    await Deno.writeTextFile(`${dir}/run.jsonl`, lines);
    const words = ["report", `${dir}/run.jsonl`, "--html", `${dir}/run.html`];
    const wants = { env: [], programs: [], writes: [`${dir}/run.html`] };
    // Twice: a page of before is a report too, and is replaced.
    for (let i = 0; i < 2; i++) {
      const { code, out, err } = await start(
        Deno.execPath(),
        denoArgs("report", CLI, words, wants),
      );
      assertEquals([code, err], [0, ""]);
      assertStringIncludes(out, "1 passed, 1 failed, 1 unknown, 1 skipped\n");
    }
    const page = await Deno.readTextFile(`${dir}/run.html`);
    assertEquals(page.split("<section id=").length - 1, DRILLS.length);
    const other = await cli(["report", `${dir}/run.jsonl`, "--html", `${dir}/run.jsonl`]);
    assertEquals(other.code, 1);
    assertStringIncludes(other.err, "Cannot report as html");
    assertEquals(await Deno.readTextFile(`${dir}/run.jsonl`), lines);
  }));

/** The events of lines, each with its end. */
const read = (...lines: readonly string[]) =>
  Array.fromAsync(parsed("run.jsonl", lines.map((line) => `${line}\n`)));

Deno.test("parsed() leaves out what a later Holdfast says", async () => {
  const later = [...LINES.slice(0, 1), '{"type":"sunrise","at":1}', "", ...LINES.slice(1)];
  const more = later.map((line) => line.replace('"type":"run-end"', '"type":"run-end","more":1'));
  assertEquals(await read(...more), [...EVERYTHING]);
});

Deno.test("parsed() says once of a file that is no run", async () => {
  for (const lines of [["<a>", "<b/>", "</a>"], [], [""], ["{}"]]) {
    const { diagnostics } = await assertRejects(() => read(...lines), InputError);
    assertEquals(diagnostics.length, 1);
    assertStringIncludes(diagnostics[0]?.message ?? "", "it does not begin with the event version");
  }
});

Deno.test("parsed() names every line that is no event, and what is wrong with it", async () => {
  const broken = [...LINES];
  broken[2] = "{cut";
  const task = broken.findIndex((line) => line.includes('"task-end"'));
  broken[task] = broken[task]?.replace('"ms":20', '"ms":"soon"') ?? "";
  broken[task + 1] = "[]";
  const { diagnostics } = await assertRejects(() => read(...broken), InputError);
  assertEquals(diagnostics.map(({ source }) => source?.line), [3, task + 1, task + 2]);
  assertStringIncludes(diagnostics[0]?.message ?? "", "the line is not JSON");
  assertStringIncludes(diagnostics[1]?.message ?? "", "ms: ");
  const many = await assertRejects(
    () => read(LINES[0] ?? "", ...new Array<string>(500).fill("x")),
    InputError,
  );
  assertEquals(many.diagnostics.length, 20);
});

Deno.test("parsed() leaves out a last line that was cut short", async () => {
  const lines = LINES.slice(0, 3).map((line) => `${line}\n`);
  const events = EVERYTHING.slice(0, 3);
  assertEquals(await Array.fromAsync(parsed("r", [...lines, '{"type":"ta'])), events);
  assertEquals(await Array.fromAsync(parsed("r", [...lines.slice(0, 2), LINES[2] ?? ""])), events);
});

Deno.test("report refuses a file that is no run, and says which is one", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/x`, LINES.slice(1).join("\n"));
    await Deno.writeTextFile(`${dir}/cut`, LINES.slice(0, -1).join("\n"));
    const told = async (name: string) => {
      const { code, err } = await cli(["report", `${dir}/${name}`]);
      assertEquals(code, 1);
      return err;
    };
    assertStringIncludes(await told("none"), "there is no such file");
    assertStringIncludes(await told("."), "it is no file");
    assertStringIncludes((await cli(["report", "/dev/zero"])).err, "it is no file");
    assertStringIncludes(await told("x"), "--report jsonl:FILE");
    assertStringIncludes(await told("cut"), "the run did not come to it");
  }));
