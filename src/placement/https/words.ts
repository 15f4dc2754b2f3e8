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

/**
 * Its certificate is not trusted.
 *
 * @param why words of the TLS library (rustls)
 * @param hasCa whether somebody named an authority to trust
 */
export function untrusted(
  why: string,
  server: string,
  words: Words,
  hasCa: boolean,
): PlacementError {
  const [said, hint] = distrust(why, words, hasCa);
  return new PlacementError(
    "untrusted",
    `Cannot trust the certificate of ${server}: ${said}`,
    hint,
  );
}

function distrust(
  why: string,
  { name, rootHint }: Words,
  hasCa: boolean,
): readonly [said: string, hint: string] {
  // The latter: another authority, which calls itself the same, as two vCenters' own may.
  if (/^(UnknownIssuer|BadSignature)/.test(why)) {
    return [
      hasCa ? "the authority of ca_file did not sign it" : "who signed it is not known",
      `ca_file takes the root certificate of this ${name}: ${rootHint}`,
    ];
  }
  if (why.includes("CaUsedAsEndEntity")) {
    return [
      "it is that of an authority, which signs others and is no server's",
      "Give the server a certificate that an authority signed, and ca_file that authority's",
    ];
  }
  if (/expired/i.test(why)) {
    return ["it has expired", "Renew it, or look at the clock of this machine"];
  }
  return [why, "Give the name that stands in its certificate as server, or renew the certificate"];
}

/** Somebody listens there who does not speak TLS. */
export function noTls(server: string, { example }: Words): PlacementError {
  return new PlacementError(
    "unreachable",
    `Cannot reach ${server}: what listens there does not speak TLS`,
    `Give the port of HTTPS, as in ${example}:443, or none`,
  );
}
