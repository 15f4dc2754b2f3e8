/**
 * Whose word the failure domains of a simulation are, and of whom nothing is known. Text only.
 * @module
 */
import { dim } from "@std/fmt/colors";
import { remembered } from "../../remembered.ts";
import type { Simulation } from "../../simulate/simulate.ts";
import { printableLine } from "../../terminal.ts";
import { wrap } from "../line/columns.ts";
import type { Answer } from "./placements.ts";

/** Paragraphs below the tables; an empty one has nothing to say. */
export function domainLines(
  simulation: Simulation,
  columns: number,
  answers: readonly Answer[],
): readonly (readonly string[])[] {
  return [whosePlaces(simulation, answers), unknownDomains(simulation)].map((text) =>
    text === "" ? [] : wrap(printableLine(text), columns).map((line) => dim(line))
  );
}

/** Every machine once. */
function machinesOf({ site }: Simulation) {
  return [...site.balancers, ...site.servers.filter((it) => it.balancer === undefined)];
}

/** The first five names. */
function some(names: readonly string[]): string {
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return `${names.slice(0, 5).join(", ")}${more}`;
}

const askedOf = remembered((answers: readonly Answer[]) => answers.filter((it) => it.asked));

/** Whose word failure domains are, where platforms were asked. */
function whosePlaces(simulation: Simulation, answers: readonly Answer[]): string {
  const asked = askedOf(answers);
  if (asked.length === 0) return "";
  const machines = machinesOf(simulation);
  const platforms = asked.map(({ planned: { settings: { name, provider } } }) =>
    `${provider} (placement of ${name})`
  ).join(" and ");
  const declared = machines.filter(({ domains, placed }) => !placed && domains.length > 0);
  const leftOut = machines.flatMap(({ name, placed }) =>
    placed === undefined || placed.leftOut.length === 0
      ? []
      : [`${name} (${placed.leftOut.join(", ")})`]
  );
  const sentences = [
    machines.some(({ placed }) => placed)
      ? `Failure domains are the hosts that machines run on now, according to ${platforms}.`
      : `${platforms} knows no host of these machines.`,
    ...(declared.length === 0
      ? []
      : [`As declared, because it is not known there: ${some(declared.map(({ name }) => name))}.`]),
    ...(leftOut.length === 0 ? [] : [`Declared, and left out: ${some(leftOut)}.`]),
  ];
  return sentences.join(" ");
}

/** Machines of which it is not known what they share with others. */
function unknownDomains(simulation: Simulation): string {
  const machines = machinesOf(simulation);
  const unknown = machines.filter(({ domains }) => domains.length === 0).map(({ name }) => name);
  if (unknown.length === 0) return "";
  const names = unknown.length === machines.length ? "any host" : some(unknown);
  return `failure_domain is not set for ${names}: what is lost together is not known.`;
}
