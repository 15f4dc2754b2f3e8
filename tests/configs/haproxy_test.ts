/** Sections and lines of a haproxy.cfg, with their places, whatever is written in it. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseHaproxy, parseHaproxyFiles } from "../../src/configs/haproxy.ts";
import type { HaproxyFile } from "../../src/configs/model.ts";
import { formatDiagnostics } from "../../src/diagnostics.ts";

const lines = ({ sections }: HaproxyFile) =>
  sections.map(({ kind, name, lines }) => [
    `${kind} ${name}`.trim(),
    ...lines.map(({ words }) => words.map(({ text }) => text).join(" ")),
  ]);
const problems = (text: string) => formatDiagnostics(parseHaproxy(text).problems);

Deno.test("parseHaproxy(): tabs, CRLF, comments and names", () => {
  const text =
    'global#x\r\n\tdaemon\r\n\r\nfrontend "a b" from tcp\r\n bind\t*:80 # all\r\ndefaults tcp\r\n' +
    "defaults from tcp\r\n[ALL]\nspoe-agent x\n";
  assertEquals(lines(parseHaproxy(text)), [
    ["global", "daemon"],
    ["frontend a b", "bind *:80"],
    ["defaults tcp"],
    ["defaults"],
    ["spoe-agent x"],
  ]);
});

Deno.test("parseHaproxy(): what setenv says is known below it, what the host says is not", () => {
  const { sections } = parseHaproxy(
    'global\n setenv PORT 8443\n setenv B "$C"\n presetenv C x\n unsetenv C\nlisten a\n' +
      ' bind "*:${PORT}"\n bind "$B" "$C"\n',
  );
  assertEquals(sections[1]?.lines.map(({ words }) => words.slice(1)).flat(), [
    { text: "*:8443", source: { file: "haproxy.cfg", line: 7, column: 7, length: 11 } },
    {
      text: "$B",
      source: { file: "haproxy.cfg", line: 8, column: 7, length: 4 },
      variables: ["B"],
    },
    {
      text: "$C",
      source: { file: "haproxy.cfg", line: 8, column: 12, length: 4 },
      variables: ["C"],
    },
  ]);
});

Deno.test("parseHaproxy(): lines below .if are there, and marked", () => {
  const { sections, problems } = parseHaproxy(
    'global\n.if version_atleast(2.4) # new\n setenv A 1\n .if 0\n x\n .else\n y\n .endif\n z\n.endif\n a "$A"\n',
  );
  assertEquals(problems, []);
  assertEquals(
    sections[0]?.lines.map(({ words, conditional }) => `${words[0]?.text} ${conditional ?? false}`),
    ["setenv true", "x true", "y true", "z true", "a false"],
  );
  assertEquals(sections[0]?.lines.at(-1)?.words[1]?.variables, ["A"]);
});

Deno.test("parseHaproxy(): says what makes it no haproxy.cfg", () => {
  assertEquals(
    problems('mode tcp\nglobal\n log "x\n.endif\n.if 1\n'),
    `haproxy.cfg:1:1: Cannot place "mode": no section such as global stands above it [unreadable-config]
haproxy.cfg:3:6: HAProxy does not start with this file: this quote is never closed [unreadable-config]
haproxy.cfg:4:1: HAProxy does not start with this file: no .if is open that this .endif could belong to [unreadable-config]
haproxy.cfg:5:1: HAProxy does not start with this file: this .if is never closed: an .endif is missing [unreadable-config]`,
  );
});

Deno.test("parseHaproxyFiles(): a file ends the section before it, and knows its variables", () => {
  const read = parseHaproxyFiles([
    { file: "a.cfg", text: "global\n setenv A 1\ndefaults\n.if 1" },
    { file: "b.cfg", text: 'mode tcp\nlisten x\n bind "$A"' },
  ]);
  assertEquals(lines(read), [["global", "setenv A 1"], ["defaults"], ["listen x", "bind 1"]]);
  assertEquals(read.problems.map(({ source }) => `${source?.file}:${source?.line}`), [
    "a.cfg:4",
    "b.cfg:1",
  ]);
  assertEquals(read.file, "a.cfg");
  assertEquals(lines(parseHaproxyFiles([])), []);
});

const piece = fc.oneof(
  fc.constantFrom(
    "global",
    "defaults",
    "backend a",
    "listen b from c",
    ".if 1",
    ".else",
    ".endif",
    'setenv A "b c"',
    '"$A"',
    "no option x",
    "server m1 10.0.0.1:6443",
    "\n",
    "\r\n",
    "\t",
    '"',
    "'",
    "\\",
    "#",
    "$",
    "[",
  ),
  fc.string({ unit: "binary", maxLength: 6 }),
);

Deno.test("parseHaproxy(): any text has words that stand where they say", () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (parts) => {
      const text = parts.join(" ");
      const rows = text.split("\n");
      for (const { head, lines } of parseHaproxy(text).sections) {
        for (const { words } of [head, ...lines]) {
          assert(words.length > 0);
          for (const { text: word, source: { line, column, length = 0 } } of words) {
            const written = rows[line - 1]?.slice(column - 1, column - 1 + length) ?? "";
            assertEquals(written.length, length);
            // Without quotes, escapes and variables the word is its text.
            if (!/["'\\$]/.test(written)) assertEquals(written, word);
          }
        }
      }
    }),
    { numRuns: 2000 },
  );
});
