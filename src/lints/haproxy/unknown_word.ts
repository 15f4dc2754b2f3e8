/** @module */
import type { Line } from "../../configs/model.ts";
import { defineLint } from "../../define.ts";
import { atLeast } from "../../endpoint/version.ts";
import { files } from "./_api.ts";

/** A word of a newer HAProxy. */
export const unknownWord = defineLint({
  code: "unknown-word",
  severity: "error",
  title: "a setting that this version does not have",
  why: "HAProxy refuses a file with a word that it does not know. Distributions are years " +
    "behind: Debian 11 has 2.2, Ubuntu 22.04 2.4, RHEL 8 1.8.",
  err: {
    files: {
      "lb1/haproxy.cfg": `defaults
    mode tcp
    option clitcpka
    clitcpka-idle 60s
`,
    },
    versions: { haproxy: "2.2.9-2+deb11u6" },
    says: `lb1/haproxy.cfg:4:5: HAProxy 2.2.9 does not start with this file: "clitcpka-idle" ` +
      `came with 2.3 [unknown-word]
   hint: remove it, or install HAProxy 2.3 or newer`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `defaults
    mode tcp
    option clitcpka
`,
    },
    versions: { haproxy: "2.2.9-2+deb11u6" },
  },
  *check(subject) {
    for (const { node, haproxy } of files(subject)) {
      const version = node.versions.haproxy;
      if (version === undefined) continue;
      for (const line of haproxy.sections.flatMap(({ head, lines }) => [head, ...lines])) {
        if (line.conditional) continue;
        for (const [since, find] of WORDS) {
          const words = find(line);
          const word = words[0];
          if (!word || atLeast(version, since)) continue;
          yield {
            message: `HAProxy ${upstream(version)} does not start with this file: ` +
              `"${words.map(({ text }) => text).join(" ")}" came with ${since}`,
            source: word.source,
            hint: `remove it, or install HAProxy ${since} or newer`,
          };
        }
      }
    }
  },
});

type Find = (line: Line) => Line["words"];

/** A line that begins with these words. */
const line = (...names: readonly string[]): Find => ({ words }) =>
  names.every((name, i) => words[i]?.text === name) ? words.slice(0, names.length) : [];

/** A word behind the address of a server. */
const onServer = (name: string): Find => ({ words }) =>
  ["server", "default-server", "server-template"].includes(words[0]?.text ?? "")
    ? words.slice(1).filter(({ text }) => text === name)
    : [];

/** The defaults that a section names in its head. */
const from: Find = ({ words }) =>
  ["backend", "defaults", "frontend", "listen"].includes(words[0]?.text ?? "")
    ? words.slice(1).filter(({ text }, i, rest) => text === "from" && i < rest.length - 1)
    : [];

/** The version that has them first. Source: tags of HAProxy's repository. */
const WORDS: readonly (readonly [string, Find])[] = [
  ["2.0", line("mworker-max-reloads")],
  ["2.2", line("http-check", "connect")],
  ["2.2", line("http-check", "send")],
  ["2.3", line("clitcpka-cnt")],
  ["2.3", line("clitcpka-idle")],
  ["2.3", line("clitcpka-intvl")],
  ["2.3", line("srvtcpka-cnt")],
  ["2.3", line("srvtcpka-idle")],
  ["2.3", line("srvtcpka-intvl")],
  ["2.4", line("default-path")],
  ["2.4", from],
  ["2.6", line("close-spread-time")],
  ["3.0", line("guid")],
  ["3.0", line("stats-file")],
  ["3.0", onServer("guid")],
  ["3.1", onServer("init-state")],
  ["3.4", line("healthcheck")],
];

/** Without what a distribution adds. */
function upstream(version: string): string {
  return /^\d+(?:\.\d+)*/.exec(version)?.[0] ?? version;
}
