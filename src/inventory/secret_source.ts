/**
 * Where a secret comes from, and how it is fetched. Its value is in no message.
 * @module
 */
import { isAbsolute, join } from "@std/path";
import * as z from "zod";
import { quote } from "../diagnostics.ts";
import type { Diagnostic, Secret, Source } from "../model.ts";
import { secret, SHORTEST } from "../secret.ts";
import { errorAt, type Report, warningAt } from "./problems.ts";
import type { SecretReader } from "./read.ts";

const WORDS = { error: "expected a list of words, the program first" };
const PATH = { error: "expected a path" };
const NAME = { error: "expected the name of an environment variable" };

const PLACES = [
  z.strictObject({
    env: z.string(NAME).regex(/^[A-Za-z_][A-Za-z0-9_]*$/, NAME)
      .meta({ description: "Environment variable that holds it", examples: ["VRRP_PASS"] }),
  }),
  z.strictObject({
    file: z.string(PATH).regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u, PATH).meta({
      description: "File that holds it, relative to the inventory's folder",
      examples: ["/run/secrets/vrrp"],
      // Not every reader of a JSON Schema knows \p.
      pattern: "^[^\\u0000-\\u001f\\u007f]+$",
    }),
  }),
  z.strictObject({
    command: z.array(z.string({ error: "expected a string" }).min(1), WORDS).min(1, WORDS).meta({
      description: "Program that prints it, and its arguments; no shell",
      examples: [["pass", "show", "vrrp"]],
    }),
  }),
] as const;

const SHAPE = { error: "expected { env: NAME }, { file: PATH } or { command: [PROGRAM, ...] }" };

/** The three ways to point at a secret that stands somewhere else. */
export const secretPlace = z.union(PLACES, SHAPE);

/** The three ways to point at a secret, and the plain one. */
export const secretSource = z.union([
  ...PLACES,
  z.string().meta({ description: "The password itself: everybody who reads the file reads it" }),
], SHAPE);

/** A place that a secret comes from; text is the secret itself. */
export type SecretSource = z.output<typeof secretSource>;

/** Keys of a {@link SecretSource}, for suggestions. */
export const SECRET_KEYS: readonly string[] = ["env", "file", "command"];

/**
 * Fetches a secret. A final line break of a file or of a program's output is not part of it.
 * @throws {Error} with the reason alone when it cannot be had
 */
export async function fetchSecret(
  given: SecretSource,
  { folder, secrets }: { readonly folder: string; readonly secrets: SecretReader },
): Promise<Secret> {
  if (typeof given === "string") return secret(given);
  if ("env" in given) {
    const value = secrets.env(given.env);
    if (value === undefined) throw new Error(NOT_SET);
    return secret(value);
  }
  if ("command" in given) return secret(withoutNewline(await secrets.command(given.command)));
  const own = isAbsolute(given.file) || given.file.startsWith("~/");
  return secret(withoutNewline(await secrets.file(own ? given.file : join(folder, given.file))));
}

const NOT_SET = "it is not set";

/** Whether a problem is only that an environment variable is not set. */
export function isUnset({ code, message }: Diagnostic): boolean {
  return code === "secret-unreadable" && message.endsWith(`: ${NOT_SET}`);
}

/** Names a place in a message. */
export function whence(given: SecretSource): string {
  if (typeof given === "string") return "the inventory";
  if ("env" in given) return `the environment variable ${quote(given.env)}`;
  return "file" in given ? quote(given.file) : `the program ${quote(given.command[0] ?? "")}`;
}

/** Fetches a secret; why it cannot be had is reported, and then the result is undefined. */
export async function fetchOrReport(
  given: SecretSource,
  { name, source }: { readonly name: string; readonly source: Source | undefined },
  options: Parameters<typeof fetchSecret>[1] & { readonly report: Report },
): Promise<Secret | undefined> {
  try {
    return await fetchSecret(given, options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `Cannot read ${name} from ${whence(given)}: ${reason}`;
    return void options.report(errorAt(source, "secret-unreadable", message));
  }
}

/** What a user should know about a secret that can be used. */
export function adviceOn(
  given: SecretSource,
  value: Secret,
  { name, source, hint }: {
    readonly name: string;
    readonly source: Source | undefined;
    readonly hint: string;
  },
): Diagnostic[] {
  const advice: Diagnostic[] = [];
  if (typeof given === "string") {
    const message = `${name} is readable in this file by everyone who can read the file`;
    advice.push(warningAt(source, "plain-secret", message, hint));
  }
  const { length } = value.reveal();
  if (length > 0 && length < SHORTEST) {
    const message = `${name} has ${length} ${length === 1 ? "character" : "characters"}: it can ` +
      "be guessed, and is masked only where a password stands";
    advice.push(warningAt(source, "short-secret", message, `a value of ${SHORTEST} or more`));
  }
  return advice;
}

function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, "");
}
