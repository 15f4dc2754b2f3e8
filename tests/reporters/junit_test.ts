import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { Event } from "../../src/events.ts";
import { junit } from "../../src/reporters/junit.ts";
import { drillEnd, drillRun, DRILLS } from "./drills.ts";
import { EVERYTHING, withText } from "./events.ts";
import { type Read, readXml } from "./xml.ts";

function report(events: readonly Event[]): string {
  let text = "";
  events.forEach(junit((part) => text += part));
  return text;
}

const CHECK: readonly Event[] = EVERYTHING.map((event) =>
  event.type === "run-start" ? { ...event, mode: "check" } : event
);

function all(root: Read, name: string): readonly Read[] {
  return [
    ...root.children.filter((it) => it.name === name),
    ...root.children.flatMap((it) => all(it, name)),
  ];
}

Deno.test("junit() shows a run with everything in it", async (t) => {
  await t.assertSnapshot(report(EVERYTHING));
});

Deno.test("junit() writes nothing before the end of the run", () => {
  assertEquals(report(EVERYTHING.slice(0, -1)), "");
});

Deno.test("junit() in check mode makes a failure of a change, with its difference", () => {
  const failures = all(readXml(report(CHECK)), "failure");
  const change = failures.find(({ attributes }) => attributes["type"] === "change");
  assertEquals(change?.attributes["message"], "would write /etc/x; start haproxy");
  const cases = all(readXml(report(CHECK)), "testcase");
  const changed = cases.find(({ attributes }) => attributes["name"] === "files haproxy");
  assertStringIncludes(changed?.children.at(-1)?.text ?? "", "-b\n+c\n");
  const applied = all(readXml(report(EVERYTHING)), "failure");
  assertEquals(applied.filter(({ attributes }) => attributes["type"] === "change"), []);
});

Deno.test("junit() counts in its suites what stands in them", () => {
  const root = readXml(report(CHECK));
  for (const suite of [root, ...all(root, "testsuite")]) {
    const { tests, failures, errors, skipped } = suite.attributes;
    const count = (name: string) => String(all(suite, name).length);
    assertEquals({ tests, failures, errors, skipped }, {
      tests: count("testcase"),
      failures: count("failure"),
      errors: count("error"),
      skipped: count("skipped"),
    });
  }
  assertEquals(root.attributes["tests"], "9");
});

Deno.test("junit() names a host on which nothing was done", () => {
  const [version, start, ...rest] = EVERYTHING;
  const end = rest.at(-1);
  assert(version && start && end);
  const suites = all(readXml(report([version, start, end])), "testsuite");
  assertEquals(suites.map(({ attributes }) => attributes["hostname"]), ["lb1", "load-balancer-2"]);
});

Deno.test("junit() is valid XML whatever hosts say, and says it visibly", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
    for (
      const hostile of [text, `]]>&amp;<!--${text}`, `"/><failure x='${text}`, `\uFFFE\0${text}`]
    ) {
      const root = readXml(report(withText(hostile)));
      assertEquals(all(root, "testcase").length, 9);
    }
  }));
  const error = all(readXml(report(withText("a\x1b[2K\0\uFFFF\ud800é"))), "error")[0];
  assertEquals(error?.text, "a\\u{1b}[2K\\u{0}\\u{ffff}\\u{d800}é");
});

Deno.test("junit() has a case for each drill, with what was measured", () => {
  const root = readXml(report(drillRun()));
  const suite = all(root, "testsuite").find(({ attributes }) =>
    attributes["name"] === "load_balancers drills"
  );
  assert(suite !== undefined);
  const { tests, failures, errors, skipped } = suite.attributes;
  assertEquals([tests, failures, errors, skipped], ["4", "1", "1", "1"]);
  const cases = all(suite, "testcase");
  assertEquals(cases.map(({ attributes }) => attributes["name"]), DRILLS.map(({ drill }) => drill));
  const outcomes = cases.map((it) => it.children.map(({ name }) => name).join());
  assertEquals(outcomes, ["system-out", "failure,system-out", "error,system-out", "skipped"]);
  const [passed, failed] = cases;
  assertStringIncludes(passed?.children[0]?.text ?? "", "outage: 169 ms (predicted 306, allowed");
  assertStringIncludes(failed?.children[0]?.text ?? "", "two hosts held the address for 5,000 ms");
});

Deno.test("junit() tells the rounds of a drill apart", () => {
  const ends = [1, 2].map((round) => drillEnd("x", {}, { round, rounds: 2 }));
  const cases = all(readXml(report(drillRun(ends))), "testcase");
  const names = cases.map(({ attributes }) => attributes["name"]);
  assertEquals(names, ["x (round 1 of 2)", "x (round 2 of 2)"]);
});

const PYTHON = `
import sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
print(len(root.findall(".//testcase")))
`;

const python = await new Deno.Command("python3", { args: ["-c", "import xml.etree"] }).output()
  .then(({ success }) => success, () => false);
if (!python) console.warn("LEFT OUT: junit() is read by a parser of another make: no python3");

Deno.test({
  name: "junit() is read by a parser of another make",
  ignore: !python,
  fn: async () => {
    const every = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).join("");
    const child = new Deno.Command("python3", {
      args: ["-c", PYTHON],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(report(withText(`${every}\uFFFE\uFFFF\udfff`))));
    await writer.close();
    const { code, stdout } = await child.output();
    assertEquals([code, new TextDecoder().decode(stdout)], [0, "9\n"]);
  },
});
