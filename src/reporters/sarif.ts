/**
 * What is wrong with an inventory or a configuration as SARIF 2.1.0, which code scanning shows.
 * @module
 */
import type { Event } from "../events.ts";
import type { Diagnostic } from "../model.ts";
import { printableLine } from "../terminal.ts";

/** Writes the document at the end of the run: a result for each problem of what was written. */
export function sarif(write: (text: string) => void): (event: Event) => void {
  const found: Diagnostic[] = [];
  let version = "";
  return (event) => {
    if (event.type === "version") version = event.holdfast;
    else if (event.type === "diagnostic") found.push(event.diagnostic);
    else if (event.type === "run-end") write(`${JSON.stringify(log(found, version), null, 2)}\n`);
  };
}

function log(found: readonly Diagnostic[], version: string) {
  const codes = [...new Set(found.map(({ code }) => code))].toSorted();
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{
      tool: { driver: { name: "holdfast", version, rules: codes.map((id) => ({ id })) } },
      columnKind: "utf16CodeUnits",
      results: found.map((diagnostic) => result(diagnostic, codes)),
    }],
  };
}

function result({ severity, code, message, source, hint }: Diagnostic, codes: readonly string[]) {
  const text = printableLine(hint === undefined ? message : `${message}. Fix: ${hint}`);
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text },
    locations: source === undefined ? [] : [{
      physicalLocation: {
        artifactLocation: { uri: uri(source.file) },
        region: {
          startLine: source.line,
          startColumn: source.column,
          endColumn: source.column + (source.length ?? 1),
        },
      },
    }],
  };
}

/** A path as a reference: relative ones stay relative, as code scanning wants them. */
function uri(file: string): string {
  const path = encodeURI(file).replaceAll("#", "%23").replaceAll("?", "%3F");
  // A colon before the first slash would make a scheme of it: `lb1:/etc/haproxy/haproxy.cfg`.
  return /^[^/]*:/.test(path) ? `./${path}` : path;
}
