/**
 * The composed YAML document to located values, counting depth and expanded size on the way.
 * @module
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { quote } from "../../diagnostics.ts";
import type { Source } from "../../model.ts";
import { errorAt, placeOf, type Report } from "../problems.ts";
import { bothOf, type Entry, listOf, type Located, mapOf } from "./located.ts";

/** What building needs to know. */
export interface BuildOptions {
  /** Name of the file, for messages. */
  readonly file: string;
  /** Offsets to a place. */
  readonly place: (from: number, to: number) => Source;
  /** Takes what is wrong. */
  readonly report: Report;
  /** What a file may hold at most. */
  readonly limits: { readonly depth: number; readonly nodes: number };
}

/** Thrown to leave the recursion after a limit was reported; caught in this file. */
class Refused extends Error {}

/** A value and how many values it would be with every alias written out. */
interface Built {
  readonly node: Located;
  readonly size: number;
}

/**
 * Builds the tree; undefined when something was reported that leaves none. A key that stands twice
 * is reported, and both values are looked at further: one mistake shall not hide the others.
 */
export function build(document: Document, options: BuildOptions): Located | undefined {
  let failed = false;
  const report: Report = (diagnostic) => {
    failed = true;
    options.report(diagnostic);
  };
  try {
    const builder = new Builder(document, { ...options, report }, options.report);
    const root = builder.value(document.contents, 0).node;
    return failed ? undefined : root;
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

class Builder {
  readonly #document: Document;
  readonly #options: BuildOptions;
  /** Anchored nodes that are done: an alias shares the value instead of copying it. */
  readonly #done = new Map<Node, Built>();
  readonly #open = new Set<Node>();
  readonly #joined = new WeakSet<Entry>();

  /** Takes what is wrong with a tree that can be used to look for more. */
  readonly #remark: Report;

  constructor(document: Document, options: BuildOptions, remark: Report) {
    this.#document = document;
    this.#options = options;
    this.#remark = remark;
  }

  value(node: unknown, depth: number): Built {
    if (!isNode(node)) {
      return { node: { kind: "scalar", source: undefined, value: null, text: "" }, size: 1 };
    }
    if (depth > this.#options.limits.depth) {
      this.#refuse(
        node,
        "too-deep",
        `it is nested deeper than ${this.#options.limits.depth} levels`,
      );
    }
    // Only what has an anchor can be met again.
    const anchored = isAlias(node) || node.anchor === undefined ? undefined : node;
    const known = anchored && this.#done.get(anchored);
    if (known) return known;
    if (anchored) this.#open.add(anchored);
    const built = this.#build(node, depth);
    if (anchored) this.#open.delete(anchored);
    if (built.size > this.#options.limits.nodes) {
      const count = this.#options.limits.nodes.toLocaleString("en-US");
      this.#refuse(node, "too-large", `it stands for more than ${count} values`);
    }
    const done = this.#tagged(node, built);
    if (anchored) this.#done.set(anchored, done);
    return done;
  }

  #build(node: Node, depth: number): Built {
    if (isAlias(node)) return this.#alias(node, depth);
    if (isMap(node)) return this.#map(node, depth);
    if (isSeq(node)) return this.#list(node, depth);
    return { node: scalar(node as Scalar, this.#place(node)), size: 1 };
  }

  #alias(node: Node & { source: string }, depth: number): Built {
    const target = (node as unknown as { resolve(d: Document): Node | undefined })
      .resolve(this.#document);
    if (!target) this.#refuse(node, "unknown-alias", `no anchor is named ${quote(node.source)}`);
    if (this.#open.has(target)) {
      this.#refuse(
        node,
        "endless-alias",
        `the alias ${quote(node.source)} stands inside its anchor`,
      );
    }
    return this.value(target, depth);
  }

  #list(node: YAMLSeq, depth: number): Built {
    const built = node.items.map((item) => this.value(item, depth + 1));
    const items = built.map((item) => item.node);
    return { node: listOf(this.#place(node), items), size: sum(built) };
  }

  #map(node: YAMLMap, depth: number): Built {
    const own = new Map<string, Entry>();
    const merged = new Map<string, Entry>();
    const sizes: Built[] = [];
    for (const pair of node.items) {
      const built = this.value(pair.value, depth + 1);
      sizes.push(built);
      if (isMergeKey(pair)) this.#merge(merged, built.node, pair);
      else this.#entry(own, pair, built.node);
    }
    // What a mapping says itself wins over what it merges, wherever the `<<` stands.
    const entries = merged.size === 0 ? own : new Map([...merged, ...own]);
    return { node: mapOf(this.#place(node), entries), size: sum(sizes) };
  }

  #entry(entries: Map<string, Entry>, pair: Pair, value: Located): void {
    const { file, report } = this.#options;
    const keySource = isNode(pair.key) ? this.#place(pair.key) : undefined;
    if (!isScalar(pair.key) || pair.key.value === null) {
      const message = `Cannot read ${quote(file)}: a key must be a plain word`;
      return report(errorAt(keySource ?? value.source, "yaml-key", message));
    }
    const key = scalar(pair.key, keySource).text;
    const first = entries.get(key);
    if (first) {
      const message = `Cannot use key ${quote(key)} twice: it stands at ` +
        `${placeOf(first.keySource)} already`;
      // Once: a key that stands there a thousand times is not worth copying what it holds.
      if (!this.#joined.has(first)) {
        const joined = { ...first, node: bothOf(first.node, value) };
        this.#joined.add(joined);
        entries.set(key, joined);
      }
      return this.#remark(errorAt(keySource, "duplicate-key", message));
    }
    // A value that is left out has no place of its own; its key is the nearest one.
    const node = value.source ? value : { ...value, source: keySource };
    entries.set(key, { keySource, node });
  }

  #merge(entries: Map<string, Entry>, value: Located, pair: Pair): void {
    const parts = value.kind === "list" ? value.items : [value];
    for (const part of parts) {
      if (part.kind !== "map") {
        const message = `Cannot read ${quote(this.#options.file)}: "<<" merges mappings only`;
        this.#options.report(errorAt(this.#place(pair.key as Node), "yaml-merge", message));
        return;
      }
      for (const [key, entry] of part.entries) if (!entries.has(key)) entries.set(key, entry);
    }
  }

  #tagged(node: Node, built: Built): Built {
    // Standard tags (`!!str`) are resolved by now; an alias has the tag of its target.
    if (isAlias(node) || !node.tag?.startsWith("!") || built.node.tag !== undefined) return built;
    return { ...built, node: { ...built.node, tag: node.tag } };
  }

  #place(node: Node): Source {
    const [from, to] = node.range ?? [0, 0];
    return this.#options.place(from, to);
  }

  #refuse(node: Node, code: string, reason: string): never {
    const message = `Cannot read ${quote(this.#options.file)}: ${reason}`;
    this.#options.report(errorAt(this.#place(node), code, message));
    throw new Refused();
  }
}

function scalar(node: Scalar, source: Source | undefined): Located & { kind: "scalar" } {
  const text = typeof node.value === "string" ? node.value : node.source ?? String(node.value);
  return { kind: "scalar", source, value: node.value, text };
}

function isMergeKey(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.value === "<<" && pair.key.type === "PLAIN";
}

function sum(built: readonly Built[]): number {
  return built.reduce((total, item) => total + item.size, 1);
}
