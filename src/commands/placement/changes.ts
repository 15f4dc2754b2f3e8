/**
 * Writes of rules as text for people, with what differs. Text only.
 * @module
 */
import { green, red, yellow } from "@std/fmt/colors";
import type { Seen } from "../../placement/model.ts";
import type { RuleChange } from "../../placement/plan_model.ts";
import { printableLine } from "../../terminal.ts";

/** What a write is called once it is made. */
const DONE: Readonly<Record<RuleChange["kind"], string>> = {
  create: "created",
  change: "changed",
  remove: "removed",
};

/** A write that would be made: `  would create rule prod-masters-anti-affinity of C0`. */
export function wouldText({ kind, rule }: RuleChange): string {
  return `  would ${yellow(kind)} rule ${named(rule)}`;
}

/** A write that was made: `created rule prod-masters-anti-affinity of C0`. */
export function doneText({ kind, rule }: RuleChange): string {
  return `${yellow(DONE[kind])} rule ${named(rule)}`;
}

/** What is other after a write, a line each: `    + machine k8s-m3`. */
export function differenceLines(change: RuleChange, { placements }: Pick<Seen, "placements">) {
  const name = (id: string) => placements.find((it) => it.id === id)?.vm ?? id;
  const machines = (ids: readonly string[], but: readonly string[]) =>
    ids.filter((id) => !but.includes(id)).map((id) => `machine ${printableLine(name(id))}`);
  const { before, after } = sides(change);
  const gone = [
    ...before.words.filter((it) => !after.words.includes(it)),
    ...machines(before.vms, after.vms),
  ];
  const come = [
    ...after.words.filter((it) => !before.words.includes(it)),
    ...machines(after.vms, before.vms),
  ];
  return [
    ...gone.map((it) => `    ${red(`- ${it}`)}`),
    ...come.map((it) => `    ${green(`+ ${it}`)}`),
  ];
}

/** One side of a difference. */
interface Side {
  readonly words: readonly string[];
  readonly vms: readonly string[];
}

const NOTHING: Side = { words: [], vms: [] };

function sides(change: RuleChange): { readonly before: Side; readonly after: Side } {
  const { kind, rule } = change;
  if (kind === "remove") return { before: sideOf(rule, rule.enabled), after: NOTHING };
  const before = kind === "create" ? NOTHING : sideOf(change.current, change.current.enabled);
  return { before, after: sideOf(rule, true) };
}

function sideOf(
  { mandatory, vms }: { readonly mandatory: boolean; readonly vms: readonly string[] },
  enabled: boolean,
): Side {
  return {
    words: [enabled ? "enabled" : "disabled", mandatory ? "mandatory" : "not mandatory"],
    vms,
  };
}

function named({ name, pool }: RuleChange["rule"]): string {
  return `${printableLine(name)} of ${printableLine(pool)}`;
}
