/**
 * Ansible's host patterns: `lb1`, `masters`, `all`, `lb*`, `a:b`, `a,b`, `a:&b`, `a:!b`, `~regex`,
 * `masters[0]`, `@file`. Whatever the order in which they are written, hosts are added first, then
 * kept (`&`), then taken away (`!`). Unlike there, a name that means nothing is an error.
 * @module
 */
import { quote } from "../diagnostics.ts";
import type { Inventory } from "../model.ts";
import { match } from "./pattern/match.ts";
import { filesOf, type Term, termsOf, termsOfFile } from "./pattern/terms.ts";
import { errorAt, InventoryError, type Report } from "./problems.ts";
import { diskFiles, type Files } from "./read.ts";

/** The text of every file that a pattern names, by the name that it gives. */
export type HostLists = ReadonlyMap<string, string>;

/**
 * Names of the hosts that a pattern means, in inventory order; its files are read.
 * @throws {InventoryError} with everything in it that means nothing, or when it means no host
 */
export async function selectHosts(
  inventory: Inventory,
  pattern: string,
  files: Files = diskFiles,
): Promise<readonly string[]> {
  const lists = new Map<string, string>();
  const unreadable = [];
  for (const name of filesOf(pattern)) {
    const result = await files.read(name);
    if (result.kind === "text") lists.set(name, result.text);
    else {
      const why = { missing: "there is no such file", folder: "it is a folder", unreadable: "" };
      const reason = result.kind === "unreadable" ? result.reason : why[result.kind];
      const message = `Cannot read the hosts of ${quote(`@${name}`)}: ${reason}`;
      unreadable.push(errorAt(undefined, "host-pattern", message));
    }
  }
  if (unreadable.length > 0) throw new InventoryError(unreadable, lists);
  return select(inventory, pattern, lists);
}

/**
 * As {@link selectHosts}, over texts that are at hand.
 * @throws {InventoryError} with everything in it that means nothing, or when it means no host
 */
export function select(
  inventory: Inventory,
  pattern: string,
  lists: HostLists = new Map(),
): readonly string[] {
  const problems: Parameters<Report>[0][] = [];
  const report: Report = (problem) => problems.push(problem);
  const terms = termsOf(pattern);
  if (terms.length === 0) {
    report(errorAt(undefined, "host-pattern", "Cannot select hosts: the pattern is empty"));
  }
  const chosen = evaluate(inventory, terms, lists, report);
  if (problems.length === 0 && chosen.size === 0) {
    const message = `Cannot select ${quote(pattern)}: it means no host`;
    report(errorAt(undefined, "host-pattern", message));
  }
  if (problems.length > 0) throw new InventoryError(problems, lists);
  return inventory.hosts.map((host) => host.name).filter((name) => chosen.has(name));
}

function evaluate(
  inventory: Inventory,
  terms: readonly Term[],
  lists: HostLists,
  report: Report,
): Set<string> {
  // A file that adds hosts may take some away as well, as in Ansible; one that a sign stands
  // before means the hosts that it comes to.
  const all = terms.flatMap((term) =>
    term.sign === "" && isFile(term) ? listed(term, lists, report) : [term]
  );
  const hostsOf = (term: Term): Iterable<string> =>
    isFile(term)
      ? evaluate(inventory, listed(term, lists, report), lists, report)
      : match(inventory, term, report);
  const of = (sign: Term["sign"]) => all.filter((term) => term.sign === sign);
  // A pattern of exclusions only takes away from all hosts.
  const added = of("");
  const chosen = new Set(
    added.length > 0
      ? added.flatMap((term) => [...hostsOf(term)])
      : inventory.hosts.map(({ name }) => name),
  );
  for (const term of of("&")) {
    const other = new Set(hostsOf(term));
    for (const name of chosen) if (!other.has(name)) chosen.delete(name);
  }
  for (const term of of("!")) for (const name of hostsOf(term)) chosen.delete(name);
  return chosen;
}

const isFile = ({ text, source }: Term) => text.startsWith("@") && source === undefined;

/** The terms of a file. One that is empty means no host: all of them would be a bad surprise. */
function listed({ text }: Term, lists: HostLists, report: Report): Term[] {
  const name = text.slice(1);
  const terms = termsOfFile(name, lists.get(name) ?? "");
  if (terms.length > 0) return terms;
  const message = `Cannot select ${quote(text)}: the file names no host`;
  report(errorAt(undefined, "host-pattern", message));
  return [{ sign: "", text: "all" }];
}
