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

  /** Says what cannot be done and why, in whole sentences; several problems on lines of their own. */
  constructor(obstacle: PlacementObstacle, message: string, hint?: string) {
    super(message);
    this.name = "PlacementError";
    this.obstacle = obstacle;
    this.hint = hint;
  }
}
