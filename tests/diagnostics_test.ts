import { assertEquals } from "@std/assert";
import { didYouMean, formatDiagnostic, formatDiagnostics, quote } from "../src/diagnostics.ts";
import type { Diagnostic } from "../src/model.ts";

const typo: Diagnostic = {
  severity: "error",
  code: "unknown-key",
  message: 'Cannot use key "adress" of host "lb2": a host has no such key',
  source: { file: "hosts.yaml", line: 2, column: 5, length: 6 },
  hint: "address",
};

Deno.test("formatDiagnostic() shows place, line, caret run and hint", () => {
  assertEquals(
    formatDiagnostic(typo, "lb2:\n    adress: 10.88.0.12\n"),
    [
      'hosts.yaml:2:5: Cannot use key "adress" of host "lb2": a host has no such key [unknown-key]',
      "    2 |     adress: 10.88.0.12",
      "      |     ^^^^^^",
      "   hint: address",
    ].join("\n"),
  );
});

Deno.test("formatDiagnostic() does without the text, the place and the hint", () => {
  assertEquals(
    formatDiagnostic({ severity: "warning", code: "x", message: "Something is odd" }),
    "warning: Something is odd [x]",
  );
});

Deno.test("formatDiagnostic() keeps tabs before the caret", () => {
  const source = { file: "f", line: 1, column: 3, length: 1 };
  const text = formatDiagnostic({ severity: "error", code: "x", message: "M", source }, "\t\tb");
  assertEquals(text, "f:1:3: M [x]\n    1 | \t\tb\n      | \t\t^");
});

Deno.test("formatDiagnostic() cuts a long line to what is around the caret", () => {
  const line = "a".repeat(500) + "B" + "c".repeat(500);
  const source = { file: "f", line: 1, column: 501, length: 1 };
  const [, shown = "", carets = ""] = formatDiagnostic(
    { severity: "error", code: "x", message: "M", source },
    line,
  ).split("\n");
  assertEquals(shown.length < 200, true);
  assertEquals(shown[carets.indexOf("^")], "B");
});

Deno.test("formatDiagnostic() never underlines past the end of the line", () => {
  const source = { file: "f", line: 1, column: 2, length: 99 };
  const text = formatDiagnostic({ severity: "error", code: "x", message: "M", source }, "abc\nd");
  assertEquals(text.split("\n").at(-1), "      |  ^^");
});

Deno.test("formatDiagnostic() shows no control characters of the file or the message", () => {
  const source = { file: "f", line: 1, column: 1 };
  const text = formatDiagnostic(
    { severity: "error", code: "x", message: "a\x1b[2Kb\u202e", source },
    "k\x1b]0;pwned\x07\x9b\u202e",
  );
  assertEquals(/[^\P{C}\n]/u.test(text), false, text);
});

Deno.test("formatDiagnostics() finds the text of each file", () => {
  const text = formatDiagnostics([typo, typo], new Map([["hosts.yaml", "\n    adress: 1"]]));
  assertEquals(text.split("\n").length, 8);
});

Deno.test("didYouMean() finds what was meant", () => {
  const keys = ["address", "port", "backends", "backend_port", "vrrp"];
  assertEquals(didYouMean("adress", keys), "address");
  assertEquals(didYouMean("backendPort", keys), "backend_port");
  assertEquals(didYouMean("prot", keys), "port");
  assertEquals(didYouMean("PORT", keys), "port");
});

Deno.test("didYouMean() says nothing when nothing is near", () => {
  assertEquals(didYouMean("banana", ["address", "port"]), undefined);
  assertEquals(didYouMean("x", ["y"]), undefined);
  assertEquals(didYouMean("", ["a"]), undefined);
});

Deno.test("quote() shortens and escapes", () => {
  assertEquals(quote('a"b\n\u202e'), '"a\\"b\\n\\u{202e}"');
  assertEquals(quote("a".repeat(100)).length, 63);
});

Deno.test("formatDiagnostics() cuts a flood, and says how much it was", () => {
  const many = Array.from({ length: 4000 }, (_, i) => ({
    severity: "error" as const,
    code: "word",
    message: `Cannot use ${i}`,
  }));
  const lines = formatDiagnostics(many).split("\n");
  assertEquals([lines.length, lines.at(-1)], [51, "and 3950 more like these"]);
});
