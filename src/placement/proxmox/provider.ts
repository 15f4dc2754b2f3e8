/**
 * A Proxmox VE cluster as a platform: rules are resource affinity rules of its HA. Pure but for the
 * calls, which are passed in.
 * @module
 */
import { PlacementError } from "../errors.ts";
import { changing } from "../https/guard.ts";
import type { PlacementProvider, Rule, Seen, WantedRule } from "../model.ts";
import { MACHINES, MANAGER, RESOURCES, RULES, type Rules, STATUS } from "./answers.ts";
import type { Api } from "./api.ts";
import { clusterOf, idle, poolOf, ruleOf, unruled, usableNodes } from "./cluster.ts";
import { find, type Machine } from "./machines.ts";

/** The rules of a cluster. */
export interface ProxmoxRules extends Pick<PlacementProvider, "look" | "ensure" | "remove"> {
  /** A Proxmox VE has rules. */
  readonly canEnforce: true;
}

const PATH = "/cluster/ha/rules";

/** Names of rules: `pve-configid`; a length is not given, a URL has to hold it. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{1,250}$/;

/** Looks at machines, and writes rules. @param version of the server, `9.1.2` */
export function overApi(api: Api, version: string): ProxmoxRules {
  return {
    canEnforce: true,
    look: (names) => look(api, version, names),
    ensure: (wanted, current) => ensure(api, wanted, current),
    remove: (rule) => remove(api, rule),
  };
}

async function look(api: Api, version: string, names: readonly string[]): Promise<Seen> {
  const doing = "look at the machines";
  const status = await api.read("/cluster/status", STATUS, doing);
  const machines = find(names, await api.read("/cluster/resources?type=vm", MACHINES, doing));
  const cluster = clusterOf(status);
  if (cluster === undefined) {
    return { placements: machines.map((one) => placementOf(one)), pools: [], rules: [] };
  }
  const manager = await api.read(
    "/cluster/ha/status/manager_status",
    MANAGER,
    "look at the nodes of the cluster",
  );
  const resources = await api.read("/cluster/ha/resources", RESOURCES, "look at the HA resources");
  const rules = await rulesIn(api, version);
  const why = idle(cluster.quorate, manager, rules, version);
  return {
    placements: machines.map((one) => {
      const lacks = unruled(one.sid, resources);
      return { ...placementOf(one, cluster.name), ...(lacks && { unruled: lacks }) };
    }),
    pools: [poolOf(cluster.name, usableNodes(status, manager), why)],
    rules: (rules ?? []).map((rule) => ruleOf(rule, cluster.name)),
  };
}

function placementOf({ asked, sid, node }: Machine, pool?: string) {
  return {
    vm: asked,
    id: sid,
    ...(node !== undefined && { host: node }),
    ...(pool !== undefined && { pool }),
  };
}

/** All rules; undefined: a version before 9 has none. */
async function rulesIn(api: Api, version: string): Promise<Rules | undefined> {
  if (Number.parseInt(version) < 9) return undefined;
  return await api.readIfThere(PATH, RULES, "read the rules of the cluster");
}

async function ensure(api: Api, wanted: WantedRule, current: Rule | undefined): Promise<void> {
  const { name, pool, vms } = wanted;
  const doing = `${current ? "change" : "create"} the rule ${name} of the cluster ${pool}`;
  if (!NAME.test(name)) throw badName(doing);
  const now = await named(api, name, doing);
  if (current === undefined ? now : !(now && same(ruleOf(now, pool), current))) {
    throw changedMeanwhile(doing);
  }
  if (now && meets(ruleOf(now, pool), wanted)) return;
  const values = {
    type: "resource-affinity",
    affinity: "negative",
    resources: vms.join(","),
  };
  await changing(() =>
    now === undefined
      ? api.write("POST", PATH, { rule: name, ...values }, doing)
      : api.write("PUT", `${PATH}/${name}`, {
        ...values,
        ...(now.disable === true && { delete: "disable" }),
        // Of all rules: whatever somebody changes in between makes the server refuse.
        ...(now.digest !== undefined && { digest: now.digest }),
      }, doing)
  );
  const written = await named(api, name, doing);
  if (!written || !meets(ruleOf(written, pool), wanted)) throw notAsWritten(doing, written);
}

async function remove(api: Api, rule: Rule): Promise<void> {
  const doing = `remove the rule ${rule.name} of the cluster ${rule.pool}`;
  if (!NAME.test(rule.name)) throw badName(doing);
  const now = await named(api, rule.name, doing);
  if (now === undefined) return;
  if (!same(ruleOf(now, rule.pool), rule)) throw changedMeanwhile(doing);
  await changing(() => api.write("DELETE", `${PATH}/${rule.name}`, {}, doing));
  if (await named(api, rule.name, doing)) {
    throw new PlacementError(
      "refused",
      `Cannot ${doing}: the server has said that it is done, yet it is there`,
    );
  }
}

/** The rule of this name, read from all of them: a single one is no different from an error. */
async function named(api: Api, name: string, doing: string): Promise<Rules[number] | undefined> {
  const [one, second] = (await api.read(PATH, RULES, doing)).filter(({ rule }) => rule === name);
  if (second === undefined) return one;
  throw new PlacementError("answer", `Cannot ${doing}: the server tells of two rules of this name`);
}

function same(one: Rule, other: Rule): boolean {
  return one.kind === other.kind && one.enabled === other.enabled && sameMachines(one, other);
}

function meets(rule: Rule, wanted: WantedRule): boolean {
  return rule.kind === "anti_affinity" && rule.enabled && sameMachines(rule, wanted);
}

function sameMachines(one: Pick<Rule, "vms">, other: Pick<Rule, "vms">): boolean {
  return new Set(one.vms).symmetricDifference(new Set(other.vms)).size === 0;
}

function badName(doing: string): PlacementError {
  return new PlacementError(
    "setting",
    `Cannot ${doing}: names of rules are a letter, and then letters, digits, "-" and "_"`,
    "Give cluster_name and the group such names",
  );
}

function changedMeanwhile(doing: string): PlacementError {
  return new PlacementError(
    "conflict",
    `Cannot ${doing}: somebody has changed the rules of the cluster since they were looked at`,
    "Run it again",
  );
}

function notAsWritten(doing: string, rule: Rules[number] | undefined): PlacementError {
  const said = Object.values(rule?.errors ?? {}).flat().join(", ");
  const is = rule === undefined
    ? "is not there"
    : said !== ""
    ? `is not followed: ${said}`
    : rule.disable === true
    ? "is disabled"
    : "is another one";
  return new PlacementError(
    "refused",
    `Cannot ${doing}: the server has said that it is done, yet afterwards the rule ${is}`,
    "Look at the rules of the cluster: ha-manager rules list",
  );
}
