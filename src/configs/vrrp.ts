/**
 * What a keepalived.conf says of VRRP: instances and what they track, every value with its place.
 * Pure. What is not written is unset here; {@link DEFAULTS} has what Keepalived then takes.
 * @module
 */
import type { Source } from "../model.ts";
import { allOf, blocksOf, lastOf } from "./keepalived.ts";
import { remembered } from "../remembered.ts";
import type { KeepalivedFile, Statement, Word } from "./model.ts";

/** A value and where it is written. */
export interface At<T> {
  /** The value. */
  readonly value: T;
  /** Its place. */
  readonly source: Source;
}

/** What Keepalived takes where nothing is written. Source: keepalived.conf(5). */
export const DEFAULTS = { priority: 100, advertSeconds: 1, interval: 1, fall: 1, rise: 1 } as const;

/**
 * The priority that Keepalived takes. What it cannot read becomes 100; where nothing is written,
 * `state MASTER` means 255, the owner of the address.
 */
export function priorityOf({ priority, state, block }: Instance): number {
  const written = allOf(block, "priority").length > 0;
  if (!written) return state?.text === "MASTER" ? 255 : DEFAULTS.priority;
  const value = priority?.value ?? 0;
  return Number.isInteger(value) && value >= 1 && value <= 255 ? value : DEFAULTS.priority;
}

/** Seconds between adverts as they travel: version 2 has whole ones, version 3 hundredths. */
export function advertOf({ advertSeconds, version }: Instance): number {
  const value = advertSeconds?.value ?? DEFAULTS.advertSeconds;
  if (!(value > 0)) return DEFAULTS.advertSeconds;
  return version === 2
    ? Math.max(1, Math.round(value))
    : Math.max(1, Math.round(value * 100)) / 100;
}

/** A script that Keepalived runs again and again. Times in seconds. */
export interface Script {
  /** Its name. */
  readonly name: Word;
  /** The command line. */
  readonly command?: Word;
  /** Between two runs. */
  readonly interval?: At<number>;
  /** Longest run. */
  readonly timeout?: At<number>;
  /** Failures in a row that count. */
  readonly fall?: At<number>;
  /** Successes in a row that count. */
  readonly rise?: At<number>;
  /** Priority that it gives or takes; 0 and unset: a failure is a fault. */
  readonly weight?: At<number>;
  /** Its block. */
  readonly block: readonly Statement[];
}

/** Something that an instance tracks. */
export interface Tracked {
  /** What it is. */
  readonly kind: "script" | "file" | "process" | "interface";
  /** Its name. */
  readonly name: Word;
  /**
   * Priority that it gives or takes here: the instance's own word, else the definition's, else 0. Of
   * a file it is what the number in it is multiplied by, else 1.
   */
  readonly weight: number;
  /** Where the weight is written; unset: nowhere. */
  readonly weightSource?: Source;
  /** The script of this name; unset: there is none, or it is no script. */
  readonly script?: Script;
  /**
   * Where its definition stands. Keepalived reads once from top to bottom: one that stands below
   * what tracks it is not found, and tracked is nothing. An interface needs none.
   */
  readonly defined: "above" | "below" | "nowhere";
}

/** An address that an instance moves. */
export interface VirtualAddress {
  /** As written: `10.0.0.10/24`. */
  readonly word: Word;
  /** Without the length of the prefix. */
  readonly address: string;
  /** Length of the prefix; unset: none is written. */
  readonly prefix?: number;
  /** Interface behind `dev`. */
  readonly dev?: Word;
}

