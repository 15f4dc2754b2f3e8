/** Endpoints, hosts and facts for the tests of this folder. */
import type { Endpoint, Facts, Member, World } from "../../src/model.ts";
import { loadTemplates } from "../../src/templates.ts";

/** Installed versions of the three releases of Debian that are tested. */
export const RELEASES = {
  bullseye: { haproxy: "2.2.9-2+deb11u6", keepalived: "1:2.1.5-0.2+deb11u1" },
  bookworm: { haproxy: "2.6.12-1+deb12u3", keepalived: "1:2.2.7-1+b2" },
  trixie: { haproxy: "3.0.11-1+deb13u3", keepalived: "1:2.3.3-1" },
} as const;

/** The templates of the product. */
export const TEMPLATES = await loadTemplates(new URL("../../templates", import.meta.url));

/** A member of a name and an address. */
export function member(name: string, address: string, more: Partial<Member> = {}): Member {
  const host = { name, address, become: true, sshArgs: [], groups: [], vars: {} };
  return { host, ...more };
}

/** An endpoint with two load balancers and three API servers. */
export function endpoint(more: Partial<Endpoint> = {}): Endpoint {
  return {
    name: "load_balancers",
    address: "10.88.0.10",
    port: 8443,
    backends: [1, 2, 3].map((i) => ({ name: `m${i}`, address: `10.88.0.2${i}` })),
    backendPort: 6443,
    profile: "standard",
    interface: "auto",
    vrrp: { routerId: "auto", mode: "unicast", advertInterval: "auto" },
    haproxy: { balance: "auto", clientTimeout: "1h", stats: "127.0.0.1:8404" },
    slo: { failoverMs: 2000 },
    members: [member("lb1", "10.88.0.11"), member("lb2", "10.88.0.12")],
    ...more,
  };
}

/** Facts of a Debian host with addresses in CIDR form on eth0. */
export function facts(addresses: readonly string[], more: Partial<Facts> = {}): Facts {
  return {
    os: { id: "debian", version: "12", name: "Debian GNU/Linux 12 (bookworm)" },
    packageManager: "apt",
    init: "systemd",
    uid: 0,
    container: "none",
    packages: {},
    interfaces: [{ name: "eth0", addresses }],
    ...more,
  };
}

/** The same of both families, with several addresses of each. */
export function dual(more: Partial<Endpoint> = {}): Endpoint {
  return endpoint({
    moreAddresses: ["fd00:88::10", "10.88.0.9", "fd00:88::9"],
    ...more,
  });
}

/** A world in which every member has its inventory address on eth0, in a /24, and one of IPv6. */
export function world(of: Endpoint, release: keyof typeof RELEASES = "bookworm"): World {
  const { haproxy, keepalived } = RELEASES[release];
  const packages = { haproxy: { installed: haproxy }, keepalived: { installed: keepalived } };
  return {
    host: of.members[0]?.host.name ?? "",
    facts: new Map(
      of.members.map(({ host: { name, address } }) => {
        const six = `fd00:88::${address.split(".").at(-1)}/64`;
        return [name, facts([`${address}/24`, six, "fe80::1/64"], { packages })];
      }),
    ),
    predicted: { packages: [], users: [], paths: [] },
  };
}

/** A secret of a known value. */
export function secret(value: string) {
  return { secret: true as const, reveal: () => value };
}
