import { assertEquals } from "@std/assert";
import { asciiWanted, colorWanted, liveWanted } from "../../src/commands/screen.ts";

type Variables = Readonly<Record<string, string>>;

const COLORS: readonly (readonly [terminal: boolean, env: Variables, wanted: boolean])[] = [
  [true, {}, true],
  [false, {}, false],
  [true, { TERM: "dumb" }, false],
  [true, { NO_COLOR: "1" }, false],
  [true, { NO_COLOR: "0" }, false],
  [true, { NO_COLOR: "" }, true],
  [false, { FORCE_COLOR: "1" }, true],
  [true, { FORCE_COLOR: "0" }, false],
  [false, { FORCE_COLOR: "" }, false],
  [false, { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
  [false, { CI: "true" }, false],
];

for (const [terminal, env, wanted] of COLORS) {
  const where = `${terminal ? "on a terminal" : "in a pipe"} with ${JSON.stringify(env)}`;
  Deno.test(`colorWanted() is ${wanted} ${where}`, () => {
    assertEquals(colorWanted(terminal, (name) => env[name]), wanted);
  });
}

const LIVE: readonly (readonly [terminal: boolean, env: Variables, wanted: boolean])[] = [
  [true, {}, true],
  [false, {}, false],
  [false, { FORCE_COLOR: "1" }, false],
  [true, { CI: "true" }, false],
  [true, { CI: "1" }, false],
  [true, { CI: "" }, true],
  [true, { CI: "false" }, true],
  [true, { TERM: "dumb" }, false],
];

for (const [terminal, env, wanted] of LIVE) {
  const where = `${terminal ? "on a terminal" : "in a pipe"} with ${JSON.stringify(env)}`;
  Deno.test(`liveWanted() is ${wanted} ${where}`, () => {
    assertEquals(liveWanted(terminal, (name) => env[name]), wanted);
  });
}

Deno.test("asciiWanted() is for terminals that have few signs, and for no log", () => {
  const wanted = (env: Variables) => asciiWanted((name) => env[name]);
  assertEquals([{ TERM: "linux" }, { TERM: "dumb" }].map(wanted), [true, true]);
  assertEquals([{ TERM: "xterm-256color" }, {}].map(wanted), [false, false]);
});
