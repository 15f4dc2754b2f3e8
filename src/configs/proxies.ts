/**
 * The proxies of a haproxy.cfg with what they take over from their `defaults`. Pure.
 * @module
 */
import { type Address, addressesOf } from "./haproxy_address.ts";
import type { HaproxyFile, Line, Section, Word } from "./model.ts";
import { remembered } from "../remembered.ts";

/** A frontend, backend or listen section. */
export interface Proxy {
  /** `frontend`, `backend` or `listen`. */
  readonly kind: "frontend" | "backend" | "listen";
  /** Its name. */
  readonly name: string;
  /** The section itself. */
  readonly section: Section;
  /** The defaults that it takes over, the nearest first: defaults may have defaults. */
  readonly defaults: readonly Section[];
}

/** A server line of a backend, its default-server settings not put in. */
export interface Server {
  /** Its name; of a `server-template` what the names begin with. */
  readonly name: Word;
  /** Address and port as written: `10.0.0.21:6443`. */
  readonly address: Word;
  /** What follows. */
  readonly params: readonly Word[];
  /** Its line. */
  readonly line: Line;
  /** It stands for several servers. */
  readonly many: boolean;
}

/** A bind line. */
export interface Bind {
  /** Its proxy. */
  readonly proxy: Proxy;
  /** What it listens on, as written: `*:8443`. */
  readonly word: Word;
  /** The same, read; none where it is no IP address or not known. */
  readonly addresses: readonly Address[];
  /** What follows. */
  readonly params: readonly Word[];
  /** Its line. */
  readonly line: Line;
}

/** Every proxy of a file, in order, each with the defaults that count for it. */
export const proxiesOf: (file: HaproxyFile) => readonly Proxy[] = remembered(read);

function read({ sections }: HaproxyFile): readonly Proxy[] {
  const proxies: Proxy[] = [];
  let latest: Section | undefined;
  for (const section of sections) {
    const { kind, name } = section;
    if (kind === "defaults") latest = section;
    if (kind !== "frontend" && kind !== "backend" && kind !== "listen") continue;
    const defaults = ancestors(
      section,
      sections,
      named(section) === undefined ? latest : undefined,
    );
    proxies.push({ kind, name, section, defaults });
  }
  return proxies;
}

/** The name behind `from` of a section's head. */
function named({ head: { words } }: Section): string | undefined {
  const from = words.findIndex(({ text }, i) => i > 0 && text === "from");
  return from === -1 ? undefined : words[from + 1]?.text;
}

/** The defaults of a section, theirs, and so on. */
function ancestors(
  section: Section,
  sections: readonly Section[],
  latest: Section | undefined,
): readonly Section[] {
  const chain: Section[] = latest ? [latest] : [];
  for (let at = latest ?? section;;) {
    const name = named(at);
    const next = name === undefined
      ? undefined
      : sections.find((it) => it.kind === "defaults" && it.name === name);
    // Defaults that take over from each other are a mistake, not a reason to go on for ever.
    if (!next || chain.includes(next)) return chain;
    chain.push(next);
    at = next;
  }
}

/** The lines of all `global` sections that begin with these words. */
export function globalLines(
  { sections }: HaproxyFile,
  ...words: readonly string[]
): readonly Line[] {
  return sections.filter(({ kind }) => kind === "global").flatMap((it) => matching(it, words));
}

/** The lines of a proxy that begin with these words; without one of its own, those of its defaults. */
export function linesOf(proxy: Proxy, ...words: readonly string[]): readonly Line[] {
  for (const section of [proxy.section, ...proxy.defaults]) {
    const own = matching(section, words);
    if (own.length > 0) return own;
  }
  return [];
}

/** The last line of a proxy that begins with these words, its own before its defaults'. */
export function lineOf(proxy: Proxy, ...words: readonly string[]): Line | undefined {
  return linesOf(proxy, ...words).at(-1);
}

/**
 * The line that turns an option on: of `option x`, `no option x` and `default option x` the last one
 * of the nearest section counts. Unset: the option is off, or nothing is said of it.
 */
export function optionOf(proxy: Proxy, name: string): Line | undefined {
  for (const section of [proxy.section, ...proxy.defaults]) {
    const last = optionsIn(section).get(name);
    if (last) return last.words[0]?.text === "option" ? last : undefined;
  }
  return undefined;
}

