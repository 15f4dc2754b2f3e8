import { assertEquals } from "@std/assert";
import { howEnded } from "../../src/runner/ended.ts";
import { runSh } from "../helpers.ts";

Deno.test("howEnded() names the signal that a shell tells of, and takes no other code for one", async () => {
  for (const name of ["KILL", "TERM", "SEGV", "ABRT", "BUS", "PIPE"]) {
    const { code } = await runSh(`sh -c 'kill -${name} $$'`);
    assertEquals(howEnded(code), `it ended with ${code} (SIG${name})`);
  }
  for (const code of [1, 2, 126, 127, 128, 254, 255]) {
    assertEquals(howEnded(code), `it ended with ${code}`);
  }
});
