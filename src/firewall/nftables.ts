/**
 * nftables: rules at the head of those input chains of the host that would drop what shall come in,
 * and a unit that puts them there again. Pure.
 * @module
 */
import { TaskError } from "../errors.ts";
import { type FileState, parseFiles, probeFiles } from "../file_state.ts";
import type { Change, FileSpec } from "../model.ts";
import { raw, sh } from "../shell.ts";
import {
  NFT_PATHS,
  NFT_UNIT,
  type Rules,
  rulesText,
  scriptFile,
  UNIT_FILE,
  visible,
} from "./nft_script.ts";
import type { Part } from "./part.ts";
import { CLOSED, labelOf, listed, type Passage } from "./passage.ts";
import { type InputChain, inputChains } from "./ruleset.ts";

interface Seen {
  readonly chains: readonly InputChain[];
  readonly enabled: boolean;
  readonly active: boolean;
  readonly files: ReadonlyMap<string, FileState>;
}

/** The host's own chains: not those that firewalld, ufw and others make of iptables' rules. */
export const nftables: Part = {
  name: "nftables",
  // Tables with many elements are listed without them. A unit that has no file and was never started
  // need not be asked about, which takes longer than all the rest.
  probe: sh`if command -v nft >/dev/null 2>&1; then
  nft list chains 2>/dev/null | awk '$1 == "table" { family = $2; table = $3 } $1 == "chain" { chain = $2 }
    /type filter hook input/ && table != "firewalld" && !(chain == "INPUT" && table == "filter") && !seen[family, table]++ { print family, table }' |
  while read -r family table; do nft -j -t list table "$family" "$table" 2>/dev/null; echo; done
  echo unit
  if [ -e ${NFT_PATHS.unit} ] || [ -L ${`/run/systemd/units/invocation:${NFT_UNIT}`} ]; then
    systemctl show -p ActiveState -p UnitFileState -- ${NFT_UNIT} 2>/dev/null
  fi
  echo files
  ${raw(probeFiles(Object.values(NFT_PATHS)))}
fi`,
  changes: (answer, opening) => {
    if (answer.trim() === "") return [];
    const seen = parse(answer);
    const blocking = seen.chains.filter(({ blocks }) => blocks);
    const { passages } = blocking.length === 0 ? CLOSED : opening();
    return passages.length === 0 ? closed(seen) : opened(seen, blocking, passages);
  },
};

function parse(answer: string): Seen {
  const [, tables = "", unit = "", files = ""] =
    /^([\s\S]*?)^unit\n([\s\S]*?)^files\n([\s\S]*)$/m.exec(answer) ?? [];
  return {
    chains: inputChains(tables.split("\n").filter((line) => line !== "")),
    enabled: /^UnitFileState=enabled$/m.test(unit),
    active: /^ActiveState=active$/m.test(unit),
    files: parseFiles(files),
  };
}

/** Rules in those chains and in no other, and the two files that bring them back. */
function opened(
  seen: Seen,
  blocking: readonly InputChain[],
  passages: readonly Passage[],
): readonly Change[] {
  const wanted = rulesOf(seen.chains.filter((it) => blocking.includes(it) || it.ours.length > 0))
    .map((it) => ({ ...it, passages: it.chain.blocks ? passages : [] }));
  const kept = blocking.map((chain) => ({ chain, passages }));
  const files = differing(seen, [
    { ...OWNED, path: NFT_PATHS.script, mode: "0755", content: scriptFile(kept) },
    { ...OWNED, path: NFT_PATHS.unit, mode: "0644", content: UNIT_FILE },
  ]);
  const asWanted = wanted.every(({ chain, passages }) =>
    same(chain.ours, visible(chain.family, passages))
  );
  const settled = files.length === 0 && seen.enabled && seen.active && asWanted;
  return settled ? [] : [...written(files, seen), load(seen, wanted, passages)];
}

const OWNED = { owner: "root", group: "root" } as const;

