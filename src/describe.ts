/**
 * What a change looks like to people: its summary and its diff, with secrets masked. Pure.
 * @module
 */
import { createTwoFilesPatch } from "diff";
import type { ChangeReport } from "./events.ts";
import type { Change, FileSpec, Secret } from "./model.ts";
import { MASK, masker } from "./secret.ts";

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
  const values = secret ? secrets.map((secret) => secret.reveal()) : [];
  const [old, now] = withoutPasswords(before ?? "", content, values);
  const from = before === undefined ? "/dev/null" : path;
  // Without the two lines for programs of the eighties that the library puts on top.
  return createTwoFilesPatch(from, path, old, now, undefined, undefined, { context: 3 })
    .replace(/^(Index: .*\n)?=+\n/, "");
}

/** Where a password stands in the configuration of Keepalived and HAProxy, whosever it is. */
const PASSWORD_LINE = /^(\s*(?:auth_pass|stats\s+auth)\s+|.*\b(?:insecure-)?password\s+)(\S.*)$/;

/** A line, and from where on it holds a secret. */
type Place = (line: string) => number | undefined;

/**
 * Both sides of a diff with passwords masked by position: a short one is masked too, and so is what
 * stood there before, because the old password of a rotation is still a password. That they differ
 * is shown.
 */
function withoutPasswords(
  before: string,
  after: string,
  values: readonly string[],
): [string, string] {
  const ofKeyword: Place = (line) => PASSWORD_LINE.exec(line)?.[1]?.length;
  // A short value may stand in other lines too: to mask those would tell what it is.
  const plain = after.split("\n").some((line) => ofKeyword(line) !== undefined);
  const now = after.split("\n").map((line) => cut(line, ofKeyword, ofValue(plain ? [] : values)));
  const heads = new Set(now.filter(({ rest }) => rest !== undefined).map(({ head }) => bare(head)));
  const old = before.split("\n").map((line) => cut(line, ofKeyword, ofHead(heads)));
  const wanted = new Set(now.map(({ rest }) => rest));
  const show = (word: (rest: string) => string) => ({ head, rest }: Cut) =>
    rest === undefined ? head : head + word(rest);
  return [
    old.map(show((rest) => wanted.has(rest) ? MASK : "[another secret]")).join("\n"),
    now.map(show(() => MASK)).join("\n"),
  ];
}

/** A line in two; without a secret there is no rest. */
interface Cut {
  readonly head: string;
  readonly rest?: string;
}

function cut(line: string, ...places: readonly Place[]): Cut {
  const found = places.map((place) => place(line)).filter((at) => at !== undefined);
  if (found.length === 0) return { head: line };
  const at = Math.min(...found);
  return { head: line.slice(0, at), rest: line.slice(at) };
}

/** A value that is part of a longer word is a coincidence. */
function ofValue(values: readonly string[]): Place {
  const alone = (line: string, at: number, length: number) =>
    at >= 0 && !/\w/.test(line.charAt(at - 1)) && !/\w/.test(line.charAt(at + length));
  return (line) => {
    const found = values.filter((value) => value !== "")
      .flatMap((value) => {
        const at = line.indexOf(value);
        return alone(line, at, value.length) ? [at] : [];
      });
    return found.length === 0 ? undefined : Math.min(...found);
  };
}

function ofHead(heads: ReadonlySet<string>): Place {
  return (line) => {
    // A file that is nothing but a secret has no word in front of it.
    if (heads.has("")) return 0;
    const ends = [...line.matchAll(/[^\w\s]+\s*|\w+\s*/g)].map((word) =>
      word.index + word[0].length
    );
    return ends.find((at) => at < line.length && heads.has(bare(line.slice(0, at))));
  };
}

/** Indentation and spacing say nothing about what a line is. */
function bare(head: string): string {
  return head.trim().replaceAll(/\s+/g, " ");
}
