import { assertEquals } from "@std/assert";
import { lineReader, Step } from "../../src/commands/step.ts";
import type { ChangeReport, Event } from "../../src/events.ts";

const CHANGES: readonly ChangeReport[] = [
  { kind: "run", targets: [], summary: "enable \x1b[2Kit" },
  { kind: "write", targets: ["/x"], summary: "write /x", diff: "-a\n+b\x07\n" },
];
const QUIET = new AbortController().signal;

/** A person who types these lines, and everything that was asked. */
function person(...lines: readonly string[]) {
  const asked: string[] = [];
  const left = [...lines];
  const options = {
    ask: (text: string) => void asked.push(text),
    readLine: () => Promise.resolve(left.shift()),
    diff: false,
  };
  return { asked, options };
}

const ANSWERS: readonly (readonly [line: string | undefined, approved: boolean])[] = [
  ["y", true],
  [" YES\r", true],
  ["c", true],
  ["continue", true],
  ["n", false],
  ["no", false],
  ["", false],
  ["yep", false],
  [undefined, false],
];

for (const [line, approved] of ANSWERS) {
  Deno.test(`Step takes ${JSON.stringify(line)} for ${approved ? "yes" : "no"}`, async () => {
    const { options } = person(...(line === undefined ? [] : [line]));
    const step = new Step(options);
    assertEquals(await step.approve("lb1", { name: "a" }, CHANGES, QUIET), approved);
    assertEquals(step.leftOut("lb1", ""), approved ? [] : ["a"]);
    assertEquals(step.leftOut("lb2", ""), []);
  });
}

Deno.test("Step asks with the task, the host and what would change, made safe for a terminal", async () => {
  const { asked, options } = person("y", "y");
  await new Step(options).approve("lb1", { name: "service x" }, CHANGES, QUIET);
  await new Step({ ...options, diff: true }).approve("lb1", { name: "x" }, CHANGES, QUIET);
  assertEquals(asked, [
    `
Perform task: service x on lb1
  enable \\u{1b}[2Kit
  write /x
(N)o/(y)es/(c)ontinue: `,
    `
Perform task: x on lb1
  enable \\u{1b}[2Kit
  write /x
-a
+b\\u{7}
(N)o/(y)es/(c)ontinue: `,
  ]);
});

Deno.test("Step asks no more after continue", async () => {
  const { asked, options } = person("n", "c", "n");
  const step = new Step(options);
  const answers = [];
  for (const name of ["a", "b", "c", "d"]) {
    answers.push(await step.approve("lb1", { name }, [], QUIET));
  }
  assertEquals([answers, asked.length], [[false, true, true, true], 2]);
});

Deno.test("Step asks one question at a time, in the order in which hosts came", async () => {
  const asked: string[] = [];
  const typed: ((line: string) => void)[] = [];
  const step = new Step({
    ask: (text) => void asked.push(/on (\w+)/.exec(text)?.[1] ?? ""),
    readLine: () => new Promise((resolve) => typed.push(resolve)),
    diff: false,
  });
  const answers = ["lb1", "lb2", "lb3"].map((host) => step.approve(host, { name: "a" }, [], QUIET));
  const turns: string[][] = [];
  for (const [i, line] of ["y", "n", "y"].entries()) {
    while (typed.length <= i) await Promise.resolve();
    turns.push([...asked]);
    typed[i]?.(line);
  }
  assertEquals(await Promise.all(answers), [true, false, true]);
  assertEquals(turns, [["lb1"], ["lb1", "lb2"], ["lb1", "lb2", "lb3"]]);
});

Deno.test("Step prints nothing over a question, and everything after it", async () => {
  const shown: string[] = [];
  const typed = Promise.withResolvers<string>();
  const step = new Step({
    ask: () => void shown.push("question"),
    readLine: () => typed.promise,
    diff: false,
  });
  const write = step.hold((event) => void shown.push(event.type));
  const event: Event = { type: "version", format: 1, holdfast: "" };
  write(event);
  const answer = step.approve("lb1", { name: "a" }, [], QUIET);
  while (!shown.includes("question")) await Promise.resolve();
  write(event);
  assertEquals(shown, ["version", "question"]);
  typed.resolve("y");
  await answer;
  assertEquals(shown, ["version", "question", "version"]);
});

Deno.test("Step takes an interrupt for no, and asks no more", async () => {
  const { asked, options } = person();
  const interrupt = new AbortController();
  const step = new Step({ ...options, readLine: () => new Promise(() => {}) });
  const answers = ["lb1", "lb2"].map((host) =>
    step.approve(host, { name: "a" }, [], interrupt.signal)
  );
  while (asked.length === 0) await Promise.resolve();
  interrupt.abort();
  assertEquals(await Promise.all(answers), [false, false]);
  assertEquals(asked.length, 1);
});

Deno.test("lineReader() gives lines however the bytes are cut, and then nothing", async () => {
  // One byte at a time: a letter of two bytes is cut as well.
  const bytes = [...new TextEncoder().encode("y\nno\n\n\u00e4nd")];
  const read = lineReader((buffer) => {
    const byte = bytes.shift();
    if (byte === undefined) return Promise.resolve(null);
    buffer[0] = byte;
    return Promise.resolve(1);
  });
  const lines = [];
  for (let i = 0; i < 6; i++) lines.push(await read());
  assertEquals(lines, ["y", "no", "", "änd", undefined, undefined]);
});
