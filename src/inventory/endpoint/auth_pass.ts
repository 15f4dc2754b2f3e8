/**
 * The VRRP password: fetched where the inventory points, checked, wrapped. Its value is in no
 * message.
 * @module
 */
import { isAbsolute, join } from "@std/path";
import { quote } from "../../diagnostics.ts";
import type { Secret } from "../../model.ts";
import { secret } from "../../secret.ts";
import { errorAt, type Report, warningAt } from "../problems.ts";
import type { SecretReader } from "../read.ts";
import type { Located } from "../yaml/located.ts";
import type { EndpointMap } from "./schema.ts";

/** What fetching needs. */
export interface AuthPassOptions {
  /** `endpoint "lbs"`, for messages. */
  readonly label: string;
  /** Folder of the inventory file. */
  readonly folder: string;
  /** Fetches the value. */
  readonly secrets: SecretReader;
  /** Takes what is wrong. */
  readonly report: Report;
}

type AuthPass = NonNullable<EndpointMap["vrrp"]["auth_pass"]>;

/** Fetches and checks the password; what is wrong is reported, and then the result is undefined. */
export async function authPassOf(
  given: AuthPass,
  node: Located,
  options: AuthPassOptions,
): Promise<Secret | undefined> {
  const { label, report } = options;
  const name = `"vrrp.auth_pass" of ${label}`;
  let value: string;
  try {
    value = await valueOf(given, options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `Cannot read ${name} from ${whence(given)}: ${reason}`;
    return void report(errorAt(node.source, "secret-unreadable", message));
  }
  const problem = problemOf(value);
  if (problem) {
    const message = `Cannot use ${name}: ${problem}`;
    return void report(errorAt(node.source, "auth-pass", message));
  }
  if (typeof given === "string") {
    const message = `${name} is readable in this file by everyone who can read the file`;
    report(warningAt(node.source, "plain-secret", message, "auth_pass: { env: VRRP_PASS }"));
  }
  return secret(value);
}

async function valueOf(given: AuthPass, { secrets, folder }: AuthPassOptions): Promise<string> {
  if (typeof given === "string") return given;
  if ("env" in given) {
    const value = secrets.env(given.env);
    if (value === undefined) throw new Error("it is not set");
    return value;
  }
  if ("command" in given) return withoutNewline(await secrets.command(given.command));
  const path = isAbsolute(given.file) ? given.file : join(folder, given.file);
  return withoutNewline(await secrets.file(path));
}

function problemOf(value: string): string | undefined {
  if (value.length === 0) return "it is empty";
  if (value.length > 8) {
    return `it has ${value.length} characters, and VRRP carries 8: the rest would be ignored`;
  }
  // Keepalived would end the word at a blank, a "#" or a "!", and quotes would need escaping.
  if (/^[A-Za-z0-9_.:@/+=-]+$/.test(value)) return undefined;
  return "it holds a character that is not a letter, a digit or one of _ . : @ / + = -";
}

function whence(given: AuthPass): string {
  if (typeof given === "string") return "the inventory";
  if ("env" in given) return `the environment variable ${quote(given.env)}`;
  return "file" in given ? quote(given.file) : `the program ${quote(given.command[0] ?? "")}`;
}

function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, "");
}
