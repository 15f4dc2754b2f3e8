/**
 * A run as JUnit XML, which every CI shows: a suite for each host, a case for each task, and a suite
 * of the drills of each endpoint.
 * @module
 */
import type { ChangeReport, Event, EventOf, Mode } from "../events.ts";
import type { Diagnostic } from "../model.ts";
import { factsOf } from "./drill/facts.ts";
import { type DrillEnd, roundOf } from "./drill/units.ts";
import { toXml, type XmlElement } from "./xml.ts";

/** How a case came out; a failure is about what was found, an error about not getting there. */
type Outcome = "failure" | "error" | "skipped" | undefined;

interface Case {
  readonly suite: string;
  readonly outcome: Outcome;
  readonly ms: number;
  readonly element: XmlElement;
}

/**
 * Writes the document at the end of the run. In check mode a change to make is a failure of type
 * `change`, so that a CI that checks every night shows what has drifted.
 */
export function junit(write: (text: string) => void): (event: Event) => void {
  const cases: Case[] = [];
  let start: EventOf<"run-start"> | undefined;
  return (event) => {
    switch (event.type) {
      case "run-start":
        start = event;
        break;
      case "task-end":
        cases.push(taskCase(event, start));
        break;
      case "check-end":
        cases.push(checkCase(event, start));
        break;
      case "drill-end":
        cases.push(drillCase(event, start));
        break;
      case "diagnostic":
        cases.push(diagnosticCase(event.diagnostic));
        break;
      case "run-end":
        write(toXml(document(cases, event, start)));
        break;
      case "prediction":
      case "version":
      case "task-start":
      case "host-end":
      case "drill-start":
      case "drill-phase":
        break;
    }
  };
}

function document(
  cases: readonly Case[],
  { at, ms }: EventOf<"run-end">,
  start: EventOf<"run-start"> | undefined,
): XmlElement {
  // A host on which nothing was done is there too.
  const names = new Set([...start?.hosts ?? [], ...cases.map(({ suite }) => suite)]);
  const timestamp = new Date(start?.at ?? at).toISOString().replace(/\.\d+Z$/, "");
  const suites = [...names].map((name): XmlElement => {
    const own = cases.filter(({ suite }) => suite === name);
    const time = own.reduce((sum, { ms }) => sum + ms, 0);
    const hostname = start?.hosts.includes(name) === true ? name : undefined;
    return {
      name: "testsuite",
      attributes: { name, ...counts(own), time: seconds(time), timestamp, hostname },
      content: own.map(({ element }) => element),
    };
  });
  const name = start === undefined
    ? "holdfast"
    : `holdfast ${start.what ?? start.mode} ${start.inventory}`;
  const attributes = { name, ...counts(cases), time: seconds(ms) };
  return { name: "testsuites", attributes, content: suites };
}

function counts(cases: readonly Case[]) {
  const all = (wanted: Outcome) => cases.filter(({ outcome }) => outcome === wanted).length;
  return {
    tests: cases.length,
    failures: all("failure"),
    errors: all("error"),
    skipped: all("skipped"),
  };
}

function taskCase(event: EventOf<"task-end">, start: EventOf<"run-start"> | undefined): Case {
  const { endpoint, host, task, status, changes, error, ms } = event;
  const outcome = taskOutcome(status, start?.mode);
  const type = outcome === "failure" && status === "changed" ? "change" : status;
  const summary = changes.map(({ summary }) => summary).join("; ");
  const place = start?.places[host];
  return caseOf({
    suite: host,
    classname: `${endpoint}.${host}`,
    name: task,
    outcome,
    ms,
    type,
    message: error ?? (type === "change" ? `would ${summary}` : ""),
    output: changes.map(changeText).join(""),
    place: { file: place?.file, line: place?.line },
  });
}

function taskOutcome(status: EventOf<"task-end">["status"], mode: Mode | undefined): Outcome {
  switch (status) {
    case "ok":
      return undefined;
    case "changed":
      return mode === "check" ? "failure" : undefined;
    case "failed":
      return "failure";
    case "unreachable":
      return "error";
    case "skipped":
      return "skipped";
  }
}

function changeText({ summary, unknown = [], diff = "" }: ChangeReport): string {
  return [summary, ...unknown, diff.trimEnd()].filter((line) => line !== "").join("\n") + "\n";
}

function checkCase(event: EventOf<"check-end">, start: EventOf<"run-start"> | undefined): Case {
  const { endpoint, check, status, message, ms } = event;
  const outcome = status === "ok" ? undefined : status === "failed" ? "failure" : "skipped";
  return caseOf({
    suite: `${endpoint} conditions`,
    classname: endpoint,
    name: check,
    outcome,
    ms,
    type: status,
    message,
    output: status === "ok" ? message : "",
    place: { file: start?.inventory, line: undefined },
  });
}

const VERDICTS = {
  pass: undefined,
  fail: "failure",
  unknown: "error",
  skipped: "skipped",
} as const;

/** A drill is a case; what was measured stands in it, whatever the verdict. */
function drillCase(end: DrillEnd, start: EventOf<"run-start"> | undefined): Case {
  const round = roundOf(end);
  const lines = factsOf(end).map(({ name, text }) => `${name}: ${text}`);
  return caseOf({
    suite: `${end.endpoint} drills`,
    classname: `${end.endpoint}.drills`,
    name: round === "" ? end.drill : `${end.drill} (${round})`,
    outcome: VERDICTS[end.verdict],
    ms: end.ms,
    type: end.verdict,
    message: end.verdict === "pass" ? "" : end.reasons.join("\n"),
    output: [...end.verdict === "pass" ? end.reasons : [], ...lines].map((it) => `${it}\n`).join(
      "",
    ),
    place: { file: start?.inventory, line: undefined },
  });
}

function diagnosticCase({ severity, code, message, source, hint }: Diagnostic): Case {
  const place = source === undefined ? "" : `${source.file}:${source.line}:${source.column}: `;
  const text = `${place}${message}${hint === undefined ? "" : `\nhint: ${hint}`}`;
  return caseOf({
    suite: "diagnostics",
    classname: "diagnostics",
    name: `${place}${code}`,
    outcome: severity === "error" ? "error" : undefined,
    ms: 0,
    type: code,
    message: text,
    output: severity === "error" ? "" : `${severity}: ${text}`,
    place: { file: source?.file, line: source?.line },
  });
}

/** What a case is made of. */
interface CaseSpec extends Omit<Case, "element"> {
  readonly classname: string;
  readonly name: string;
  readonly type: string;
  readonly message: string;
  readonly output: string;
  readonly place: { readonly file: string | undefined; readonly line: number | undefined };
}

function caseOf(spec: CaseSpec): Case {
  const { suite, outcome, ms, classname, name, type, message, output, place } = spec;
  // The first line for those that show a list, all of it for those that show what is inside.
  const attributes = outcome === "skipped" ? {} : { type };
  const [first = ""] = message.split("\n");
  const verdict = outcome === undefined ? [] : [{
    name: outcome,
    attributes: { ...attributes, message: first === "" ? undefined : first },
    content: message,
  }];
  const out = output === "" ? [] : [{ name: "system-out", content: output }];
  const element: XmlElement = {
    name: "testcase",
    attributes: { classname, name, time: seconds(ms), ...place },
    content: [...verdict, ...out],
  };
  return { suite, outcome, ms, element };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
