/**
 * What a plan says, at the places of the inventory that it is about. Pure.
 * @module
 */
import type { Loaded } from "../../inventory/load.ts";
import type { Diagnostic, Source } from "../../model.ts";
import type { Finding, Violation } from "../../placement/plan_model.ts";
import { violationText } from "../../placement/words.ts";
import type { Planned } from "./text.ts";

type Locate = Loaded["locate"];

/**
 * Violations: at the last of the hosts where they are declared, else at the group; with what to do
 * about each, where somebody knows it.
 */
export function violationsAt(
  { settings, options, plan }: Planned,
  locate: Locate,
  hintOf: (violation: Violation) => string | undefined = () => undefined,
): Diagnostic[] {
  const { places } = options;
  return plan.violations.map((it): Diagnostic => {
    const last = it.members.at(-1);
    const source = places === "domains" && last !== undefined
      ? locate({ host: last }, ["failure_domain"])
      : locate({ placement: settings.name }, ["groups", it.group]);
    const hint = hintOf(it);
    return at(source, {
      severity: "error",
      code: places === "domains" ? "shared-domain" : "shared-host",
      message: violationText(it, places),
      ...(hint !== undefined && { hint }),
    });
  });
}

/** Members of which it is not known where they are, in groups that they could share a place with. */
export function unknownAt(planned: Planned, locate: Locate): Diagnostic[] {
  const { groups, errors, warnings } = planned.plan;
  const alone = new Set(groups.filter(({ members }) => members < 2).map(({ name }) => name));
  return [...errors, ...warnings]
    .filter(({ code, group }) => UNKNOWN.has(code) && !alone.has(group ?? ""))
    .map((it) => findingAt(it, planned, locate));
}

const UNKNOWN = new Set(["place-unknown", "machine-unknown"]);

/** Violations and findings, those that stop a write first. */
export function diagnosticsOf(
  planned: Planned,
  locate: Locate,
  hintOf?: (violation: Violation) => string | undefined,
): Diagnostic[] {
  const { errors, warnings, notes } = planned.plan;
  const finding = (it: Finding) => findingAt(it, planned, locate);
  return [
    ...errors.map(finding),
    ...violationsAt(planned, locate, hintOf),
    ...[...warnings, ...notes].map(finding),
  ];
}

function findingAt(
  { group, host, ...said }: Finding,
  { settings }: Planned,
  locate: Locate,
): Diagnostic {
  const place = host !== undefined
    ? locate({ host }, ["failure_domain"])
    : locate({ placement: settings.name }, group === undefined ? [] : ["groups", group]);
  return at(place, said);
}

function at(source: Source | undefined, said: Omit<Diagnostic, "source">): Diagnostic {
  return source === undefined ? said : { ...said, source };
}
