/** docs/pitfalls.md promises answers: every one of them is there. */
import { assert, assertEquals } from "@std/assert";
import { CATALOGUE } from "../src/drills/catalogue/mod.ts";
import { preflights } from "../src/endpoint/preflight/mod.ts";
import { LINTS } from "../src/lints/mod.ts";
import { endpoint } from "./endpoint/fixtures.ts";

const read = (path: string) => Deno.readTextFile(new URL(`../${path}`, import.meta.url));
const oneLine = (text: string) => text.replace(/\s+/g, " ");

const PAGE = await read("docs/pitfalls.md");
const DECISIONS = oneLine(await read("docs/decisions.md"));

/** A link of the page, taken apart. */
interface Link {
  /** What is shown, a code without its backticks. */
  readonly text: string;
  /** Whether all of it is a code. */
  readonly isCode: boolean;
  /** The page that it leads to. */
  readonly page: string;
  /** Behind `#`; empty: the page as a whole. */
  readonly anchor: string;
}

function linksIn(text: string): readonly Link[] {
  return [...text.matchAll(/\[((?:`[^`]*`|[^\]`])+)\]\(([\w.-]+)(?:#([\w-]+))?\)/g)].map(
    ([, text = "", page = "", anchor = ""]) => {
      const [, code] = /^`([a-z][a-z0-9-]*)`$/.exec(text) ?? [];
      return { text: oneLine(code ?? text), isCode: code !== undefined, page, anchor };
    },
  );
}

const ROWS = PAGE.split("\n").filter((line) => line.startsWith("| ")).slice(2)
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map(([, pitfall = "", seen = "", answer = ""]) => ({ pitfall, seen, links: linksIn(answer) }));

const isDecision = ({ page, isCode }: Link) => page === "decisions.md" && !isCode;
const isAnswered = (link: Link) => link.isCode || isDecision(link);

/** Every source below a folder, but for those of lints: their own list is asked. */
async function* sources(folder: URL): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory && name !== "lints") yield* sources(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) yield await Deno.readTextFile(new URL(name, folder));
  }
}

/** Codes of problems as the sources have them: `"taken-port"`. */
async function codesInSources(): Promise<ReadonlySet<string>> {
  const texts = await Array.fromAsync(sources(new URL("../src/", import.meta.url)));
  const found = texts.flatMap((text) => [...text.matchAll(/"([a-z]+(-[a-z0-9]+)+)"/g)]);
  return new Set(found.map(([, code = ""]) => code));
}

Deno.test("docs/pitfalls.md has every pitfall once, and says where each can be seen", () => {
  assertEquals(ROWS.length, 67);
  assertEquals(new Set(ROWS.map(({ pitfall }) => pitfall)).size, 67);
  assertEquals([...new Set(ROWS.map(({ seen }) => seen))].toSorted(), [
    "files",
    "files, hosts",
    "hosts",
  ]);
});

Deno.test("docs/pitfalls.md answers what files show with a code or a decision", () => {
  const open = ROWS.filter(({ seen, links }) =>
    seen.startsWith("files") && !links.some(isAnswered)
  );
  assertEquals(open.map(({ pitfall }) => pitfall), []);
});

Deno.test("docs/pitfalls.md names lints, preflights, drills and problems that exist", async () => {
  const inSources = await codesInSources();
  const known: Readonly<Record<string, ReadonlySet<string>>> = {
    "lints.md": new Set(LINTS.map(({ code }) => code)),
    "preflight.md": new Set(preflights(endpoint()).map(({ name }) => name)),
    "drills.md": new Set(CATALOGUE.map(({ name }) => name)),
    "commands.md": new Set(["verify"]),
  };
  const codes = ROWS.flatMap(({ links }) => links).filter(({ isCode }) => isCode);
  assert(codes.length > 60, "the table was not read");
  const unknown = codes.filter(({ page, text }) => !(known[page] ?? inSources).has(text));
  assertEquals(unknown.map(({ text, page }) => `${text} of ${page}`), []);
  const misled = codes.filter(({ page, text, anchor }) => page === "lints.md" && anchor !== text);
  assertEquals(misled.map(({ text }) => text), []);
});

Deno.test("docs/pitfalls.md quotes decisions by the words that they begin with", () => {
  const quoted = ROWS.flatMap(({ links }) => links).filter(isDecision);
  assert(quoted.length > 10, "the table was not read");
  const missing = quoted.filter(({ text }) => !DECISIONS.includes(`**${text}`));
  assertEquals(missing.map(({ text }) => text), []);
});

Deno.test("docs/pitfalls.md leads to pages and headings that are there", async () => {
  const broken: string[] = [];
  for (const { page, anchor, text } of linksIn(PAGE)) {
    const headings = (await read(`docs/${page}`)).split("\n").filter((it) => /^#+ /.test(it));
    const anchors = headings.map((it) =>
      it.replace(/^#+ /, "").toLowerCase().replace(/[^\w\s-]/g, "").replaceAll(" ", "-")
    );
    if (anchor !== "" && !anchors.includes(anchor)) broken.push(`${text}: ${page}#${anchor}`);
  }
  assertEquals(broken, []);
});
