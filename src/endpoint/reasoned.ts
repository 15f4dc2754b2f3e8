/** A value and why it is that one, in a phrase for people. */
export interface Reasoned<T> {
  /** The value. */
  readonly value: T;
  /** Why. */
  readonly reason: string;
}
