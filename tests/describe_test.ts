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

const LINES = "  priority 42\n    auth_pass 42\n";

Deno.test("describer() masks a short secret where it stands, not where it would tell what it is", () => {
  const { diff = "" } = describer([secret("42")])(write("x\n", LINES, true));
  assertStringIncludes(diff, "+  priority 42\n+    auth_pass [secret]\n");
});

Deno.test("describer() shows that a secret differs, and neither of the two", () => {
  const { diff = "" } = describer([secret("n3w")])(
    write("auth_pass   old\n", "  auth_pass n3w\n", true),
  );
  assertStringIncludes(diff, "-auth_pass   [another secret]\n+  auth_pass [secret]\n");
});

Deno.test("describer() masks passwords that are not ours, in files that hold no secret of ours", () => {
  const theirs = "auth_pass s3 x\nstats auth admin:pw\nuser joe insecure-password pw\n";
  const { diff = "" } = describer([])(write(theirs, "x\n", false));
  assertEquals(diff.match(/\[another secret\]/g)?.length, 3, diff);
  assert(!/pw|s3/.test(diff), diff);
});

Deno.test("describer() masks a file that is nothing but a short secret, before and after", () => {
  const { diff = "" } = describer([secret("n3")])(write("o7\n", "n3\n", true));
  assert(!/n3|o7/.test(diff), diff);
});

Deno.test("describer() masks a secret that is encoded", () => {
  const token = btoa("user:s3cr3tvalue");
  const { diff = "" } = describer([secret("s3cr3tvalue")])(write("", `x ${token}\n`, false));
  assert(!diff.includes(token) && diff.includes("[secret]"), diff);
});
