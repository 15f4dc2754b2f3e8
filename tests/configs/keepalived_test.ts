/** A keepalived.conf as Keepalived takes it; the cases were tried with version 2.2.7. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseKeepalived } from "../../src/configs/keepalived.ts";
import type { Statement, Word } from "../../src/configs/model.ts";

/** Statements as one text: words by `|`, blocks in braces. */
function shown(statements: readonly Statement[]): string {
  return statements.map(({ words, block }) =>
    words.map(({ text }) => text).join("|") + (block ? `{${shown(block)}}` : "")
  ).join(" ");
}

const CASES: Readonly<Record<string, readonly [text: string, is: string]>> = {
  "comments": ["a b ! c\n# d\n e#f\n!", "a|b e"],
  "a quoted comment sign": [`a "b ! # c" d # e`, "a|b ! # c|d"],
  "an escaped comment sign": ["a\\#b", "a#b"],
  "quotes end words": [`a"b c"d`, "a|b c|d"],
  "single quotes are letters": ["a 'b c'", "a|'b|c'"],
  "a command line": [`script "/a 'b c' \\"d\\"" e\\ f`, `script|/a 'b c' "d"|e f`],
  "escapes of a command line": [`notify '/a\\x41\\102\\t' "x`, "notify|/aAB\t|x"],
  "braces": ["a {\nb { c }\n}\nd {}", "a{b{c}} d{}"],
  "a brace on its own line": ["a\n{\nb\n}\n", "a{b}"],
  "a brace with no owner": ["{\nb\n}\n{ c }", "{b} {c}"],
  "a quoted brace": [`a "b { c"`, "a|b { c"],
  "line ends of Windows": ["a {\r\nb\r\n}\r\n", "a{b}"],
  "definitions": ["$A=one\n$B=x${A}y\n${B}z $A,\n$A", "xoneyz|one, one"],
  "what is not defined": ["$B=1\na ${A} $A $Bc $", "a|${A}|$A|$Bc|$"],
  "the last definition above": ["$A=1\na $A\n$A=2\na $A", "a|1 a|2"],
  "an empty definition": ["$A=\na $A b", "a|b"],
  "several lines": ["$M= \\\n a ${N} { \\\n b \\\n }\n$N=7\n$M\n$N=8\n$M", "a|7{b} a|8{b}"],
  "an empty line ends them": ["$M=a \\\n\nb\n$M", "b a"],
  "several lines inside of others": ["$X= \\\nx\\\ny\n$M= \\\na \\\n$X \\\nb\n$M", "a x y b"],
  "sequences": ["~SEQ(I,1,3) s${I}", "s1 s2 s3"],
  "sequences with steps": [
    "~SEQx(I,8,4,16) h${I}\n~SEQ(J,2) j$J\n~SEQ(K,1,-1) $K",
    "h8 hc h10 j1 j2 1 0 -1",
  ],
  "sequences of sequences": ["~SEQ(I,1,2) ~SEQ(J,1,2) $I $J", "1|1 1|2 2|1 2|2"],
  "lists": ["~LST({P,Q}, {1,2},{3,4}) l${P}-${Q}\n~LST(R, 5, 6) r$R", "l1-2 l3-4 r5 r6"],
  "a sequence that says nothing": ["~SEQ(I,1,0,3) a\n~SEQ(I,x) b\n~SEQ(", "~SEQ("],
  "holes of a template": ["a ${B} { c {{ d }} {% e %} }", "a|${B}{c|{{ d }}|{% e %}}"],
  "a script below the directory": ["script ${_PWD}/a.sh", "script|/etc/keepalived/a.sh"],
};

for (const [name, [text, is]] of Object.entries(CASES)) {
  Deno.test(`parseKeepalived() reads ${name}`, () => {
    assertEquals(shown(parseKeepalived(text).statements), is);
  });
}

Deno.test("parseKeepalived() takes the lines of one host", () => {
  const text = "@lb1 a 1\n@lb2 a 2\n@^lb1 b\n@lb1\n@lb2 $C=@lb2\n$C d";
  const as = (id?: string) => shown(parseKeepalived(text, "x", id).statements);
  assertEquals(as("lb1"), "a|1 $C|d");
  assertEquals(as("lb2"), "a|2 b d");
  assertEquals(as("lb3"), "b $C|d");
  // Without a name, those of the first that is asked for.
  assertEquals(as(), as("lb1"));
});

Deno.test("parseKeepalived() names what it includes", () => {
  const { includes, statements } = parseKeepalived(
    "a\ninclude /etc/x/*.conf # all\nincludea y\nincludes z",
  );
  assertEquals(includes.map(({ text, source }) => [text, source.line, source.column]), [
    ["/etc/x/*.conf", 2, 9],
    ["y", 3, 10],
  ]);
  assertEquals(shown(statements), "a includes|z");
});

