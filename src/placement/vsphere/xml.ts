/**
 * As much XML as web services speak: elements, attributes, text, namespaces. No document type, so
 * no entities of a document's own. Pure.
 * @module
 */

/** An element that was read. */
export interface Element {
  /** Its name without the prefix. */
  readonly name: string;
  /** Attributes without a namespace, by name. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Its `xsi:type` without the prefix: which of several kinds of thing it is. */
  readonly type?: string;
  /** Elements in it, in order. */
  readonly children: readonly Element[];
  /** Text right in it, joined. */
  readonly text: string;
}

/** Text that is not XML, or not such as is read here. The message says at which character. */
export class XmlError extends Error {
  /** Says what is wrong. */
  constructor(message: string) {
    super(message);
    this.name = "XmlError";
  }
}

/** Elements within each other, at most: answers of a vCenter have about a dozen. */
const MAX_DEPTH = 64;

const XSI = "http://www.w3.org/2001/XMLSchema-instance";

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

// What XML 1.0 has no way to write: most control characters, halves of surrogate pairs.
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

const NAME = String.raw`[A-Za-z_][\w.\-]*(?::[A-Za-z_][\w.\-]*)?`;
const ATTRIBUTE = String.raw`\s+${NAME}\s*=\s*(?:"[^"<]*"|'[^'<]*')`;
const START = new RegExp(`<(${NAME})((?:${ATTRIBUTE})*)\\s*(/?)>`, "y");
const END = new RegExp(`</(${NAME})\\s*>`, "y");
const ONE_ATTRIBUTE = new RegExp(String.raw`\s+(${NAME})\s*=\s*(?:"([^"]*)"|'([^']*)')`, "g");
const DECLARATION = /^\ufeff?(?:<\?xml\s[^<>?]*\?>)?/;

interface Open {
  readonly tag: string;
  readonly spaces: ReadonlyMap<string, string>;
  readonly attributes: ReadonlyMap<string, string>;
  readonly type: string | undefined;
  readonly children: Element[];
  text: string;
}

/**
 * Reads a document, and gives its outermost element.
 *
 * @throws {XmlError} when it is not well-formed, has a document type or a processing instruction, or
 * is nested deeper than 64 elements
 *
 * @example
 * ```ts
 * import { readXml } from "./xml.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { name, children } = readXml('<a xmlns="urn:x"><b type="VirtualMachine">vm-1 &amp; 2</b></a>');
 * assertEquals(name, "a");
 * assertEquals(children[0]?.text, "vm-1 & 2");
 * assertEquals(children[0]?.attributes.get("type"), "VirtualMachine");
 * ```
 */
export function readXml(document: string): Element {
  const bad = NOT_XML.exec(document.replace(/^\ufeff/, ""));
  if (bad) throw new XmlError("A character that XML does not have");
  const open: Open[] = [];
  let root: Element | undefined;
  let at = DECLARATION.exec(document)?.[0].length ?? 0;
  const close = () => {
    const done = closed(open.pop() as Open);
    const parent = open.at(-1);
    if (parent) parent.children.push(done);
    else root = done;
  };
  while (at < document.length) {
    const top = open.at(-1);
    if (document[at] !== "<") {
      at = readText(document, at, top);
    } else if (document.startsWith("<!--", at)) {
      at = after(document, "-->", at + 4);
    } else if (document.startsWith("<![CDATA[", at) && top) {
      const end = after(document, "]]>", at + 9);
      top.text += document.slice(at + 9, end - 3);
      at = end;
    } else if (document[at + 1] === "/") {
      at = readEnd(document, at, top);
      close();
    } else {
      if (root !== undefined) throw new XmlError(`Something behind the end, at character ${at}`);
      const { opened, empty, end } = readStart(document, at, top);
      if (open.push(opened) > MAX_DEPTH) throw new XmlError(`More than ${MAX_DEPTH} levels`);
      if (empty) close();
      at = end;
    }
  }
  if (root === undefined) throw new XmlError("It ends too early");
  return root;
}

/** The first element of that name among the children. */
export function child(element: Element | undefined, name: string): Element | undefined {
  return element?.children.find((one) => one.name === name);
}

/** All elements of that name among the children. */
export function childrenOf(element: Element | undefined, name: string): readonly Element[] {
  return element?.children.filter((one) => one.name === name) ?? [];
}

/** Text of the element that these names lead to, without blanks around it; unset: there is none. */
export function textAt(element: Element | undefined, ...names: string[]): string | undefined {
  return names.reduce<Element | undefined>(child, element)?.text.trim();
}

