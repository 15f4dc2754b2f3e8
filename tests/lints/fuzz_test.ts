/** Files of strangers: any words in any order. No lint throws, and every place is in its file. */
import { assert } from "@std/assert";
import fc from "fast-check";
import { LINTS } from "../../src/lints/mod.ts";
import { lint, nodesOf } from "../../src/lints/run.ts";

const examples = LINTS.flatMap(({ err, ok }) => [err, ok]);
/** Lines of the examples' own files, by kind of file. */
const linesOf = (end: string) => [
  ...new Set(
    examples.flatMap(({ files }) =>
      Object.entries(files).filter(([path]) => path.endsWith(end))
        .flatMap(([, text]) => text.split("\n"))
    ),
  ),
];

/** Known lines in any order, with words that are missing, doubled, or something else. */
const text = (end: string) =>
  fc.array(
    fc.tuple(
      fc.constantFrom(...linesOf(end)),
      fc.constantFrom("as it is", "as it is", "cut", "doubled", "strange", "joined"),
      fc.string({ unit: "binary", maxLength: 5 }),
    ),
    { maxLength: 25 },
  ).map((rows) =>
    rows.map(([line, how, strange]) => {
      const words = line.split(" ");
      if (how === "cut") return words.slice(0, -1).join(" ");
      if (how === "doubled") return `${line} ${line.trim()}`;
      if (how === "strange") return words.with(-1, strange).join(" ");
      return line;
    }).join("\n")
  );

const KINDS = ["keepalived.conf", "haproxy.cfg", "check.sh", "keepalived.service.conf"];

const hosts = fc.record(
  Object.fromEntries(
    ["lb1", "lb2"].flatMap((host) =>
      KINDS.map((kind) => [`${host}/${kind}`, text(kind === "check.sh" ? ".sh" : kind)])
    ),
  ),
  { requiredKeys: [] },
);

Deno.test("lints: any files get findings in their places, and no error of ours", () => {
  const addresses = { lb1: ["10.0.0.11", "fd00::11"], lb2: ["10.0.0.12"] };
  const versions = { haproxy: "2.2.9-2+deb11u6", keepalived: "2.1.5" };
  fc.assert(
    fc.property(hosts, (files) => {
      const known = Object.fromEntries(
        Object.entries(files).filter((it): it is [string, string] => it[1] !== undefined),
      );
      const nodes = nodesOf({ files: known, addresses, versions });
      for (const { source, message, hint, code } of lint({ nodes }, LINTS)) {
        assert(message.length > 0 && hint !== "", code);
        if (!source) continue;
        const lines = known[source.file]?.split("\n") ?? [];
        const line = lines[source.line - 1];
        assert(line !== undefined, `${code} points at a line of ${source.file}`);
        assert(source.column >= 1 && source.column <= line.length + 1, `${code} points into it`);
      }
    }),
    { numRuns: 1000 },
  );
});
