/**
 * The VRRP password: fetched where the inventory points, checked, wrapped. Its value is in no
 * message.
 * @module
 */
import type { Secret } from "../../model.ts";
import { errorAt, type Report } from "../problems.ts";
import type { SecretReader } from "../read.ts";
import { adviceOn, fetchOrReport, type SecretSource } from "../secret_source.ts";
import type { Located } from "../yaml/located.ts";

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

/** Fetches and checks the password; what is wrong is reported, and then the result is undefined. */
export async function authPassOf(
  given: SecretSource,
  { source }: Located,
  options: AuthPassOptions,
): Promise<Secret | undefined> {
  const { label, report } = options;
  const name = `"vrrp.auth_pass" of ${label}`;
  const value = await fetchOrReport(given, { name, source }, options);
  if (value === undefined) return undefined;
  // Nothing was fetched, so that there is nothing to judge.
  if (typeof given !== "string" && options.secrets.blind === true) return value;
  const problem = problemOf(value.reveal());
  if (problem) {
    const message = `Cannot use ${name}: ${problem}`;
    return void report(errorAt(source, "auth-pass", message));
  }
  const hint = "auth_pass: { env: VRRP_PASS }";
  adviceOn(given, value, { name, source, hint }).forEach(report);
  return value;
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
