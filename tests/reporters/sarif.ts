/** The part of SARIF 2.1.0 that we write, strictly: other fields and other shapes are mistakes. */
import { z } from "zod";

const message = z.strictObject({ text: z.string().min(1) });

/** A relative reference or an absolute URI, without what must be escaped in either. */
const uri = z.string().regex(/^(?:\.\/|\/)?(?:[\w.~!$&'()*+,;=@/-]|%[0-9A-F]{2}|:(?!$))*$/)
  .refine((it) => !/^[^/]*:/.test(it), "a colon before the first slash makes a scheme");

const place = z.strictObject({
  artifactLocation: z.strictObject({ uri }),
  region: z.strictObject({
    startLine: z.int().min(1),
    startColumn: z.int().min(1),
    endColumn: z.int().min(1),
  }),
});

const level = z.enum(["none", "note", "warning", "error"]);

const rule = z.strictObject({
  id: z.string(),
  name: z.string().regex(/^[A-Z]\w*$/),
  shortDescription: message,
  fullDescription: message,
  help: z.strictObject({ text: z.string().min(1), markdown: z.string().min(1).optional() }),
  defaultConfiguration: z.strictObject({ level }).optional(),
});

const result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.int().min(0),
  level,
  message,
  locations: z.array(z.strictObject({ physicalLocation: place })),
  relatedLocations: z.array(
    z.strictObject({ id: z.int().min(0), message, physicalLocation: place }),
  ).optional(),
});

/** The document. */
export const SARIF = z.strictObject({
  $schema: z.literal("https://json.schemastore.org/sarif-2.1.0.json"),
  version: z.literal("2.1.0"),
  runs: z.tuple([z.strictObject({
    tool: z.strictObject({
      driver: z.strictObject({ name: z.string(), version: z.string(), rules: z.array(rule) }),
    }),
    columnKind: z.enum(["utf16CodeUnits", "unicodeCodePoints"]),
    results: z.array(result),
  })]),
});
