/**
 * What is wrong with an inventory or a configuration as SARIF 2.1.0, which code scanning shows.
 * @module
 */
import type { Event } from "../events.ts";
import type { Diagnostic, Source } from "../model.ts";
import { printableLine } from "../terminal.ts";

/** What is known of a code, whoever finds it. */
export interface SarifRule {
  /** The code. */
  readonly code: string;
  /** How bad it is, if nobody says otherwise. */
  readonly severity: Diagnostic["severity"];
  /** What is wrong, in half a sentence. */
  readonly title: string;
  /** What happens and why, in Markdown. */
  readonly why: string;
  /** What to write instead, in Markdown. @default nothing */
  readonly ok?: string;
}

/**
 * Writes the document at the end of the run: a result for each problem of what was written.
 *
 * @param known what is known of codes; of others the code says it
 */
export function sarif(
  write: (text: string) => void,
  known: readonly SarifRule[] = [],
): (event: Event) => void {
  const found: Diagnostic[] = [];
  let version = "";
  return (event) => {
    if (event.type === "version") version = event.holdfast;
    else if (event.type === "diagnostic") found.push(event.diagnostic);
    else if (event.type === "run-end") {
      write(`${JSON.stringify(log(found, version, known), null, 2)}\n`);
    }
  };
}

function log(found: readonly Diagnostic[], version: string, known: readonly SarifRule[]) {
  const codes = [...new Set(found.map(({ code }) => code))].toSorted();
  const rules = codes.map((code) => rule(code, known.find((it) => it.code === code)));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{
      tool: { driver: { name: "holdfast", version, rules } },
      columnKind: "utf16CodeUnits",
      results: found.map((diagnostic) => result(diagnostic, codes)),
    }],
  };
}

/** `curl-without-fail` is `CurlWithoutFail` to who reads names. */
function rule(code: string, known: SarifRule | undefined) {
  const words = code.split("-");
  const name = words.map((word) => `${word[0]?.toUpperCase() ?? ""}${word.slice(1)}`).join("");
  if (known === undefined) {
    const text = words.join(" ");
    return {
      id: code,
      name,
      shortDescription: { text },
      fullDescription: { text },
      help: { text },
    };
  }
  const { title, why, ok, severity } = known;
  const more = `More of it: holdfast lint --explain ${code}`;
  return {
    id: code,
    name,
    shortDescription: { text: title },
    fullDescription: { text: plain(why) },
    help: {
      text: `${plain(why)}\n\n${more}`,
      markdown: [why, ...ok === undefined ? [] : [`Without it:\n\n${ok}`], `${more}`].join("\n\n"),
    },
    defaultConfiguration: { level: severity },
  };
}

/** Markdown of ours has no more than words that are code. */
function plain(markdown: string): string {
  return markdown.replaceAll("`", "");
}

function result(diagnostic: Diagnostic, codes: readonly string[]) {
  const { severity, code, message, source, endpoint, rendered, hint } = diagnostic;
  const text = printableLine(hint === undefined ? message : `${message}. Fix: ${hint}`);
  // No repository has a file that is only rendered: its place is that of its endpoint.
  const place = endpoint ?? source;
  const other = endpoint === undefined ? rendered : source;
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text },
    locations: place === undefined ? [] : [{ physicalLocation: physical(place) }],
    ...(other === undefined ? {} : {
      relatedLocations: [{
        id: 1,
        message: { text: "the line that the host would get" },
        physicalLocation: physical(other),
      }],
    }),
  };
}

function physical({ file, line, column, length = 1 }: Source) {
  return {
    artifactLocation: { uri: uri(file) },
    region: { startLine: line, startColumn: column, endColumn: column + length },
  };
}

/** A path as a reference: relative ones stay relative, as code scanning wants them. */
function uri(file: string): string {
  const path = encodeURI(file).replaceAll("#", "%23").replaceAll("?", "%3F");
  // A colon before the first slash would make a scheme of it: `lb1:/etc/haproxy/haproxy.cfg`.
  return /^[^/]*:/.test(path) ? `./${path}` : path;
}
