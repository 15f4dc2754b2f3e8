/**
 * A vCenter as a platform: rules are those of DRS. Pure but for the session, which is passed in.
 * @module
 */
import { PlacementError } from "../errors.ts";
import type { PlacementProvider, Pool, Rule, Seen, WantedRule } from "../model.ts";
import { senseless } from "./answers.ts";
import { type ClusterConfig, type ClusterRule, CONFIG, readConfig } from "./cluster.ts";
import { type Cluster, find, type Machine, WISHES } from "./inventory.ts";
import { type Ref, removeRule, writeRule } from "./requests.ts";
import type { Session } from "./session.ts";

/** The rules of clusters, over a session that is logged in. */
export interface VsphereRules extends Pick<PlacementProvider, "look" | "ensure" | "remove"> {
  /** A vCenter has rules. */
  readonly canEnforce: true;
}

/**
 * Looks at machines, and writes rules of the clusters that were looked at.
 *
 * @param cluster name or path of the only cluster. @default {all}
 */
export function overSession(session: Session, cluster?: string): VsphereRules {
  // Pools are known by their names once somebody has looked.
  const refs = new Map<string, Ref>();
  const refOfPool = (pool: string) => {
    const ref = refs.get(pool);
    if (ref === undefined) throw new PlacementError("not-found", `Cannot find the cluster ${pool}`);
    return ref;
  };
  return {
    canEnforce: true,
    async look(vms) {
      const doing = "look at the machines";
      const machines = find(vms, await session.readAll(WISHES, doing), cluster);
      const clusters = clustersOf(machines);
      for (const { name, ref } of clusters) refs.set(name, ref);
      const configs = await configsOf(session, clusters.map(({ ref }) => ref));
      return seen(machines, clusters, configs);
    },
    ensure: (rule, current) => ensure(session, refOfPool(rule.pool), rule, current),
    remove: (rule) => remove(session, refOfPool(rule.pool), rule),
  };
}

function clustersOf(machines: readonly Machine[]): readonly Cluster[] {
  const clusters = machines.flatMap(({ cluster }) => cluster ?? []);
  return [...new Map(clusters.map((cluster) => [cluster.ref.value, cluster])).values()];
}

function seen(
  machines: readonly Machine[],
  clusters: readonly Cluster[],
  configs: ReadonlyMap<string, ClusterConfig>,
): Seen {
  return {
    placements: machines.map(({ id, name, host, cluster }) => ({
      vm: name,
      id,
      ...(host !== undefined && { host }),
      ...(cluster && { pool: cluster.name }),
    })),
    pools: clusters.map((cluster) => poolOf(cluster, configs.get(cluster.ref.value), machines)),
    rules: clusters.flatMap(({ ref, name }) =>
      (configs.get(ref.value)?.rules ?? []).map((rule) => ruleOf(rule, ref, name))
    ),
  };
}

function poolOf(
  { name, usableHosts }: Cluster,
  config: ClusterConfig | undefined,
  machines: readonly Machine[],
): Pool {
  const excepted = machines.some(({ id }) => config?.excepted.has(id));
  const enforcing = config?.enforcing ?? "off";
  return { name, usableHosts, enforcing: enforcing === "auto" && excepted ? "manual" : enforcing };
}

function ruleOf(rule: ClusterRule, cluster: Ref, pool: string): Rule {
  const { name, kind, enabled, mandatory, vms } = rule;
  return { id: idOf(cluster, rule), name, kind, enabled, mandatory, pool, vms };
}

/** Keys are unique within a cluster only. */
function idOf(cluster: Ref, { key }: ClusterRule): string {
  return `${cluster.value}/${key}`;
}

async function configsOf(
  session: Session,
  clusters: readonly Ref[],
): Promise<ReadonlyMap<string, ClusterConfig>> {
  const wish = { type: "ClusterComputeResource", paths: [CONFIG] };
  const read = await session.read(clusters, wish, "read the rules of the cluster");
  const configs = read.map(({ ref, values }) => {
    const config = values.get(CONFIG);
    if (config === undefined) throw senseless("the rules of the cluster", "No configuration in it");
    return [ref.value, readConfig(config)] as const;
  });
  const found = new Map(configs);
  const lost = clusters.find(({ value }) => !found.has(value));
  if (lost) throw senseless("the rules of the cluster", `Nothing about ${lost.value} in it`);
  return found;
}

async function rulesOf(session: Session, cluster: Ref): Promise<readonly ClusterRule[]> {
  return (await configsOf(session, [cluster])).get(cluster.value)?.rules ?? [];
}

async function ensure(
  session: Session,
  cluster: Ref,
  wanted: WantedRule,
  current: Rule | undefined,
): Promise<void> {
  const doing = `${
    current ? "change" : "create"
  } the rule ${wanted.name} of the cluster ${wanted.pool}`;
  const now = await rulesOf(session, cluster);
  const own = now.find((rule) => idOf(cluster, rule) === current?.id);
  const clash = now.find((rule) => rule.name === wanted.name && rule !== own);
  if (clash || (current && !(own && same(own, current)))) throw changedMeanwhile(doing);
  if (own && meets(own, wanted)) return;
  const { name, mandatory, vms } = wanted;
  const key = own && { key: own.key, ...(own.uuid !== undefined && { uuid: own.uuid }) };
  await session.change(writeRule(cluster, { ...key, name, mandatory, vms }), doing);
  // A task that succeeded proves nothing: of two rules that contradict each other, one is switched off.
  const after = (await rulesOf(session, cluster)).filter((rule) => rule.name === name);
  const [written] = after;
  if (after.length !== 1 || !written || !meets(written, wanted)) throw notAsWritten(doing, written);
}

async function remove(session: Session, cluster: Ref, rule: Rule): Promise<void> {
  const doing = `remove the rule ${rule.name} of the cluster ${rule.pool}`;
  const is = (one: ClusterRule) => idOf(cluster, one) === rule.id;
  const own = (await rulesOf(session, cluster)).find(is);
  if (own === undefined) return;
  if (!same(own, rule)) throw changedMeanwhile(doing);
  await session.change(removeRule(cluster, own.key), doing);
  if ((await rulesOf(session, cluster)).some(is)) {
    throw new PlacementError(
      "refused",
      `Cannot ${doing}: the task has ended well, yet it is there`,
    );
  }
}

function same(one: ClusterRule, other: Rule): boolean {
  return one.kind === other.kind && one.name === other.name && one.enabled === other.enabled &&
    one.mandatory === other.mandatory && sameMachines(one.vms, other.vms);
}

function meets(rule: ClusterRule, wanted: WantedRule): boolean {
  return rule.kind === "anti_affinity" && rule.enabled && rule.name === wanted.name &&
    rule.mandatory === wanted.mandatory && sameMachines(rule.vms, wanted.vms);
}

function sameMachines(one: readonly string[], other: readonly string[]): boolean {
  return new Set(one).symmetricDifference(new Set(other)).size === 0;
}

function changedMeanwhile(doing: string): PlacementError {
  return new PlacementError(
    "conflict",
    `Cannot ${doing}: somebody has changed the rules of the cluster since they were looked at`,
    "Run it again",
  );
}

function notAsWritten(doing: string, rule: ClusterRule | undefined): PlacementError {
  const is = rule === undefined ? "is not there" : rule.enabled ? "is another one" : "is disabled";
  return new PlacementError(
    "refused",
    `Cannot ${doing}: the task has ended well, yet afterwards the rule ${is}`,
    "Look for another rule of the cluster that contradicts it, such as one that keeps two of its machines together",
  );
}
