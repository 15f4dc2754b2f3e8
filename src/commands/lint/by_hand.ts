/**
 * Configurations that somebody wrote by hand, as the lints look at them.
 * @module
 */
import { basename } from "@std/path";
import { parseHaproxyFiles } from "../../configs/haproxy.ts";
import { parseKeepalived } from "../../configs/keepalived.ts";
import { vrrpOf } from "../../configs/vrrp.ts";
import { InputError } from "../../errors.ts";
import type { Node, SmallFile, Subject } from "../../lints/model.ts";
import { type SystemName, SYSTEMS } from "../../lints/systems.ts";
import type { Diagnostic } from "../../model.ts";
import { scriptsOf } from "./check_scripts.ts";
import { type Kind, readNamed, type TextFile } from "./named_files.ts";
import { inOrder, unitOf } from "./units.ts";

/** Files that were named. */
export interface Named {
  /** keepalived.conf of each load balancer. */
  readonly keepalived?: readonly string[] | undefined;
  /** haproxy.cfg of each load balancer, in the same order, or one for all; a folder of *.cfg is one. */
  readonly haproxy?: readonly string[] | undefined;
  /** Scripts that Keepalived runs. */
  readonly script?: readonly string[] | undefined;
  /** Units of the daemons, and drop-ins of them; those of all load balancers. */
  readonly unit?: readonly string[] | undefined;
  /** The system that all of them run on. */
  readonly system?: SystemName | undefined;
  /** Version of HAProxy, whatever the system has. */
  readonly haproxyVersion?: string | undefined;
  /** Version of Keepalived, whatever the system has. */
  readonly keepalivedVersion?: string | undefined;
}

/**
 * Reads them and says which belong together: the first keepalived.conf and the first haproxy.cfg are
 * of one load balancer, and so on; one alone is of all of them. A script that a keepalived.conf runs
 * is read, too, where a file of that name lies beside it.
 * @throws {InputError} with every file that cannot be read
 */
export async function byHand(named: Named): Promise<Subject> {
  const { keepalived = [], haproxy = [], script = [], unit = [] } = named;
  const problems: Diagnostic[] = [];
  if (keepalived.length > 1 && haproxy.length > 1 && keepalived.length !== haproxy.length) {
    const message = `Cannot tell which files belong together: ${keepalived.length} of ` +
      `--keepalived and ${haproxy.length} of --haproxy`;
    problems.push({
      severity: "error",
      code: "usage",
      message,
      hint: "name both of each load balancer in the same order, or one that is the same on all",
    });
  }
  const read = new Map<string, readonly TextFile[]>();
  for (const [path, kind] of kindsOf({ keepalived, haproxy, script, unit })) {
    const found = await readNamed(path, kind);
    if ("problem" in found) problems.push(found.problem);
    else read.set(path, found.files);
  }
  const units = unit.flatMap((path) => read.get(path) ?? []).map(unitOf);
  problems.push(...units.flatMap((it) => "problem" in it ? it.problem : []));
  if (units.length > 0 && keepalived.length + haproxy.length === 0) {
    problems.push({
      severity: "error",
      code: "usage",
      message: "Cannot lint a unit alone: what is wrong with one depends on what its daemon reads",
      hint: "name that as well, with --keepalived FILE or --haproxy FILE",
    });
  }
  if (problems.length > 0) throw new InputError(problems);
  const filesOf = (path: string) => read.get(path) ?? [];
  const text = (path: string) => filesOf(path)[0]?.text ?? "";
  const scripts = script.map((file): SmallFile => ({
    path: `/etc/keepalived/${basename(file)}`,
    file,
    text: text(file),
  }));
  const count = Math.max(keepalived.length, haproxy.length, 1);
  const nodes = Array.from({ length: count }, async (_, i): Promise<Node> => {
    const vrrp = keepalived.length === 1 ? keepalived[0] : keepalived[i];
    const proxy = haproxy.length === 1 ? haproxy[0] : haproxy[i];
    const own = vrrp === undefined ? undefined : parseKeepalived(text(vrrp), vrrp);
    return {
      name: (keepalived.length > 1 ? vrrp : proxy) ?? vrrp ?? "this host",
      // All that a file says of the host that it is of.
      addresses: own === undefined
        ? []
        : vrrpOf(own).instances.flatMap(({ unicastSource }) => unicastSource?.text ?? []),
      ...(own && { keepalived: own }),
      ...(proxy !== undefined && { haproxy: parseHaproxyFiles(filesOf(proxy)) }),
      scripts: own === undefined ? scripts : await scriptsOf(own, scripts),
      ...(units.length > 0 &&
        { units: inOrder(units.flatMap((it) => "unit" in it ? it.unit : [])) }),
      versions: versionsOf(named),
    };
  });
  return { nodes: await Promise.all(nodes) };
}

/** What is said of the versions of the daemons. */
function versionsOf({ system, haproxyVersion, keepalivedVersion }: Named): Node["versions"] {
  return {
    ...(system === undefined ? {} : SYSTEMS[system]),
    ...(haproxyVersion === undefined ? {} : { haproxy: haproxyVersion }),
    ...(keepalivedVersion === undefined ? {} : { keepalived: keepalivedVersion }),
  };
}

/** Every path once, with the first flag that names it: a pipe can be read once only. */
function kindsOf(named: Readonly<Record<Kind, readonly string[]>>): ReadonlyMap<string, Kind> {
  const kinds = new Map<string, Kind>();
  for (const kind of ["keepalived", "haproxy", "script", "unit"] as const) {
    for (const path of named[kind]) if (!kinds.has(path)) kinds.set(path, kind);
  }
  return kinds;
}
