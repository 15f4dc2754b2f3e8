/**
 * The proxies of a haproxy.cfg with what they take over from their `defaults`. Pure.
 * @module
 */
import type { HaproxyFile, Line, Section, Word } from "./model.ts";

/** A frontend, backend or listen section. */
export interface Proxy {
  /** `frontend`, `backend` or `listen`. */
  readonly kind: "frontend" | "backend" | "listen";
  /** Its name. */
  readonly name: string;
  /** The section itself. */
  readonly section: Section;
  /** The defaults that it takes over; unset: none. */
  readonly defaults?: Section;
}

/** A server line of a backend, its default-server settings not put in. */
export interface Server {
  /** Its name. */
  readonly name: Word;
  /** Address and port as written: `10.0.0.21:6443`. */
  readonly address: Word;
  /** What follows. */
  readonly params: readonly Word[];
}

/** Every proxy of a file, in order, each with the defaults that count for it. */
export function proxiesOf({ sections }: HaproxyFile): readonly Proxy[] {
  const proxies: Proxy[] = [];
  let defaults: Section | undefined;
  for (const section of sections) {
    const { kind, name, head } = section;
    if (kind === "defaults") defaults = section;
    if (kind !== "frontend" && kind !== "backend" && kind !== "listen") continue;
    const from = head.words.findIndex(({ text }) => text === "from");
    const named = from === -1 ? undefined : head.words[from + 1]?.text;
    const own = named === undefined
      ? defaults
      : sections.find((it) => it.kind === "defaults" && it.name === named);
    proxies.push({ kind, name, section, ...(own && { defaults: own }) });
  }
  return proxies;
}

/** The lines of a proxy that begin with these words; without one of its own, those of its defaults. */
export function linesOf(proxy: Proxy, ...words: readonly string[]): readonly Line[] {
  const own = matching(proxy.section, words);
  return own.length > 0 || !proxy.defaults ? own : matching(proxy.defaults, words);
}

/** The last line of a proxy that begins with these words, its own before its defaults'. */
export function lineOf(proxy: Proxy, ...words: readonly string[]): Line | undefined {
  return linesOf(proxy, ...words).at(-1);
}

/** The lines of a section that begin with these words. */
export function matching({ lines }: Section, words: readonly string[]): readonly Line[] {
  return lines.filter((line) => words.every((word, i) => line.words[i]?.text === word));
}

/** The mode of a proxy, with the word that sets it where one does. */
export function modeOf(proxy: Proxy): { readonly mode: string; readonly word?: Word } {
  const word = lineOf(proxy, "mode")?.words[1];
  return word ? { mode: word.text, word } : { mode: "tcp" };
}

/** The servers of a proxy. */
export function serversOf(proxy: Proxy): readonly Server[] {
  return matching(proxy.section, ["server"]).flatMap(({ words: [, name, address, ...params] }) =>
    name && address ? [{ name, address, params }] : []
  );
}

/**
 * Words that hold for a server: those of the `default-server` lines above it and its own. Whether a
 * keyword is there, or what follows it, is asked of these.
 */
export function paramsOf(proxy: Proxy, server: Server): readonly Word[] {
  const presets = [proxy.defaults, proxy.section].flatMap((section) =>
    section ? matching(section, ["default-server"]) : []
  );
  return [...presets.flatMap(({ words }) => words.slice(1)), ...server.params];
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
