/**
 * What placements say of the machines that endpoints stand on: what the inventory declares, or what
 * platforms answer when they are asked.
 * @module
 */
import { remembered } from "../../remembered.ts";
import { InputError } from "../../errors.ts";
import type { Diagnostic, PlacementSettings } from "../../model.ts";
import type { Finding, Violation } from "../../placement/plan_model.ts";
import type { RunsOn } from "../../simulate/domains.ts";
import type { Loss } from "../../simulate/losses.ts";
import { diagnosticsOf } from "../placement/diagnostics.ts";
import { noPlacement } from "../placement/open.ts";
import { declaredPlan, hostsSeen, planned, type Site } from "../placement/subject.ts";
import type { Planned } from "../placement/text.ts";

/** What an inventory says of machines, and who may be asked. */
export interface Question {
  /** What was typed as the inventory. */
  readonly path: string;
  /** Every placement of the inventory. */
  readonly placements: readonly PlacementSettings[];
  /** What of the inventory they are about. */
  readonly site: Site;
  /** Names of the hosts that the endpoints stand on. */
  readonly machines: ReadonlySet<string>;
  /** Whether platforms are asked; else what is declared is looked at. */
  readonly ask: boolean;
}

/** What one placement says. */
export interface Answer {
  /** Its plan; of what is declared alone where nobody was asked. */
  readonly planned: Planned;
  /** Whether its platform was asked. */
  readonly asked: boolean;
  /** Where its machines run; empty where no platform said it. */
  readonly runsOn: RunsOn;
}

/**
 * Looks at every placement that has a machine of the endpoints in its groups.
 * @throws {InputError} when platforms are to be asked and there is no placement, or one cannot be
 * asked
 */
export async function answersOf(question: Question): Promise<readonly Answer[]> {
  const { path, placements, site, machines, ask } = question;
  const concerned = placements.filter(({ groups }) =>
    groups.some(({ hosts }) => hosts.some((it) => machines.has(it)))
  );
  if (ask && placements.length === 0) {
    throw noPlacement(`ask where the machines of "${path}" run`);
  }
  if (ask && concerned.length === 0) throw notConcerned(placements);
  const answers: Answer[] = [];
  for (const settings of concerned) {
    const asked = ask && settings.provider !== "inventory";
    const plan = asked ? await planned(settings, site) : await declaredPlan(settings, site.hosts);
    answers.push({ planned: plan, asked, runsOn: hostsSeen(plan, site.hosts) });
  }
  return answers;
}

/** Where all machines run, as far as platforms said it. */
export function runsOnOf(answers: readonly Answer[]): RunsOn {
  return new Map(answers.flatMap(({ runsOn }) => [...runsOn]));
}

/** What was seen of a machine that a person should know; rules are no matter here. */
const SAID: ReadonlySet<string> = new Set(["place-differs", "place-unknown"]);

/**
 * What is to be said of a placement beside what warnings of endpoints name already: members of
 * their groups that share a place, and what a platform does not know or knows better.
 */
export function placementWarnings(
  { planned, asked }: Answer,
  { machines, site: { locate }, ask }: Pick<Question, "machines" | "site" | "ask">,
  named: readonly Loss[],
): readonly Diagnostic[] {
  const { settings, plan } = planned;
  const ours = new Set(
    settings.groups.filter(({ hosts }) => hosts.some((it) => machines.has(it)))
      .map(({ name }) => name),
  );
  const about = ({ group, host = "" }: Finding) =>
    group === undefined ? machines.has(host) : ours.has(group);
  const shown = {
    ...plan,
    violations: plan.violations.filter((it) => ours.has(it.group) && !isNamed(it, named)),
    errors: [],
    warnings: asked ? plan.warnings.filter((it) => SAID.has(it.code) && about(it)) : [],
    notes: ask && !asked ? [NOBODY] : [],
  };
  return diagnosticsOf({ ...planned, plan: shown }, locate).map((it): Diagnostic =>
    it.severity === "error" ? { ...it, severity: "warning" } : it
  );
}

const NOBODY: Finding = {
  severity: "note",
  code: "nobody-asked",
  message: "There is no platform to ask where machines run: what is declared counts",
  hint: "provider: vsphere, proxmox or libvirt",
};

/** Losses of failure domains by the domain and by each machine that goes with it. */
const lossesBy = remembered((losses: readonly Loss[]) => {
  const found = new Map<string, Loss[]>();
  for (const loss of losses.filter(({ kind }) => kind === "failure-domain")) {
    for (const machine of new Set([...loss.balancers, ...loss.servers])) {
      const key = JSON.stringify([loss.name, machine]);
      found.set(key, [...found.get(key) ?? [], loss]);
    }
  }
  return found;
});

/** Whether the members of a violation stand in a warning that names their failure domain. */
function isNamed({ host, members }: Violation, named: readonly Loss[]): boolean {
  const near = lossesBy(named).get(JSON.stringify([host, members[0]])) ?? [];
  return near.some(({ balancers, servers }) =>
    members.every((it) => balancers.includes(it) || servers.includes(it))
  );
}

function notConcerned(placements: readonly PlacementSettings[]): InputError {
  const groups = placements.flatMap(({ groups }) => groups.map(({ name }) => name));
  return new InputError([{
    severity: "error",
    code: "no-placement",
    message: "Cannot ask where machines run: no host that the endpoints stand on is in a group " +
      "of a placement",
    hint: `groups of placements are ${groups.join(", ")}`,
  }]);
}