/** A `vrrp_instance`. */
export interface Instance {
  /** Its name. */
  readonly name: Word;
  /** `MASTER` or `BACKUP`. */
  readonly state?: Word;
  /** Interface. */
  readonly interface?: Word;
  /** Virtual router id. */
  readonly routerId?: At<number>;
  /** Priority. */
  readonly priority?: At<number>;
  /** Seconds between adverts. */
  readonly advertSeconds?: At<number>;
  /** Version of VRRP that counts: IPv6 is spoken by 3 alone. */
  readonly version: 2 | 3;
  /** Where `nopreempt` stands. */
  readonly nopreempt?: Source;
  /** Seconds of `preempt_delay`. */
  readonly preemptDelay?: At<number>;
  /** `auth_type`. */
  readonly authType?: Word;
  /** `auth_pass`. */
  readonly authPass?: Word;
  /** `unicast_src_ip`. */
  readonly unicastSource?: Word;
  /** Addresses of `unicast_peer`. */
  readonly peers: readonly Word[];
  /** Whether a `unicast_peer` block stands there at all. */
  readonly unicast: boolean;
  /** `virtual_ipaddress`. */
  readonly addresses: readonly VirtualAddress[];
  /** `virtual_ipaddress_excluded`. */
  readonly excluded: readonly VirtualAddress[];
  /** What it tracks. */
  readonly tracked: readonly Tracked[];
  /** Its block, for whatever else. */
  readonly block: readonly Statement[];
}

/** A `vrrp_sync_group`: instances that move together. */
export interface SyncGroup {
  /** Its name. */
  readonly name: Word;
  /** Names of its instances. */
  readonly members: readonly Word[];
  /** What it tracks for all of them. */
  readonly tracked: readonly Tracked[];
  /** Its block. */
  readonly block: readonly Statement[];
}

/** What a keepalived.conf says of VRRP. */
export interface Vrrp {
  /** The statements of all `global_defs`. */
  readonly globals: readonly Statement[];
  /** Every `vrrp_script`, in order. */
  readonly scripts: readonly Script[];
  /** Every `vrrp_instance`, in order. */
  readonly instances: readonly Instance[];
  /** Every `vrrp_sync_group`, in order. */
  readonly groups: readonly SyncGroup[];
}

/** Reads what a file says of VRRP. */
export const vrrpOf: (file: KeepalivedFile) => Vrrp = remembered(read);

function read({ statements }: KeepalivedFile): Vrrp {
  const globals = blocksOf(statements, "global_defs").flatMap(({ block }) => block);
  const scripts = blocksOf(statements, "vrrp_script").flatMap((it) => script(it) ?? []);
  const instances = blocksOf(statements, "vrrp_instance")
    .flatMap((it) => instance(it, statements, globals, scripts) ?? []);
  const groups = blocksOf(statements, "vrrp_sync_group")
    .flatMap((it) => group(it, statements, scripts) ?? []);
  return { globals, scripts, instances, groups };
}

function group(
  statement: Required<Statement>,
  statements: readonly Statement[],
  scripts: readonly Script[],
): SyncGroup | undefined {
  const { words: [, name], block } = statement;
  if (!name) return undefined;
  const members = blocksOf(block, "group").flatMap((it) => it.block).flatMap(({ words }) => words);
  return { name, members, tracked: trackedIn(statement, statements, scripts), block };
}

function script({ words: [, name], block }: Required<Statement>): Script | undefined {
  if (!name) return undefined;
  const command = lastOf(block, "script")?.words[1];
  return defined({
    name,
    command,
    interval: number(block, "interval"),
    timeout: number(block, "timeout"),
    fall: number(block, "fall"),
    rise: number(block, "rise"),
    weight: number(block, "weight"),
    block,
  });
}

function instance(
  statement: Required<Statement>,
  statements: readonly Statement[],
  globals: readonly Statement[],
  scripts: readonly Script[],
): Instance | undefined {
  const { words: [, name], block } = statement;
  if (!name) return undefined;
  const addresses = addressesIn(block, "virtual_ipaddress");
  const auth = blocksOf(block, "authentication").flatMap((it) => it.block);
  const written = number(block, "version") ?? number(globals, "vrrp_version");
  const six = addresses.some(({ address }) => address.includes(":"));
  return defined({
    name,
    state: stateIn(block),
    interface: word(block, "interface"),
    routerId: number(block, "virtual_router_id"),
    priority: number(block, "priority"),
    advertSeconds: number(block, "advert_int"),
    version: six || written?.value === 3 ? 3 as const : 2 as const,
    nopreempt: lastOf(block, "nopreempt")?.words[0]?.source,
    preemptDelay: number(block, "preempt_delay"),
    authType: word(auth, "auth_type"),
    authPass: word(auth, "auth_pass"),
    unicastSource: word(block, "unicast_src_ip"),
    peers: blocksOf(block, "unicast_peer").flatMap((it) => it.block).flatMap((it) =>
      it.words[0] ?? []
    ),
    unicast: blocksOf(block, "unicast_peer").length > 0,
    addresses,
    excluded: addressesIn(block, "virtual_ipaddress_excluded"),
    tracked: trackedIn(statement, statements, scripts),
    block,
  });
}

