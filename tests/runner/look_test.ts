import { assertEquals, assertThrows } from "@std/assert";
import { compose, takeApart } from "../../src/runner/look.ts";
import { runSh } from "../helpers.ts";

const NONCE = "3f9c2c5e";

async function ask(probes: readonly string[], shell?: readonly string[]) {
  return takeApart(await runSh(compose(probes, NONCE), shell), probes.length, NONCE);
}

Deno.test("compose() and takeApart() give each probe its own output and code", async () => {
  assertEquals(await ask(["printf a", "echo b; echo c >&2; exit 7", "printf 'x\\n\\n'"]), [
    { code: 0, stdout: "a", stderr: "" },
    { code: 7, stdout: "b\n", stderr: "c\n" },
    { code: 0, stdout: "x\n\n", stderr: "" },
  ]);
});

for (const shell of [["dash"], ["bash", "--posix"]]) {
  Deno.test(`compose() survives probes that do not parse, exit, set options or read: ${shell[0]}`, async () => {
    const answers = await ask(
      [
        "if",
        "exit 255",
        "set -e; false; echo no",
        "cat",
        "echo 'open",
        "cd /; umask 0; exec false",
        "printf last",
      ],
      shell,
    );
    assertEquals(answers.at(-1), { code: 0, stdout: "last", stderr: "" });
    assertEquals(answers[1]?.code, 255);
    assertEquals(answers[3], { code: 0, stdout: "", stderr: "" });
  });
}

Deno.test("takeApart() says how far a script came when it was ended half way", () => {
  const answer = { code: 143, stdout: `a\n${NONCE} 0\nhalf`, stderr: "", timedOut: true };
  assertThrows(() => takeApart(answer, 3, NONCE), RangeError, "the deadline passed after 1 of 3");
});
