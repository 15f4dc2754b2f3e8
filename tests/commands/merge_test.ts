import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { joined, type Part, worst } from "../../src/commands/merge/parts.ts";
import { readRun } from "../../src/commands/run_file.ts";
import { InputError } from "../../src/errors.ts";
import type { Event, EventOf } from "../../src/events.ts";
import { withTempDir } from "../helpers.ts";
import { cli, type CliResult } from "./cli.ts";
import { fleet } from "./fleet.ts";

const COUNTS = { ok: 1, changed: 0, unreachable: 0, failed: 0, skipped: 0, roundTrips: 1 };

function begun(index: number, more: Partial<EventOf<"run-start">> = {}): EventOf<"run-start"> {
  const [endpoint, host] = [`site${index}`, `lb${index}`];
  return {
    type: "run-start",
    at: 100 * index,
    mode: "apply",
    play: "p",
    inventory: "f.yaml",
    hosts: [host],
    places: { [host]: { file: "f.yaml", line: index, column: 1 } },
    batches: [[endpoint]],
    stopsAfter: 1,
    shard: { index, count: 3, endpoints: [endpoint], of: 3 },
    ...more,
  };
}

function part(index: number, exitCode = 0, more: Partial<EventOf<"run-start">> = {}): Part {
  const at = 1000 - index;
  const hosts = { [`lb${index}`]: COUNTS };
  return {
    path: `${index}.jsonl`,
    start: begun(index, more),
    end: { type: "run-end", at, exitCode, hosts, ms: 7 },
  };
}

Deno.test("joined() makes one run of all parts", () => {
  const { start, problems, end } = joined([part(2), part(1), part(3)]);
  assertEquals(problems, []);
  assertEquals(start, {
    type: "run-start",
    at: 100,
    mode: "apply",
    play: "p",
    inventory: "f.yaml",
    hosts: ["lb2", "lb1", "lb3"],
    places: {
      lb2: { file: "f.yaml", line: 2, column: 1 },
      lb1: { file: "f.yaml", line: 1, column: 1 },
      lb3: { file: "f.yaml", line: 3, column: 1 },
    },
  });
  const hosts = { lb2: COUNTS, lb1: COUNTS, lb3: COUNTS };
  assertEquals(end, { type: "run-end", at: 999, exitCode: 0, hosts, ms: 899 });
});

Deno.test("worst() orders exit codes as one run does", () => {
  const cases: [number[], number][] = [
    [[0, 2], 2],
    [[2, 1], 1],
    [[1, 5], 5],
    [[5, 4], 4],
    [[4, 3], 3],
    [[3, 6], 6],
    [[6, 130], 130],
    [[130, 70], 70],
    [[70, 99], 99],
  ];
  for (const [codes, code] of cases) {
    assertEquals(worst(codes), code);
    assertEquals(worst(codes.toReversed()), code);
  }
});

Deno.test("joined() notices what is missing, cut, or not of one fleet, and fails for it", () => {
  const cut: Part = { path: "3.jsonl", start: begun(3) };
  const cases: [string, readonly Part[], number, readonly string[]][] = [
    ["missing", [part(1), part(3)], 3, [
      "shard-missing: Cannot tell of the whole fleet: part 2 of 3 is missing",
    ]],
    ["two missing", [part(2)], 3, [
      "shard-missing: Cannot tell of the whole fleet: parts 1, 3 of 3 are missing",
    ]],
    ["missing, and worse", [part(1, 6), part(3)], 6, [
      "shard-missing: Cannot tell of the whole fleet: part 2 of 3 is missing",
    ]],
    ["cut", [part(1), part(2), cut], 3, [
      'shard-cut: Cannot tell how part 3, "3.jsonl", ended: the run did not come to its end',
    ]],
    ["never begun", [part(1), part(2), { path: "x", end: part(3, 1).end! }], 3, [
      "shard-missing: Cannot tell of the whole fleet: part 3 of 3 is missing",
    ]],
    [
      "another inventory",
      [
        part(1),
        part(2, 0, { shard: { index: 2, count: 3, endpoints: ["site1"], of: 4 } }),
        part(3),
      ],
      3,
      [
        'shard-uneven: Cannot tell of the whole fleet: its endpoints are 3 in "1.jsonl", 4 in "2.jsonl"',
      ],
    ],
    [
      "an endpoint twice",
      [
        part(1),
        part(2, 0, { shard: { index: 2, count: 3, endpoints: ["site1"], of: 3 } }),
        part(3),
      ],
      3,
      ['shard-uneven: Cannot tell of endpoint "site1": it is in "1.jsonl" and in "2.jsonl"'],
    ],
  ];
  for (const [what, parts, code, problems] of cases) {
    const found = joined(parts);
    assertEquals(found.end.exitCode, code, what);
    assertEquals(found.problems.map(({ code, message }) => `${code}: ${message}`), problems, what);
  }
});

