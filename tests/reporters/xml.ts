/**
 * A strict reader of the XML that reports are made of: it refuses whatever is not well formed.
 * @module
 */

/** An element as it was read. */
export interface Read {
  /** Its name. */
  readonly name: string;
  /** Its attributes, unescaped. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements in it. */
  readonly children: readonly Read[];
  /** Text in it, unescaped, without what lies between elements. */
  readonly text: string;
}

// What XML 1.0 allows, production 2 of its grammar.
const ALLOWED = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u;
const PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n';
const TOKEN = /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/gy;

/** Reads a document. @throws {SyntaxError} when it is not well formed */
export function readXml(document: string): Read {
  if (!document.startsWith(PROLOG)) throw new SyntaxError("no prolog");
  if (!ALLOWED.test(document) || !document.isWellFormed()) throw new SyntaxError("characters");
  const root = { name: "", attributes: {}, children: [] as Read[], text: "" };
  const stack = [root];
  const body = document.slice(PROLOG.length).trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < body.length) {
    const at = TOKEN.lastIndex;
    const [, close, name = "", attributes = "", empty, text] = TOKEN.exec(body) ?? [];
    const parent = stack.at(-1);
    if (parent === undefined || TOKEN.lastIndex === 0) throw new SyntaxError(`token at ${at}`);
    if (text !== undefined) parent.text += unescape(text);
    else if (close === "/") {
      if (stack.pop()?.name !== name) throw new SyntaxError(`</${name}> at ${at}`);
    } else {
      const element = { name, attributes: read(attributes), children: [] as Read[], text: "" };
      parent.children.push(element);
      if (empty === "") stack.push(element);
    }
  }
  const [top] = root.children;
  if (stack.length !== 1 || top === undefined || root.children.length > 1) {
    throw new SyntaxError("not one whole element");
  }
  return top;
}

function read(list: string): Record<string, string> {
  const pairs = [...list.matchAll(/ ([a-z]+)="([^"]*)"/g)];
  const names = pairs.map(([, name = ""]) => name);
  if (new Set(names).size !== names.length) throw new SyntaxError(`twice in ${list}`);
  return Object.fromEntries(pairs.map(([, name = "", value = ""]) => [name, unescape(value)]));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };

function unescape(text: string): string {
  return text.replaceAll(/&([^;]*;?)/g, (all, word: string) => {
    const name = word.slice(0, -1);
    const code = /^#(\d+)$/.exec(name)?.[1];
    const char = code === undefined ? ENTITIES[name] : String.fromCodePoint(Number(code));
    if (char === undefined || !word.endsWith(";")) throw new SyntaxError(`entity ${all}`);
    return char;
  });
}
