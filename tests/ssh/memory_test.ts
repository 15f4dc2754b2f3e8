import { assert } from "@std/assert";
import { fromFileUrl } from "@std/path";

const CHILD = fromFileUrl(new URL("many_sessions.ts", import.meta.url));

Deno.test("each of 200 sessions takes less than 1 MB, however much its host has answered", async () => {
  const [sessions, answer] = [200, 2_000_000];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "-A", "--v8-flags=--expose-gc", CHILD, `${sessions}`, `${answer}`],
    stdin: "null",
  }).output();
  assert(code === 0, new TextDecoder().decode(stderr));
  const bytes = Number(new TextDecoder().decode(stdout));
  assert(bytes < 1_000_000, `${bytes} bytes for each further session`);
});
