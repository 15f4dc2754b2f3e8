/** @module */
import type { Line, Section, Word } from "../../configs/model.ts";
import { defineLint } from "../../define.ts";
import { didYouMean } from "../../diagnostics.ts";
import { files } from "./_api.ts";
import {
  BIND_FLAGS,
  BIND_VALUES,
  GLOBAL,
  OPTIONS,
  PROXY,
  SERVER_FLAGS,
  SERVER_VALUES,
} from "./_words.ts";

/** A word that is nearly one of HAProxy's. */
export const misspeltWord = defineLint({
  code: "misspelt-word",
  severity: "error",
  title: "a word that is nearly one that HAProxy knows",
  why:
    "HAProxy refuses a file with a word that it does not know: it does not start, and a reload leaves " +
    "the old configuration in place. Words that resemble none that is known are not looked at: they " +
    "may be those of a newer version.",
  err: {
    files: {
      "lb1/haproxy.cfg": `defaults
    timeout conect 5s
`,
    },
    says: "lb1/haproxy.cfg:2:13: HAProxy does not start with this file: it does not know " +
      `"conect" [misspelt-word]\n` +
      `   hint: write "connect"`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `defaults
    timeout connect 5s
`,
    },
  },
  *check(subject) {
    for (const { haproxy } of files(subject)) {
      for (const section of haproxy.sections) {
        for (const line of section.lines) {
          const found = line.conditional ? undefined : misspelt(section, line);
          if (!found) continue;
          yield {
            message: `HAProxy does not start with this file: it does not know "${found.word.text}"`,
            source: found.word.source,
            hint: `write "${found.near}"`,
          };
        }
      }
    }
  },
});

interface Misspelt {
  readonly word: Word;
  readonly near: string;
}

const PROXIES = new Set(["defaults", "frontend", "backend", "listen"]);
const MODES = new Set(["tcp", "http", "log", "spop", "haterm", "health"]);
const BALANCE = new Set(
  "roundrobin static-rr leastconn first source uri url_param hdr random rdp-cookie hash log-hash sticky"
    .split(" "),
);
const TIMEOUTS = new Set(
  ("check client client-fin connect http-keep-alive http-request queue server server-fin tarpit " +
    "tunnel handshake client-hs").split(" "),
);

function misspelt({ kind }: Section, { words }: Line): Misspelt | undefined {
  const no = words[0]?.text === "no" || words[0]?.text === "default";
  const [first, second, , ...rest] = no ? words.slice(1) : words;
  if (!first) return undefined;
  if (kind === "global") return first.text.startsWith("tune.") ? undefined : near(first, GLOBAL);
  if (!PROXIES.has(kind)) return undefined;
  switch (first.text) {
    case "option":
      return near(second, OPTIONS);
    case "timeout":
      return near(second, TIMEOUTS);
    case "mode":
      return near(second, MODES);
    case "balance":
      return near(second, BALANCE, /\(.*$/);
    case "server":
      return params(rest, SERVER_FLAGS, SERVER_VALUES);
    case "default-server":
      return params(words.slice(1), SERVER_FLAGS, SERVER_VALUES);
    case "bind":
      return params(words.slice(2), BIND_FLAGS, BIND_VALUES);
    default:
      return near(first, PROXY);
  }
}

/** A word that is not known, with the known one that it resembles. */
function near(
  word: Word | undefined,
  known: ReadonlySet<string>,
  without?: RegExp,
): Misspelt | undefined {
  if (!word || word.variables) return undefined;
  const text = without === undefined ? word.text : word.text.replace(without, "");
  if (known.has(text) || HISTORY.has(text)) return undefined;
  const found = didYouMean(text, known);
  return found === undefined ? undefined : { word, near: found };
}

/** Words that were HAProxy's once: another lint knows what became of them. */
const HISTORY: ReadonlySet<string> = new Set(
  ("appsession bind-process block clitimeout contimeout srvtimeout forceclose grace http-tunnel " +
    "http-use-htx http_proxy monitor-net nbproc redispatch reqadd reqdel reqidel reqrep reqirep " +
    "reqdeny reqideny rspadd rspdel rspidel rsprep rspirep").split(" "),
);

/** Keywords behind an address; what follows one with a value is that value. */
function params(
  words: readonly Word[],
  flags: ReadonlySet<string>,
  values: ReadonlySet<string>,
): Misspelt | undefined {
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i];
    // How many words follow `source` is its own affair.
    if (!word || word.text === "source") return undefined;
    const name = word.text.replace(/\(.*$/, "");
    if (flags.has(name)) continue;
    if (!values.has(name)) return near(word, new Set([...flags, ...values]), /\(.*$/);
    i += 1;
  }
}
