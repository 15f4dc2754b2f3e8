/**
 * Configurations that somebody wrote by hand, as the lints look at them.
 * @module
 */
import { basename } from "@std/path";
import { parseHaproxy } from "../../configs/haproxy.ts";
import { parseKeepalived } from "../../configs/keepalived.ts";
import { quote } from "../../diagnostics.ts";
import { InputError } from "../../errors.ts";
import type { Node, SmallFile, Subject } from "../../lints/model.ts";
import type { Diagnostic } from "../../model.ts";

/** Files that were named. */
export interface Named {
  /** keepalived.conf of each load balancer. */
  readonly keepalived?: readonly string[] | undefined;
  /** haproxy.cfg of each load balancer, in the same order, or one for all. */
  readonly haproxy?: readonly string[] | undefined;
  /** Scripts that Keepalived runs. */
  readonly script?: readonly string[] | undefined;
}

/**
 * Reads them and says which belong together: the first keepalived.conf and the first haproxy.cfg are
 * of one load balancer, and so on; one alone is of all of them.
 * @throws {InputError} with every file that cannot be read
 */
export async function byHand(named: Named): Promise<Subject> {
  const { keepalived = [], haproxy = [], script = [] } = named;
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
  const texts = new Map<string, string>();
  for (const path of new Set([...keepalived, ...haproxy, ...script])) {
    try {
      texts.set(path, await Deno.readTextFile(path));
    } catch (error) {
      const why = error instanceof Error ? error.message.replace(/ \(os error.*/, "") : error;
      problems.push({
        severity: "error",
        code: "unreadable-file",
        message: `Cannot read ${quote(path, 200)}: ${why}`,
      });
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  const text = (path: string) => texts.get(path) ?? "";
  const scripts = script.map((file): SmallFile => ({
    path: `/etc/keepalived/${basename(file)}`,
    file,
    text: text(file),
  }));
  const count = Math.max(keepalived.length, haproxy.length, 1);
  return {
    nodes: Array.from({ length: count }, (_, i): Node => {
      const vrrp = keepalived.length === 1 ? keepalived[0] : keepalived[i];
      const proxy = haproxy.length === 1 ? haproxy[0] : haproxy[i];
      return {
        name: (keepalived.length > 1 ? vrrp : proxy) ?? vrrp ?? "this host",
        addresses: [],
        ...(vrrp !== undefined && { keepalived: parseKeepalived(text(vrrp), vrrp) }),
        ...(proxy !== undefined && { haproxy: parseHaproxy(text(proxy), proxy) }),
        scripts,
        versions: {},
      };
    }),
  };
}
