/**
 * What is read from data that never changes is read once, however many ask.
 * @module
 */

/** A class that makes nothing of its own: its fields are put on what it is given. */
const OnIt = function (it: object) {
  return it;
} as unknown as new (it: object) => object;

/**
 * A reading that remembers its answer for as long as what it was read from lives.
 *
 * The answer is a private field of that object, which nobody else can see. In a WeakMap, which
 * would be the same, all answers outlive the quick collections of garbage, and their memory is free
 * again only after one of the whole heap: of 10,000 hosts that were hundreds of megabytes.
 *
 * @param read reads an object that nobody changes; pure
 */
export function remembered<From extends object, Read>(
  read: (from: From) => Read,
): (from: From) => Read {
  class Kept extends OnIt {
    readonly #answer: Read;

    constructor(from: From, answer: Read) {
      super(from);
      this.#answer = answer;
    }

    static of(from: From): Read {
      if (#answer in from) return from.#answer;
      const answer = read(from);
      new Kept(from, answer);
      return answer;
    }
  }
  return Kept.of;
}
