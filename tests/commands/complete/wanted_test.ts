import { assert, assertEquals } from "@std/assert";
import { makeProgram } from "../../../src/commands/program.ts";
import { type Wanted, wantedAt } from "../../../src/commands/complete/wanted.ts";
import { commandNames } from "../line/program.ts";

const program = makeProgram(() => Promise.resolve(), { out: () => {}, err: () => {} });

/** The line as somebody typed it, without quotes in it; the program's name is left out. */
const at = (line: string) => wantedAt(program, line.split(" "));
const values = (wanted: Wanted) =>
  wanted.kind === "words" ? wanted.words.map(({ value }) => value) : undefined;

const WORDS: Readonly<Record<string, readonly string[]>> = {
  "": commandNames(),
  "ap": ["apply"],
  "--": ["--version", "--help"],
  "apply --li": ["--limit", "--list-hosts", "--list-tasks", "--list-tags"],
  "apply x --diff --ste": ["--step"],
  "completions ": ["bash", "zsh", "fish"],
  "completions z": ["zsh"],
  "placement ": ["check", "apply"],
  "placement check h.yaml --j": ["--json"],
  "help ver": ["verify"],
  "lab s": ["status", "ssh"],
  "lab ssh ": [],
  "apply x --report j": ["junit:", "jsonl:"],
  "apply x --report h": ["html:"],
  "apply x --report=g": ["--report=github"],
  "apply x -f ": [],
  "apply x -- --li": [],
  "apply x y": [],
  "nope ": [],
  "__complete ": [],
  "check x --ch": [],
};

for (const [line, words] of Object.entries(WORDS)) {
  Deno.test(`wantedAt() offers words behind "${line}"`, () => {
    assertEquals(values(at(line)), words);
  });
}

const names = (of: string, prefix: string, typed: string, more: object = {}) => ({
  kind: "names",
  of,
  prefix,
  typed,
  inventory: "h.yaml",
  ...more,
});
const files = (path: string, prefix: string, suffixes: readonly string[]) => ({
  kind: "files",
  prefix,
  path,
  suffixes,
});
const INVENTORY = ["yaml", "yml", "json", "ini"];

const PLACES: Readonly<Record<string, object>> = {
  "placement check inv": files("inv", "", INVENTORY),
  "apply inv": files("inv", "", INVENTORY),
  "apply --limit lb1 inv": files("inv", "", INVENTORY),
  "apply -bl lb1 inv": files("inv", "", INVENTORY),
  "apply -f5 inv": files("inv", "", INVENTORY),
  "apply -- -x": files("-x", "", INVENTORY),
  "apply h.yaml --play my": files("my", "", ["ts", "js", "mjs"]),
  "apply h.yaml --play=my": files("my", "--play=", ["ts", "js", "mjs"]),
  "apply h.yaml -e @va": files("va", "@", []),
  "apply h.yaml --report junit:ou": files("ou", "junit:", []),
  "report run.jsonl --html ou": files("ou", "", []),
  "check h.yaml --out pl": files("pl", "", []),
  "render h.yaml --out re": { kind: "folders", prefix: "", path: "re", suffixes: [] },
  "apply h.yaml -l lb": names("patterns", "", "lb"),
  "apply h.yaml -llb": names("patterns", "-l", "lb"),
  "apply h.yaml --limit=a:b": names("patterns", "--limit=a:", "b"),
  "apply h.yaml --limit a:!b": names("patterns", "a:!", "b"),
  "apply h.yaml --limit a,&b": names("patterns", "a,&", "b"),
  "apply h.yaml --limit !": names("patterns", "!", ""),
  "apply h.yaml -t a,b": names("tags", "a,", "b"),
  "apply h.yaml --skip-tags ": names("tags", "", ""),
  "apply h.yaml --start-at-task se": names("tasks", "", "se"),
  "apply h.yaml --play p.ts --start-at-task ": names("tasks", "", "", { play: "p.ts" }),
  "apply h.yaml --play=p.ts -t ": names("tags", "", "", { play: "p.ts" }),
  "explain h.yaml l": names("hosts", "", "l"),
  "explain h.yaml lb1 end": names("keys", "", "end", { host: "lb1" }),
  "report ru": files("ru", "", ["jsonl"]),
  "inventory h.yaml --host ": names("hosts", "", ""),
};

for (const [line, wanted] of Object.entries(PLACES)) {
  Deno.test(`wantedAt() knows what stands behind "${line}"`, () => {
    assertEquals<object>(at(line), wanted);
  });
}

Deno.test("wantedAt() offers every option of every command that is not hidden, and no other", () => {
  for (const command of program.commands.filter((it) => !it.name().startsWith("_"))) {
    if (command.name() === "lab") continue;
    const offered = values(at(`${command.name()} --`)) ?? [];
    const own = command.options.filter((it) => !it.hidden).map((it) => it.long ?? "");
    assertEquals(offered, [...own, "--help"], command.name());
    assert(!offered.includes(""), "an option without a long name");
  }
});