function differing({ files }: Seen, wanted: readonly FileSpec[]): readonly FileSpec[] {
  return wanted.filter(({ path, content, mode }) => {
    const state = files.get(path) ?? { kind: "absent" };
    if (!["absent", "file"].includes(state.kind)) {
      throw new TaskError(`Cannot write "${path}": it is no plain file`);
    }
    return state.content !== content || state.mode !== mode;
  });
}

function written(files: readonly FileSpec[], seen: Seen): readonly Change[] {
  if (files.length === 0) return [];
  const before = files.flatMap(({ path }) => {
    const content = seen.files.get(path)?.content;
    return content === undefined ? [] : [[path, content] as const];
  });
  return [{
    kind: "write",
    summary: `write ${files.map(({ path }) => path).join(", ")}`,
    files,
    validations: [],
    before: Object.fromEntries(before),
  }];
}

function load(seen: Seen, wanted: readonly Rules[], passages: readonly Passage[]): Change {
  const chains = wanted.filter((it) => it.passages.length > 0)
    .map(({ chain: { family, table, name } }) => `${family} ${table} ${name}`);
  return {
    kind: "run",
    targets: [NFT_UNIT, ...chains],
    summary: `let ${listed(passages)} in through nftables (${chains.join("; ")})`,
    // First exactly these, in one go; then whoever loads the rules anew brings them back.
    script: sh`mode=start
${raw(rulesText(wanted))} || exit 1
systemctl daemon-reload && systemctl -q enable ${NFT_UNIT} || exit 1
systemctl reset-failed ${NFT_UNIT} 2>/dev/null
systemctl reload-or-restart ${NFT_UNIT}`,
    undo: former(seen, wanted.map(({ chain }) => chain as InputChain)),
  };
}

/** No rule of ours, and nothing that would bring one back. */
function closed(seen: Seen): readonly Change[] {
  const filled = seen.chains.filter(({ ours }) => ours.length > 0);
  const there = Object.values(NFT_PATHS).filter((path) => seen.files.get(path)?.kind === "file");
  if (filled.length + there.length === 0 && !seen.enabled && !seen.active) return [];
  const gone: Change = {
    kind: "run",
    targets: [NFT_UNIT],
    summary: "take the endpoint's rules out of nftables",
    script:
      sh`if [ -e ${NFT_PATHS.unit} ]; then systemctl -q disable --now ${NFT_UNIT} || exit 1; fi
mode=stop
${raw(rulesText(rulesOf(filled)))}`,
    undo: former(seen, filled),
  };
  return [
    gone,
    ...there.map((path): Change => ({ kind: "remove", summary: `remove ${path}`, path })),
  ];
}

/** Shell text that makes unit and rules what they were. At boot, `$early`, nothing is waited for. */
function former(seen: Seen, chains: readonly InputChain[]): string {
  const rules = rulesText(rulesOf(chains));
  const boot = seen.enabled ? "enable" : "disable";
  const now = seen.active ? "start" : "stop";
  return sh`systemctl -q ${boot} ${NFT_UNIT} 2>/dev/null
if [ "$early" = 1 ]; then systemctl --no-block ${now} ${NFT_UNIT} 2>/dev/null
else
  systemctl daemon-reload
  systemctl ${now} ${NFT_UNIT} 2>/dev/null
fi
mode=start
${raw(rules)}`;
}

/** Chains with the rules of ours that they have now. */
function rulesOf(
  chains: readonly InputChain[],
): readonly (Rules & { readonly chain: InputChain })[] {
  return chains.map((chain) => ({
    chain,
    passages: chain.ours.filter((it): it is Passage => it !== undefined),
  }));
}

function same(ours: InputChain["ours"], wanted: readonly Passage[]): boolean {
  const words = (all: InputChain["ours"]) => all.map((it) => it === undefined ? "?" : labelOf(it));
  return words(ours).join("\n") === words(wanted).join("\n");
}
