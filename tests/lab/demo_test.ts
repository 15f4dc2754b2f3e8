import { assertEquals, assertMatch } from "@std/assert";
import { labDown } from "../../src/lab/mod.ts";
import { labAvailable, labName } from "./helpers.ts";

const ignore = await labAvailable() !== undefined;
const NAME = labName("demo");

Deno.test({
  name: "the demo deploys, deploys again without a change, and shows the address on the other host",
  ignore,
  fn: async () => {
    const demo = decodeURIComponent(new URL("../../src/lab/demo.ts", import.meta.url).pathname);
    try {
      const { code, stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-prompt", "--allow-all", demo, "--name", NAME],
        stdin: "null",
      }).output();
      const text = new TextDecoder().decode(stdout);
      assertEquals(code, 0, text);
      const recaps = [...text.matchAll(/^lb[12] : ok=\d+ changed=(\d+) .* failed=0 /gm)]
        .map(([, changed]) => Number(changed) > 0);
      // Two hosts each: the first deploy changes, the second and the last verify do not.
      assertEquals(recaps, [true, true, false, false, false, false], text);
      const [, killed, other] = /Kill HAProxy on (lb[12])[\s\S]*?^(lb[12]) holds it now/m
        .exec(text) ?? [];
      assertEquals([killed, other].toSorted(), ["lb1", "lb2"], text);
      assertMatch(text, /A client felt: \d+ requests, \d+ failed/);
    } finally {
      await labDown({ name: NAME, log: () => {} });
    }
  },
});
