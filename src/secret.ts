/**
 * Values that nobody may print.
 * @module
 */
import type { Secret } from "./model.ts";
import { formsOf, textForm } from "./secret_forms.ts";
import { searcher } from "./secret_search.ts";

/** Shorter values stand in innocent text too, so that they are masked where a password stands. */
export const SHORTEST = 4;

/** What stands in the place of a secret. */
export const MASK = "[secret]";

// Every secret of this process, for texts of which nobody knows what is in them: a stack trace.
const known = new Set<string>();
let maskAll: ((text: string) => string) | undefined;

/** Wraps a value so that printing, logging or serializing it shows `[secret]`. */
export function secret(value: string): Secret {
  if (!known.has(value)) maskAll = undefined;
  known.add(value);
  const hidden = () => MASK;
  return Object.defineProperties({ secret: true } as Secret, {
    reveal: { value: () => value },
    toString: { value: hidden },
    toJSON: { value: hidden },
    [Symbol.for("Deno.customInspect")]: { value: hidden },
  });
}

/** Whether something is a {@link Secret}. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === "object" && value !== null && "secret" in value && value.secret === true;
}

/**
 * A function that replaces every secret in a text by `[secret]`, whatever encoding it is written in
 * (see `formsOf`), also where two of them overlap. A value under four characters is replaced where a
 * password stands: behind `auth_pass`, `password`, `secret` and the like.
 */
export function masker(secrets: readonly Secret[]): (text: string) => string {
  return maskerOf(secrets.map((secret) => secret.reveal()));
}

/** Masks every secret that this process has ever wrapped, for text that is not known to hold any. */
export function maskKnown(text: string): string {
  maskAll ??= maskerOf([...known]);
  return maskAll(text);
}

/** So many values are all looked for; of more, those that one walk over the text has found. */
const FEW = 64;

function maskerOf(values: readonly string[]): (text: string) => string {
  const all = [...new Set(values)].filter((value) => value !== "");
  const likely = all.length <= FEW ? () => all : searcher(all);
  // What finds a value takes as much memory as a page of text.
  const finders = new Map<string, RegExp>();
  const finderOf = (value: string) => {
    const known = finders.get(value) ?? finder(value);
    finders.set(value, known);
    return known;
  };
  return (text) => cover(text, likely(text).flatMap((value) => spans(text, finderOf(value))));
}

type Span = readonly [from: number, to: number];

/** Looks ahead, so that a match which begins inside another one is found too. */
function finder(value: string): RegExp {
  if (value.length >= SHORTEST) return new RegExp(`(?=(${formsOf(value)}))`, "gu");
  const [quotes, blanks] = [`["'\\\\]{0,8}`, "[ \\t]{0,8}"];
  const key = `(?:pass|passwd|password|passphrase|pwd|secret|token)`;
  const place = `(?<=${key}${quotes}${blanks}[:= \\t]${blanks}${quotes})`;
  const end = "(?![A-Za-z0-9])";
  return new RegExp(`${place}(?=(${textForm(value)})${end})`, "giu");
}

function spans(text: string, pattern: RegExp): Span[] {
  return [...text.matchAll(pattern)].map((match) =>
    [match.index, match.index + (match[1] ?? "").length] as const
  );
}

function cover(text: string, found: readonly Span[]): string {
  if (found.length === 0) return text;
  let [out, at] = ["", 0];
  let open: Span | undefined;
  for (const span of found.toSorted(([a], [b]) => a - b)) {
    if (open !== undefined && span[0] <= open[1]) {
      open = [open[0], Math.max(open[1], span[1])];
      continue;
    }
    if (open !== undefined) [out, at] = [out + text.slice(at, open[0]) + MASK, open[1]];
    open = span;
  }
  if (open !== undefined) [out, at] = [out + text.slice(at, open[0]) + MASK, open[1]];
  return out + text.slice(at);
}
