/**
 * What stops a platform from being asked or changed.
 * @module
 */

/** What kind of thing is in the way. */
export type PlacementObstacle =
  /** What the inventory names is not there. */
  | "not-found"
  /** What the inventory names is there more than once. */
  | "ambiguous"
  /** A setting cannot be used as it is. */
  | "setting"
  /** No connection, or it broke. */
  | "unreachable"
  /** The certificate of the server is not trusted. */
  | "untrusted"
  /** User or password is wrong, or the session has ended. */
  | "login"
  /** The user may not do it. */
  | "permission"
  /** Somebody else changed the same thing. */
  | "conflict"
  /** The platform says that it cannot. */
  | "refused"
  /** It took too long; whether it is done is not known. */
  | "timeout"
  /** An answer that makes no sense. */
  | "answer";

/** A platform cannot be asked or changed. Holds no password, and no control characters. */
export class PlacementError extends Error {
  /** What kind of thing is in the way. */
  readonly obstacle: PlacementObstacle;
  /** What to do about it. @default {nothing that is known} */
  readonly hint: string | undefined;
  /** Path in the placement's settings of what it is about. @default {the platform's} */
  readonly path: readonly (string | number)[] | undefined;
  /** Name of the machine that it is about. @default {none alone} */
  readonly vm: string | undefined;

  /** Says what cannot be done and why, in whole sentences; several problems on lines of their own. */
  constructor(
    obstacle: PlacementObstacle,
    message: string,
    hint?: string,
    { path, vm }: Pick<PlacementError, "path" | "vm"> = { path: undefined, vm: undefined },
  ) {
    super(message);
    this.name = "PlacementError";
    this.obstacle = obstacle;
    this.hint = hint;
    this.path = path;
    this.vm = vm;
  }

  /** The same, about what stands at this path of the placement's settings. */
  at(path: readonly (string | number)[]): PlacementError {
    const { obstacle, message, hint, vm } = this;
    return new PlacementError(obstacle, message, hint, { path, vm });
  }

  /** The same, about this machine alone. */
  about(vm: string): PlacementError {
    const { obstacle, message, hint, path } = this;
    return new PlacementError(obstacle, message, hint, { path, vm });
  }
}

/** Several things are in the way, each with an obstacle and a hint of its own. */
export class PlacementErrors extends PlacementError {
  /** All of them; one or more. */
  readonly all: readonly PlacementError[];

  /** The first obstacle, and its hint, stand for all. */
  constructor(all: readonly PlacementError[]) {
    const [first] = all;
    const lines = all.map(({ message }) => message).join("\n");
    super(first?.obstacle ?? "refused", lines, first?.hint);
    this.name = "PlacementErrors";
    this.all = all;
  }
}

/**
 * What was found, in its order.
 * @throws {PlacementErrors} with all that stands in its place
 */
export function foundOf<T>(all: readonly (T | PlacementError)[]): readonly T[] {
  const problems = all.filter((one) => one instanceof PlacementError);
  if (problems.length > 0) throw new PlacementErrors(problems);
  return all.flatMap((one) => one instanceof PlacementError ? [] : one);
}