/** The last line of a section that turns each option on, off, or to what it is by default. */
const optionsIn: (section: Section) => ReadonlyMap<string, Line> = remembered(({ lines }) => {
  const last = new Map<string, Line>();
  for (const line of lines) {
    const [first, second, third] = line.words;
    if (first?.text === "option") {
      if (second) last.set(second.text, line);
    } else if (
      (first?.text === "no" || first?.text === "default") && second?.text === "option" && third
    ) last.set(third.text, line);
  }
  return last;
});

/** The lines of a section that begin with these words. */
export function matching(section: Section, words: readonly string[]): readonly Line[] {
  const [first = "", ...others] = words;
  const lines = words.length === 0 ? section.lines : byKeyword(section).get(first) ?? [];
  return others.length === 0
    ? lines
    : lines.filter((line) => others.every((word, i) => line.words[i + 1]?.text === word));
}

/** Every lint asks for some of the lines of a section: they are found by their first word. */
const byKeyword: (section: Section) => ReadonlyMap<string, readonly Line[]> = remembered(
  ({ lines }) => Map.groupBy(lines, ({ words: [first] }) => first?.text ?? ""),
);

/** The mode of a proxy, with the word that sets it where one does. */
export function modeOf(proxy: Proxy): { readonly mode: string; readonly word?: Word } {
  const word = lineOf(proxy, "mode")?.words[1];
  return word ? { mode: word.text, word } : { mode: "tcp" };
}

/** The servers of a proxy. */
export function serversOf(proxy: Proxy): readonly Server[] {
  return serversIn(proxy.section);
}

const serversIn: (section: Section) => readonly Server[] = remembered(({ lines }) =>
  lines.flatMap((line): Server[] => {
    const [keyword, name, ...rest] = line.words;
    const many = keyword?.text === "server-template";
    if (!many && keyword?.text !== "server") return [];
    const [address, ...params] = many ? rest.slice(1) : rest;
    return name && address ? [{ name, address, params, line, many }] : [];
  })
);

/** The bind lines of a proxy. */
export const bindsOf: (proxy: Proxy) => readonly Bind[] = remembered((proxy) => {
  return matching(proxy.section, ["bind"]).flatMap((line): Bind[] => {
    const [, word, ...params] = line.words;
    return word ? [{ proxy, word, addresses: addressesOf(word), params, line }] : [];
  });
});

/** Whether a bind takes connections to this IP address and port. */
export function listensOn({ addresses, params }: Bind, ip: string, port: number): boolean {
  const six = ip.includes(":");
  const only = (name: string) => params.some(({ text }) => text === name);
  return addresses.some(({ host, port: first, to }) =>
    port >= first && port <= to &&
    (host === ip.toLowerCase() || (host === "*" && !six) ||
      (host === "::" && (six || !only("v6only"))))
  );
}

/**
 * Words that hold for a server: those of the `default-server` lines above it and its own. Whether a
 * keyword is there, or what follows it, is asked of these.
 */
export function paramsOf(proxy: Proxy, server: Server): readonly Word[] {
  return [...presetsOf(proxy), ...server.params];
}

const presetsOf: (proxy: Proxy) => readonly Word[] = remembered(({ defaults, section }) =>
  [...defaults.toReversed(), section]
    .flatMap((section) => matching(section, ["default-server"]))
    .flatMap(({ words }) => words.slice(1))
);

/** Whether a switch such as `check` is on: of `check` and `no-check` the last one counts. */
export function isOn(params: readonly Word[], name: string): boolean {
  const last = params.findLast(({ text }) => text === name || text === `no-${name}`);
  return last?.text === name;
}

/** The word behind the last one of this name; unset: it is not there. */
export function valueOf(params: readonly Word[], name: string): Word | undefined {
  const at = params.findLastIndex(({ text }) => text === name);
  return at === -1 ? undefined : params[at + 1];
}

/** Milliseconds of a time of HAProxy: without a unit it is milliseconds. Unset: it is no time. */
export function milliseconds(text: string): number | undefined {
  const [, number, unit = "ms"] = /^(\d+)(us|ms|s|m|h|d)?$/.exec(text) ?? [];
  const factor = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}
