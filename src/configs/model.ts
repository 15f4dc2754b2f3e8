/**
 * What the configuration files of the two daemons are made of, every piece with its place.
 * Types only.
 * @module
 */
import type { Diagnostic, Source } from "../model.ts";

/** A word of a file as the daemon takes it: without quotes, variables put in. */
export interface Word {
  /** The word. */
  readonly text: string;
  /** Where it stands; its length is that in the file. */
  readonly source: Source;
  /**
   * Variables of the environment whose values nobody knows here; they stay as written in the text,
   * `${PORT}`. Unset: none.
   */
  readonly variables?: readonly string[];
}

/** A line of a keepalived.conf, with the block that it opens, if it opens one. */
export interface Statement {
  /** Its words; the first is the keyword. */
  readonly words: readonly Word[];
  /** What stands between its braces; unset: it has none. */
  readonly block?: readonly Statement[];
}

/** A keepalived.conf. */
export interface KeepalivedFile {
  /** Path as the user would type it. */
  readonly file: string;
  /** The whole text, for excerpts: passwords are stars. */
  readonly text: string;
  /** Its statements, outermost first. */
  readonly statements: readonly Statement[];
  /** Files that it includes, as written: what they hold is not seen. */
  readonly includes: readonly Word[];
  /** Where a comment begins in the middle of a word, as the `#` of `pa#ss`: the rest is gone. */
  readonly cuts: readonly Source[];
  /** What is no keepalived.conf at all: braces that do not match, quotes that do not end. */
  readonly problems: readonly Diagnostic[];
  /**
   * All that is wrong with the text are braces that are missing, and where they belong is told by
   * what follows: the statements are those that were meant. Unset: nothing is wrong, or more is.
   */
  readonly mended?: true;
}

/** A line of a section of a haproxy.cfg; the first word is the keyword. */
export interface Line {
  /** Its words, never none. */
  readonly words: readonly Word[];
  /** It stands below an `.if`, so that it may not count. */
  readonly conditional?: true;
}

/** A section of a haproxy.cfg, such as `backend apiserver`. */
export interface Section {
  /** Its first word: `global`, `defaults`, `frontend`, `backend`, `listen`, and others. */
  readonly kind: string;
  /** Its name, empty where it has none. */
  readonly name: string;
  /** The line that opens it. */
  readonly head: Line;
  /** The lines below. */
  readonly lines: readonly Line[];
}

/** A haproxy.cfg, or several files that HAProxy reads as one. */
export interface HaproxyFile {
  /** Path as the user would type it; of several the first one's. */
  readonly file: string;
  /** The whole text, for excerpts; of several the first one's. */
  readonly text: string;
  /** The files that follow the first one. @default {none} */
  readonly more?: readonly { readonly file: string; readonly text: string }[];
  /** Its sections in order. */
  readonly sections: readonly Section[];
  /** What is no haproxy.cfg at all: lines before any section, quotes that do not end. */
  readonly problems: readonly Diagnostic[];
}
