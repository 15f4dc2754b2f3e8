/**
 * What is rendered for a member that no key of the inventory holds: peers, weight, timers, versions.
 * Offline: what only a host can tell is said to be unknown.
 * @module
 */
import { addressesOf } from "../../addresses.ts";
import { descriptors, type Reasoned, weight } from "../../endpoint/derive.ts";
import { peers } from "../../endpoint/instances.ts";
import { family } from "../../endpoint/network.ts";
import { podVersion } from "../../endpoint/pods.ts";
import { settings } from "../../endpoint/profile.ts";
import { DEFAULT_VERSIONS } from "../../endpoint/version.ts";
import { OLDEST } from "../../endpoint/words.ts";
import { TaskError } from "../../errors.ts";
import type { Endpoint, Member } from "../../model.ts";

/** Why nothing is said of a value that a host decides. */
export const ON_HOST = "not known before the host is asked";

/** These values by the key under which they are asked for, `derived.weight`. */
export function derivedOnly(endpoint: Endpoint, member: Member): [string, Reasoned<unknown>][] {
  const { profile } = endpoint;
  const byProfile = `profile ${profile}`;
  const { alive, ready, pulse, check, vrrpVersion } = settings(endpoint);
  const { connectMs: _, ...checks } = check;
  const guide = profile === "guide";
  const values: Record<string, () => Reasoned<unknown>> = {
    source: () => ({ value: undefined, reason: `${ON_HOST}: its address on that interface` }),
    peers: () => peersOf(endpoint, member),
    weight: () => weight(endpoint),
    vrrp_version: () => ({ value: vrrpVersion, reason: byProfile }),
    haproxy_version: () => version(endpoint, "haproxy"),
    keepalived_version: () => version(endpoint, "keepalived"),
    "timers.alive": () => ({ value: alive, reason: `${byProfile}: seconds, and runs that count` }),
    ...(guide ? {} : {
      descriptors: () => descriptors(endpoint),
      "timers.pulse": () => ({ value: pulse, reason: `${byProfile}: questions of one such run` }),
      "timers.ready": () => ({ value: ready, reason: `${byProfile}: seconds, runs that count` }),
    }),
    "timers.check": () => ({ value: checks, reason: `${byProfile}: HAProxy's of API servers` }),
  };
  return Object.entries(values).map(([key, value]) => [`derived.${key}`, known(value)]);
}

/** A value that cannot be derived says why: rendering would end with that message. */
function known(value: () => Reasoned<unknown>): Reasoned<unknown> {
  try {
    return value();
  } catch (error) {
    if (error instanceof TaskError) return { value: undefined, reason: error.message };
    throw error;
  }
}

function peersOf(endpoint: Endpoint, member: Member): Reasoned<unknown> {
  const nobody = { packages: [], users: [], paths: [] };
  const world = { host: member.host.name, facts: new Map(), predicted: nobody };
  // One of each family speaks for the others of it.
  const all = addressesOf(endpoint);
  const firsts = all.filter((it, i) => all.findIndex((one) => family(one) === family(it)) === i);
  const found = firsts.map((beside) => peers(beside, endpoint, member, world));
  const value = found.flatMap((it) => it.value);
  const reason = found[0]?.reason ?? "";
  if (value.length === 0) return { value, reason };
  return {
    value,
    reason: `${reason}, as the inventory names them: hosts that are asked know better`,
  };
}

function version(endpoint: Endpoint, daemon: "haproxy" | "keepalived"): Reasoned<unknown> {
  if (endpoint.pods !== undefined) return podVersion(daemon, endpoint.pods);
  const pinned = endpoint.packages?.versions[daemon];
  const assumed = `render assumes ${DEFAULT_VERSIONS[daemon]}, ${OLDEST[daemon]} is the oldest`;
  return {
    value: undefined,
    reason: `${ON_HOST}${
      pinned === undefined ? "" : `, a ${pinned} by packages.${daemon}`
    }; ${assumed}`,
  };
}
