/**
 * Enough of JSON Schema (draft 2020-12) to hold inventories against ours. A keyword that it does
 * not know is an error, so that nothing is passed over.
 * @module
 */
import { isIpv4, isIpv6 } from "../../src/inventory/connection/grammar.ts";
import type { JsonSchema } from "../../src/inventory/json_schema.ts";

/** Places in a value that a schema does not allow, each with the keyword that refuses it. */
export function violations(root: JsonSchema, value: unknown): string[] {
  const check = (schema: unknown, value: unknown, path: string): string[] => {
    if (typeof schema !== "object" || schema === null) throw new TypeError(`no schema at ${path}`);
    return Object.entries(schema).flatMap(([keyword, wanted]) => {
      const judge = KEYWORDS[keyword];
      if (judge === undefined) throw new TypeError(`unknown keyword ${keyword} at ${path}`);
      const found = judge({ schema: schema as JsonSchema, wanted, value, path, root, check });
      return typeof found === "boolean" ? (found ? [] : [`${path}: ${keyword}`]) : found;
    });
  };
  return check(root, value, "");
}

interface Case {
  readonly schema: JsonSchema;
  // deno-lint-ignore no-explicit-any
  readonly wanted: any;
  // deno-lint-ignore no-explicit-any
  readonly value: any;
  readonly path: string;
  readonly root: JsonSchema;
  readonly check: (schema: unknown, value: unknown, path: string) => string[];
}

const isMap = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const typeOf = (value: unknown) =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
const fits = (type: string, value: unknown) =>
  type === "integer" ? Number.isInteger(value) : typeOf(value) === type;
const entries = (value: unknown) => isMap(value) ? Object.entries(value as object) : [];
const note = () => true;
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  ipv4: isIpv4,
  ipv6: isIpv6,
};

const KEYWORDS: Readonly<Record<string, (it: Case) => boolean | string[]>> = {
  $schema: note,
  $defs: note,
  title: note,
  description: note,
  default: note,
  examples: note,
  $ref: ({ wanted, value, path, root, check }) => {
    const steps = String(wanted).replace("#/", "").split("/");
    // deno-lint-ignore no-explicit-any
    return check(steps.reduce((at: any, step) => at?.[step], root), value, path);
  },
  type: ({ wanted, value }) => [wanted].flat().some((type) => fits(type, value)),
  enum: ({ wanted, value }) => wanted.includes(value),
  const: ({ wanted, value }) => value === wanted,
  anyOf: ({ wanted, value, path, check }) =>
    wanted.some((it: unknown) => check(it, value, path).length === 0),
  allOf: ({ wanted, value, path, check }) =>
    wanted.every((it: unknown) => check(it, value, path).length === 0),
  contains: ({ wanted, value, path, check }) =>
    !Array.isArray(value) || value.some((it) => check(wanted, it, path).length === 0),
  not: ({ wanted, value, path, check }) => check(wanted, value, path).length > 0,
  pattern: ({ wanted, value }) => typeof value !== "string" || new RegExp(wanted).test(value),
  minLength: ({ wanted, value }) => typeof value !== "string" || value.length >= wanted,
  minimum: ({ wanted, value }) => typeof value !== "number" || value >= wanted,
  maximum: ({ wanted, value }) => typeof value !== "number" || value <= wanted,
  minProperties: ({ wanted, value }) => !isMap(value) || Object.keys(value).length >= wanted,
  minItems: ({ wanted, value }) => !Array.isArray(value) || value.length >= wanted,
  items: ({ wanted, value, path, check }) =>
    Array.isArray(value) ? value.flatMap((it, i) => check(wanted, it, `${path}.${i}`)) : [],
  format: ({ wanted, value }) => typeof value !== "string" || FORMATS[wanted]?.(value) === true,
  required: ({ wanted, value, path }) =>
    isMap(value)
      ? wanted.filter((key: string) => !(key in value)).map((key: string) =>
        `${path}.${key}: required`
      )
      : [],
  properties: ({ wanted, value, path, check }) =>
    entries(value).flatMap(([key, it]) =>
      Object.hasOwn(wanted, key) ? check(wanted[key], it, `${path}.${key}`) : []
    ),
  additionalProperties: ({ schema, wanted, value, path, check }) =>
    entries(value).filter(([key]) => !Object.hasOwn(schema["properties"] ?? {}, key))
      .flatMap(([key, it]) =>
        wanted === false ? [`${path}.${key}: unknown`] : check(wanted, it, `${path}.${key}`)
      ),
};
