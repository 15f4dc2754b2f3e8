import { assertEquals, assertStringIncludes } from "@std/assert";
import { labCommand, parseLab } from "../../src/lab/cli.ts";

async function call(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await labCommand(args, {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

Deno.test("labCommand() gives its help when asked", async () => {
  const { code, out } = await call("--help");
  assertEquals(code, 0);
  assertStringIncludes(out, "Usage: holdfast lab");
});

Deno.test("labCommand() ends with 1 and its help when it gets no command", async () => {
  const { code, err } = await call();
  assertEquals(code, 1);
  assertStringIncludes(err, "Usage: holdfast lab");
});

Deno.test("labCommand() refuses what it does not know, before it touches anything", async () => {
  const cases: [string[], string][] = [
    [["up", "--colour"], "expected a value"],
    [["up", "--colour", "red"], "expected --name, --suite or --hosts"],
    [["up", "--suite", "sid"], "expected bullseye, bookworm, trixie"],
    [["up", "--hosts=0"], "expected 1 to 100"],
    [["up", "--hosts", "many"], "expected 1 to 100"],
  ];
  for (const [args, message] of cases) {
    const { code, err } = await call(...args);
    assertEquals(code, 1, args.join(" "));
    assertStringIncludes(err, message);
  }
});

Deno.test("parseLab() takes --name in front of a host and behind it, and leaves the host its command", () => {
  const read = (...args: string[]) => {
    const { name, words } = parseLab(args);
    return [name, words.join(" ")];
  };
  assertEquals(read("ssh", "lb1", "hostname"), ["lab", "ssh lb1 hostname"]);
  assertEquals(read("ssh", "lb1", "--name", "st3"), ["st3", "ssh lb1"]);
  for (const named of [["--name", "st3"], ["--name=st3"]]) {
    assertEquals(read(...named, "ssh", "lb1", "hostname"), ["st3", "ssh lb1 hostname"]);
    assertEquals(read("ssh", ...named, "lb1", "hostname"), ["st3", "ssh lb1 hostname"]);
    assertEquals(read("ssh", "lb1", ...named, "hostname"), ["st3", "ssh lb1 hostname"]);
    assertEquals(read("ssh", "lb1", ...named, "--", "ls", ...named), [
      "st3",
      `ssh lb1 -- ls ${named.join(" ")}`,
    ]);
    assertEquals(read("ssh", "lb1", "ip", ...named), ["lab", `ssh lb1 ip ${named.join(" ")}`]);
    assertEquals(read("ssh", "lb1", "--", ...named), ["lab", `ssh lb1 -- ${named.join(" ")}`]);
  }
  assertEquals(read("ssh", "lb1", "ls", "--help"), ["lab", "ssh lb1 ls --help"]);
});
