import { didYouMean, quote } from "../diagnostics.ts";
import { InputError } from "../errors.ts";
import { errorAt } from "../inventory/problems.ts";
import type { Endpoint, Play } from "../model.ts";
import { tagWords } from "./tags.ts";

/**
 * The preflights that `--skip-preflight` names.
 * @throws {InputError} when the play has none of that name, for each that it has not
 */
export function skippedPreflights(
  given: readonly string[] | undefined,
  play: Play,
  endpoints: readonly Endpoint[],
): ReadonlySet<string> {
  const names = new Set(
    endpoints.flatMap((endpoint) => play.preflights?.(endpoint) ?? []).map(({ name }) => name),
  );
  const words = tagWords(given);
  const problems = words.filter((word) => !names.has(word)).map((word) => {
    const meant = didYouMean(word, names);
    const known = names.size === 0 ? "the play has none" : `there are ${[...names].join(", ")}`;
    const message = `Cannot skip preflight ${quote(word)}: ${known}`;
    return errorAt(undefined, "usage", message, meant && `did you mean ${meant}?`);
  });
  if (problems.length > 0) throw new InputError(problems);
  return new Set(words);
}
