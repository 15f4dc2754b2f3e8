import { assertEquals } from "@std/assert";
import { SARIF_RULES } from "../../src/commands/sarif_rules.ts";
import type { Event } from "../../src/events.ts";
import { LINTS } from "../../src/lints/mod.ts";
import type { Diagnostic } from "../../src/model.ts";
import { sarif, type SarifRule } from "../../src/reporters/sarif.ts";
import { SARIF } from "./sarif.ts";

function report(found: readonly Diagnostic[], known: readonly SarifRule[] = []) {
  let text = "";
  const read = sarif((part) => text += part, known);
  const events: readonly Event[] = [
    { type: "version", format: 1, holdfast: "0.1.0" },
    ...found.map((diagnostic): Event => ({ type: "diagnostic", at: 0, diagnostic })),
    { type: "run-end", at: 0, exitCode: 1, hosts: {}, ms: 0 },
  ];
  for (const event of events) read(event);
  const document = SARIF.parse(JSON.parse(text));
  const [{ tool: { driver: { rules } }, results }] = document.runs;
  return { rules, results };
}

const FOUND: Diagnostic = {
  severity: "warning",
  code: "few-retries",
  message: "clients get errors",
  source: { file: "lb1:/etc/haproxy/haproxy.cfg", line: 22, column: 29, length: 2 },
};

const ENDPOINT = { file: "hosts.yaml", line: 7, column: 9 };

Deno.test("sarif() says of every code of ours what it is about and how it is mended", () => {
  const all = SARIF_RULES.map(({ code, severity }) => ({ ...FOUND, code, severity }));
  const { rules, results } = report(all, SARIF_RULES);
  assertEquals(rules.map(({ id }) => id), SARIF_RULES.map(({ code }) => code).toSorted());
  assertEquals(results.map(({ ruleIndex }) => rules[ruleIndex]?.id), all.map(({ code }) => code));
  for (const { code, title, severity, ok } of LINTS) {
    const rule = rules.find(({ id }) => id === code);
    assertEquals(rule?.shortDescription.text, title);
    assertEquals(rule?.defaultConfiguration?.level, severity);
    const [mended = ""] = Object.values(ok.files);
    assertEquals(rule?.help.markdown?.includes(mended.trimEnd()), true, code);
    assertEquals(rule?.help.text.endsWith(`holdfast lint --explain ${code}`), true);
  }
});

Deno.test("sarif() says of other codes what they say themselves", () => {
  const { rules } = report(
    [{ severity: "error", code: "unknown-key", message: "No" }],
    SARIF_RULES,
  );
  const text = { text: "unknown key" };
  assertEquals(rules, [{
    id: "unknown-key",
    name: "UnknownKey",
    shortDescription: text,
    fullDescription: text,
    help: text,
  }]);
});

Deno.test("sarif() places what would be rendered at the endpoint, and its line beside", () => {
  const { results: [of] } = report([{ ...FOUND, endpoint: ENDPOINT }]);
  assertEquals(of?.locations, [{
    physicalLocation: {
      artifactLocation: { uri: "hosts.yaml" },
      region: { startLine: 7, startColumn: 9, endColumn: 10 },
    },
  }]);
  assertEquals(of?.relatedLocations?.map(({ physicalLocation }) => physicalLocation), [{
    artifactLocation: { uri: "./lb1:/etc/haproxy/haproxy.cfg" },
    region: { startLine: 22, startColumn: 29, endColumn: 31 },
  }]);
});

Deno.test("sarif() places a value of the inventory there, and a file by hand alone", () => {
  const rendered = FOUND.source!;
  const [value] = report([{ ...FOUND, source: ENDPOINT, rendered }]).results;
  assertEquals(value?.locations[0]?.physicalLocation.artifactLocation.uri, "hosts.yaml");
  assertEquals(
    value?.relatedLocations?.[0]?.physicalLocation.artifactLocation.uri,
    "./lb1:/etc/haproxy/haproxy.cfg",
  );
  const source = { ...ENDPOINT, file: "my conf#1.cfg" };
  const [byHand] = report([{ ...FOUND, source }]).results;
  assertEquals(byHand?.locations[0]?.physicalLocation.artifactLocation.uri, "my%20conf%231.cfg");
  assertEquals(byHand?.relatedLocations, undefined);
  const { source: _, ...nowhere } = FOUND;
  assertEquals(report([nowhere]).results[0]?.locations, []);
});
