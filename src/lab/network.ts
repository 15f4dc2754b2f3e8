/**
 * The lab's cables: a bridge, one network namespace per member, and a way to the mirror.
 *
 * @module
 */
import { type Lab, macOf, type Member, netOf, ownsName } from "./layout.ts";
import { attempt, run } from "./run.ts";

/** Makes the bridge, with this machine's address on it, and the rule that lets hosts reach the mirror. */
export async function makeBridge(lab: Lab): Promise<void> {
  const { bridge } = lab;
  const to = `create bridge "${bridge}"`;
  // A bridge without an address of its own takes its ports' lowest, and every change would be a new neighbor.
  const mac = macOf(netOf(lab), 1);
  await run(["ip", "link", "add", bridge, "address", mac, "type", "bridge"], { to });
  await run(["ip", "address", "add", `${lab.controllerAddress}/24`, "dev", bridge], { to });
  await run(["ip", "link", "set", bridge, "up"], { to });
  await run(sixToo(`ip address add ${lab.controllerAddress6}/64 dev ${bridge} nodad`), { to });
  await run(["nft", "-f", "-"], {
    to: `create nft table "${table(lab.tag)}"`,
    stdin: ruleset(lab),
  });
}

/** Gives a member its namespace, its cable and its address. */
export async function plugIn(lab: Lab, member: Member): Promise<void> {
  const to = `create network namespace "${member.namespace}"`;
  for (const argv of plugCommands(lab, member)) await run(argv, { to });
}

/** What {@link plugIn} runs, in order. */
export function plugCommands(lab: Lab, { namespace, address, address6, mac }: Member): string[][] {
  const inside = ["ip", "-n", namespace];
  const peer = ["type", "veth", "peer", "name", "eth0", "address", mac, "netns", namespace];
  return [
    ["ip", "netns", "add", namespace],
    ["ip", "link", "add", namespace, ...peer],
    ["ip", "link", "set", namespace, "master", lab.bridge, "up"],
    [...inside, "link", "set", "lo", "up"],
    [...inside, "address", "add", `${address}/24`, "dev", "eth0"],
    [...inside, "link", "set", "eth0", "up"],
    [...inside, "route", "add", "default", "via", lab.controllerAddress],
    sixToo(`ip -n ${namespace} address add ${address6}/64 dev eth0 nodad`),
    // A new namespace takes over this machine's setting, which the lab itself has changed.
    ["nsenter", namespaceFlag(namespace), "sh", "-c", "echo 0 >/proc/sys/net/ipv4/ip_forward"],
  ];
}

/** A command for a machine that has IPv6; one that has none holds a lab all the same. */
function sixToo(command: string): string[] {
  return ["sh", "-c", `[ ! -e /proc/net/if_inet6 ] || ${command}`];
}

/** Pulls a member's cable at once: from the next moment nobody hears of it. */
export async function cutOff(member: Member): Promise<void> {
  await attempt(["ip", "link", "set", member.namespace, "down"], {
    to: `cut off "${member.name}"`,
  });
}

/** Removes a member's namespace, with every address that it had taken. */
export async function unplug(namespace: string): Promise<void> {
  const to = `remove network namespace "${namespace}"`;
  // The namespace itself dies only when its last user does; the cable must not wait for that.
  await attempt(["ip", "link", "delete", namespace], { to });
  if ((await namespaces()).includes(namespace)) {
    await run(["ip", "netns", "delete", namespace], { to });
  }
}

/** Removes every namespace, interface and nft table that carries the lab's tag. */
export async function removeNetwork(tag: string): Promise<void> {
  for (const namespace of await namespacesOf(tag)) await unplug(namespace);
  for (const link of await links()) {
    if (!ownsName(tag, link)) continue;
    const { code, stderr } = await attempt(["ip", "link", "delete", link], {
      to: `remove "${link}"`,
    });
    // Deleting one end of a cable takes the other with it.
    if (code !== 0 && (await links()).includes(link)) {
      throw new Error(`Cannot remove "${link}": ${stderr.trim()}`);
    }
  }
  const to = `remove nft table "${table(tag)}"`;
  const tables = await run(["nft", "list", "tables", "ip"], { to });
  if (tables.split("\n").includes(`table ip ${table(tag)}`)) {
    await run(["nft", "delete", "table", "ip", table(tag)], { to });
  }
}

/** The namespaces that carry the lab's tag. */
export async function namespacesOf(tag: string): Promise<string[]> {
  return (await namespaces()).filter((name) => ownsName(tag, name));
}

/** The processes whose network is a namespace of the lab. */
export async function pidsIn(namespace: string): Promise<number[]> {
  const { stdout } = await attempt(["ip", "netns", "pids", namespace], {
    to: `look into "${namespace}"`,
  });
  return stdout.split("\n").filter((line) => line !== "").map(Number);
}

/** Tells whether the lab's bridge and every member's cable are there. */
export async function networkStands(lab: Lab): Promise<boolean> {
  const found = await links();
  const members = [...lab.hosts.filter((host) => host.pid !== undefined), ...lab.apiServers];
  return [lab.bridge, ...members.map((member) => member.namespace)].every((name) =>
    found.includes(name)
  );
}

/** The argument with which nsenter enters a namespace made by `ip netns`. */
export function namespaceFlag(namespace: string): string {
  return `--net=/run/netns/${namespace}`;
}

async function namespaces(): Promise<string[]> {
  const text = await run(["ip", "netns", "list"], { to: "list network namespaces" });
  return text.split("\n").flatMap((line) => line.split(" ")[0] || []);
}

async function links(): Promise<string[]> {
  const found: { ifname: string }[] = JSON.parse(
    await run(["ip", "-json", "link"], { to: "list interfaces" }),
  );
  return found.map(({ ifname }) => ifname);
}

function table(tag: string): string {
  return `holdfast_lab_${tag}`;
}

// The second chain fits large segments to a way out that is narrower than the bridge.
function ruleset(lab: Lab): string {
  return `table ip ${table(lab.tag)} {
  chain out {
    type nat hook postrouting priority 100;
    ip saddr ${lab.subnet} oifname != "hf-*" masquerade
  }
  chain fit {
    type filter hook forward priority -150;
    ip saddr ${lab.subnet} tcp flags syn tcp option maxseg size set rt mtu
  }
}
`;
}
