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

/** Violations and findings, those that stop a write first. */
export function diagnosticsOf(
  planned: Planned,
  locate: Locate,
  hintOf?: (violation: Violation) => string | undefined,
): Diagnostic[] {
  const { settings, plan } = planned;
  const placeOfGroup = (group: string) => locate({ placement: settings.name }, ["groups", group]);
  const placeOfHost = (host: string) => locate({ host }, ["failure_domain"]);
  const finding = ({ group, host, ...said }: Finding): Diagnostic => {
    const place = host !== undefined
      ? placeOfHost(host)
      : group === undefined
      ? locate({ placement: settings.name }, [])
      : placeOfGroup(group);
    return at(place, said);
  };
  const { errors, warnings, notes } = plan;
  return [
    ...errors.map(finding),
    ...violationsAt(planned, locate, hintOf),
    ...[...warnings, ...notes].map(finding),
  ];
}

function at(source: Source | undefined, said: Omit<Diagnostic, "source">): Diagnostic {
  return source === undefined ? said : { ...said, source };
}
