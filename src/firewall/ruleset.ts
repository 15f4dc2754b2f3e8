/**
 * Reads nft's ruleset as JSON: which chains drop what nobody let in, and which rules of ours they
 * have. Pure.
 * @module
 */
import { MARK, type Passage, passageOf } from "./passage.ts";

/** A chain that all packets for the host pass, as nft is told about it. */
export interface InputChain {
  /** `ip`, `ip6` or `inet`. */
  readonly family: string;
  /** Its table. */
  readonly table: string;
  /** Its name. */
  readonly name: string;
  /** It drops or refuses what no rule lets in. */
  readonly blocks: boolean;
  /** Rules of ours in it, in order; what a comment of ours says that is no passage is nothing. */
  readonly ours: readonly (Passage | undefined)[];
}

interface Rule {
  readonly comment: string;
  readonly statements: readonly unknown[];
}

interface Chain {
  readonly hook: string;
  readonly type: string;
  readonly policy: string;
  readonly rules: Rule[];
}

/** Every base chain at hook input of tables, each table a line as `nft -j list table` gives it. */
export function inputChains(lines: readonly string[]): readonly InputChain[] {
  const chains = new Map<string, Chain>();
  for (const line of lines) {
    for (const item of itemsOf(line)) read(item, chains);
  }
  return [...chains].flatMap(([key, { hook, type, policy, rules }]) => {
    if (hook !== "input" || type !== "filter") return [];
    const [family = "", table = "", name = ""] = key.split(" ");
    if (!["ip", "ip6", "inet"].includes(family)) return [];
    const theirs = rules.filter((rule) => !isOurs(rule));
    const blocks = policy === "drop" || endsInDrop(theirs, `${family} ${table}`, chains, []);
    const ours = rules.filter(isOurs).map(({ comment }) =>
      passageOf(comment.slice(MARK.length + 1))
    );
    return [{ family, table, name, blocks, ours }];
  });
}

function read(item: unknown, chains: Map<string, Chain>): void {
  const chain = field(item, "chain");
  const rule = field(item, "rule");
  const of = chain ?? rule;
  const [family, table, name] = [
    word(of, "family"),
    word(of, "table"),
    word(of, chain ? "name" : "chain"),
  ];
  // What nft's own grammar allows; a name that has to be quoted is nobody's we could change.
  if (![family, table, name].every((it) => /^[A-Za-z_.][A-Za-z0-9_./-]*$/.test(it))) return;
  const key = `${family} ${table} ${name}`;
  if (chain !== undefined) {
    const [hook, type, policy] = [word(chain, "hook"), word(chain, "type"), word(chain, "policy")];
    chains.set(key, { hook, type, policy, rules: [] });
  } else if (rule !== undefined) {
    const statements = field(rule, "expr");
    chains.get(key)?.rules.push({
      comment: word(rule, "comment"),
      statements: Array.isArray(statements) ? statements : [],
    });
  }
}

/** Whether what reaches the end of these rules is dropped: by the last one, or where that one leads. */
function endsInDrop(
  rules: readonly Rule[],
  table: string,
  chains: ReadonlyMap<string, Chain>,
  seen: readonly string[],
): boolean {
  const last = rules.at(-1)?.statements ?? [];
  const does = (kind: string) => last.some((it) => field(it, kind) !== undefined);
  // Whatever counts, logs or limits nothing lets every packet go on; a match does not.
  if (does("match") || does("limit") || does("xt")) return false;
  if (last.some((it) => has(it, "drop") || has(it, "reject"))) return true;
  const [target] = last.flatMap((it) => [field(it, "jump"), field(it, "goto")])
    .filter((it) => it !== undefined);
  const key = `${table} ${word(target, "target")}`;
  if (target === undefined || seen.includes(key)) return false;
  return endsInDrop(chains.get(key)?.rules ?? [], table, chains, [...seen, key]);
}

const isOurs = ({ comment }: Rule) => comment.startsWith(`${MARK} `);

function itemsOf(line: string): readonly unknown[] {
  try {
    const items = field(JSON.parse(line), "nftables");
    return Array.isArray(items) ? items : [];
  } catch {
    return [];
  }
}

const has = (value: unknown, key: string) =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key);

function field(value: unknown, key: string): unknown {
  return has(value, key) ? (value as Record<string, unknown>)[key] ?? undefined : undefined;
}

function word(value: unknown, key: string): string {
  const found = field(value, key);
  return typeof found === "string" ? found : "";
}
