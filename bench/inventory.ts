/**
 * The one inventory that all tools read, and nothing else tells them what to do. Pure.
 * @module
 */

/** A machine of it. */
export interface Named {
  /** Its name. */
  readonly name: string;
  /** Its address. */
  readonly address: string;
}

/** What the job is done on. */
export interface Place {
  /** The load balancers; two at a time are an endpoint. */
  readonly hosts: readonly Named[];
  /** The API servers, which all endpoints stand in front of. */
  readonly servers: readonly Named[];
  /** Prefix of the network: `10.88.0`. */
  readonly prefix: string;
  /** Who logs in. */
  readonly user: string;
  /** The private key. */
  readonly keyFile: string;
  /** Keys of the hosts, which are checked. */
  readonly knownHostsFile: string;
  /** The authority of the API servers. */
  readonly caFile: string;
}

/** What differs from run to run. */
export interface Settings {
  /** What one file of every host says: to change it is one of the jobs. */
  readonly maxConnections: number;
  /** A program that ssh reaches hosts through, as `ProxyCommand`. @default {none} */
  readonly through?: string;
}

/** The host number of the first endpoint's address; the last is .250. */
const FIRST_ADDRESS = 201;

/** The options of ssh that every tool is given. */
export function sshOptions({ knownHostsFile }: Place, { through }: Partial<Settings>): string[] {
  const options = [`UserKnownHostsFile=${knownHostsFile}`, "StrictHostKeyChecking=yes"];
  return [...options, ...(through === undefined ? [] : [`ProxyCommand=${through}`])];
}

/** The endpoints: pairs of hosts, each with its name and its address. */
export function pairsOf(
  { hosts, prefix }: Place,
): readonly {
  readonly name: string;
  readonly address: string;
  readonly hosts: readonly Named[];
}[] {
  const count = Math.ceil(hosts.length / 2);
  return Array.from({ length: count }, (_, i) => ({
    name: `pair${i + 1}`,
    address: `${prefix}.${FIRST_ADDRESS + i}`,
    hosts: hosts.slice(2 * i, 2 * i + 2),
  }));
}

/** The inventory as YAML. */
export function inventoryText(place: Place, settings: Settings): string {
  const { user, keyFile, servers } = place;
  const options = sshOptions(place, settings).map((it) => `-o ${quoted(it)}`).join(" ");
  return `all:
  vars:
    ansible_user: ${user}
    ansible_become: true
    # Nothing is to be found out that is known.
    ansible_python_interpreter: /usr/bin/python3
    ansible_ssh_private_key_file: ${keyFile}
    ansible_ssh_common_args: ${JSON.stringify(options)}
  children:
    load_balancers:
      children:
${pairsOf(place).map((pair) => pairText(pair, place, settings)).join("\n")}
    masters:
      hosts:
${hostLines(servers, 8)}
`;
}

function pairText(
  { name, address, hosts }: ReturnType<typeof pairsOf>[number],
  { caFile }: Place,
  { maxConnections }: Settings,
): string {
  return `        ${name}:
          vars:
            endpoint_group: ${name}
            endpoint:
              address: ${address}
              port: 8443
              backends: masters
              backend_port: 6443
              ca_file: ${caFile}
              haproxy: { max_connections: ${maxConnections} }
          hosts:
${hostLines(hosts, 12)}`;
}

function hostLines(hosts: readonly Named[], indent: number): string {
  return hosts.map(({ name, address }) =>
    `${" ".repeat(indent)}${name}: { ansible_host: ${address} }`
  ).join("\n");
}

/** Options are split at blanks as a shell does it. */
function quoted(option: string): string {
  return option.includes(" ") ? `'${option}'` : option;
}
