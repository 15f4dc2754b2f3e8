/** @module */
import { defineLint } from "../../define.ts";
import { filesOf } from "./_instances.ts";

const conf = (url: string) =>
  `vrrp_script check_haproxy {
    script /usr/local/bin/check_${url}
    interval 1
}
`;

/** A comment that nobody meant. */
export const cutValue = defineLint({
  code: "cut-value",
  severity: "error",
  title: "a value with the sign of a comment in it",
  why:
    "`#` and `!` begin a comment in the middle of a word too, and what follows is gone: a password " +
    "with one of them is shorter than it seems, and different on a member where it stands in quotes. A " +
    "backslash does not help: version 2.2.7 reads its own copy of the file, in which it is missing.",
  err: {
    files: { "lb1/keepalived.conf": conf("a#b") },
    says: `lb1/keepalived.conf:2:34: Keepalived takes only a part of the value of "script": a ` +
      "comment begins in the middle of it [cut-value]\n" +
      "   hint: write the value in double quotes, or a blank before the comment",
  },
  ok: { files: { "lb1/keepalived.conf": conf("a_b") } },
  *check({ nodes }) {
    for (const { file } of filesOf(nodes)) {
      const lines = file.text.split("\n");
      for (const source of file.cuts) {
        const [keyword = ""] = /^[\w$]+/.exec(lines[source.line - 1]?.trim() ?? "") ?? [];
        yield {
          message: `Keepalived takes only a part of the value` +
            `${keyword && ` of "${keyword}"`}: a comment begins in the middle of it`,
          source,
          hint: "write the value in double quotes, or a blank before the comment",
        };
      }
    }
  },
});