Deno.test("joined() refuses runs that are no parts of one, all of them at once", () => {
  const { shard: _, ...whole } = begun(1);
  const parts: Part[] = [
    part(1),
    part(1),
    part(2, 0, { mode: "check" }),
    part(2, 0, { shard: { index: 2, count: 5, endpoints: [], of: 3 } }),
    { path: "whole.jsonl", start: whole },
  ];
  const { diagnostics } = assertThrows(() => joined(parts), InputError);
  assertEquals(diagnostics.map(({ message }) => message), [
    'Cannot join them: "1.jsonl" and "1.jsonl" are both part 1 of 3',
    'Cannot join "2.jsonl" with "1.jsonl": it is of another command, check and not apply',
    'Cannot join "2.jsonl" with "1.jsonl": it is shared out over another number of parts, 5 and not 3',
    'Cannot join "whole.jsonl": it is a whole run, made without --shard',
  ]);
  assertThrows(() => joined([{ path: "a" }]), InputError, 'Cannot join "a": none of these runs');
});

/** Runs all parts at the same time, each in a process of its own, as the pods of a Job. */
function runParts(dir: string, count: number): Promise<CliResult[]> {
  return Promise.all(
    Array.from(
      { length: count },
      (_, i) =>
        cli(["check", "f.yaml", "--shard", `job/${count}`, "--report", `jsonl:${i}.jsonl`], {
          cwd: dir,
          env: { JOB_COMPLETION_INDEX: String(i) },
        }),
    ),
  );
}

Deno.test("report merge joins parts that ran at the same time, and notices one that is missing or cut", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/f.yaml`, fleet(5));
    const runs = await runParts(dir, 4);
    const files = runs.map((_, i) => `${i}.jsonl`);
    const whole = await cli(["check", "f.yaml", "--report", "jsonl:whole.jsonl"], { cwd: dir });
    const merged = await cli(["report", "merge", ...files, "--report", "jsonl:all.jsonl"], {
      cwd: dir,
    });
    assertEquals([merged.code, merged.err], [4, ""]);
    assertEquals(whole.code, 4);
    const ends = await Promise.all(
      ["whole", "all"].map(async (name) => (await readRun(`${dir}/${name}.jsonl`)).at(-1)),
    ) as EventOf<"run-end">[];
    const [one, all] = ends;
    assertEquals(
      Object.keys(all?.hosts ?? {}).toSorted(),
      Object.keys(one?.hosts ?? {}).toSorted(),
    );
    // Every event of a host is there once, in the order of its part.
    const tasks = async (path: string) =>
      (await readRun(path)).filter((event): event is EventOf<"task-end"> =>
        event.type === "task-end"
      ).map(({ host, task, status }) => `${host} ${task} ${status}`);
    const joinedTasks = await tasks(`${dir}/all.jsonl`);
    assertEquals(joinedTasks.toSorted(), (await tasks(`${dir}/whole.jsonl`)).toSorted());
    // What every part says of the one inventory is said once.
    const said = (events: readonly Event[]) =>
      events.flatMap((event) =>
        event.type === "diagnostic" ? [JSON.stringify(event.diagnostic)] : []
      );
    const messages = said(await readRun(`${dir}/all.jsonl`));
    assertEquals(messages.length, new Set(messages).size);

    const lacking = await cli(["report", "merge", ...files.slice(1)], { cwd: dir });
    assertEquals(lacking.code, 3);
    assertStringIncludes(lacking.out, "part 1 of 4 is missing");
    assertStringIncludes(lacking.out, "--shard 1/4 runs it again");

    // A controller that was killed: the last line is half written.
    const text = await Deno.readTextFile(`${dir}/2.jsonl`);
    await Deno.writeTextFile(`${dir}/2.jsonl`, text.slice(0, text.lastIndexOf('{"type"') + 30));
    const cut = await cli(["report", "merge", ...files], { cwd: dir });
    assertEquals(cut.code, 3);
    assertStringIncludes(cut.out, 'Cannot tell how part 3, "2.jsonl", ended');
  }));

Deno.test("report says what it cannot join, and what to type", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/x`, "no run\n");
    const told = async (...words: string[]) => {
      const { code, err } = await cli(["report", ...words], { cwd: dir });
      assertEquals(code, 1);
      return err;
    };
    assertStringIncludes(await told("merge"), "type report merge FILES");
    assertStringIncludes(await told("a", "b"), "type report merge FILES");
    const both = await told("merge", "x", "y");
    assertStringIncludes(both, 'Cannot read run "x"');
    assertStringIncludes(both, 'Cannot read run "y": there is no such file');
    const own = await told("merge", "x", "--report", "jsonl:x");
    assertStringIncludes(own, 'Cannot report as jsonl to "x"');
    assertEquals(await Deno.readTextFile(`${dir}/x`), "no run\n");
  }));
