/**
 * Drills of one's own: a file that exports one, or a list.
 * @module
 */
import { resolve, toFileUrl } from "@std/path";
import type { Drill } from "../drills/model.ts";
import type { Diagnostic } from "../model.ts";

/** What files hold, and everything that is wrong with them. */
export interface OwnDrills {
  /** In the order of the files. */
  readonly drills: readonly Drill[];
  /** One problem for each file that cannot be used. */
  readonly problems: readonly Diagnostic[];
}

/** Loads the drills of files. */
export async function loadDrills(paths: readonly string[]): Promise<OwnDrills> {
  const drills: Drill[] = [];
  const problems: Diagnostic[] = [];
  for (const path of paths) {
    const found = await exported(path);
    if (typeof found === "string") problems.push(problem(path, found));
    else drills.push(...found);
  }
  return { drills, problems };
}

async function exported(path: string): Promise<readonly Drill[] | string> {
  let value: unknown;
  try {
    value = (await import(toFileUrl(resolve(path)).href)).default;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > 0 && list.every(isDrill)) return list;
  return "its default export is no drill and no list of them; " +
    "write: export default defineDrill({ name, title, about, suite, plan })";
}

function isDrill(value: unknown): value is Drill {
  if (typeof value !== "object" || value === null) return false;
  const drill = value as Readonly<Record<string, unknown>>;
  const texts = ["name", "title", "about"].every((key) => typeof drill[key] === "string");
  const suite = drill["suite"] === "quick" || drill["suite"] === "full";
  const unfit = drill["unfit"] === undefined || typeof drill["unfit"] === "function";
  return texts && suite && unfit && typeof drill["plan"] === "function";
}

function problem(path: string, why: string): Diagnostic {
  const message = `Cannot use drills of "${path}": ${why}`;
  return { severity: "error", code: "drill", message };
}
