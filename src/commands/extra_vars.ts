/**
 * `--extra-vars`, as Ansible reads it: `k=v` pairs (values are strings), a map in YAML or JSON
 * (values keep their types), or `@file` with one. Every value knows where it was typed.
 * @module
 */
import { quote } from "../diagnostics.ts";
import { maskPasswords, maskValues } from "../inventory/mask.ts";
import { errorAt, InventoryError, type Report } from "../inventory/problems.ts";
import { diskFiles, type Files } from "../inventory/read.ts";
import { describe, type Entries, type Entry } from "../inventory/yaml/located.ts";
import { parse } from "../inventory/yaml/parse.ts";
import type { Diagnostic, Source } from "../model.ts";
import { isName, keyValues, NAME } from "./key_values.ts";

/** Variables of the command line, in the shape in which an inventory takes them. */
export interface ExtraVars {
  /** By name; a later one has won. */
  readonly extraVars: Entries;
  /** The texts that they stand in, by the name that their places give, passwords blotted out. */
  readonly extraSources: ReadonlyMap<string, string>;
}

/** Variables that hold a password, whatever the connection plugin calls it. */
const PASSWORD = /^ansible_(?:\w+_)?(?:pass|password|passwd|passphrase)$/;

/** What reading one word needs. */
interface Reading {
  readonly word: string;
  /** How places name it. */
  readonly name: string;
  readonly files: Files;
  readonly report: Report;
  readonly sources: Map<string, string>;
}

/**
 * Reads every `--extra-vars`; later ones win.
 * @throws {InventoryError} with everything that cannot be read
 */
export async function parseExtraVars(
  words: readonly string[],
  files: Files = diskFiles,
): Promise<ExtraVars> {
  const problems: Diagnostic[] = [];
  const sources = new Map<string, string>();
  const extraVars = new Map<string, Entry>();
  for (const [i, word] of words.entries()) {
    const name = words.length === 1 ? "--extra-vars" : `--extra-vars ${i + 1}`;
    const report: Report = (problem) => problems.push(problem);
    const entries = await readWord({ word: word.trim(), name, files, report, sources });
    for (const [key, entry] of entries) {
      if (!isName(key)) {
        report(errorAt(entry.keySource, "extra-vars", `Cannot set ${quote(key)}: ${NAME}`));
      }
      extraVars.set(key, entry);
    }
  }
  if (problems.length > 0) throw new InventoryError(problems, sources);
  return { extraVars, extraSources: sources };
}

async function readWord(reading: Reading): Promise<Entries> {
  const { word, name, report, sources } = reading;
  if (word.startsWith("@")) return await readFile(word.slice(1), reading);
  sources.set(name, word);
  const entries = /^[{[]/.test(word) ? readMap(name, word, reading) : readPairs(reading);
  for (const [key, { node, keySource }] of entries) {
    if (!PASSWORD.test(key) || node.kind !== "scalar" || node.value === null) continue;
    const message = `Cannot take ${quote(key)} from the command line: ` +
      "everybody on this machine can read it there";
    const hint = "-K asks for it; or say { env: NAME } or { file: PATH } in its place";
    report(errorAt(keySource, "extra-vars", message, hint));
  }
  return entries;
}

async function readFile(path: string, { files, report, sources }: Reading): Promise<Entries> {
  const refuse = (reason: string, hint?: string): Entries => {
    const message = `Cannot read --extra-vars ${quote(`@${path}`)}: ${reason}`;
    report(errorAt(undefined, "extra-vars", message, hint));
    return new Map();
  };
  const result = await files.read(path);
  if (result.kind === "missing") return refuse("there is no such file");
  if (result.kind === "folder") return refuse("it is a folder");
  if (result.kind === "unreadable") return refuse(result.reason);
  if (result.text.startsWith("$ANSIBLE_VAULT;")) {
    return refuse("it is encrypted with Ansible Vault", "ansible-vault decrypt");
  }
  sources.set(path, result.text);
  return readMap(path, result.text, { report, sources });
}

function readMap(
  name: string,
  text: string,
  { report, sources }: Pick<Reading, "report" | "sources">,
): Entries {
  sources.set(name, maskPasswords(text));
  const root = parse(name, text, report);
  if (root === undefined) return new Map();
  if (root.kind === "map") {
    for (const [key, { node }] of root.entries) {
      if (node.kind === "scalar") blot(key, node.source, node.text, sources);
    }
    return root.entries;
  }
  const message = `Cannot read variables: found ${describe(root)}, expected a mapping`;
  report(errorAt(root.source ?? { file: name, line: 1, column: 1 }, "wrong-type", message));
  return new Map();
}

function readPairs({ word, name, report, sources }: Reading): Entries {
  const entries = new Map<string, Entry>();
  // What is shown has one line, whatever breaks stand in it.
  sources.set(name, word.replaceAll(/[\r\n]/g, " "));
  const place = (at: number, length: number): Source => ({
    file: name,
    line: 1,
    column: at + 1,
    length: Math.max(1, length),
  });
  for (const found of keyValues(word)) {
    if ("problem" in found) {
      const { at, problem } = found;
      const message = `Cannot read ${quote(found.word)}: ${problem}`;
      report(errorAt(place(at, found.word.length), "extra-vars", message, meant(word)));
      continue;
    }
    const { key, value, keyAt, valueAt, valueLength } = found;
    const source = place(valueAt, valueLength);
    blot(key, source, value, sources);
    const keySource = place(keyAt, key.length);
    entries.set(key, { keySource, node: { kind: "scalar", source, value, text: value } });
  }
  return entries;
}

/** Keeps the value of a variable that is named like a password out of the lines that are shown. */
function blot(
  key: string,
  source: Source | undefined,
  value: string,
  sources: Map<string, string>,
): void {
  if (source === undefined || !/pass(?:word|wd|phrase)?$|secret|token/i.test(key)) return;
  const text = sources.get(source.file) ?? "";
  sources.set(source.file, maskValues(text, [{ source, value }]));
}

function meant(word: string): string | undefined {
  if (/^[./~]|\.(?:ya?ml|json)$/.test(word)) return `@${word}`;
  return /^\w+:\s/.test(word) ? `{${word}}` : undefined;
}
