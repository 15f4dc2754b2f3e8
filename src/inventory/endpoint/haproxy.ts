/**
 * The `haproxy` map of an endpoint, joined with the files that it names.
 * @module
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { quote } from "../../diagnostics.ts";
import type { HaproxySettings, Secret } from "../../model.ts";
import { errorAt } from "../problems.ts";
import type { SecretReader } from "../read.ts";
import { fetchOrReport } from "../secret_source.ts";
import { below, type LocatedMap } from "../yaml/located.ts";
import { caOf, type CaOptions } from "./ca.ts";
import type { EndpointMap } from "./schema.ts";

/** What reading needs. */
export interface HaproxyOptions extends CaOptions {
  /** The `endpoint` map as it was written. */
  readonly node: LocatedMap;
  /** Fetches secrets. */
  readonly secrets: SecretReader;
}

/** Reads the map; what is wrong is reported, and left out. */
export async function haproxyOf(
  { haproxy, ca_file }: EndpointMap,
  options: HaproxyOptions,
): Promise<HaproxySettings> {
  const { connect_timeout, metrics, verify_host, check_client } = haproxy;
  if (verify_host !== undefined && ca_file === undefined) unverifiable(options);
  const checkClient = check_client === undefined
    ? undefined
    : await checkClientOf(check_client, options, ["haproxy"]);
  return {
    balance: haproxy.balance,
    clientTimeout: haproxy.client_timeout,
    stats: haproxy.stats,
    maxConnections: haproxy.max_connections,
    ...(connect_timeout === undefined ? {} : { connectTimeout: connect_timeout }),
    queueTimeout: haproxy.queue_timeout,
    ...(metrics === undefined ? {} : { metrics }),
    accessLog: haproxy.access_log === false ? "off" : haproxy.access_log,
    checkPath: haproxy.check_path,
    ...(verify_host === undefined ? {} : { verifyHost: verify_host }),
    ...(checkClient === undefined ? {} : { checkClient }),
  };
}

/**
 * Without a CA nothing of a certificate is looked at: reports `verify_host`, which is below `within`
 * of the map.
 */
export function unverifiable(
  { label, node, report }: Pick<HaproxyOptions, "label" | "node" | "report">,
  within: readonly string[] = ["haproxy"],
): void {
  const path = [...within, "verify_host"];
  const message = `Cannot use ${quote(path.join("."))} of ${label}: "ca_file" is missing, and ` +
    "without it no certificate is verified";
  const source = below(node, path)?.source;
  report(errorAt(source, "missing-key", message, "ca_file: ca.crt"));
}

/** Reads the files of `check_client`, which is below `within` of the map; what is wrong is reported. */
export async function checkClientOf(
  given: NonNullable<EndpointMap["haproxy"]["check_client"]>,
  options: HaproxyOptions,
  within: readonly string[],
): Promise<HaproxySettings["checkClient"]> {
  const { label, node, report, secrets } = options;
  const path = [...within, "check_client"];
  const at = (key: string) => below(node, [...path, key]);
  const certName = `${path.join(".")}.cert_file`;
  const certificate = await caOf(given.cert_file, at("cert_file"), options, certName);
  const source = at("key_file")?.source;
  const name = `"${path.join(".")}.key_file" of ${label}`;
  const key = await fetchOrReport({ file: given.key_file }, { name, source }, options);
  if (certificate === undefined || key === undefined) return undefined;
  // Nothing was read, so that there is nothing to judge.
  if (secrets.blind === true) return { certificate, key };
  const problem = problemOf(key, certificate, given.cert_file, given.key_file);
  if (problem === undefined) return { certificate, key };
  return void report(errorAt(source, "key-file", `Cannot use ${name}: ${problem}`));
}

/** One key in PEM form, as HAProxy can read it while nobody is there to type a passphrase. */
const KEY =
  /^-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----\r?\n(?:[A-Za-z0-9+/=]+\r?\n)+-----END \1-----\r?\n?$/;

function problemOf(
  key: Secret,
  certificate: string,
  certFile: string,
  keyFile: string,
): string | undefined {
  const text = key.reveal();
  if (/ENCRYPTED/.test(text)) {
    return `it has a passphrase, and nobody is there to type it when HAProxy starts; ` +
      `openssl pkey -in ${quote(keyFile)} -out NEW writes it without one`;
  }
  if (!KEY.test(`${text}\n`)) {
    return "it does not hold one private key in PEM form and nothing else";
  }
  const parsed = parsedKey(text);
  if (parsed === undefined) return "it is no private key that can be read";
  return fits(certificate, parsed) === false
    ? `it is not the key of the certificate in ${quote(certFile)}`
    : undefined;
}

function parsedKey(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}

/** Whether a key belongs to the first certificate; undefined: only HAProxy can tell. */
function fits(certificate: string, key: KeyObject): boolean | undefined {
  try {
    return new X509Certificate(certificate).checkPrivateKey(key);
  } catch {
    return undefined;
  }
}
