import { assertEquals } from "@std/assert";
import { parseReports } from "../../src/commands/report_flags.ts";

Deno.test("parseReports() reads kinds with and without a file", () => {
  const { reports, problems } = parseReports(["junit:a:b.xml", "github", "github:g", "jsonl:r 1"]);
  assertEquals(problems, []);
  assertEquals(reports, [
    { kind: "junit", file: "a:b.xml" },
    { kind: "github" },
    { kind: "github", file: "g" },
    { kind: "jsonl", file: "r 1" },
  ]);
});

const WRONG: Readonly<Record<string, readonly [message: string, hint?: string]>> = {
  "junt:x": [
    'Cannot report as "junt": the kinds are junit, github, jsonl, html, sarif',
    "--report junit:x",
  ],
  "JUnit:x": [
    'Cannot report as "JUnit": the kinds are junit, github, jsonl, html, sarif',
    "--report junit:x",
  ],
  "xml:x": [
    'Cannot report as "xml": the kinds are junit, github, jsonl, html, sarif',
    "--report junit:x",
  ],
  "gihub": [
    'Cannot report as "gihub": the kinds are junit, github, jsonl, html, sarif',
    "--report github",
  ],
  "": ['Cannot report as "": the kinds are junit, github, jsonl, html, sarif'],
  "junit": ["Cannot report as junit: it names no file", "--report junit:holdfast.xml"],
  "html": ["Cannot report as html: it names no file", "--report html:run.html"],
  "jsonl:": ["Cannot report as jsonl: it names no file", "--report jsonl:run.jsonl"],
  "github:": ["Cannot report as github: it names no file", "--report github:annotations.txt"],
  "jsonl:a,b": [
    'Cannot report as jsonl to "a,b": deno cannot be allowed to write to a path with a comma',
  ],
  "jsonl:./hosts.yaml": ['Cannot report as jsonl to "./hosts.yaml": that is what the run reads'],
};

for (const [flag, [message, hint]] of Object.entries(WRONG)) {
  Deno.test(`parseReports() refuses "${flag}" and says what to type`, () => {
    const { reports, problems } = parseReports(
      [flag],
      new Map([["hosts.yaml", "what the run reads"]]),
    );
    assertEquals(reports, []);
    const wanted = { severity: "error", code: "report", message, ...(hint ? { hint } : {}) };
    assertEquals(problems as unknown, [wanted]);
  });
}

Deno.test("parseReports() gives every mistake, and what is right beside them", () => {
  const { reports, problems } = parseReports(["nope", "junit:a", "jsonl:./a", "jsonl:a.part"]);
  assertEquals(reports, [{ kind: "junit", file: "a" }]);
  assertEquals(problems.map(({ message }) => message), [
    'Cannot report as "nope": the kinds are junit, github, jsonl, html, sarif',
    'Cannot report as jsonl to "./a": that is another report',
    'Cannot report as jsonl to "a.part": that is another report',
  ]);
});
