/**
 * Drills of one's own: a file that exports one, or a list.
 * @module
 */
import { resolve, toFileUrl } from "@std/path";
import type { Drill } from "../drills/model.ts";
import type { Diagnostic } from "../model.ts";
import { stripAnsiCode } from "@std/fmt/colors";
import { checkedDrill, drillProblems } from "./drill_shape.ts";

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
    // Deno paints what it says of a module that it cannot load.
    return stripAnsiCode(error instanceof Error ? error.message : String(error));
  }
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) return "its default export is an empty list";
  const wrong = list.flatMap(drillProblems);
  if (wrong.length > 0) return `its default export is no drill: ${wrong.join("; ")}`;
  return list.map((drill) => checkedDrill(drill as Drill, path));
}

function problem(path: string, why: string): Diagnostic {
  const message = `Cannot use drills of "${path}": ${why}`;
  return { severity: "error", code: "drill", message };
}
