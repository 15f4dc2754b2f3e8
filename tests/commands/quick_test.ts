/** What a line that asks for help is answered without what understands all others. */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { toWrite, writtenProgram } from "../../src/commands/line/written.ts";
import { makeProgram } from "../../src/commands/program.ts";
import { answerQuickly } from "../../src/commands/quick.ts";
import { wantedAt } from "../../src/commands/complete/wanted.ts";
import { commandNames, say } from "./line/program.ts";

const WRITTEN = new URL("../../src/commands/line/written.json", import.meta.url);
const CLI = new URL("../../cli.ts", import.meta.url);

const silent = { out: () => {}, err: () => {} };
const declared = () => makeProgram(() => Promise.resolve(), silent, { columns: 80 });

async function quickly(args: readonly string[], columns: number) {
  let [out, err] = ["", ""];
  const io = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
  };
  return { code: await answerQuickly(args, io, { columns }), out, err };
}

Deno.test("written.json is the command line that is declared; HOLDFAST_UPDATE=1 writes it", async () => {
  const wanted = `${JSON.stringify(toWrite(declared()), null, 2)}\n`;
  if (Deno.env.get("HOLDFAST_UPDATE") === "1") await Deno.writeTextFile(WRITTEN, wanted);
  assertEquals(await Deno.readTextFile(WRITTEN), wanted, "HOLDFAST_UPDATE=1 writes it anew");
});

for (const columns of [40, 80, 100]) {
  Deno.test(`help is the same with and without the library, at ${columns} columns`, async () => {
    const names = commandNames().filter((name) => name !== "lab");
    const lines = [
      ...[["--help"], ["-h"], ["help"], ["--version"], ["-V"]],
      ...names.flatMap((name) => [[name, "--help"], [name, "-h"], ["help", name]]),
      ["help", "help"],
    ];
    for (const line of lines) {
      const { out, err, code } = await say(line, columns);
      // Help that is asked for by its word ends without a code of its own.
      assertEquals(await quickly(line, columns), { code: code ?? 0, out, err }, line.join(" "));
    }
  });
}

Deno.test("nothing typed is a mistake, and gets the help", async () => {
  const { out } = await say(["--help"]);
  assertEquals(await quickly([], 80), { code: 1, out: "", err: out });
});

Deno.test("lines that mean more than help are left to what understands them", async () => {
  const others = [
    ["lab", "--help"],
    ["help", "lab"],
    ["help", "nosuch"],
    ["nosuch", "--help"],
    ["__complet", "--help"],
    ["apply", "--limit", "--help"],
    ["apply", "hosts.yaml", "--help"],
    ["apply"],
    ["--version", "--help"],
  ];
  for (const line of others) {
    assertEquals(await quickly(line, 80), { code: undefined, out: "", err: "" }, line.join(" "));
  }
});

Deno.test("completions are the same with and without the library", () => {
  const [library, file] = [declared(), writtenProgram()];
  const names = commandNames();
  const lines = [
    ...[[""], ["-"], ["--"], ["ap"], ["help", ""]],
    ...names.flatMap((name) => [[name, ""], [name, "-"], [name, "--"], [name, "x", ""]]),
    ...library.commands.flatMap((command) =>
      command.options.flatMap(({ long }) =>
        long == null ? [] : [[command.name(), long, ""], [command.name(), `${long}=x`]]
      )
    ),
  ];
  const plain = (wanted: unknown) => JSON.parse(JSON.stringify(wanted));
  for (const line of lines) {
    assertEquals(plain(wantedAt(file, line)), plain(wantedAt(library, line)), line.join(" "));
  }
});

/** What starting cli.ts loads before it has looked at the line, by path or package. */
async function loadedAtOnce(): Promise<readonly string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", fromFileUrl(CLI)],
    stderr: "null",
  }).output();
  interface Module {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly isDynamic?: boolean;
      readonly code?: { readonly specifier?: string };
    }[];
  }
  const { modules }: { modules: readonly Module[] } = JSON.parse(new TextDecoder().decode(stdout));
  const known = new Map(modules.map((module) => [module.specifier, module]));
  const found = new Set([CLI.href]);
  // A Set grows while it is walked.
  for (const each of found) {
    for (const { isDynamic, code } of known.get(each)?.dependencies ?? []) {
      if (isDynamic !== true && code?.specifier !== undefined) found.add(code.specifier);
    }
  }
  const root = new URL("../../", import.meta.url).href;
  return [...found].map((it) => it.startsWith(root) ? it.slice(root.length) : it).sort();
}

Deno.test("cli.ts loads at once what help needs, and no package and nothing of Node's", async () => {
  const loaded = await loadedAtOnce();
  assertEquals(loaded, [
    "cli.ts",
    "src/commands/line/columns.ts",
    "src/commands/line/examples.ts",
    "src/commands/line/help.ts",
    "src/commands/line/shape.ts",
    "src/commands/line/written.json",
    "src/commands/line/written.ts",
    "src/commands/quick.ts",
    "src/commands/terminal_columns.ts",
    "src/errors.ts",
    "src/secret.ts",
    "src/secret_forms.ts",
    "src/secret_search.ts",
    "src/terminal.ts",
    "src/version.ts",
  ]);
  assert(loaded.every((it) => !/^(npm|jsr|node):/.test(it)));
});
