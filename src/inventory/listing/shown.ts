/**
 * Values as they may be shown: what is named like a password is hidden, a secret that stands
 * elsewhere (`{ env: NAME }`) shows where, and what Ansible Vault encrypted is marked as it does.
 * @module
 */
import { escaped } from "../../terminal.ts";
import type { Entries, Located } from "../yaml/located.ts";

/** What stands in the place of a secret. */
const HIDDEN = "[secret]";
const PASSWORD = /(?:^|_)(?:pass|passwd|password|passphrase|token|secret)s?$/i;

/** A value as plain data, fit to be shown; the key says whether it is a password. */
export function shown(key: string, node: Located): unknown {
  return PASSWORD.test(key) ? hidden(node) : visible(node);
}

/** All variables as plain data. */
export function shownVars(vars: Entries): Record<string, unknown> {
  return Object.fromEntries([...vars].map(([key, { node }]) => [key, shown(key, node)]));
}

/** The same data as JSON with sorted keys, safe for a terminal. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value, (_, item: unknown) => isMap(item) ? sorted(item) : item, 4);
  return text.split("\n").map(escaped).join("\n");
}

/** A map with its keys in order. */
export function sorted(map: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(map).sort(byCodePoint).map((key) => [key, map[key]]),
  );
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Orders strings as Python does. */
function byCodePoint(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((c, i) => c !== right[i]);
  if (at === -1) return -1;
  return (left[at]!.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}

function visible(node: Located): unknown {
  if (node.tag === "!vault") return { __ansible_vault: node.value };
  if (node.tag === "!unsafe") return { __ansible_unsafe: node.value };
  if (node.kind === "list") return node.items.map(visible);
  return node.kind === "map" ? shownVars(node.entries) : node.value;
}

function hidden(node: Located): unknown {
  if (node.tag === "!vault") return visible(node);
  if (node.kind === "list") return node.items.map(hidden);
  // A map says where a secret is; what it holds is judged by its own keys.
  if (node.kind === "map") return shownVars(node.entries);
  const { value } = node;
  if (value === null || typeof value === "boolean") return value;
  // An expression is no password, it is the name of one.
  return typeof value === "string" && /^\{\{[^{}]*\}\}$/.test(value) ? value : HIDDEN;
}
