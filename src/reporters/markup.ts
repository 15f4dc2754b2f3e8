/**
 * HTML and SVG as text. What is not markup is escaped, because only these functions make markup.
 * @module
 */
import { printable } from "../terminal.ts";

/** Markup that may stand in a document as it is. */
export class Markup {
  /** The text of it. */
  readonly text: string;

  /** Takes text as markup: only for what these functions have made, or fixed words. */
  constructor(text: string) {
    this.text = text;
  }
}

/** What an element may hold; text is escaped, what is unset is nothing. */
export type Content = Markup | string | undefined | readonly Content[];

/** Attributes by name; those that are unset are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Elements of HTML that have no end. */
const VOID = ["meta", "br"];

/**
 * An element. Hidden characters of a text become visible escapes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { el } from "./markup.ts";
 *
 * const made = el("a", { title: '"x"' }, "<b>", el("i", {}, "&\x1b"));
 * assertEquals(made.text, '<a title="&quot;x&quot;">&lt;b&gt;<i>&amp;\\u{1b}</i></a>');
 * ```
 */
export function el(name: string, attributes: Attributes = {}, ...content: Content[]): Markup {
  const list = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escapeText(String(value))}"`]
  );
  const open = `<${name}${list.join("")}>`;
  return new Markup(VOID.includes(name) ? open : `${open}${inner(content)}</${name}>`);
}

/** Several pieces as one. */
export function join(...content: Content[]): Markup {
  return new Markup(inner(content));
}

function inner(content: Content): string {
  if (content === undefined) return "";
  if (typeof content === "string") return escapeText(content);
  return content instanceof Markup ? content.text : content.map(inner).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeText(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
