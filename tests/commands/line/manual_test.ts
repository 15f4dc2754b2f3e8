/**
 * docs/commands.md says what the program says about itself. Run with HOLDFAST_UPDATE=1 to write
 * those parts anew, then read the diff.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { EXIT_MEANINGS } from "../../../src/commands/line/examples.ts";
import { commandNames, say } from "./program.ts";

const MANUAL = new URL("../../../docs/commands.md", import.meta.url);

function exitTable(): string {
  const rows = EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning]);
  const all = [["Code", "Meaning"], ...rows];
  const width = Math.max(...all.map(([, text = ""]) => text.length));
  const line = ([code = "", text = ""]: string[]) =>
    `| ${code.padEnd(4)} | ${text.padEnd(width)} |`;
  return [line(all[0]!), `| ${"-".repeat(4)} | ${"-".repeat(width)} |`, ...rows.map(line)].join(
    "\n",
  );
}

async function commands(): Promise<string> {
  const parts = await Promise.all(
    commandNames().filter((name) => name !== "help").map(async (name) => {
      const text = name === "lab" ? await labHelp() : (await say([name, "--help"])).out;
      return `### ${name}\n\n\`\`\`\n${text.trimEnd()}\n\`\`\``;
    }),
  );
  return parts.join("\n\n");
}

/** The lab has a help of its own. */
async function labHelp(): Promise<string> {
  return (await import("../../../src/lab/cli.ts")).labHelp;
}

/** The text with another part between two marks. */
function withPart(text: string, name: string, part: string): string {
  const pattern = new RegExp(`<!-- ${name} -->\\n[\\s\\S]*?<!-- end -->`);
  assertMatch(text, pattern);
  return text.replace(pattern, () => `<!-- ${name} -->\n\n${part}\n\n<!-- end -->`);
}

Deno.test("docs/commands.md holds the help of every command and every exit code", async () => {
  const text = withPart(await Deno.readTextFile(MANUAL), "exit codes", exitTable());
  const wanted = withPart(text, "commands", await commands());
  if (Deno.env.get("HOLDFAST_UPDATE") === "1") await Deno.writeTextFile(MANUAL, wanted);
  assertEquals(await Deno.readTextFile(MANUAL), wanted);
});
