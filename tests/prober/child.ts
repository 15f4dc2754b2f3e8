/**
 * A process with a prober in it, for tests that stop a whole process or end it in a bad way.
 * Arguments: the target as JSON. Prints `ready`, then each line of input is obeyed: `stop` prints the
 * record, `throw` ends the process with an exception while the prober is at work.
 */
import { probe } from "../../src/prober/mod.ts";

const prober = await probe(JSON.parse(Deno.args[0] ?? ""));
console.log("ready");
const decoder = new TextDecoder();
for await (const bytes of Deno.stdin.readable) {
  const word = decoder.decode(bytes).trim();
  if (word === "throw") throw new Error("thrown while the prober is at work");
  if (word !== "stop") continue;
  console.log(JSON.stringify(await prober.stop()));
  break;
}
