/**
 * Configurations that somebody wrote by hand, as the lints look at them.
 * @module
 */
import { basename } from "@std/path";
import { parseHaproxy } from "../../configs/haproxy.ts";
import { parseKeepalived } from "../../configs/keepalived.ts";
import { vrrpOf } from "../../configs/vrrp.ts";
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
      await assertReadable(path);
      const text = await Deno.readTextFile(path);
      texts.set(path, text);
      problems.push(...mistaken(path, text, named));
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
      const own = vrrp === undefined ? undefined : parseKeepalived(text(vrrp), vrrp);
      return {
        name: (keepalived.length > 1 ? vrrp : proxy) ?? vrrp ?? "this host",
        // All that a file says of the host that it is of.
        addresses: own === undefined
          ? []
          : vrrpOf(own).instances.flatMap(({ unicastSource }) => unicastSource?.text ?? []),
        ...(own && { keepalived: own }),
        ...(proxy !== undefined && { haproxy: parseHaproxy(text(proxy), proxy) }),
        scripts,
        versions: {},
      };
    }),
  };
}

/** More than any configuration of either daemon has. */
const MOST_BYTES = 5_000_000;

/** A pipe is fine; a device never ends. @throws {Error} with why it is not read */
async function assertReadable(path: string): Promise<void> {
  const { isFile, isFifo, size } = await Deno.stat(path);
  if (!isFile && !isFifo) throw new Error("it is no file");
  if (size > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES / 1_000_000} MB`);
}

const HAPROXY =
  /^[ \t]*(global|defaults|frontend|backend|listen|peers|resolvers|userlist|ring|cache)\b[^{]*$/m;
const KEEPALIVED =
  /^[ \t]*(global_defs|include|vrrp_\w+|virtual_server|static_\w+|track_\w+|bfd_\w+)\b.*/m;

/** A file that says nothing would be green, and so would one of the other daemon. */
function mistaken(path: string, text: string, { keepalived, haproxy }: Named): Diagnostic[] {
  const error = (message: string, hint?: string): Diagnostic => ({
    severity: "error",
    code: "wrong-file",
    message: `Cannot use ${quote(path, 200)}: ${message}`,
    ...(hint === undefined ? {} : { hint }),
  });
  if (text.trim() === "") return [error("it is empty")];
  const [of, own, other] = keepalived?.includes(path)
    ? ["keepalived", KEEPALIVED, HAPROXY] as const
    : haproxy?.includes(path)
    ? ["haproxy", HAPROXY, KEEPALIVED] as const
    : [];
  if (of === undefined || own.test(text)) return [];
  if (!other.test(text)) return [error(`it holds nothing that ${of} would understand`)];
  const right = of === "keepalived" ? "haproxy" : "keepalived";
  return [error(`it looks like a configuration of ${right}`, `--${right} ${path}`)];
}
