/**
 * What a change looks like to people: its summary and its diff, with secrets masked. Pure.
 * @module
 */
import { createTwoFilesPatch } from "diff";
import type { ChangeReport } from "./events.ts";
import type { Change, FileSpec, Secret } from "./model.ts";
import { masker } from "./secret.ts";

/** Makes the function that describes changes, with every known secret masked by value. */
export function describer(secrets: readonly Secret[]): (change: Change) => ChangeReport {
  const mask = masker(secrets);
  return (change) => {
    const { kind } = change;
    const head = { kind, targets: targetsOf(change).map(mask), summary: mask(change.summary) };
    if (change.kind !== "write") return head;
    const { unknown = [] } = change;
    const later = unknown.length === 0
      ? {}
      : { unknown: unknown.map(({ path, why }) => mask(`${path}: known after apply: ${why}`)) };
    const diffs = change.files.map((file) => fileDiff(file, change.before[file.path], secrets));
    return { ...head, ...later, diff: mask(diffs.join("")) };
  };
}

function targetsOf(change: Change): readonly string[] {
  switch (change.kind) {
    case "run":
      return change.targets ?? [];
    case "write":
      return [...change.files, ...change.unknown ?? []].map(({ path }) => path);
    case "remove":
      return [change.path];
  }
}

function fileDiff(file: FileSpec, before: string | undefined, secrets: readonly Secret[]): string {
  const { path, content, secret = false } = file;
  const [old, now] = secret ? redact(before ?? "", content, secrets) : [before ?? "", content];
  const from = before === undefined ? "/dev/null" : path;
  // Without the two lines for programs of the eighties that the library puts on top.
  return createTwoFilesPatch(from, path, old, now, undefined, undefined, { context: 3 })
    .replace(/^(Index: .*\n)?=+\n/, "");
}

/**
 * Both sides of a diff of a file that holds a secret. A short secret is masked too, and so is what
 * stood in its place before: the old password of a rotation is still a password.
 */
function redact(before: string, after: string, secrets: readonly Secret[]): [string, string] {
  const values = secrets.map((secret) => secret.reveal()).filter((value) => value !== "");
  const prefixes = new Set<string>();
  const now = after.split("\n").map((line) => {
    const found = values.map((value) => line.lastIndexOf(value)).filter((at) => at > 0);
    const at = Math.min(...found);
    if (found.length === 0) return line;
    prefixes.add(line.slice(0, at));
    return `${line.slice(0, at)}[secret]`;
  });
  const old = before.split("\n").map((line) => {
    const prefix = [...prefixes].find((text) => text.trim() !== "" && line.startsWith(text));
    return prefix === undefined ? line : `${prefix}[secret]`;
  });
  return [old.join("\n"), now.join("\n")];
}
