/**
 * Names in braces that stand in for values in the words of a command.
 * @module
 */
import { didYouMean } from "../../diagnostics.ts";

/** A name in braces; other braces are a word's own. */
export const PLACEHOLDER = /\{([A-Za-z_][\w-]*)\}/g;

/** A name in braces that stands for nothing. */
export interface UnknownPlaceholder {
  /** Which word it is in, from 0. */
  readonly index: number;
  /** As written: `{hsot}`. */
  readonly found: string;
  /** What was probably meant, for the parameters of an issue. */
  readonly hint: { readonly hint?: string };
}

/** Names in braces that are none of these. */
export function unknownPlaceholders(
  words: readonly string[],
  names: readonly string[],
): readonly UnknownPlaceholder[] {
  return words.flatMap((text, index) =>
    [...text.matchAll(PLACEHOLDER)].filter(([, name = ""]) => !names.includes(name))
      .map(([found, name = ""]) => {
        const near = didYouMean(name, names);
        return { index, found, hint: near === undefined ? {} : { hint: `{${near}}` } };
      })
  );
}
