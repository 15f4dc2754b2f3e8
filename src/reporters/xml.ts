/**
 * Text that is valid XML 1.0, whatever it was made from.
 * @module
 */
import { printable } from "../terminal.ts";

/** What an element holds: text, or elements. */
export type XmlContent = string | readonly XmlElement[];

/** An element of a document. */
export interface XmlElement {
  /** Its name, a fixed word. */
  readonly name: string;
  /** Attributes by name; those that are unset are left out. */
  readonly attributes?: Readonly<Record<string, string | number | undefined>>;
  /** What it holds. @default nothing */
  readonly content?: XmlContent;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
  "\t": "&#9;",
};

/**
 * A whole document. What XML does not allow, and what would mislead an eye, is shown as an escape.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { toXml } from "./xml.ts";
 *
 * const text = toXml({ name: "a", attributes: { b: "<\n>" }, content: "\x1b[2K & so on" });
 * assertEquals(text.split("\n")[1], '<a b="&lt;&#10;&gt;">\\u{1b}[2K &amp; so on</a>');
 * ```
 */
export function toXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, "")}`;
}

function element({ name, attributes = {}, content = [] }: XmlElement, indent: string): string {
  const list = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${attribute(String(value))}"`]
  );
  const open = `${indent}<${name}${list.join("")}`;
  if (content.length === 0) return `${open}/>\n`;
  if (typeof content === "string") return `${open}>${text(content)}</${name}>\n`;
  const inner = content.map((child) => element(child, `${indent}  `)).join("");
  return `${open}>\n${inner}${indent}</${name}>\n`;
}

function attribute(value: string): string {
  return allowed(value).replaceAll(/[&<>"\n\t]/g, (char) => ENTITIES[char] ?? char);
}

function text(value: string): string {
  return allowed(value).replaceAll(/[&<>]/g, (char) => ENTITIES[char] ?? char);
}

/** Control characters, lone surrogates and the two that are no characters become visible. */
function allowed(value: string): string {
  return printable(value).replaceAll(
    /[\uFFFE\uFFFF]/g,
    (char) => `\\u{${char.charCodeAt(0).toString(16)}}`,
  );
}
