import { assertEquals } from "@std/assert";
import { say } from "./program.ts";

const MISTAKES: Readonly<Record<string, string>> = {
  "aply": `Cannot run "aply": there is no such command
   hint: holdfast apply
   help: holdfast --help
`,
  "plan x": `Cannot run "plan": there is no such command
   hint: holdfast check
   help: holdfast --help
`,
  "hosts.yaml": `Cannot run "hosts.yaml": there is no such command
   hint: a command stands first: holdfast check hosts.yaml
   help: holdfast --help
`,
  "zzz": `Cannot run "zzz": there is no such command
   hint: commands are apply, check, verify, report, rollback, history, drill, lint, render, simulate, inventory, explain, schema, placement, lab, completions, help
   help: holdfast --help
`,
  "help nope": `Cannot run "nope": there is no such command
   hint: commands are apply, check, verify, report, rollback, history, drill, lint, render, simulate, inventory, explain, schema, placement, lab, completions, help
   help: holdfast --help
`,
  "apply x --dif --limt lb1 --bogus": `Cannot use "--dif": holdfast apply has no such option
   hint: --diff
Cannot use "--limt": holdfast apply has no such option
   hint: --limit
Cannot use "--bogus": holdfast apply has no such option
   help: holdfast apply --help
`,
  "apply x --ask": `Cannot use "--ask": holdfast apply has no such option
   hint: --ask-become-pass
   help: holdfast apply --help
`,
  "apply -i x": `Cannot use "-i": holdfast apply has no such option
   hint: the inventory stands without an option, right after the command
   help: holdfast apply --help
`,
  "verify x -C": `Cannot use "-C": holdfast verify has no such option
   hint: it is an option of apply, check, rollback, placement
   help: holdfast verify --help
`,
  "--limit lb1 apply x": `Cannot use "--limit": holdfast has no such option
   hint: options stand behind the command: holdfast apply INVENTORY --limit
   help: holdfast --help
`,
  "apply --version": `Cannot use "--version": holdfast apply has no such option
   hint: holdfast --version
   help: holdfast apply --help
`,
  "apply": `Cannot apply without an inventory
   hint: holdfast apply INVENTORY
   help: holdfast apply --help
`,
  "explain x": `Cannot explain without a host
   hint: holdfast explain INVENTORY HOST [KEY]
   help: holdfast explain --help
`,
  "apply a b c": `Cannot use "b", "c": holdfast apply takes INVENTORY, and no more
   hint: holdfast apply INVENTORY
   help: holdfast apply --help
`,
  "apply x -f 0": `Cannot use "0" as "--forks": expected a whole number from 1
   help: holdfast apply --help
`,
  "apply x --forks=x": `Cannot use "x" as "--forks": expected a whole number from 1
   help: holdfast apply --help
`,
  "apply x --forks 1e3": `Cannot use "1e3" as "--forks": expected a whole number from 1
   help: holdfast apply --help
`,
  "apply x --serial 0":
    `Cannot use "0" as "--serial": expected endpoints in a batch, such as 2 or 25%, or a list of batches, such as 1,25%,100%
   help: holdfast apply --help
`,
  "apply x --max-fail-percentage 101":
    `Cannot use "101" as "--max-fail-percentage": expected a percentage from 0 to 100
   help: holdfast apply --help
`,
  "check x --serial 1": `Cannot use "--serial": holdfast check has no such option
   hint: it is an option of apply
   help: holdfast check --help
`,
  "apply x -l": `Cannot use "--limit": it needs a value
   hint: -l, --limit PATTERN
   help: holdfast apply --help
`,
  "verify x --wait soon": `Cannot use "soon" as "--wait": expected a time such as 10s or 500ms
   help: holdfast verify --help
`,
  "render x": `Cannot render without "--out"
   hint: --out DIR
   help: holdfast render --help
`,
  "completions tcsh": `Cannot use "tcsh" as shell: expected bash, zsh or fish
   help: holdfast completions --help
`,
};

for (const [line, text] of Object.entries(MISTAKES)) {
  Deno.test(`the command line says what is wrong with "${line}"`, async () => {
    const { out, err, code, chosen } = await say(line.split(" "));
    assertEquals([err, out, code, chosen], [text, "", 1, undefined]);
  });
}

Deno.test("the command line shows hostile words without obeying them", async () => {
  const { err } = await say(["\x1b[2J'\n\u202e"]);
  assertEquals(
    err.split("\n")[0],
    `Cannot run "\\u001b[2J'\\n\\u{202e}": there is no such command`,
  );
});
