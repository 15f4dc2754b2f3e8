/**
 * Reads Debian's mirrors out of apt's own configuration. Text only: nothing here reads a file.
 *
 * @module
 */
import type { Suite } from "./layout.ts";

/** Where a Debian release can be had. */
export interface Mirrors {
  /** URIs of the archive. */
  archive: string[];
  /** URIs of the security archive. */
  security: string[];
  /** The keyring that the machine trusts for them; absent when apt's own trust is used. */
  keyring?: string;
}

interface Entry {
  uri: string;
  suite: string;
  components: string[];
  signedBy?: string;
}

const debianSuite = /^(buster|bullseye|bookworm|trixie|forky|sid|(old)*stable|testing|unstable)/;

/**
 * Finds Debian's mirrors in the texts of apt's source files, by name: `*.list` or `*.sources`.
 *
 * Other vendors use Debian's suite names too, so an entry counts only when its component is `main` and
 * when it is signed by Debian's keyring or by none of its own.
 */
export function mirrors(files: Readonly<Record<string, string>>): Mirrors {
  const entries = Object.entries(files).flatMap(([name, text]) =>
    name.endsWith(".sources") ? stanzas(text) : lines(text)
  ).filter(isDebian);
  const security = entries.filter((entry) => /(-security|\/updates)$/.test(entry.suite));
  const archive = entries.filter((entry) => /^[a-z]+$/.test(entry.suite));
  const keyring = entries.find((entry) => entry.signedBy?.startsWith("/"))?.signedBy;
  return {
    archive: unique(archive.map((entry) => entry.uri)),
    security: unique(security.map((entry) => entry.uri)),
    ...(keyring === undefined ? {} : { keyring }),
  };
}

/** One line of a sources.list. */
export interface SourceLine {
  /** The line's archive. */
  uri: string;
  /** The line's suite. */
  suite: string;
  /** Whether a release can do without it. */
  optional: boolean;
}

/** What a host of a release reads from: the archive, its updates and its security updates. */
export function sourceLines(from: Mirrors, suite: Suite): SourceLine[] {
  return [
    ...from.archive.map((uri) => ({ uri, suite, optional: false })),
    ...from.archive.map((uri) => ({ uri, suite: `${suite}-updates`, optional: true })),
    ...from.security.map((uri) => ({ uri, suite: `${suite}-security`, optional: true })),
  ];
}

/**
 * Keeps those settings of `apt-config dump` that tell how to reach a mirror and how old it may be.
 *
 * A frozen mirror is of no use to a host that does not know that it is one.
 */
export function reachSettings(dump: string): string[] {
  const wanted =
    /^Acquire::(http|https|Check-Valid-Until|Check-Date|Languages|Retries)(::\S*)? "(.+)";$/;
  return dump.split("\n").filter((line) => wanted.test(line));
}

function lines(text: string): Entry[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]*)/.exec(line);
    const [, options = "", uri, suite, components = ""] = match ?? [];
    if (uri === undefined || suite === undefined) return [];
    const signedBy = /signed-by=(\S+)/.exec(options)?.[1];
    return [entry(uri, suite, words(components), signedBy)];
  });
}

function stanzas(text: string): Entry[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const value = fields(stanza);
    if (!words(value("types")).includes("deb") || value("enabled") === "no") return [];
    const signedBy = value("signed-by") || undefined;
    return words(value("uris")).flatMap((uri) =>
      words(value("suites")).map((suite) => entry(uri, suite, words(value("components")), signedBy))
    );
  });
}

// deb822: "Name: value", continued on lines that start with a blank; "#" starts a comment line.
function fields(stanza: string): (name: string) => string {
  const found = new Map<string, string>();
  let current = "";
  for (const line of stanza.split("\n")) {
    if (line.startsWith("#")) continue;
    const match = /^([A-Za-z-]+):\s*(.*)$/.exec(line);
    if (match) current = (match[1] ?? "").toLowerCase();
    const text = match ? match[2] ?? "" : line;
    found.set(current, `${found.get(current) ?? ""} ${text.trim()}`.trim());
  }
  return (name) => found.get(name) ?? "";
}

function entry(uri: string, suite: string, components: string[], signedBy?: string): Entry {
  return {
    uri: uri.replace(/\/+$/, ""),
    suite,
    components,
    ...(signedBy === undefined ? {} : { signedBy }),
  };
}

function isDebian({ suite, components, signedBy }: Entry): boolean {
  const trusted = signedBy === undefined || signedBy.includes("debian-archive");
  return trusted && components.includes("main") && debianSuite.test(suite);
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}
