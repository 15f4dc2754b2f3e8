import { assertEquals } from "@std/assert";
import { completionScript, type ShellName } from "../../../src/commands/complete/scripts.ts";
import { CLI } from "../cli.ts";
import { HOSTILE, missing, runIn, withDesk } from "./shells.ts";

/** What every shell offers, whatever it shows beside it. Folders end with a slash in some. */
const OFFERS: Readonly<Record<string, readonly string[]>> = {
  "holdfast ap": ["apply"],
  "holdfast apply h": ["hosts.yaml", "hosts.ini"],
  "holdfast apply s": ["sub"],
  "holdfast apply n": ["notes.txt"],
  "holdfast apply hosts.yaml --lim": ["--limit"],
  "holdfast apply hosts.yaml --limit ": ["all", "load_balancers", "masters", "lb1", "lb2", "m1"],
  "holdfast apply hosts.yaml --limit l": ["load_balancers", "lb1", "lb2"],
  "holdfast apply hosts.yaml --start-at-task 'service h": ["service haproxy enabled, running"],
  "holdfast explain hosts.yaml m": ["m1"],
  "holdfast inventory hosts.yaml --host lb": ["lb1", "lb2"],
  "holdfast apply broken.yaml --limit l": ["load_balancers", "lb1", "lb2"],
  "holdfast apply hosts.ini --limit w": ["web", "w1", "w2"],
  "holdfast apply program.yaml --limit ": [],
  "holdfast explain hosts.yaml lb1 endpoint.vrrp.r": ["endpoint.vrrp.router_id"],
  "holdfast apply none.yaml --limit l": [],
  "holdfast apply hosts.yaml --report gi": ["github"],
  "holdfast render hosts.yaml --out s": ["sub"],
  "holdfast nonsense ": [],
};

const SHELLS: readonly ShellName[] = ["bash", "zsh", "fish"];

for (const shell of SHELLS) {
  Deno.test({
    name: `${shell} completes commands, options, files, and what the inventory names`,
    ignore: missing(shell),
    fn: () =>
      withDesk(shell, async ({ dir, offers }) => {
        for (const [line, words] of Object.entries(OFFERS)) {
          const found = (await offers(line)).map((word) => word.replace(/\/$/, ""));
          assertEquals(found.sort(), [...words].sort(), `${shell}: ${line}`);
        }
        await stillClean(dir);
      }),
  });

  Deno.test({
    name: `${shell} completes behind an operator of a pattern and behind an equals sign`,
    ignore: missing(shell),
    fn: () =>
      withDesk(shell, async ({ offers }) => {
        // bash replaces what stands behind its word breaks, and keeps the rest.
        const kept = (text: string) => shell === "bash" ? "" : text;
        const lines: Readonly<Record<string, readonly string[]>> = {
          "holdfast apply hosts.yaml --limit lb1:m": ["m1", "masters"].map((it) =>
            kept("lb1:") + it
          ),
          "holdfast apply hosts.yaml --limit 'all:!lb": ["all:!lb1", "all:!lb2"],
          "holdfast apply hosts.yaml --limit 'masters,&m1": ["masters,&m1"],
          // zsh keeps the @ by itself.
          "holdfast apply hosts.yaml -e @not": [shell === "zsh" ? "notes.txt" : "@notes.txt"],
          "holdfast apply hosts.yaml --limit=lb": ["lb1", "lb2"].map((it) => kept("--limit=") + it),
        };
        for (const [line, words] of Object.entries(lines)) {
          assertEquals((await offers(line)).toSorted(), words.toSorted(), `${shell}: ${line}`);
        }
      }),
  });

  Deno.test({
    name: `${shell} runs nothing of hostile names`,
    ignore: missing(shell),
    fn: () =>
      withDesk(shell, async ({ dir, offers }) => {
        const offered = await offers("holdfast apply hosts.yaml --play play.ts --start-at-task ");
        const plain = shell === "bash" ? await readBack(dir, offered) : offered;
        assertEquals(plain.toSorted(), HOSTILE.toSorted());
        await stillClean(dir);
      }),
  });
}

/** Words as bash reads them from its line. */
async function readBack(dir: string, words: readonly string[]): Promise<string[]> {
  const text = await runIn("bash", dir, `printf '%s\\n' ${words.join(" ")}\n`);
  return text.trimEnd().split("\n");
}

/** Nothing that stands in a name or as a secret's program has run. */
async function stillClean(dir: string): Promise<void> {
  const names = await Array.fromAsync(Deno.readDir(dir), ({ name }) => name);
  assertEquals(names.includes("ran"), false);
}

/** A zsh with its own line editor: types a line, a tab, and reads back what the line became. */
const TYPE = `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PROMPT= RPROMPT=; autoload -Uz compinit; compinit -u -D; source ./.holdfast"
zpty -w z 'show() { print -r -- "$BUFFER" > .line; zle kill-whole-line }; zle -N show; bindkey "^X" show'
zpty -w z 'print ready > .ready'
for i in {1..300}; do [[ -s .ready ]] && break; zpty -r -t z out '*' ; sleep 0.1; done
zpty -w -n z "$1"$'\\t\\x18'
for i in {1..300}; do [[ -s .line ]] && break; zpty -r -t z out '*'; sleep 0.1; done
cat .line
zpty -d z
`;

Deno.test({
  name: "zsh on a terminal finishes words, and quotes what it inserts",
  ignore: missing("zsh"),
  fn: () =>
    withDesk("zsh", async ({ dir }) => {
      const script = completionScript("zsh", { deno: Deno.execPath(), cli: CLI });
      await Deno.writeTextFile(`${dir}/.holdfast`, script);
      const lines: Readonly<Record<string, string>> = {
        "holdfast appl": "holdfast apply ",
        "holdfast apply hosts.yaml --start-at-task service\\ h":
          "holdfast apply hosts.yaml --start-at-task service\\ haproxy\\ enabled,\\ running ",
        "holdfast apply hosts.yaml --limit 'all:!mas":
          "holdfast apply hosts.yaml --limit 'all:!masters' ",
        "holdfast apply hosts.yaml --limit=lb1:mas":
          "holdfast apply hosts.yaml --limit=lb1:masters ",
        "holdfast apply hosts.y": "holdfast apply hosts.yaml ",
        "holdfast apply hosts.yaml --report ju": "holdfast apply hosts.yaml --report junit:",
        "holdfast apply hosts.yaml --extra-vars @not":
          "holdfast apply hosts.yaml --extra-vars @notes.txt ",
      };
      for (const [line, finished] of Object.entries(lines)) {
        const became = await runIn("zsh", dir, TYPE, [line]);
        assertEquals(became, `${finished}\n`, line);
        await Deno.remove(`${dir}/.line`);
        await Deno.remove(`${dir}/.ready`);
      }
    }),
});
