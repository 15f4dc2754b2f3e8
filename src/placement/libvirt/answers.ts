/**
 * What `virsh` is told and what it answers: domains of one hypervisor. Pure. What comes from a
 * hypervisor is not trusted: a line that is not exactly as it has to be makes the answer void.
 * @module
 */

/** A line that no domain's can be: those begin with a UUID. virsh 11 would take dashes for an option. */
const BETWEEN = "active";

/**
 * The commands, for one connection. First every domain, then those that are active: one that stops
 * in between is found off, and not missing.
 */
export const COMMANDS = `list --all --uuid --name; echo ${BETWEEN}; list --uuid --name` as const;

/** A domain of a hypervisor. */
export interface Domain {
  /** Its name, which no other one of its hypervisor has. */
  readonly name: string;
  /** What stays the same when it moves. */
  readonly uuid: string;
  /** Whether it is there now, running or paused. */
  readonly active: boolean;
}

const LINE = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) (\P{Cc}{1,1000})$/u;

/**
 * Reads the answer to {@link COMMANDS}; undefined: it is none.
 *
 * @example
 * ```ts
 * import { readDomains } from "./answers.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const uuid = "4d1a86d2-87a0-9c1b-2e5a-5f5a9f3f6b01";
 * assertEquals(readDomains(`${uuid} m1\n\nactive\n\n`), [{ name: "m1", uuid, active: false }]);
 * assertEquals(readDomains(`${uuid} m1\n`), undefined);
 * ```
 */
export function readDomains(text: string): readonly Domain[] | undefined {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const at = lines.indexOf(BETWEEN);
  const all = at === -1 ? undefined : listed(lines.slice(0, at), false);
  const active = listed(lines.slice(at + 1), true);
  // One that began in between is in the second list alone.
  return all && active && [...new Map([...all, ...active])].map(([, domain]) => domain);
}

function listed(lines: readonly string[], active: boolean): Map<string, Domain> | undefined {
  const domains = new Map<string, Domain>();
  for (const line of lines) {
    // Some versions fill a column.
    const [, uuid, name] = LINE.exec(line.trimEnd()) ?? [];
    if (uuid === undefined || name === undefined || domains.has(name)) return undefined;
    domains.set(name, { name, uuid, active });
  }
  return domains;
}
