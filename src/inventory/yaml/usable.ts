/**
 * Values that only Ansible understands: Jinja expressions and tags. They are carried along where
 * Holdfast does not use them, and refused where it does.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import type { Diagnostic } from "../../model.ts";
import { errorAt } from "../problems.ts";
import type { Located } from "./located.ts";

/** Why Holdfast cannot use a value, or undefined; the label names the value in the message. */
export function unusable(node: Located, label: string): Diagnostic | undefined {
  if (node.tag !== undefined) {
    const hint = node.tag === "!vault" ? "ansible-vault decrypt, or { env: NAME }" : undefined;
    const message = `Cannot use ${label}: Holdfast does not know the tag ${quote(node.tag)}`;
    return errorAt(node.source, "unknown-tag", message, hint);
  }
  if (node.kind !== "scalar" || typeof node.value !== "string") return undefined;
  if (!/\{\{|\{%|\{#/.test(node.value)) return undefined;
  const message = `Cannot use ${label}: Holdfast does not evaluate Jinja expressions`;
  return errorAt(node.source, "jinja", message, "write the value itself");
}

/** Every part of a value that cannot be used. */
export function unusableParts(node: Located, label: string): Diagnostic[] {
  const problem = unusable(node, label);
  if (problem) return [problem];
  if (node.kind === "list") {
    return node.items.flatMap((item, i) => unusableParts(item, `item ${i + 1} of ${label}`));
  }
  if (node.kind !== "map") return [];
  return [...node.entries].flatMap(([key, entry]) =>
    unusableParts(entry.node, `${quote(key)} of ${label}`)
  );
}
