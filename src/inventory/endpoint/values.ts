/**
 * Kinds of values that the maps of an endpoint hold. Every message is one phrase, "expected …".
 * @module
 */
import * as z from "zod";
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

/** A TCP port. */
export const port = () => whole(1, 65535, "a port from 1 to 65535");

// What a refinement demands, no JSON Schema can say: its metadata does.
const ip = () =>
  z.string({ error: "expected an IP address" })
    .refine((v) => isIpv4(v) || isIpv6(v), { error: "expected an IP address" })
    .meta({ anyOf: [{ format: "ipv4" }, { format: "ipv6" }] });

/** An IP address, or a list of them. */
export const addresses = () =>
  z.union([ip(), z.array(ip()).min(1, { error: "expected an IP address" })], {
    error: "expected an IP address",
  });

const backend = z.strictObject({
  name: text(
    /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/,
    "a name of letters, digits, dots, dashes and underscores that begins with a letter or digit",
  ).meta({ description: "Name of the server in HAProxy", examples: ["m1"] }),
  address: ip().meta({ description: "IP address of the API server", examples: ["10.0.0.21"] }),
}, mapping);

/** Keys of a backend that is listed, for suggestions. */
export const BACKEND_KEYS: readonly string[] = Object.keys(backend.shape);

/** The API servers behind an address: the name of a group, or a list. */
export const backends = () =>
  z.union([
    text(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/, "the name of a group, or a list of { name, address }"),
    z.array(backend).min(1, { error: "expected at least one backend" }),
  ], { error: "expected the name of a group, or a list of { name, address }" })
    .meta({
      description: "The API servers: the name of their group, or a list of { name, address }",
      examples: ["masters", [{ name: "m1", address: "10.0.0.21" }]],
    });
