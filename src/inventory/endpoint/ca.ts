/**
 * Files of certificates of an endpoint.
 * @module
 */
import { isAbsolute, join } from "@std/path";
import { quote } from "../../diagnostics.ts";
import { errorAt, type Report } from "../problems.ts";
import type { Files } from "../read.ts";
import type { Located } from "../yaml/located.ts";

/** What reading needs. */
export interface CaOptions {
  /** `endpoint "lbs"`, for messages. */
  readonly label: string;
  /** Folder of the inventory file. */
  readonly folder: string;
  /** The file system. */
  readonly files: Files;
  /** Takes what is wrong. */
  readonly report: Report;
}

const CERTIFICATE =
  /-----BEGIN CERTIFICATE-----\r?\n(?:[A-Za-z0-9+/=]+\r?\n)+-----END CERTIFICATE-----/g;

/** The certificates of a PEM file, and nothing else that may stand in it. */
export async function caOf(
  file: string,
  node: Located | undefined,
  options: CaOptions,
  key = "ca_file",
): Promise<string | undefined> {
  const path = isAbsolute(file) ? file : join(options.folder, file);
  const fail = (reason: string) => {
    const message = `Cannot read "${key}" of ${options.label}: ${quote(path)} ${reason}`;
    options.report(errorAt(node?.source, key === "ca_file" ? "ca-file" : "cert-file", message));
  };
  const result = await options.files.read(path);
  if (result.kind === "missing") return void fail("does not exist");
  if (result.kind === "folder") return void fail("is a folder");
  if (result.kind === "unreadable") return void fail(`cannot be read: ${result.reason}`);
  // This file is copied to every load balancer; a key does not belong there.
  if (result.text.includes("PRIVATE KEY-----")) return void fail("holds a private key");
  const certificates = result.text.match(CERTIFICATE);
  if (!certificates) return void fail("holds no PEM certificate");
  return certificates.map((block) => `${block.replaceAll("\r\n", "\n")}\n`).join("");
}
