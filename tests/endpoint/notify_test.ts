/** The command of `vrrp.notify`, run by a real shell. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { notifyCommand } from "../../src/endpoint/notify.ts";
import { endpoint, TEMPLATES } from "./fixtures.ts";
import { endpoints, filesOf, PAPER } from "./renderings.ts";

/** Words that a shell makes of the text, `$state` being MASTER. */
async function wordsOf(text: string): Promise<string[]> {
  const script = `state=MASTER\nset -- ${text}\nprintf '%s\\0' "$@"`;
  const { success, stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  assertEquals(success, true, text);
  return new TextDecoder().decode(stdout).split("\0").slice(0, -1);
}

const VALUES = { host: "lb1", endpoint: "lbs" };

Deno.test("notifyCommand() fills in names once, wherever they stand", async () => {
  const words = ["x", "{host}", "{state}{state}", "a {endpoint} {state}", "{}", "{other}", ""];
  assertEquals(await wordsOf(notifyCommand(words, VALUES)), [
    ...["x", "lb1", "MASTERMASTER", "a lbs MASTER", "{}", "{other}", ""],
  ]);
  const odd = { host: "{endpoint}$(id)", endpoint: "{state}'" };
  assertEquals(await wordsOf(notifyCommand(["{host}{endpoint}"], odd)), [
    "{endpoint}$(id){state}'",
  ]);
});

Deno.test("notifyCommand() is the same words to a shell, whatever is in them", async () => {
  const hostile = fc.string({
    maxLength: 12,
    unit: fc.constantFrom(..." \t\n\"'{}!#$`\\\\;|&<>*~a-%()", "é"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 4 }), async (words) => {
      const wanted = words.map((word) => word.replaceAll("{state}", "MASTER"));
      assertEquals(await wordsOf(notifyCommand(words, VALUES)), wanted);
    }),
    { numRuns: 40 },
  );
});

Deno.test("the script gives the command the state, and ends it after a minute", () => {
  const all = endpoints(PAPER)["standard-all"];
  const script = filesOf(all, "bookworm").find(({ path }) => path.endsWith("notify_state.sh"));
  assertEquals([script?.mode, script?.owner, script?.notify], ["0755", "root", [
    "reload keepalived",
  ]]);
  assertStringIncludes(script?.content ?? "", "\nstate=$3\n");
  assertStringIncludes(script?.content ?? "", "\nexec timeout 60 /usr/bin/logger -t ");
  assertEquals(TEMPLATES.names.includes("standard/notify_state.sh"), true);
  const without = filesOf(endpoint(), "bookworm").filter(({ path }) => path.includes("notify"));
  assertEquals(without, []);
});
