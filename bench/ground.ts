/**
 * What stays while the benchmark runs: the controller, and the files that all tools read.
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";
import { baseImage } from "../src/lab/image.ts";
import type { Lab } from "../src/lab/mod.ts";
import { run } from "../src/lab/run.ts";
import { bundle } from "../packaging/bundle.ts";
import { VERSION } from "../src/version.ts";
import { type Controller, install, openController } from "./controller.ts";
import { type Group, openGroup } from "./group.ts";
import { inventoryText, type Place } from "./inventory.ts";
import type { About } from "./rows.ts";
import type { Ground } from "./tools.ts";

/** Packages of the hosts: Ansible needs the first, and its apt module the second. */
export const HOST_PACKAGES = ["python3", "python3-apt"] as const;

const TOOL_PACKAGES = ["ansible-core", "ansible-mitogen", "openssh-client"] as const;

/** What stays. */
export interface Site {
  /** Where the tools run. */
  readonly controller: Controller;
  /** Where their CPU time is counted. */
  readonly group: Group;
  /** Variables of every run. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder of the files that they read and write. */
  readonly folder: string;
  /** Takes everything away. */
  close(): Promise<void>;
}

const ROOT = fromFileUrl(new URL("..", import.meta.url)).replace(/\/$/, "");

/** Opens the site. */
export async function openSite(log: (line: string) => void): Promise<Site> {
  const base = await Deno.makeTempDir({ dir: "/var/tmp", prefix: "holdfast-bench-" });
  const folder = join(base, "work");
  await Deno.mkdir(folder);
  const denoDir = await denoFolder();
  const shared = [ROOT, dirname(Deno.execPath()), denoDir, folder];
  const image = await baseImage("bookworm", log, HOST_PACKAGES);
  const group = await openGroup("hf-bench-tools");
  const controller = await openController({ image, folder: join(base, "controller"), shared });
  const close = async () => {
    await group.clear();
    await group.remove();
    await controller.close();
    await Deno.remove(base, { recursive: true });
  };
  const env = { DENO_DIR: denoDir, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1", ANSIBLE_NOCOLOR: "1" };
  try {
    log(`installing ${TOOL_PACKAGES.join(", ")} in a root that is thrown away`);
    await install(controller, TOOL_PACKAGES);
    await bundle(join(folder, "dist"));
  } catch (error) {
    await close();
    throw error;
  }
  return { controller, group, folder, env, close };
}

/** Writes what a lab's hosts are reached with where the tools find it. */
export async function placeOf(lab: Lab, folder: string): Promise<Place> {
  const copy = async (path: string, name: string) => {
    const to = join(folder, name);
    await Deno.copyFile(path, to);
    await Deno.chmod(to, 0o600);
    return to;
  };
  await Deno.writeTextFile(join(folder, "empty.js"), "");
  return {
    hosts: lab.hosts,
    servers: lab.apiServers,
    prefix: lab.subnet.replace(/\.\d+\/\d+$/, ""),
    user: lab.user,
    keyFile: await copy(lab.keyFile, "id_ed25519"),
    knownHostsFile: await copy(lab.knownHostsFile, "known_hosts"),
    caFile: await copy(lab.caFile, "ca.crt"),
  };
}

/** The words of a command; writes the inventory that it names. */
export async function groundOf(
  place: Place,
  { folder }: Site,
  { maxConnections, counting }: { readonly maxConnections: number; readonly counting: boolean },
): Promise<Ground> {
  const through = [
    ...[Deno.execPath(), "run", "-q", "--no-prompt", "--allow-net", "--allow-write"],
    ...[`${ROOT}/bench/relay.ts`, "%h", "%p", join(folder, "traffic")],
  ].join(" ");
  const more = counting ? { through } : {};
  const inventory = join(folder, "hosts.yaml");
  await Deno.writeTextFile(inventory, inventoryText(place, { maxConnections, ...more }));
  return {
    root: ROOT,
    bundle: join(folder, "dist"),
    deno: Deno.execPath(),
    inventory,
    events: join(folder, "events.jsonl"),
    empty: join(folder, "empty.js"),
    place,
    ...more,
  };
}

/** On what is measured. */
export async function aboutOf(site: Site, hosts: readonly string[]): Promise<About> {
  const query = ["dpkg-query", "-W", "-f", "${Package} ${Version}\n"];
  const names = [...TOOL_PACKAGES, "python3", "python3-jinja2"];
  const said = await run([...site.controller.inside({}), ...query, ...names], {
    to: "ask for versions",
  });
  const cpu = /^model name\s*: (.*)$/m.exec(await Deno.readTextFile("/proc/cpuinfo"))?.[1];
  return {
    kind: "about",
    at: Date.now(),
    versions: [
      `Holdfast ${VERSION}`,
      `Deno ${Deno.version.deno}`,
      ...said.trim().split("\n"),
      ...hosts,
    ],
    cores: navigator.hardwareConcurrency,
    cpu: cpu ?? "unknown",
    memoryMb: Math.round(Deno.systemMemoryInfo().total / 1e6),
    kernel: Deno.osRelease(),
    arch: Deno.build.arch,
  };
}

async function denoFolder(): Promise<string> {
  const said = await run([Deno.execPath(), "info", "--json"], { to: "ask for deno's folder" });
  const value: unknown = JSON.parse(said);
  if (typeof value === "object" && value !== null && "denoDir" in value) {
    return String(value.denoDir);
  }
  throw new Error("Cannot find deno's folder: deno info does not say it");
}
