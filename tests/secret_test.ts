import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { isSecret, masker, maskKnown, secret } from "../src/secret.ts";
import { quote } from "../src/shell.ts";
import { printable } from "../src/terminal.ts";

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

Deno.test("masker() leaves nothing of two secrets that overlap", () => {
  const mask = masker([secret("xabcd"), secret("abcdefgh")]);
  assertEquals(mask("<xabcdefgh>"), "<[secret]>");
  assertEquals(masker([secret("aaaa")])("<aaaaaa>"), "<[secret]>");
});

const utf8 = (text: string) => new TextEncoder().encode(text);
const percent = (text: string) =>
  [...utf8(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

/** Every way in which a value may be written, by name. */
const FORMS: Readonly<Record<string, (value: string) => string>> = {
  plain: (value) => value,
  base64: (value) => utf8(value).toBase64(),
  "base64, with a newline": (value) => utf8(`${value}\n`).toBase64(),
  "base64, one byte further": (value) => utf8(`:${value}`).toBase64(),
  "base64, two bytes further": (value) => utf8(`::${value}!`).toBase64(),
  "base64 for URLs": (value) => utf8(`:${value}`).toBase64({ alphabet: "base64url" }),
  "base64 in lines": (value) => utf8(`::${value}`).toBase64().replaceAll(/.{4}/g, "$&\n"),
  JSON: (value) => JSON.stringify(value).slice(1, -1),
  "JSON in JSON": (value) => JSON.stringify(JSON.stringify(value)).slice(3, -3),
  "JSON in ASCII": (value) =>
    Array.from(
      { length: value.length },
      (_, i) => `\\u${value.charCodeAt(i).toString(16).padStart(4, "0")}`,
    ).join(""),
  URL: encodeURIComponent,
  "URL, small letters": (value) =>
    encodeURIComponent(value).replaceAll(/%../g, (code) => code.toLowerCase()),
  "URL, all of it": percent,
  "URL, twice": (value) => encodeURIComponent(encodeURIComponent(value)),
  form: (value) => new URLSearchParams([["", value]]).toString().slice(1),
  "shell, single quotes": (value) => quote(value),
  "shell, backslashes": (value) => value.replaceAll(/[^\w\n]/gu, "\\$&"),
  "shell, in JSON": (value) => JSON.stringify(quote(value)),
  hex: (value) => utf8(value).toHex(),
  "hex, capitals": (value) => utf8(value).toHex().toUpperCase(),
  "hex, spaced": (value) => [...utf8(value)].map((byte) => utf8hex(byte)).join(" "),
  "hex in lines": (value) => [...utf8(value)].map((byte) => utf8hex(byte)).join("\n         "),
  "hex of C": (value) => [...utf8(value)].map((byte) => `\\x${utf8hex(byte)}`).join(""),
  XML: (value) =>
    value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")
      .replaceAll("'", "&#39;"),
  "as terminals are shown it": printable,
};

function utf8hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

for (const [name, form] of Object.entries(FORMS)) {
  Deno.test(`masker() masks a secret in this form: ${name}`, () => {
    for (
      const value of ["hf-4711", "abcd", `p'a"s\\s&w<o>r d`, "päß\u{1f511}ey", "a+b/c=d?e~", "''''"]
    ) {
      const written = form(value);
      const shown = masker([secret(value)])(`<${written}>`);
      assert(!shown.includes(written), `${value}: ${shown}`);
      // What is left over are neighbors in base64, and quotes.
      assertMatch(shown, /^<["':\nA-Za-z0-9]{0,2}\[secret\]["'=\sA-Za-z0-9]{0,4}>$/u, value);
    }
  });
}

Deno.test("maskKnown() masks what was ever wrapped, in a stack trace too", () => {
  secret("early-bird");
  const error = new Error("refused: early-bird");
  assert(!maskKnown(error.stack ?? "").includes("early-bird"));
  secret("late-riser");
  assertEquals(maskKnown("late-riser"), "[secret]");
});

Deno.test("masker() masks any secret in any form, in the middle of anything", () => {
  const forms = Object.values(FORMS);
  const text = fc.string({ unit: "grapheme" });
  // A lone surrogate is no text: none can come out of a file, a variable or a program.
  const value = fc.string({ unit: "grapheme", minLength: 8, maxLength: 40 })
    .filter((value) => value.isWellFormed() && !/^\\/.test(value));
  fc.assert(
    fc.property(text, value, text, fc.nat(forms.length - 1), (before, value, after, n) => {
      const written = forms[n]?.(value) ?? "";
      const shown = masker([secret(value)])(`${before}<${written}>${after}`);
      assert(shown.includes("[secret]"), `${JSON.stringify(value)} in form ${n}: ${shown}`);
    }),
    { numRuns: 30 },
  );
});

Deno.test("masker() masks a short secret where a password stands, and nowhere else", () => {
  const mask = masker([secret("42")]);
  assertEquals(mask("line 42: auth_pass 42"), "line 42: auth_pass [secret]");
  assertEquals(mask(`{"password":"42","port":42}`), `{"password":"[secret]","port":42}`);
  assertEquals(mask("auth_pass 420 of 42"), "auth_pass 420 of 42");
});

Deno.test("masker() leaves innocent text as it is", () => {
  const text = "lb1 : ok=9 changed=0\nwrite /etc/keepalived/keepalived.conf, 10.0.0.10 \\\\ %20\n";
  assertEquals(masker([secret("hunter22"), secret("kube"), secret("")])(text), text);
});

Deno.test("masker() takes no long time over text that a host made up to make it", () => {
  const mask = masker([secret("\\".repeat(9) + "'a'"), secret("aaaa\\\\aaaa")]);
  for (const unit of ["\\", "'", "a", "%25", "a\\", "'\\''"]) mask(unit.repeat(50_000));
});

/** So many that they are looked for in one walk over the text. */
const MANY = Array.from({ length: 300 }, (_, i) => secret(`sudo-${1000 + i}`));

for (const [name, form] of Object.entries(FORMS)) {
  Deno.test(`masker() masks one of very many secrets in this form: ${name}`, () => {
    for (
      const value of ["hf-4711", "abcd", `p'a"s&w<o>r d`, "päß\u{1f511}ey", "a+b/c=d?e~", "''''"]
    ) {
      const one = secret(value);
      const text = `<${form(value)}> sudo-0 ${form("sudo-1234")}`;
      const few = masker([one, ...MANY.slice(230, 240)]);
      assertEquals(masker([...MANY, one])(text), few(text), value);
      assert(few(text).includes("[secret]"), few(text));
    }
  });
}

Deno.test("masker() masks of very many secrets what it masks of few", () => {
  const forms = Object.values(FORMS);
  const letters = fc.string({
    unit: fc.constantFrom(..."abAB01'\"+%&\\/=- ;xu\n", "é"),
    minLength: 4,
    maxLength: 12,
  });
  const piece = fc.oneof(letters, fc.constantFrom("\\", "0x", "%25", "&#", "'", " ", "\n"));
  const text = fc.array(piece, { maxLength: 4 }).map((all) => all.join(""));
  const spoken = fc.tuple(fc.nat(), fc.nat(forms.length - 1), text);
  fc.assert(
    fc.property(
      fc.array(letters, { minLength: 1, maxLength: 5 }),
      fc.array(spoken),
      (all, said) => {
        const secrets = all.map(secret);
        const line = said.map(([which, how, rest]) =>
          (forms[how] ?? String)(all[which % all.length] ?? "") + rest
        ).join("");
        assertEquals(masker([...MANY, ...secrets])(line), masker(secrets)(line));
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("masker() looks closely for those of ten thousand secrets that are there", () => {
  const secrets = Array.from({ length: 10_000 }, (_, i) => secret(`pw-${10_000 + i}-of-site`));
  const mask = masker(secrets);
  const text = `lb1: auth_pass pw-10007-of-site, then ${btoa("x:pw-19999-of-site\n")}\n`;
  assert(!/pw-|cHct|19999/.test(mask(text.repeat(100))), mask(text));
});

Deno.test("masker() takes no long time over hostile text with very many secrets", () => {
  const odd = ["''''''''", "aaaa0000", "%25%25%25", "+ + + + "].map(secret);
  const mask = masker([...MANY, ...odd]);
  for (const unit of ["\\", "'", "a", "%25", "a\\", "'\\''", "0x", "0", " ", "+", "&#0"]) {
    mask(unit.repeat(20_000));
  }
});
