import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describer } from "../src/describe.ts";
import type { Change } from "../src/model.ts";
import { secret } from "../src/secret.ts";

function write(before: string | undefined, content: string, hidden: boolean): Change {
  return {
    kind: "write",
    summary: "write /etc/x",
    files: [{
      path: "/etc/x",
      content,
      mode: "0600",
      owner: "root",
      group: "root",
      secret: hidden,
    }],
    validations: [],
    before: before === undefined ? {} : { "/etc/x": before },
  };
}

Deno.test("describer() shows a unified diff of a file", () => {
  const { diff } = describer([])(write("a\nb\n", "a\nc\n", false));
  assertEquals(diff, "--- /etc/x\n+++ /etc/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
});

Deno.test("describer() shows a new file as one that was not there", () => {
  assertStringIncludes(describer([])(write(undefined, "a\n", false)).diff ?? "", "--- /dev/null");
});

Deno.test("describer() masks a short secret, and the one it replaces", () => {
  const { diff = "" } = describer([secret("n3")])(
    write("auth_pass old\nx 1\n", "auth_pass n3\nx 2\n", true),
  );
  assert(!diff.includes("n3") && !diff.includes("old"), diff);
  assertStringIncludes(diff, "auth_pass [secret]");
  assertStringIncludes(diff, "+x 2");
});

Deno.test("describer() masks a long secret in any file and in the summary", () => {
  const change = { ...write("", "token s3cr3tvalue\n", false), summary: "set s3cr3tvalue" };
  assertEquals(describer([secret("s3cr3tvalue")])(change).summary, "set [secret]");
  assert(!JSON.stringify(describer([secret("s3cr3tvalue")])(change)).includes("s3cr3tvalue"));
});
