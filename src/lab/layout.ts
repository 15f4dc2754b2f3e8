/**
 * Names, addresses and paths of a lab, all derived from its name. Pure: nothing here touches the machine.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "@std/path";

/** A Debian release that the lab's hosts can run. */
export type Suite = "bullseye" | "bookworm" | "trixie";

/** The releases, oldest first. */
export const suites: readonly Suite[] = ["bullseye", "bookworm", "trixie"];

/** A machine of the lab as the network sees it: a host or an API server. */
export interface Member {
  /** Its name, such as `lb1` or `m1`. */
  name: string;
  /** Its IPv4 address. */
  address: string;
  /** Its IPv6 address, where this machine has IPv6. */
  address6: string;
  /** The port where it answers: ssh or HTTPS. */
  port: number;
  /** Its network namespace; also the bridge's end of its cable, its cgroup and its nspawn machine. */
  namespace: string;
  /** Its hardware address, the same after every power-on. */
  mac: string;
}

/** A real Debian host. */
export interface LabHost extends Member {
  /** The process of its nspawn; absent while it is powered off. */
  pid?: number;
}

/** A stand-in Kubernetes API server. */
export interface LabApiServer extends Member {
  /** Its process; absent while it is stopped. */
  pid?: number;
}

/** Everything that is known about one lab, as plain data. */
export interface Lab {
  /** Its name. */
  name: string;
  /** The Debian release of its hosts. */
  suite: Suite;
  /** The folder with its keys, certificates, logs and disks. */
  stateDir: string;
  /** The short name that its interfaces and namespaces carry. */
  tag: string;
  /** The bridge that joins its members. */
  bridge: string;
  /** Its IPv4 prefix. */
  subnet: string;
  /** The address of this machine on the bridge. */
  controllerAddress: string;
  /** The same of IPv6. */
  controllerAddress6: string;
  /** The virtual IP that the hosts are to hold; nobody holds it until a deployment. */
  vip: string;
  /** One of IPv6 that is free for the same; the lab's own inventory does not name it. */
  vip6: string;
  /** The user with passwordless sudo. */
  user: string;
  /** The private key that opens every host. */
  keyFile: string;
  /** The exact host keys of all hosts. */
  knownHostsFile: string;
  /** The certificate of the authority that signed the API servers' certificates. */
  caFile: string;
  /** The inventory of this lab. */
  inventoryFile: string;
  /** The load balancers. */
  hosts: LabHost[];
  /** The stand-in API servers. */
  apiServers: LabApiServer[];
}

/** What the caller chooses about a lab; the rest follows. */
export interface LayoutOptions {
  /** The lab's name. */
  name: string;
  /** The Debian release. */
  suite: Suite;
  /** The third number of the prefix 10.88.N.0/24. */
  net: number;
  /** How many load balancers. */
  hosts: number;
  /** The folder of all labs' state. */
  stateRoot: string;
}

/** The folder of all labs' state when nobody says otherwise. */
export const defaultStateRoot = "/var/lib/holdfast-lab";

/** The name of the lab when nobody says otherwise. */
export const defaultName = "lab";

/** Works out a whole lab from what the caller chooses. */
export function layout({ name, suite, net, hosts, stateRoot }: LayoutOptions): Lab {
  checkName(name);
  if (!Number.isInteger(hosts) || hosts < 1 || hosts > 100) {
    throw new RangeError(`Cannot lay out lab "${name}" with ${hosts} hosts: expected 1 to 100`);
  }
  const prefix = `10.88.${net}`;
  // Never a group of zeros, so that the address has one spelling.
  const prefix6 = `fd48:4658:1${hex(net)}:`;
  const tag = tagOf(name, stateRoot);
  const stateDir = join(stateRoot, name);
  const member = (short: string, last: number, port: number): Member => ({
    name: short,
    address: `${prefix}.${last}`,
    address6: `${prefix6}:${last.toString(16)}`,
    port,
    namespace: `hf-${tag}-${short}`,
    mac: macOf(net, last),
  });
  return {
    name,
    suite,
    stateDir,
    tag,
    bridge: `hf-${tag}`,
    subnet: `${prefix}.0/24`,
    controllerAddress: `${prefix}.1`,
    controllerAddress6: `${prefix6}:1`,
    vip: `${prefix}.10`,
    vip6: `${prefix6}:a`,
    user: "deploy",
    keyFile: join(stateDir, "id_ed25519"),
    knownHostsFile: join(stateDir, "known_hosts"),
    caFile: join(stateDir, "ca.crt"),
    inventoryFile: join(stateDir, "inventory.yaml"),
    hosts: counted(hosts).map((n) => member(`lb${n}`, hostNumber(n), 22)),
    apiServers: counted(3).map((n) => member(`m${n}`, 20 + n, 6443)),
  };
}

/** The number N of a lab's prefix 10.88.N.0/24. */
export function netOf(lab: Lab): number {
  return Number(lab.subnet.split(".")[2]);
}

/** The hardware address of the lab's own end of the bridge, or of a member. */
export function macOf(net: number, last: number): string {
  return ["02", "48", "46", "58", hex(net), hex(last)].join(":");
}

/**
 * The short name that interfaces and namespaces carry, for Linux allows them 15 characters.
 *
 * A short name stands for itself. Any other is hashed and starts with a digit, which a name cannot,
 * so that no lab's names can be taken for another's.
 */
export function tagOf(name: string, stateRoot: string): string {
  if (stateRoot === defaultStateRoot && /^[a-z][a-z0-9]{0,5}$/.test(name)) return name;
  return `0${createHash("sha256").update(`${stateRoot}\n${name}`).digest("hex").slice(0, 5)}`;
}

/** Tells whether a namespace, interface, cgroup or machine of this name belongs to the lab with this tag. */
export function ownsName(tag: string, name: string): boolean {
  return new RegExp(`^hf-${tag}(-(lb|m)([0-9]{1,2}|100))?$`).test(name);
}

/** Refuses a name that is no good as a folder or in a file. */
export function checkName(name: string): void {
  if (/^[a-z][a-z0-9-]{0,30}$/.test(name)) return;
  throw new RangeError(
    `Cannot use lab name ${
      JSON.stringify(name)
    }: expected a letter, then up to 30 of a-z, 0-9 and "-"`,
  );
}

function counted(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

// lb1 is .11 and lb9 is .19; the API servers are in the .20s, so lb10 goes on at .110.
function hostNumber(n: number): number {
  return n < 10 ? 10 + n : 100 + n;
}

function hex(n: number): string {
  return n.toString(16).padStart(2, "0");
}
