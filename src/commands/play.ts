import { resolve, toFileUrl } from "@std/path";
import { endpointPlay } from "../../tasks/play.ts";
import { InputError } from "../errors.ts";
import type { Play } from "../model.ts";
import type { Templates } from "../templates.ts";

/**
 * The built-in play, or the one that a file exports as its default: a play, or a function that
 * makes one from the built-in templates.
 * @throws {InputError} when the file cannot be loaded or holds no play
 */
export async function loadPlay(path: string | undefined, templates: Templates): Promise<Play> {
  if (path === undefined) return endpointPlay(templates);
  const found = await importDefault(path);
  const play: unknown = typeof found === "function" ? found(templates) : found;
  if (isPlay(play)) return play;
  throw refusal(
    path,
    "its default export is no play; write: export default definePlay({ name, tasks, … })",
  );
}

async function importDefault(path: string): Promise<unknown> {
  try {
    const module = await import(toFileUrl(resolve(path)).href);
    return module.default;
  } catch (error) {
    throw refusal(path, error instanceof Error ? error.message : String(error));
  }
}

function isPlay(value: unknown): value is Play {
  if (typeof value !== "object" || value === null) return false;
  const functions = ["tasks", "handlers", "checks"].every((key) =>
    typeof (value as Record<string, unknown>)[key] === "function"
  );
  return functions && "name" in value && "packages" in value && Array.isArray(value.packages);
}

function refusal(path: string, why: string): InputError {
  return new InputError([{
    severity: "error",
    code: "play",
    message: `Cannot use play "${path}": ${why}`,
  }]);
}
