/**
 * Values that nobody may print.
 * @module
 */
import type { Secret } from "./model.ts";

/** Wraps a value so that printing, logging or serializing it shows `[secret]`. */
export function secret(value: string): Secret {
  const hidden = () => "[secret]";
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
 * A function that replaces every secret value in a text by `[secret]`, longest first. Values under
 * four characters would hide innocent text; those are masked where they stand (see `redact`).
 */
export function masker(secrets: readonly Secret[]): (text: string) => string {
  const values = [...new Set(secrets.map((s) => s.reveal()))]
    .filter((value) => value.length >= 4)
    .sort((a, b) => b.length - a.length);
  return (text) => values.reduce((out, value) => out.replaceAll(value, "[secret]"), text);
}
