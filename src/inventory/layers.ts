/**
 * Everything that sets a variable of a host, from weak to strong: the last one counts.
 * @module
 */
import type { RankedGroup } from "./graph.ts";
import type { ResolvedHost } from "./resolve.ts";
import type { Entries, Entry } from "./yaml/located.ts";

/** One place that sets a variable. */
export interface Layer {
  /** What it belongs to, for people: `group lbs (depth 1)`. */
  readonly level: string;
  /** The key and its value. */
  readonly entry: Entry;
}

/** The places that set a variable of a host, the weakest first. */
export function layersOf(host: ResolvedHost, extra: Entries, key: string): Layer[] {
  const level = (name: string, vars: Entries): Layer[] =>
    history(vars.get(key)).map((entry) => ({ level: name, entry }));
  return [
    ...host.groups.flatMap((group) => [
      ...level(`group ${group.name} ${rank(group)}`, group.vars),
      ...level(`group_vars of ${group.name} ${rank(group)}`, group.fileVars),
    ]),
    ...level("host", host.vars),
    ...level("host_vars", host.fileVars),
    ...level("command line", extra),
  ];
}

/** An entry behind those that it replaced. */
function history(entry: Entry | undefined): Entry[] {
  const found: Entry[] = [];
  for (let each = entry; each; each = each.overrode) found.unshift(each);
  return found;
}

function rank({ depth, priority }: RankedGroup): string {
  return priority === 1 ? `(depth ${depth})` : `(depth ${depth}, priority ${priority})`;
}
