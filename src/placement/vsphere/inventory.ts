/**
 * Machines, hosts and clusters of a vCenter, found by their names. Pure.
 * @module
 */
import { didYouMean } from "../../diagnostics.ts";
import { foundOf, PlacementError } from "../errors.ts";
import type { Properties } from "./answers.ts";
import { refOf } from "./answers.ts";
import type { Ref, Wish } from "./requests.ts";

/** A machine. */
export interface Machine {
  /** Its id. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** Where it is in the tree of machines. */
  readonly path: string;
  /** Name of the host it runs on; unset: it is off. */
  readonly host?: string;
  /** Its cluster; unset: a host without one. */
  readonly cluster?: Cluster;
  /** What it belongs to and the user may not see: then it is not known where it is. */
  readonly hidden?: Ref;
}

/** A cluster. */
export interface Cluster {
  /** The object. */
  readonly ref: Ref;
  /** Its name; where others have the same, its path. */
  readonly name: string;
  /** Names of the hosts that machines can be placed on now. */
  readonly usableHosts: readonly string[];
}

/** All that is asked for, of everything that the user may see. */
export const WISHES: readonly Wish[] = [
  {
    type: "VirtualMachine",
    paths: ["name", "parent", "config.template", "runtime.host", "runtime.powerState"],
  },
  {
    type: "HostSystem",
    paths: ["name", "parent", "runtime.connectionState", "runtime.inMaintenanceMode"],
  },
  { type: "ClusterComputeResource", paths: ["name", "parent"] },
  { type: "Datacenter", paths: ["name", "parent"] },
  { type: "Folder", paths: ["name", "parent"] },
];

const CLUSTER = "ClusterComputeResource";

type Known = ReadonlyMap<string, Properties>;

/**
 * The machines of these names, in their order; templates are none.
 *
 * @param cluster name or path of the only cluster that is looked into. @default {all}
 * @throws {PlacementError} for all that are not there, or there more than once; for a cluster
 * likewise
 */
export function find(
  names: readonly string[],
  objects: readonly Properties[],
  cluster?: string,
): readonly Machine[] {
  const known: Known = new Map(objects.map((object) => [object.ref.value, object]));
  const clusters = clustersOf(known);
  const within = cluster === undefined ? undefined : clusterCalled(cluster, clusters, known);
  const machines = ofType(known, "VirtualMachine")
    .filter((vm) => text(vm, "config.template") !== "true")
    .map((vm) => machineOf(vm, known, clusters));
  const others = machines.map(({ name }) => name).filter((name) => !names.includes(name));
  return foundOf(names.map((name) => {
    const found = machineCalled(name, machines, within, others);
    return found instanceof PlacementError ? found.about(name) : found;
  }));
}

function machineCalled(
  name: string,
  machines: readonly Machine[],
  within: Cluster | undefined,
  others: readonly string[],
): Machine | PlacementError {
  const named = machines.filter((machine) => machine.name === name);
  const here = within
    ? named.filter(({ cluster }) => cluster?.ref.value === within.ref.value)
    : named;
  const [only, second] = here;
  const where = within ? ` in the cluster ${within.name}` : "";
  if (only === undefined) {
    const elsewhere = named.map(({ path }) => path).join(", ");
    return new PlacementError(
      "not-found",
      `Cannot find the machine ${name}${where}` +
        (elsewhere === "" ? near(name, others) : `; there is ${elsewhere}`),
      "Write its name as the vCenter has it, as vsphere_vm of its host",
    );
  }
  if (second === undefined) return only.hidden ? unseen(name, only.hidden) : only;
  return new PlacementError(
    "ambiguous",
    `Cannot tell which machine ${name} is${where}: there is ${
      here.map(({ path }) => path).join(", ")
    }`,
    "Rename one of them, or name the cluster",
  );
}

/** A name that may be meant and that no other host has, else why it may be there all the same. */
function near(name: string, others: readonly string[]): string {
  const meant = didYouMean(name, others);
  return meant === undefined
    ? "; it may be one that the user may not see"
    : `; did you mean ${meant}?`;
}

