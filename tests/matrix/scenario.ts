/**
 * Deploys that the matrix lets go wrong: from which state to which.
 * @module
 */
import { apply, type Traced, traceOf } from "./deploy.ts";
import { type HostName, HOSTS, Room } from "./room.ts";
import { type HostState, stateOf } from "./state.ts";
import { bareDisks } from "./template.ts";

/** A deploy. */
export interface Scenario {
  /** One word. */
  readonly name: string;
  /** What it is, for people. */
  readonly title: string;
  /** What stands before: lines of the endpoint, and what somebody did to the disks; unset: nothing. */
  readonly before?: { readonly endpoint: readonly string[]; readonly disks?: string };
  /** Lines of the endpoint that is deployed. */
  readonly endpoint: readonly string[];
  /** Priority of lb1 in it. */
  readonly priority?: number;
}

const PLAIN = ["haproxy: { client_timeout: 10m }"];

/** All of them. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: "first",
    title: "first deploy on bare hosts",
    endpoint: PLAIN,
  },
  {
    name: "reload",
    title: "a change that both daemons reload",
    before: { endpoint: PLAIN },
    endpoint: ["haproxy: { client_timeout: 11m }"],
    priority: 245,
  },
  {
    name: "restart",
    title: "a change of the units, for which both daemons restart",
    before: {
      endpoint: PLAIN,
      // As an earlier edition of the units, with the same meaning.
      disks: `for name in haproxy keepalived; do
echo '# earlier edition' >>"$1/$2/disk/systemd/system/$name.service.d/holdfast.conf"; done`,
    },
    endpoint: PLAIN,
  },
  {
    name: "profile",
    title: "a change of the profile, which members must make together",
    before: { endpoint: PLAIN },
    endpoint: ["profile: guide", "vrrp: { auth_pass: { file: SECRET } }"],
  },
];

/** A scenario that was played once without a fault. */
export interface Recorded {
  /** Which one. */
  readonly scenario: Scenario;
  /** Folder with its disks and inventories. */
  readonly dir: string;
  /** Inventory that is deployed. */
  readonly inventory: string;
  /** Hosts before. */
  readonly before: Readonly<Record<HostName, HostState>>;
  /** Hosts afterwards. */
  readonly after: Readonly<Record<HostName, HostState>>;
  /** What was asked of the hosts. */
  readonly trace: readonly Traced[];
}

async function writeInventory(
  dir: string,
  name: string,
  lines: readonly string[],
  priority?: number,
): Promise<string> {
  const own = priority === undefined ? "" : `, endpoint_host: { priority: ${priority} }`;
  const secret = `${dir}/auth_pass`;
  await Deno.writeTextFile(secret, "matrix01\n", { mode: 0o600 });
  const text = `all:
  children:
    load_balancers:
      vars:
        endpoint:
          address: 10.77.0.10
          backends: [{ name: m1, address: 10.77.0.21 }]
          packages: { lock_timeout: 3s }
${lines.map((line) => `          ${line.replace("SECRET", secret)}\n`).join("")}      hosts:
        lb1: { ansible_host: 10.77.0.11${own} }
        lb2: { ansible_host: 10.77.0.12 }
`;
  await Deno.writeTextFile(`${dir}/${name}.yaml`, text);
  return `${dir}/${name}.yaml`;
}

async function states(room: Room): Promise<Record<HostName, HostState>> {
  const [lb1, lb2] = await Promise.all(HOSTS.map((host) => stateOf(room, host)));
  if (lb1 === undefined || lb2 === undefined) throw new RangeError("Cannot look at both hosts");
  return { lb1, lb2 };
}

async function played(room: Room, inventory: string): Promise<void> {
  const { code, stdout, stderr } = await apply(room, inventory);
  if (code !== 0) {
    throw new Error(
      `Cannot play a deploy: it ended with ${code}:\n${stderr}${stdout.slice(-4000)}`,
    );
  }
}

/** Opens a room on these disks, both hosts on. */
export async function booted(disks: string): Promise<Room> {
  const room = await Room.open(disks);
  try {
    await Promise.all(HOSTS.map((host) => room.powerOn(host)));
    return room;
  } catch (error) {
    await room[Symbol.asyncDispose]();
    throw error;
  }
}

/** Plays a scenario without a fault, in a folder of its own. */
export async function record(scenario: Scenario, dir: string): Promise<Recorded> {
  await bareDisks(`${dir}/disks`);
  if (scenario.before !== undefined) await prepare(scenario.before, dir);
  await using room = await booted(`${dir}/disks`);
  const before = await states(room);
  const inventory = await writeInventory(dir, "new", scenario.endpoint, scenario.priority);
  await played(room, inventory);
  return {
    scenario,
    dir,
    inventory,
    before,
    after: await states(room),
    trace: await traceOf(room),
  };
}

/** Deploys what stands before, and keeps those disks. */
async function prepare(before: NonNullable<Scenario["before"]>, dir: string): Promise<void> {
  const inventory = await writeInventory(dir, "old", before.endpoint);
  {
    await using room = await booted(`${dir}/disks`);
    await played(room, inventory);
    for (const host of HOSTS) {
      if (before.disks !== undefined) await room.onDisks(before.disks, host);
    }
    await room.keep(`${dir}/standing`);
  }
  await Deno.remove(`${dir}/disks`, { recursive: true });
  await Deno.rename(`${dir}/standing`, `${dir}/disks`);
}
