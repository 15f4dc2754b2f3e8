/**
 * Versions of Debian packages held against a pattern, as apt's pins are: `2.6.*`, or one version.
 * @module
 */

/** What a pattern may hold: a version's characters, `*` for any of them, `?` for one. */
export const VERSION_PATTERN = /^\d[0-9A-Za-z.+~:*?-]*$/;

/**
 * Whether a version is one that the pattern means, from its first character to its last. A pattern
 * without an epoch means every epoch: `2.2.*` is `1:2.2.7-1` too.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { isVersion } from "./versions.ts";
 *
 * assert(isVersion("1:2.2.7-1+b2", "2.2.*"));
 * assert(!isVersion("2.60-1", "2.6.*"));
 * ```
 */
export function isVersion(version: string, pattern: string): boolean {
  const text = pattern.replaceAll(/[^0-9A-Za-z*?]/g, "\\$&").replaceAll("*", ".*")
    .replaceAll("?", ".");
  const means = new RegExp(`^${text}$`);
  return means.test(version) || means.test(version.replace(/^\d+:/, ""));
}
