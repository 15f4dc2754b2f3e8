import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { denoArgs } from "../../src/commands/permissions.ts";
import { withReports } from "../../src/commands/reports.ts";
import { assertEvents } from "../event_lines.ts";
import { withTempDir } from "../helpers.ts";
import { readXml } from "../reporters/xml.ts";
import { CLI, cli, DEAD_END, plainEnv, start } from "./cli.ts";

/** A report of before. */
const OLD = '{"type":"version","old":true}';

const RECAP = /^lb1 : ok=0 changed=0 unreachable=1 failed=0 skipped=0$/m;

async function withHosts(
  work: (inventory: string, dir: string) => Promise<void>,
  text = DEAD_END,
): Promise<void> {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/hosts.yaml`, text);
    await work(`${dir}/hosts.yaml`, dir);
  });
}

async function names(dir: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name).sort();
}

const lines = (text: string) => text.trimEnd().split("\n");

Deno.test("--report writes several reports beside what is printed, with exactly its permissions", () =>
  withHosts(async (inventory, dir) => {
    const files = ["junit:a b.xml", "jsonl:run.jsonl", "github:notes"].map((report) =>
      report.replace(":", `:${dir}/`)
    );
    const flags = [...files, "github"].flatMap((report) => ["--report", report]);
    const writes = files.map((report) => report.slice(report.indexOf(":") + 1));
    const words = denoArgs("check", CLI, ["check", inventory, ...flags], {
      env: [],
      programs: [],
      writes,
    });
    const { code, out, err } = await start(Deno.execPath(), words);
    assertEquals([code, err], [4, ""]);
    assertMatch(out, RECAP);
    const events = assertEvents(lines(await Deno.readTextFile(`${dir}/run.jsonl`)));
    assert(events.length > 5);
    const root = readXml(await Deno.readTextFile(`${dir}/a b.xml`));
    assertEquals(root.attributes["errors"], "2");
    const notes = await Deno.readTextFile(`${dir}/notes`);
    const place = lines(DEAD_END).findIndex((line) => line.includes("lb1")) + 1;
    assertStringIncludes(notes, `::error file=${inventory},line=${place},col=`);
    // Printed as well, after the runner was told to listen again.
    assertMatch(out, /^::stop-commands::([\w-]+)\n[^]*\n::\1::\n/);
    assert(out.endsWith(notes), out);
    assertEquals(await names(dir), ["a b.xml", "hosts.yaml", "notes", "run.jsonl"]);
  }));

Deno.test("--json with --report github keeps standard output to events", () =>
  withHosts(async (inventory) => {
    const { code, out, err } = await cli(["check", inventory, "--json", "--report", "github"]);
    assertEquals(code, 4);
    assertEvents(lines(out));
    assertMatch(err, /^::error file=/m);
  }));

Deno.test("--report with mistakes says all of them, and no host is contacted", () =>
  withHosts(async (inventory, dir) => {
    const reports = [
      "junt:x",
      "junit",
      `jsonl:${inventory}`,
      `jsonl:${dir}/no/x`,
      "jsonl:/dev/null",
    ];
    const flags = [...reports, `jsonl:${dir}/run.jsonl`].flatMap((report) => ["--report", report]);
    const { code, out, err } = await cli(["apply", inventory, ...flags]);
    assertEquals([code, out], [1, ""]);
    const said = lines(err).filter((line) => line.startsWith("Cannot report"));
    assertEquals(said.length, reports.length, err);
    assertStringIncludes(err, "   hint: --report junit:x\n");
    assertEquals(await Deno.readTextFile(inventory), DEAD_END);
    // The report that is right tells of the others.
    const events = assertEvents(lines(await Deno.readTextFile(`${dir}/run.jsonl`)));
    assertEquals(events.filter(({ type }) => type === "run-start"), []);
    assertEquals(events.filter(({ type }) => type === "diagnostic").length, reports.length);
    assertEquals(await names(dir), ["hosts.yaml", "run.jsonl"]);
  }));

Deno.test("a refused inventory is in every report, with its place", () =>
  withHosts(async (inventory, dir) => {
    const flags = [`junit:${dir}/a.xml`, `jsonl:${dir}/run.jsonl`, "github"]
      .flatMap((report) => ["--report", report]);
    const { code, out, err } = await cli(["check", inventory, ...flags]);
    assertEquals(code, 1);
    assertMatch(err, /"adress"/);
    const line = lines(DEAD_END).findIndex((text) => text.includes("address:")) + 1;
    assertMatch(
      out,
      new RegExp(`^::error file=${inventory},line=${line},col=\\d+,.*"adress"`, "m"),
    );
    const [suite] = readXml(await Deno.readTextFile(`${dir}/a.xml`)).children;
    assertEquals(suite?.attributes["name"], "diagnostics");
    assertEquals(suite?.children[0]?.attributes["line"], String(line));
    const events = assertEvents(lines(await Deno.readTextFile(`${dir}/run.jsonl`)));
    const end = events.at(-1);
    assertEquals(end?.type === "run-end" && end.exitCode, 1);
  }, DEAD_END.replace("{ address:", "{ adress:")));

Deno.test("warnings of an inventory are events too, and said once to a person", () =>
  withHosts(async (inventory, dir) => {
    const { out, err } = await cli(["check", inventory, "--report", `jsonl:${dir}/run.jsonl`]);
    const events = assertEvents(lines(await Deno.readTextFile(`${dir}/run.jsonl`)));
    const codes = events.flatMap((event) =>
      event.type === "diagnostic" ? [event.diagnostic.code] : []
    );
    assertEquals(codes, ["same-name"]);
    assertEquals([err.split("[same-name]").length, out.includes("same-name")], [2, false]);
  }, DEAD_END.replace("lb2:", "load_balancers:")));

/** Runs the command line where a folder is a file system of a few kilobytes. */
function onTinyDisk(dir: string, inventory: string, report: string, kb: number) {
  const script = `mount -t tmpfs -o size=${kb}k tmpfs '${dir}/disk' || exit 99
printf '%s' '${OLD}' > '${dir}/disk/old'; cp -p '${dir}/disk/old' '${dir}/disk/report'
"$0" run --quiet --no-prompt --allow-all cli.ts check '${inventory}' --report ${report}
echo "code $?"; ls -A '${dir}/disk'; cat '${dir}/disk/report'`;
  return start("unshare", ["-m", "sh", "-c", script, Deno.execPath()]);
}

Deno.test({
  name: "a full disk is said at once, the run goes on, and the old report stays",
  ignore: Deno.uid() !== 0,
  fn: () =>
    withHosts(async (inventory, dir) => {
      await Deno.mkdir(`${dir}/disk`);
      for (const kind of ["jsonl", "junit"]) {
        // Room for the old report and the new one's first page, not for all of it.
        const { out, err } = await onTinyDisk(dir, inventory, `${kind}:${dir}/disk/report`, 12);
        assertStringIncludes(
          err,
          `Cannot report as ${kind} to "${dir}/disk/report": no space left`,
        );
        assertEquals(err.split("no space left").length, 2, err);
        // Two hosts that are unreachable are worse than a report that is missing.
        assert(out.endsWith(`\ncode 4\nold\nreport\n${OLD}`), out);
        assertMatch(out, RECAP);
      }
    }, MANY),
});

/** So many hosts that what is said of them does not fit on the tiny disk. */
const MANY = DEAD_END.replace(
  "lb2: { ansible_host: 127.0.0.2 }",
  Array.from({ length: 60 }, (_, i) => `n${i}: { ansible_host: 127.0.1.${i} }`).join(", "),
);

const END = { type: "run-end", at: 0, exitCode: 0, hosts: {}, ms: 0 } as const;

/** A run that is over. */
const quickly: Parameters<typeof withReports>[3] = ({ emit }) => {
  emit(END);
  return Promise.resolve(0);
};

/** Runs work with one report in this process. */
async function inProcess(report: string, work: Parameters<typeof withReports>[3]) {
  const said = { out: "", err: "" };
  const io = {
    out: (text: string) => said.out += text,
    err: (text: string) => said.err += text,
  };
  const code = await withReports("hosts.yaml", { report: [report] }, io, work);
  return { code, ...said };
}

Deno.test("withReports() makes a good run end with 1 when its report was lost, and no other", () =>
  withTempDir(async (dir) => {
    for (const [own, wanted] of [[0, 1], [2, 2], [3, 3], [130, 130]] as const) {
      const { code, err } = await inProcess(`jsonl:${dir}/run.jsonl`, async ({ emit }) => {
        emit(END);
        await Deno.remove(`${dir}/run.jsonl.part`);
        return own;
      });
      assertEquals(code, wanted);
      assertStringIncludes(
        err,
        `Cannot report as jsonl to "${dir}/run.jsonl": what was written was taken away`,
      );
    }
    assertEquals(await names(dir), []);
    assertEquals((await inProcess(`jsonl:${dir}/run.jsonl`, quickly)).code, 0);
  }));

Deno.test("a listing is no run: it leaves reports as they are, and prints no event", () =>
  withHosts(async (inventory, dir) => {
    await Deno.writeTextFile(`${dir}/run.jsonl`, OLD);
    const flags = ["--list-hosts", "--json", "--report", `jsonl:${dir}/run.jsonl`];
    const { code, out } = await cli(["check", inventory, ...flags]);
    const types = lines(out).map((line) => JSON.parse(line).type);
    assertEquals([code, types.filter((type) => type === "version").length], [0, 1]);
    assertEquals(types.includes("run-end"), false);
    assertEquals(await Deno.readTextFile(`${dir}/run.jsonl`), OLD);
    assertEquals(await names(dir), ["hosts.yaml", "run.jsonl"]);
  }));

Deno.test("withReports() leaves the events of a run that ended with a bug beside the report", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/run.jsonl`, OLD);
    await assertRejects(
      () =>
        inProcess(`jsonl:${dir}/run.jsonl`, ({ emit }) => {
          emit(END);
          throw new TypeError("a bug");
        }),
      TypeError,
    );
    assertEquals(await Deno.readTextFile(`${dir}/run.jsonl`), OLD);
    assertMatch(await Deno.readTextFile(`${dir}/run.jsonl.part`), /^\{"type":"version"/);
    // The next run clears it away.
    await inProcess(`jsonl:${dir}/run.jsonl`, quickly);
    assertEquals(await names(dir), ["run.jsonl"]);
  }));

