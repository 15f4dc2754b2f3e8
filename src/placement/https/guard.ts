/**
 * What errors about a server must not show, and what has to be said when a change is cut off. Pure.
 * @module
 */
import type { Secret } from "../../model.ts";
import { masker } from "../../secret.ts";
import { printableLine } from "../../terminal.ts";
import { PlacementError, PlacementErrors } from "../errors.ts";

/**
 * Does some work so that what its errors say holds no secret, in whatever form the server gives it
 * back, and nothing that moves a cursor.
 */
export type Guard = <T>(work: () => Promise<T>) => Promise<T>;

/** Guards one secret. @param meaning what an error of another kind means to a person */
export function guard(
  secret: Secret,
  meaning: (error: unknown) => unknown = (error) => error,
): Guard {
  const mask = masker([secret]);
  const clean = (text: string) =>
    text.split("\n").map((line) => printableLine(mask(line))).join("\n");
  return async (work) => {
    try {
      return await work();
    } catch (thrown) {
      const error = meaning(thrown);
      if (!(error instanceof PlacementError)) throw error;
      throw error instanceof PlacementErrors
        ? new PlacementErrors(error.all.map((one) => cleaned(one, clean)))
        : cleaned(error, clean);
    }
  };
}

/** A new one, without a cause: a cause could hold what was sent. */
function cleaned(
  { obstacle, message, hint, path, vm }: PlacementError,
  clean: (text: string) => string,
): PlacementError {
  const said = hint === undefined ? undefined : clean(hint);
  return new PlacementError(obstacle, clean(message), said, { path, vm });
}

/** Makes a change; when the way to it breaks, nobody knows whether it was made, and that is said. */
export async function changing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PlacementError)) throw error;
    if (error.obstacle !== "unreachable" && error.obstacle !== "answer") throw error;
    // It was sent: what became of it is on the server.
    throw new PlacementError(
      error.obstacle,
      `${error.message}; whether the change was made is not known`,
      "Run it again: it looks first, and changes only what is not as it should be",
    );
  }
}
