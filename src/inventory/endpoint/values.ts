/**
 * Kinds of values that the maps of an endpoint hold. Every message is one phrase, "expected …".
 * @module
 */
import { z } from "zod";
import { isIpv4, isIpv6 } from "../connection/grammar.ts";

/** What is said of something that is no mapping. */
export const mapping = { error: "expected a mapping" };

/** Text of a pattern. */
export const text = (pattern: RegExp, expected: string) =>
  z.string({ error: `expected ${expected}` }).regex(pattern, { error: `expected ${expected}` });

/** A whole number, both limits included. */
export const whole = (
  min: number,
  max: number,
  expected = `a whole number from ${min} to ${max}`,
) => {
  const error = `expected ${expected}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};

/** One of some words. */
export const choice = <const T extends readonly [string, ...string[]]>(...names: T) =>
  z.enum(names, { error: `expected ${names.join(", ").replace(/, ([^,]*)$/, " or $1")}` });

/** The path of a file on this machine. */
export const path = (expected: string) =>
  text(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u, expected)
    // Not every reader of a JSON Schema knows \p.
    .meta({ pattern: "^[^\\u0000-\\u001f\\u007f]+$" });

/** A time in HAProxy's units. */
export const duration = () => text(/^[1-9]\d{0,8}(us|ms|s|m|h|d)$/, "a duration such as 30s or 1h");

/** `IP:PORT`; a refinement is nothing that a JSON Schema can say, so that it has a pattern too. */
export const socket = () =>
  z.string({ error: "expected IP:PORT" }).refine(isSocket, { error: "expected IP:PORT" })
    .meta({ pattern: "^([0-9.]+|\\[[0-9A-Fa-f:.]+\\]):[1-9][0-9]{0,4}$" });

function isSocket(text: string): boolean {
  const match = /^(?:([0-9.]+)|\[([0-9A-Fa-f:.]+)\]):([1-9]\d{0,4})$/.exec(text);
  if (!match || Number(match[3]) > 65535) return false;
  return match[1] === undefined ? isIpv6(match[2] ?? "") : isIpv4(match[1]);
}
