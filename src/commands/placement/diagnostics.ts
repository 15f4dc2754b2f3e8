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

/** Violations and findings, those that stop a write first. */
export function diagnosticsOf({ settings, options, plan }: Planned, locate: Locate): Diagnostic[] {
  const placeOfGroup = (group: string) => locate({ placement: settings.name }, ["groups", group]);
  // A host of the inventory that declares it is where it can be changed.
  const placeOfHost = (host: string) => locate({ host }, ["failure_domain"]);
  const violation = (it: Violation): Diagnostic => {
    const last = it.members.at(-1);
    const declared = options.places === "domains" && last !== undefined;
    return at(declared ? placeOfHost(last) : placeOfGroup(it.group), {
      severity: "error",
      code: options.places === "domains" ? "shared-domain" : "shared-host",
      message: violationText(it, options.places),
    });
  };
  const finding = ({ group, host, ...said }: Finding): Diagnostic => {
    const place = host !== undefined
      ? placeOfHost(host)
      : group === undefined
      ? locate({ placement: settings.name }, [])
      : placeOfGroup(group);
    return at(place, said);
  };
  const { errors, violations, warnings, notes } = plan;
  return [
    ...errors.map(finding),
    ...violations.map(violation),
    ...[...warnings, ...notes].map(finding),
  ];
}

function at(source: Source | undefined, said: Omit<Diagnostic, "source">): Diagnostic {
  return source === undefined ? said : { ...said, source };
}
