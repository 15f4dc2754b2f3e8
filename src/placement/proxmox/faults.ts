/**
 * What an error of a Proxmox VE means, and what to do about it. Pure.
 * @module
 */
import { PlacementError } from "../errors.ts";
import { readFault } from "./answers.ts";

/** Of the proxy on a node: what is behind it is not there, or too slow. */
const BEHIND: ReadonlySet<number> = new Set([502, 503, 504, 595, 596, 599]);

/**
 * The error for a status that is no success.
 *
 * @param doing what was tried, after `Cannot`: `look at the machines`
 * @param who whose token was sent
 */
export function faultError(
  doing: string,
  status: number,
  body: string,
  who: string,
): PlacementError {
  const said = readFault(body);
  const [obstacle, why, hint] = meaning(status, said, who);
  return new PlacementError(obstacle, `Cannot ${doing}: ${why}`, hint);
}

type Meaning = readonly [PlacementError["obstacle"], why: string, hint?: string | undefined];

function meaning(status: number, said: string, who: string): Meaning {
  if (status === 401) {
    return [
      "login",
      `the token ${who} is wrong, is not known, or has expired`,
      `Look at it with: pveum user token list ${who.split("!")[0] ?? who}`,
    ];
  }
  if (status === 403) return forbidden(said, who);
  if (BEHIND.has(status)) {
    return [
      "unreachable",
      `the server does not reach what is behind it (HTTP ${status})`,
      "Look at the node: systemctl status pvedaemon pve-cluster",
    ];
  }
  if (/detected modified configuration/.test(said)) {
    return ["conflict", "somebody else has changed the rules in between", "Run it again"];
  }
  if (/HA rule '[^']*' (?:already defined|does not exist)/.test(said)) {
    return ["conflict", `somebody else has changed the rules in between (${short(said)})`];
  }
  if (status === 404 || status === 501 || said === "") {
    return ["answer", `the server answers HTTP ${status}`, "Look whether it is a Proxmox VE"];
  }
  return ["refused", `the server says ${short(said)}`, hintFor(said)];
}

/** `Permission check failed (/, Sys.Audit)`. */
function forbidden(said: string, who: string): Meaning {
  const [, path, needed] = /\((\/[\w./-]*), ([\w.|]+)\)/.exec(said) ?? [];
  const what = needed === undefined ? "a privilege" : `${needed} on ${path}`;
  return [
    "permission",
    `the token ${who} lacks ${what}`,
    "Give it a role with that; where its privileges are separate, give it to its user, too",
  ];
}

function hintFor(said: string): string | undefined {
  const [, unmanaged] = /cannot use unmanaged resource\(s\) ([\w:, ]+)/.exec(said) ?? [];
  if (unmanaged !== undefined) {
    return unmanaged.split(/[\s,]+/).filter(Boolean).map((one) => `ha-manager add ${one}`)
      .join("; ");
  }
  if (/groups have not been migrated/.test(said)) {
    return "Every node of the cluster has to run Proxmox VE 9: HA then makes rules of its groups";
  }
  return /quorum/.test(said) ? "Look at the cluster: pvecm status" : undefined;
}

function short(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
