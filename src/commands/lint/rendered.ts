/**
 * What the lints look at when they are given an inventory: the files that its hosts would get.
 * Nothing is contacted; what only a host can tell is assumed, and nothing is said of it.
 * @module
 */
import { parseHaproxy } from "../../configs/haproxy.ts";
import { parseKeepalived } from "../../configs/keepalived.ts";
import { addressesOf } from "../../addresses.ts";
import { managedFiles } from "../../endpoint/files.ts";
import { family } from "../../endpoint/network.ts";
import { PATHS } from "../../endpoint/paths.ts";
import type { Node, SmallFile, Subject } from "../../lints/model.ts";
import type { Endpoint, Member } from "../../model.ts";
import { secret } from "../../secret.ts";
import type { Templates } from "../../templates.ts";
import { DEFAULT_INTERFACE, unaskedWorld } from "../unasked.ts";

/** The load balancers of an endpoint, with the files that they would get. */
export function renderedSubject(endpoint: Endpoint, templates: Templates): Subject {
  const assumed: Endpoint = {
    ...endpoint,
    members: withAddresses(endpoint),
    vrrp: withPassword(endpoint),
    interface: endpoint.interface === "auto" ? DEFAULT_INTERFACE : endpoint.interface,
  };
  const nodes = assumed.members.map((member, i) => {
    const known = endpoint.members[i]?.host.address ?? "";
    return nodeOf(assumed, member, family(known) ? [known] : [], templates);
  });
  return { nodes, endpoint };
}

/** Text of each file that findings may point at, except of those that hold a secret. */
export function textsOf({ nodes, endpoint }: Subject): ReadonlyMap<string, string> {
  const secret = endpoint?.profile === "guide";
  return new Map(
    nodes.flatMap(({ keepalived, haproxy, scripts, units = [] }) => [
      ...(secret ? [] : [keepalived]),
      haproxy,
      ...haproxy?.more ?? [],
      ...scripts,
      ...units,
    ]).flatMap((it) => it ? [[it.file, it.text] as const] : []),
  );
}

function nodeOf(
  endpoint: Endpoint,
  member: Member,
  addresses: readonly string[],
  templates: Templates,
): Node {
  const { name } = member.host;
  const world = unaskedWorld(name);
  const files = managedFiles(endpoint, member, templates).map((file): SmallFile => ({
    path: file.path,
    file: `${name}:${file.path}`,
    text: file.content(world),
  }));
  const at = (path: string) => files.find((file) => file.path === path);
  const [keepalived, haproxy] = [at(PATHS.keepalived), at(PATHS.haproxy)];
  const units = files.filter(({ path }) =>
    path === PATHS.haproxyUnit || path === PATHS.keepalivedUnit
  );
  return {
    name,
    addresses,
    ...(keepalived && { keepalived: parseKeepalived(keepalived.text, keepalived.file) }),
    ...(haproxy && { haproxy: parseHaproxy(haproxy.text, haproxy.file) }),
    scripts: files.filter(({ path }) => path.endsWith(".sh")),
    // Profile guide leaves the units as they are.
    ...(units.length > 0 && { units }),
    versions: {},
  };
}

/** Secrets need not be read to look for traps: what is wrong with one is said where it is read. */
function withPassword({ vrrp }: Endpoint): Endpoint["vrrp"] {
  return vrrp.authPass === undefined ? vrrp : { ...vrrp, authPass: secret("assumed") };
}

/**
 * Hosts that are named and not numbered, or numbered in one family alone, get an address from the
 * ranges for documentation, so that peers can be written at all.
 */
function withAddresses(endpoint: Endpoint): readonly Member[] {
  const all = addressesOf(endpoint);
  const families = ([4, 6] as const).filter((one) => all.some((it) => family(it) === one));
  return endpoint.members.map((member, i) => {
    const { host, addresses = [] } = member;
    const missing = families.filter((one) =>
      ![host.address, ...addresses].some((it) => family(it) === one)
    );
    const assumed = missing.map((one) => one === 4 ? `192.0.2.${i + 1}` : `2001:db8::${i + 1}`);
    return { ...member, addresses: [...addresses, ...assumed] };
  });
}
