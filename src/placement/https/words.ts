/**
 * What a platform calls itself in messages about the way to it. Text only.
 * @module
 */
import { PlacementError } from "../errors.ts";

/** Names and hints of one kind of server. */
export interface Words {
  /** What it is, after `a` and `the`: `vCenter`. */
  readonly name: string;
  /** An example of its address. */
  readonly example: string;
  /** What lets somebody in: `password`, `token`. */
  readonly key: string;
  /** Where its root certificate is found, as a sentence about it: `https://SERVER/… has it`. */
  readonly rootHint: string;
}

/** Something of the inventory that cannot be the server. */
export function noServer(server: string, { name, example }: Words): PlacementError {
  return new PlacementError(
    "setting",
    `Cannot use ${JSON.stringify(server)} as the server of a ${name}`,
    `Write its name, as in ${example}, or ${example}:8443`,
  );
}

/** Text that holds no certificate. */
export function noCa({ name, rootHint }: Words): PlacementError {
  return new PlacementError(
    "setting",
    `Cannot use the CA file of the ${name}: it holds no certificate that can be read`,
    `Give the root certificate as PEM: ${rootHint}`,
  );
}

/** It says that what is looked for is somewhere else. */
export function redirected(server: string, { name, key }: Words): PlacementError {
  return new PlacementError(
    "answer",
    `Cannot ask ${server}: it sends elsewhere, and a ${key} goes nowhere but where it was meant for`,
    `Give the name of the ${name} itself as server`,
  );
}

/** Its certificate is not trusted. @param why words of the TLS library */
export function untrusted(why: string, server: string, { name, rootHint }: Words): PlacementError {
  const unknown = why.startsWith("UnknownIssuer");
  return new PlacementError(
    "untrusted",
    `Cannot trust the certificate of ${server}: ${unknown ? "who signed it is not known" : why}`,
    unknown
      ? `ca_file takes the root certificate of this ${name}: ${rootHint}`
      : "Give the name that stands in its certificate as server, or renew the certificate",
  );
}
