/** @module */
import type { Statement, Word } from "../../configs/model.ts";
import { defineLint } from "../../define.ts";
import { filesOf } from "./_instances.ts";

const conf = (state: string, address: string) =>
  `vrrp_instance VI_1 {
    state ${state}
    interface eth0
    virtual_router_id 101
    virtual_ipaddress {
        ${address}
    }
}
`;

/** Of a shell, of templates, or of a guide to be filled in by hand. */
const HOLE = /\$\{[^}]*\}|\{\{.*?\}\}|\{%.*?%\}|<%.*|^<[A-Za-z][^<>]*>$|^\$[A-Za-z_]\w*$/;

/** A variable of a guide that nobody has replaced. */
export const placeholder = defineLint({
  code: "placeholder",
  severity: "error",
  title: "a placeholder that was never filled in",
  why:
    "Keepalived replaces `$NAME` only where a line `$NAME=…` defines it. Else it takes the text as " +
    "it stands, and a brace as the beginning of a block: what follows is read as something else. " +
    "The daemon drops what it does not know and starts without it.",
  err: {
    files: { "lb1/keepalived.conf": conf("${STATE}", "10.0.0.10/24") },
    says: "lb1/keepalived.conf:2:11: Keepalived drops this line or reads what follows as " +
      `something else: "\${STATE}" behind "state" was never replaced by a value ` +
      "[placeholder]\n" +
      `   hint: write the value, or define it above: "$NAME=VALUE"`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("MASTER", "10.0.0.10/24") } },
  *check({ nodes }) {
    for (const { file } of filesOf(nodes)) {
      for (const { keyword, word } of wordsIn(file.statements)) {
        const hole = holeIn(word.text);
        if (hole === undefined) continue;
        const of = keyword.text === word.text ? "" : ` behind "${keyword.text}"`;
        yield {
          message: `Keepalived drops this line or reads what follows as something ` +
            `else: "${hole}"${of} was never replaced by a value`,
          source: word.source,
          hint: `write the value, or define it above: "$NAME=VALUE"`,
        };
      }
    }
  },
});

/** The first hole of a word; most have nothing that one could begin with. */
function holeIn(text: string): string | undefined {
  return /[$<{]/.test(text) ? HOLE.exec(text)?.[0] : undefined;
}

/** Command lines may hold variables of their shell. */
const SHELLS = /^(script|notify.*|.*_script)$/;

function* wordsIn(
  statements: readonly Statement[],
): Generator<{ readonly keyword: Word; readonly word: Word }> {
  for (const { words, block = [] } of statements) {
    const [keyword] = words;
    if (keyword && !SHELLS.test(keyword.text)) {
      for (const word of words) yield { keyword, word };
    }
    yield* wordsIn(block);
  }
}
