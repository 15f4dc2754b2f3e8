/**
 * `drill --list`: what there is, and what would be skipped. No host is contacted.
 * @module
 */
import { bold, dim, yellow } from "@std/fmt/colors";
import type { Drill, Scene } from "../drills/model.ts";
import { expectedScene } from "../drills/scene.ts";
import { TrialError } from "../drills/trial.ts";
import type { Endpoint } from "../model.ts";

/** A drill as a list shows it. */
export interface ListedDrill {
  /** Its name. */
  readonly name: string;
  /** What is broken. */
  readonly title: string;
  /** What it stands for. */
  readonly about: string;
  /** Suite that has it. */
  readonly suite: Drill["suite"];
  /** Why it would be skipped, by endpoint. */
  readonly skipped: Readonly<Record<string, string>>;
}

/** What there is, as data. */
export function listDrills(
  drills: readonly Drill[],
  endpoints: readonly Endpoint[],
): readonly ListedDrill[] {
  return drills.map((drill) => {
    const { name, title, about, suite } = drill;
    const skipped = endpoints.flatMap((endpoint) => {
      const why = whyUnfit(drill, expectedScene(endpoint));
      return why === undefined ? [] : [[endpoint.name, why] as const];
    });
    return { name, title, about, suite, skipped: Object.fromEntries(skipped) };
  });
}

/** Why a drill cannot be run on a scene; one of somebody's own may not even be able to say that. */
export function whyUnfit(drill: Drill, scene: Scene): string | undefined {
  try {
    return drill.unfit?.(scene);
  } catch (error) {
    if (error instanceof TrialError) return error.message;
    throw error;
  }
}

/** The same as text: the name alone begins a line, so that scripts can cut it out. */
export function drillListText(list: readonly ListedDrill[], endpoints: number): string {
  const width = Math.max(...list.map(({ name }) => name.length));
  const lines = list.flatMap(({ name, title, suite, skipped }) => [
    `${bold(name.padEnd(width))}  ${suite.padEnd(5)}  ${title}`,
    ...Object.entries(skipped).map(([endpoint, why]) => {
      const where = endpoints === 1 ? "" : ` on ${endpoint}`;
      return `${" ".repeat(width + 9)}${yellow(`would be skipped${where}:`)} ${dim(why)}`;
    }),
  ]);
  return `${lines.join("\n")}\n`;
}