function addressesIn(block: readonly Statement[], name: string): VirtualAddress[] {
  return blocksOf(block, name).flatMap((it) => it.block).flatMap(({ words }) => {
    const [word] = words;
    if (!word) return [];
    const [address = "", prefix] = word.text.split("/");
    const dev = words[words.findIndex(({ text }) => text === "dev") + 1];
    const hasDev = words.some(({ text }) => text === "dev");
    return [{
      word,
      address,
      ...(prefix !== undefined && { prefix: Number(prefix) }),
      ...(hasDev && dev && { dev }),
    }];
  });
}

const KINDS = {
  track_script: ["script", "vrrp_script"],
  track_file: ["file", "track_file", "vrrp_track_file"],
  track_process: ["process", "track_process", "vrrp_track_process"],
} as const;

/** The last definition of something tracked, and whether it stands above what tracks it. */
function definitionOf(
  statement: Statement,
  statements: readonly Statement[],
  kinds: readonly string[],
  name: string,
): { readonly block: readonly Statement[]; readonly defined: Tracked["defined"] } {
  const found = kinds.flatMap((kind) => blocksOf(statements, kind))
    .filter(({ words }) => words[1]?.text === name);
  const at = statements.indexOf(statement);
  const above = found.some((it) => statements.indexOf(it) < at);
  const { block = [] } = found.at(-1) ?? {};
  return { block, defined: above ? "above" : found.length > 0 ? "below" : "nowhere" };
}

function trackedIn(
  statement: Required<Statement>,
  statements: readonly Statement[],
  scripts: readonly Script[],
): Tracked[] {
  const listed = (list: string) => blocksOf(statement.block, list).flatMap((it) => it.block);
  const ofKinds = Object.entries(KINDS).flatMap(([list, [kind, ...kinds]]) =>
    listed(list).flatMap(({ words }) => {
      const name = words[0];
      if (!name) return [];
      const { block, defined: where } = definitionOf(statement, statements, kinds, name.text);
      const weight = weightIn(words) ?? number(block, "weight");
      const script = kind === "script"
        ? scripts.findLast((it) => it.name.text === name.text)
        : undefined;
      return [defined({
        kind,
        name,
        weight: weight?.value ?? (kind === "file" ? 1 : 0),
        weightSource: weight?.source,
        script,
        defined: where,
      })];
    })
  );
  const interfaces = listed("track_interface").flatMap(({ words }) => {
    const weight = weightIn(words);
    const name = words[0];
    const kind = "interface" as const;
    return name
      ? [defined({
        kind,
        name,
        weight: weight?.value ?? 0,
        weightSource: weight?.source,
        defined: "above" as const,
      })]
      : [];
  });
  return [...ofKinds, ...interfaces];
}

function weightIn(words: readonly Word[]): At<number> | undefined {
  const at = words.findIndex(({ text }) => text === "weight");
  return at === -1 ? undefined : numberOf(words[at + 1]);
}

/** One `MASTER` counts, whatever stands below it. */
function stateIn(block: readonly Statement[]): Word | undefined {
  const written = allOf(block, "state").flatMap(({ words }) => words[1] ?? []);
  return written.find(({ text }) => text === "MASTER") ?? written.at(-1);
}

function word(within: readonly Statement[], name: string): Word | undefined {
  return lastOf(within, name)?.words[1];
}

/** The number behind the last statement of this name. */
function number(within: readonly Statement[], name: string): At<number> | undefined {
  return numberOf(allOf(within, name).at(-1)?.words[1]);
}

function numberOf(word: Word | undefined): At<number> | undefined {
  const value = Number(word?.text || "?");
  return word && Number.isFinite(value) ? { value, source: word.source } : undefined;
}

/** The same object without the fields that have no value. */
function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as { [K in keyof T]: Exclude<T[K], undefined> };
}