const WRONG: Readonly<Record<string, readonly [text: string, at: string]>> = {
  "a missing brace": ["a {\n b", "1:1 This block is never closed: a } is missing"],
  "a brace too many": ["a\n }", "2:2 This brace closes nothing"],
  "an open quote": ['a\n b "c', "2:4 This quote is never closed"],
  "a definition of itself": [
    "$A=x${A}\n$A",
    "1:1 This file does not end: a definition contains itself",
  ],
  "definitions of each other": [
    "$A=$B\n$B=$A\n$A",
    "1:1 This file does not end: a definition contains itself",
  ],
};

for (const [name, [text, at]] of Object.entries(WRONG)) {
  Deno.test(`parseKeepalived() says where ${name} is`, () => {
    const { problems } = parseKeepalived(text);
    assertEquals(
      problems.map(({ source, message }) => `${source?.line}:${source?.column} ${message}`),
      [at],
    );
  });
}

Deno.test("parseKeepalived() points at where a word was written", () => {
  const text =
    '$IF=eth0\n$BODY= \\\n  interface $IF \\\n  priority 9\na {\n  $BODY\n "b c" $IF\n}\n';
  const said = wordsIn(parseKeepalived(text).statements).map(({ text: it, source }) =>
    `${it} ${source.line}:${source.column}+${source.length}`
  );
  assertEquals(said, [
    "a 5:1+1",
    "interface 3:3+9",
    "eth0 3:13+3",
    "priority 4:3+8",
    "9 4:12+1",
    "b c 7:2+5",
    "eth0 7:8+3",
  ]);
});

Deno.test("parseKeepalived() tells where a comment cuts a word", () => {
  const text = 'a b#c\na b # c\na b# c\na #b\n#a\na "b#c"\na b!c#d\na b\\#c\n}#x';
  const cuts = parseKeepalived(text).cuts.map(({ line, column }) => [line, column]);
  assertEquals(cuts, [[1, 4], [7, 4], [8, 4], [9, 2]]);
});

Deno.test("parseKeepalived() shows no password in its text, and moves nothing", () => {
  const text = '$VRRP_PASS=one two\na {\n auth_pass "thr!ee" # four\n b { auth_pass five }\n}';
  const file = parseKeepalived(text);
  assertEquals(
    file.text,
    "$VRRP_PASS=*** ***\na {\n auth_pass ******** * ****\n b { auth_pass **** *\n}",
  );
  assertEquals(shown(file.statements), "a{auth_pass|thr!ee b{auth_pass|five}}");
});

function wordsIn(statements: readonly Statement[]): readonly Word[] {
  return statements.flatMap(({ words, block = [] }) => [...words, ...wordsIn(block)]);
}

/** Texts that look like configuration, and some that look like nothing. */
const anything = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.array(
    fc.oneof(
      fc.constantFrom(
        ..."{ } ! # \" ' \\ \n \r\n \t $ $A ${A} $A= $A=1 \\\n @ @a @^a ~SEQ(A,1,2) ~LST( include"
          .split(" "),
        " ",
        "vrrp_instance",
        "script",
        "virtual_ipaddress {",
        "$A=$A",
        "~SEQ(A,-1e9,1e9) ",
      ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 40 },
  ).map((pieces) => pieces.join("")),
);

Deno.test("parseKeepalived() reads any text, and every word has a place in it", () => {
  fc.assert(
    fc.property(anything, (text) => {
      const { statements, problems, includes } = parseKeepalived(text);
      const lines = text.split("\n");
      const places = [...wordsIn(statements), ...includes].map(({ source }) => source)
        .concat(problems.flatMap(({ source }) => source ?? []));
      for (const { line, column, length = 0 } of places) {
        const written = lines.slice(line - 1).join("\n");
        assert(column >= 1 && length >= 1, "a place is a piece of text");
        assert(column - 1 + length <= Math.max(written.length, 1), "a place is inside of the text");
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("parseKeepalived() points at exactly the text of a plain word", () => {
  const word = fc.stringMatching(/^[a-z0-9_./:-]{1,8}$/);
  const statement = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join("  "));
  const block = fc.array(statement, { maxLength: 4 }).map((all) =>
    `b {\n\t${all.join("\n")}\n} # x`
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(statement, block), { maxLength: 8 }), (all) => {
      const text = all.join("\n");
      const lines = text.split("\n");
      for (const { text: is, source } of wordsIn(parseKeepalived(text).statements)) {
        const from = source.column - 1;
        assertEquals(lines[source.line - 1]?.slice(from, from + (source.length ?? 0)), is);
      }
    }),
  );
});

Deno.test("parseKeepalived() takes a long file for what it is", () => {
  const many = `a {\n${"b c\n".repeat(30_000)}}\n`;
  const { statements: [a], problems } = parseKeepalived(many);
  assertEquals([a?.block?.length, problems], [30_000, []]);
});