Deno.test("a secret that a host says is in no report, on no stream", () =>
  withHosts(async (inventory, dir) => {
    await Deno.mkdir(`${dir}/bin`);
    await Deno.writeTextFile(
      `${dir}/bin/ssh`,
      "#!/bin/sh\necho no entry with cAn4ry88 >&2; exit 255\n",
      {
        mode: 0o755,
      },
    );
    const flags = [`junit:${dir}/a.xml`, `jsonl:${dir}/run.jsonl`, `github:${dir}/notes`, "github"]
      .flatMap((report) => ["--report", report]);
    const env = { PATH: `${dir}/bin:${plainEnv()["PATH"]}` };
    for (const more of [[], ["--json"]]) {
      const { code, out, err } = await cli(["check", inventory, ...flags, ...more], { env });
      assertEquals(code, 4);
      const files = ["a.xml", "run.jsonl", "notes"].map((name) =>
        Deno.readTextFile(`${dir}/${name}`)
      );
      const texts = [out, err, ...await Promise.all(files)];
      for (const text of texts) assert(!text.includes("cAn4ry88"), text);
      // It was there to be said.
      const masked = texts.filter((text) => text.includes("no entry with [secret]"));
      assertEquals(masked.length, more.length === 0 ? 4 : 5);
    }
  }, DEAD_END.replace("{ address:", "{ vrrp: { auth_pass: cAn4ry88 }, address:")));
