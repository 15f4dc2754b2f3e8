import { assert, assertEquals } from "@std/assert";
import { isSecret, masker, secret } from "../src/secret.ts";

Deno.test("secret() is not shown by printing, logging or serializing", () => {
  const value = secret("hunter22");
  const shown = [
    `${value}`,
    JSON.stringify({ value }),
    Deno.inspect(value),
    Deno.inspect({ value }),
  ];
  assert(shown.every((text) => !text.includes("hunter22")), shown.join("\n"));
  assertEquals(value.reveal(), "hunter22");
  assert(isSecret(value) && !isSecret("x"));
});

Deno.test("masker() masks the longer secret first", () => {
  assertEquals(masker([secret("abcd"), secret("abcdef")])("x abcdef abcd"), "x [secret] [secret]");
});