function unseen(name: string, { type, value }: Ref): PlacementError {
  return new PlacementError(
    "permission",
    `Cannot tell where the machine ${name} is: the user does not see the ${type} ${value} that it is on`,
    "Give the user the role Read-only on the hosts and their cluster, too",
  );
}

function machineOf(vm: Properties, known: Known, clusters: ReadonlyMap<string, Cluster>): Machine {
  const at = refIn(vm, "runtime.host");
  const host = at && known.get(at.value);
  const parent = refIn(host, "parent");
  const cluster = clusters.get(parent?.value ?? "");
  const hidden = at && !host ? at : parent?.type === CLUSTER && !cluster ? parent : undefined;
  const off = text(vm, "runtime.powerState") === "poweredOff";
  return {
    id: vm.ref.value,
    name: nameOf(vm),
    path: `/${[...above(vm, known), nameOf(vm)].join("/")}`,
    ...(host && !off && { host: nameOf(host) }),
    ...(cluster && { cluster }),
    ...(hidden && { hidden }),
  };
}

function clustersOf(known: Known): ReadonlyMap<string, Cluster> {
  const all = ofType(known, CLUSTER);
  const hosts = ofType(known, "HostSystem").filter(usable);
  return new Map(all.map((cluster) => {
    const { ref } = cluster;
    const name = nameOf(cluster);
    const unique = all.filter((other) => nameOf(other) === name).length === 1;
    const usableHosts = hosts.filter((host) => refIn(host, "parent")?.value === ref.value).map(
      nameOf,
    );
    return [ref.value, { ref, name: unique ? name : pathOf(cluster, known), usableHosts }] as const;
  }));
}

function clusterCalled(
  wanted: string,
  clusters: ReadonlyMap<string, Cluster>,
  known: Known,
): Cluster {
  const path = wanted.split("/").filter((part) => part !== "" && part !== "host").join("/");
  const found = ofType(known, CLUSTER).filter((cluster) =>
    nameOf(cluster) === wanted || pathOf(cluster, known) === path
  );
  const [only] = found;
  const cluster = only && clusters.get(only.ref.value);
  if (cluster === undefined) {
    const all = ofType(known, CLUSTER).map((one) => pathOf(one, known)).sort();
    throw new PlacementError(
      "not-found",
      `Cannot find the cluster ${wanted}`,
      all.length === 0 ? "The user sees no cluster at all" : `There is ${all.join(", ")}`,
    );
  }
  if (found.length === 1) return cluster;
  const paths = found.map((one) => pathOf(one, known)).sort();
  throw new PlacementError(
    "ambiguous",
    `Cannot tell which cluster ${wanted} is: there is ${paths.join(", ")}`,
    "Write the whole path",
  );
}

function usable(host: Properties): boolean {
  return text(host, "runtime.connectionState") === "connected" &&
    text(host, "runtime.inMaintenanceMode") === "false";
}

function ofType(known: Known, type: string): readonly Properties[] {
  return [...known.values()].filter(({ ref }) => ref.type === type);
}

function text(object: Properties, path: string): string | undefined {
  return object.values.get(path)?.text.trim();
}

/** The name, in which the server writes three characters otherwise. */
function nameOf(object: Properties): string {
  const name = object.values.get("name")?.text ?? "";
  return name.replaceAll(/%(?:2f|5c|25)/gi, (escaped) => decodeURIComponent(escaped));
}

function refIn(object: Properties | undefined, path: string): Ref | undefined {
  const value = object?.values.get(path);
  return value && refOf(value);
}

/** Path of a cluster as people write it: without the folder `host` that every one is in. */
function pathOf(cluster: Properties, known: Known): string {
  return [...above(cluster, known).filter((part) => part !== "host"), nameOf(cluster)].join("/");
}

/** Names of what an object is in, from the outermost; not that of the root. */
function above(object: Properties, known: Known): readonly string[] {
  const names: string[] = [];
  const seen = new Set<Properties>();
  for (let at = up(object, known); at && !seen.has(at); at = up(at, known)) {
    seen.add(at);
    names.unshift(nameOf(at));
  }
  return names;
}

function up(object: Properties, known: Known): Properties | undefined {
  return known.get(refIn(object, "parent")?.value ?? "");
}
