/**
 * Files that were named on the command line, read as their daemon reads them.
 * @module
 */
import { join } from "@std/path";
import { quote } from "../../diagnostics.ts";
import type { Diagnostic } from "../../model.ts";

/** Which flag named a file. */
export type Kind = "keepalived" | "haproxy" | "script" | "unit";

/** A file and what is in it. */
export interface TextFile {
  /** Path as it was typed, in a folder behind that of the folder. */
  readonly file: string;
  /** The whole text. */
  readonly text: string;
}

/** What a path stands for: of a folder of HAProxy several files, which are one configuration. */
export type ReadFiles =
  | { readonly files: readonly TextFile[] }
  | { readonly problem: Diagnostic };

/** More than any configuration of either daemon has. */
const MOST_BYTES = 5_000_000;

/** Reads what a flag named; why it cannot be used is a diagnostic. */
export async function readNamed(path: string, kind: Kind): Promise<ReadFiles> {
  try {
    const paths = kind === "haproxy" ? await configurationOf(path) : [path];
    if (paths.length === 0) {
      return { problem: wrong(path, "it is a folder in which no file ends in .cfg") };
    }
    const files: TextFile[] = [];
    for (const file of paths) {
      await assertReadable(file);
      files.push({ file, text: await Deno.readTextFile(file) });
    }
    const problem = mistaken(path, files.map(({ text }) => text).join("\n"), kind);
    return problem === undefined ? { files } : { problem };
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/ \(os error.*/, "") : error;
    const message = `Cannot read ${quote(path, 200)}: ${why}`;
    return { problem: { severity: "error", code: "unreadable-file", message } };
  }
}

/** The files that HAProxy reads for `-f PATH`: of a folder all that are called so, in C order. */
async function configurationOf(path: string): Promise<readonly string[]> {
  if (!(await Deno.stat(path)).isDirectory) return [path];
  const names: string[] = [];
  for await (const { name } of Deno.readDir(path)) {
    if (!name.endsWith(".cfg") || name.startsWith(".")) continue;
    if ((await Deno.stat(join(path, name))).isFile) names.push(name);
  }
  return names.sort().map((name) => join(path, name));
}

/** A pipe is fine; a device never ends. @throws {Error} with why it is not read */
async function assertReadable(path: string): Promise<void> {
  const { isFile, isFifo, size } = await Deno.stat(path);
  if (!isFile && !isFifo) throw new Error("it is no file");
  if (size > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES / 1_000_000} MB`);
}

const OWN: Readonly<Record<"haproxy" | "keepalived", RegExp>> = {
  haproxy:
    /^[ \t]*(global|defaults|frontend|backend|listen|peers|resolvers|userlist|ring|cache)\b[^{]*$/m,
  keepalived:
    /^[ \t]*(global_defs|include|vrrp_\w+|virtual_server|static_\w+|track_\w+|bfd_\w+)\b.*/m,
};

/** A file that says nothing would be green, and so would one of the other daemon. */
function mistaken(path: string, text: string, kind: Kind): Diagnostic | undefined {
  if (text.trim() === "") return wrong(path, "it is empty");
  if (kind === "script") return undefined;
  if (kind === "unit") {
    const section = /^[ \t]*\[\w+\][ \t]*$/m.test(text);
    return section ? undefined : wrong(path, "it has no section, as every unit of systemd has");
  }
  if (OWN[kind].test(text)) return undefined;
  const other = kind === "haproxy" ? "keepalived" : "haproxy";
  if (!OWN[other].test(text)) return wrong(path, `it holds nothing that ${kind} would understand`);
  return wrong(path, `it looks like a configuration of ${other}`, `--${other} ${path}`);
}

function wrong(path: string, why: string, hint?: string): Diagnostic {
  const message = `Cannot use ${quote(path, 200)}: ${why}`;
  return {
    severity: "error",
    code: "wrong-file",
    message,
    ...(hint === undefined ? {} : { hint }),
  };
}
