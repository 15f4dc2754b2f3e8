/** @module */
import type { Line } from "../../configs/model.ts";
import { defineLint } from "../../define.ts";
import { atLeast } from "../../endpoint/version.ts";
import { files } from "./_api.ts";

/** A word that HAProxy has given up. */
export const removedWord = defineLint({
  code: "removed-word",
  severity: "error",
  title: "a setting that HAProxy no longer has",
  why: "HAProxy refuses a file with a word that it has given up. Old tutorials are full of them: " +
    "`contimeout`, `reqadd`, `option forceclose`. Each was shown to 2.2, 2.6, 3.0 and 3.2; where a " +
    "version between these is named, it is that of HAProxy's own message.",
  err: {
    files: {
      "lb1/haproxy.cfg": `defaults
    mode tcp
    contimeout 5000
`,
    },
    says: "lb1/haproxy.cfg:3:5: HAProxy 2.1 and newer does not start with this file: it no " +
      `longer has "contimeout" [removed-word]\n` +
      `   hint: write "timeout connect" instead`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `defaults
    mode tcp
    timeout connect 5s
`,
    },
  },
  *check(subject) {
    for (const { node, haproxy } of files(subject)) {
      const known = node.versions.haproxy;
      for (const { kind, lines } of haproxy.sections) {
        for (const line of lines) {
          // "grace" has another meaning there.
          if (line.conditional || kind === "global" && line.words[0]?.text === "grace") continue;
          const found = BY_FIRST.get(line.words[0]?.text ?? "")?.find(({ words }) =>
            begins(line, words)
          );
          const word = line.words[0];
          if (!found || !word || (known !== undefined && !atLeast(known, found.since))) continue;
          yield {
            message: `HAProxy ${known ?? `${found.since} and newer`} does not start with this ` +
              `file: it no longer has "${found.words.join(" ")}"`,
            source: word.source,
            hint: found.instead === undefined
              ? "remove the line"
              : `write "${found.instead}" instead`,
          };
        }
      }
    }
  },
});

function begins({ words }: Line, wanted: readonly string[]): boolean {
  return wanted.every((word, i) => words[i]?.text === word);
}

interface Removed {
  /** First version without it. */
  readonly since: string;
  /** What a line begins with. */
  readonly words: readonly string[];
  /** What has taken its place; unset: nothing needs to. */
  readonly instead?: string;
}

const gone = (since: string, words: string, instead?: string): Removed => ({
  since,
  words: words.split(" "),
  ...(instead === undefined ? {} : { instead }),
});

/** `nbproc` has a lint of its own. */
const REMOVED: readonly Removed[] = [
  gone("1.6", "appsession", "cookie"),
  gone("2.1", "contimeout", "timeout connect"),
  gone("2.1", "clitimeout", "timeout client"),
  gone("2.1", "srvtimeout", "timeout server"),
  gone("2.1", "timeout contimeout", "timeout connect"),
  gone("2.1", "timeout clitimeout", "timeout client"),
  gone("2.1", "timeout srvtimeout", "timeout server"),
  gone("2.1", "redispatch", "option redispatch"),
  gone("2.1", "block", "http-request deny"),
  gone("2.1", "reqadd", "http-request add-header"),
  gone("2.1", "reqdel", "http-request del-header"),
  gone("2.1", "reqidel", "http-request del-header"),
  gone("2.1", "reqrep", "http-request replace-header"),
  gone("2.1", "reqirep", "http-request replace-header"),
  gone("2.1", "reqdeny", "http-request deny"),
  gone("2.1", "reqideny", "http-request deny"),
  gone("2.1", "rspadd", "http-response add-header"),
  gone("2.1", "rspdel", "http-response del-header"),
  gone("2.1", "rspidel", "http-response del-header"),
  gone("2.1", "rsprep", "http-response replace-header"),
  gone("2.1", "rspirep", "http-response replace-header"),
  gone("2.5", "grace"),
  gone("2.6", "monitor-net", "http-request return status 200 if { src NETWORK }"),
  gone("2.6", "option forceclose", "option httpclose"),
  gone("2.6", "option http-tunnel"),
  gone("2.6", "option http-use-htx"),
  gone("2.6", "tune.chksize", "tune.bufsize"),
  gone("2.7", "bind-process"),
];

/** The same by their first words: every line is looked up. */
const BY_FIRST = Map.groupBy(REMOVED, ({ words }) => words[0] ?? "");
