/**
 * What is read from data that never changes is read once, however many ask.
 * @module
 */

/**
 * A reading that remembers its answer for as long as what it was read from lives.
 *
 * @param read reads an object that nobody changes; pure
 */
export function remembered<From extends object, Read>(
  read: (from: From) => Read,
): (from: From) => Read {
  const known = new WeakMap<From, { readonly answer: Read }>();
  return (from) => {
    const kept = known.get(from);
    if (kept !== undefined) return kept.answer;
    const answer = read(from);
    known.set(from, { answer });
    return answer;
  };
}
