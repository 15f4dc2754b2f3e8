/** Small keepalived.conf files, and the codes that are found in them. */
import { parseKeepalived } from "../../src/configs/keepalived.ts";
import { KEEPALIVED_LINTS } from "../../src/lints/mod.ts";
import type { Node } from "../../src/lints/model.ts";
import { lint } from "../../src/lints/run.ts";

/** What is known beside the files. */
export interface Known {
  readonly addresses?: readonly string[];
  readonly version?: string;
  readonly scripts?: Readonly<Record<string, string>>;
}

/** Load balancers with these files, lb1 first. */
export function nodes(
  texts: readonly string[],
  { addresses = [], version, scripts = {} }: Known,
): Node[] {
  return texts.map((text, i) => ({
    name: `lb${i + 1}`,
    addresses,
    keepalived: parseKeepalived(text, `lb${i + 1}.conf`, `lb${i + 1}`),
    scripts: Object.entries(scripts).map(([path, text]) => ({ path, file: path, text })),
    versions: version === undefined ? {} : { keepalived: version },
  }));
}

/** Codes that one rule, or all, find over some files. */
export function codes(
  rule: string | undefined,
  texts: readonly string[],
  known: Known = {},
): string[] {
  const rules = KEEPALIVED_LINTS.filter(({ code }) => rule === undefined || code === rule);
  return lint({ nodes: nodes(texts, known) }, rules).map(({ code }) => code)
    .filter((code) => code !== "unreadable-config");
}

/** An instance with these lines, and scripts above it. */
export const vrrp = (lines: string, above = "") =>
  `${above}\nvrrp_instance A {\n interface eth0\n virtual_router_id 9\n ${lines}\n}\n`;
/** A script with these lines. */
export const script = (lines: string, name = "c") => `vrrp_script ${name} {\n ${lines}\n}\n`;
/** What an instance or a group tracks. */
export const tracks = (...names: readonly string[]) => `track_script {\n ${names.join("\n ")}\n}`;
/** A command. */
export const CMD = 'script "/etc/keepalived/c.sh"';

/** A rule, files by host, and how often it speaks. */
export type Case = readonly [rule: string, texts: readonly string[], times: number, known?: Known];