/**
 * Text as it stands in XML, in an element or in an attribute.
 *
 * @throws {XmlError} for a character that XML cannot hold, without showing the text
 *
 * @example
 * ```ts
 * import { escapeXml } from "./xml.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(escapeXml(`<a> & "b"`), "&lt;a&gt; &amp; &quot;b&quot;");
 * ```
 */
export function escapeXml(text: string): string {
  if (NOT_XML.test(text)) throw new XmlError("A character that XML does not have");
  // A line end that is written as it is, is read as another one.
  return text.replace(/[&<>"'\t\n\r]/g, (char) => {
    const name = Object.keys(ENTITIES).find((key) => ENTITIES[key] === char);
    return `&${name ?? `#${char.charCodeAt(0)}`};`;
  });
}

function readText(document: string, at: number, top: Open | undefined): number {
  const next = document.indexOf("<", at);
  const end = next === -1 ? document.length : next;
  const text = document.slice(at, end);
  if (top) top.text += plain(text);
  else if (text.trim() !== "") throw new XmlError(`Text outside of elements, at character ${at}`);
  return end;
}

function readStart(document: string, at: number, top: Open | undefined) {
  START.lastIndex = at;
  const [whole, tag = "", list = "", slash] = START.exec(document) ?? [];
  if (whole === undefined) throw new XmlError(`No element that can be read, at character ${at}`);
  const written = attributesOf(list);
  const spaces = spacesOf(written, top?.spaces ?? new Map([["xml", "xml"]]));
  spaceOf(tag, spaces);
  const attributes = new Map<string, string>();
  let type: string | undefined;
  for (const [name, value] of written) {
    if (name === "xmlns" || name.startsWith("xmlns:")) continue;
    if (!name.includes(":")) attributes.set(name, value);
    else if (spaceOf(name, spaces) === XSI && local(name) === "type") type = local(value.trim());
  }
  const opened: Open = { tag, spaces, attributes, type, children: [], text: "" };
  return { opened, empty: slash === "/", end: at + whole.length };
}

function readEnd(document: string, at: number, top: Open | undefined): number {
  END.lastIndex = at;
  const [whole = "", tag] = END.exec(document) ?? [];
  if (top === undefined || tag !== top.tag) {
    throw new XmlError(`An end that has no beginning, at character ${at}`);
  }
  return at + whole.length;
}

function closed({ tag, attributes, type, children, text }: Open): Element {
  return { name: local(tag), attributes, ...(type !== undefined && { type }), children, text };
}

function attributesOf(list: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name = "", double, single] of list.matchAll(ONE_ATTRIBUTE)) {
    if (found.has(name)) throw new XmlError(`Twice the attribute ${name}`);
    found.set(name, plain(double ?? single ?? ""));
  }
  return found;
}

function spacesOf(
  attributes: ReadonlyMap<string, string>,
  outer: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const own = [...attributes].filter(([name]) => name.startsWith("xmlns:"));
  if (own.length === 0) return outer;
  return new Map([...outer, ...own.map(([name, uri]) => [local(name), uri] as const)]);
}

/** What a prefix stands for; unset: there is none. */
function spaceOf(name: string, spaces: ReadonlyMap<string, string>): string | undefined {
  if (!name.includes(":")) return undefined;
  const prefix = name.slice(0, name.indexOf(":"));
  const uri = spaces.get(prefix);
  if (uri === undefined) throw new XmlError(`The prefix ${prefix} stands for nothing`);
  return uri;
}

function local(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function after(document: string, mark: string, from: number): number {
  const at = document.indexOf(mark, from);
  if (at === -1) throw new XmlError(`No ${mark} behind character ${from}`);
  return at + mark.length;
}

/** Text with its references replaced. */
function plain(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&([^;&]*;?)/g, (_, reference: string) => {
    const [, hex, decimal] = /^#(?:x([\da-fA-F]{1,6})|(\d{1,7}));$/.exec(reference) ?? [];
    const code = hex !== undefined ? parseInt(hex, 16) : Number(decimal ?? NaN);
    const known = reference.endsWith(";") && Object.hasOwn(ENTITIES, reference.slice(0, -1))
      ? ENTITIES[reference.slice(0, -1)]
      : code <= 0x10ffff
      ? String.fromCodePoint(code)
      : undefined;
    if (known === undefined || NOT_XML.test(known)) {
      throw new XmlError("A reference to something that XML does not have");
    }
    return known;
  });
}
