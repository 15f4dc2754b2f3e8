/** @module */
import { blocksOf } from "../../configs/keepalived.ts";
import type { Statement } from "../../configs/model.ts";
import { defineLint } from "../../define.ts";
import { didYouMean } from "../../diagnostics.ts";
import { filesOf, isRead } from "./_instances.ts";
import { KEYWORDS } from "./_keywords.ts";

const conf = (keyword: string) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    ${keyword} 110
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** A line that Keepalived drops. */
export const unknownKeyword = defineLint({
  code: "unknown-keyword",
  severity: "error",
  title: "a word that Keepalived does not know in this place",
  why:
    "Keepalived drops a line that begins with a word which it does not know in this block, says so " +
    "in its log and starts: its default counts, and not what is written. A keyword of another block " +
    "is such a word too, as `auth_pass` outside of `authentication`.",
  err: {
    files: { "lb1/keepalived.conf": conf("prioritiy") },
    says: `lb1/keepalived.conf:4:5: Keepalived drops the line "prioritiy" of vrrp_instance ` +
      "VI_1: it does not know this word there, so its default counts [unknown-keyword]\n" +
      `   hint: write "priority"`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("priority") } },
  *check({ nodes }) {
    for (const { file } of filesOf(nodes)) {
      // Braces that do not match put every line below into the wrong block.
      if (!isRead(file)) continue;
      for (const { block, name, words: [word] } of linesIn(file.statements)) {
        const known = KEYWORDS[block];
        if (!word || !known || known.has(word.text) || /[${<%]/.test(word.text)) continue;
        const near = didYouMean(word.text, known);
        const home = Object.keys(KEYWORDS).find((it) => KEYWORDS[it]?.has(word.text));
        yield {
          message:
            `Keepalived drops the line "${word.text}" of ${name}: it does not know this word ` +
            "there, so its default counts",
          source: word.source,
          hint: home !== undefined
            ? `write it into a block "${home}"`
            : near !== undefined
            ? `write "${near}"`
            : "remove the line, or see keepalived.conf(5) for its name and its block",
        };
      }
    }
  },
});

/**
 * The lines of the blocks that are known, with the kind and the name of the block. Those of
 * `authentication` are not: what is wrong there may be a password.
 */
function linesIn(statements: readonly Statement[]) {
  return Object.keys(KEYWORDS).filter((block) => block !== "authentication").flatMap((block) =>
    blocksOf(statements, block).flatMap((it) => {
      const name = it.words.map(({ text }) => text).join(" ");
      return it.block.map(({ words }) => ({ block, name, words }));
    })
  );
}
