/**
 * The files that a keepalived.conf runs as checks: read where they lie beside it, and said where
 * nobody looked into them.
 * @module
 */
import { basename, dirname, join } from "@std/path";
import type { KeepalivedFile, Word } from "../../configs/model.ts";
import { vrrpOf } from "../../configs/vrrp.ts";
import { quote } from "../../diagnostics.ts";
import type { Node, SmallFile, Subject } from "../../lints/model.ts";
import type { Diagnostic } from "../../model.ts";
import { readNamed } from "./named_files.ts";

/** A check that is tracked and runs a file. */
export interface CheckScript {
  /** Name of its `vrrp_script`. */
  readonly name: string;
  /** The file on the host: `/etc/keepalived/check_apiserver.sh`. */
  readonly path: string;
  /** Its command line. */
  readonly command: Word;
}

/** Programs that run a script which is named behind them. */
const RUNNERS = /^(?:(?:ba|da|k|z)?sh|env|sudo|nice|timeout|python[\d.]*|perl|ruby)$/;

/** Where distributions have their programs: nobody wrote those by hand. */
const SYSTEM = /^\/(?:usr\/)?s?bin\//;

/** Every check that an instance or a group tracks, where it runs a file that somebody wrote. */
export function checkScripts(file: KeepalivedFile): readonly CheckScript[] {
  const { scripts, instances, groups } = vrrpOf(file);
  const tracked = new Set(
    [...instances, ...groups].flatMap(({ tracked }) => tracked.map(({ name }) => name.text)),
  );
  return scripts.filter(({ name }) => tracked.has(name.text)).flatMap(({ name, command }) => {
    const path = command && fileIn(command.text);
    return path === undefined ? [] : [{ name: name.text, path, command: command! }];
  });
}

/** The script that a command line runs; unset: it runs a program of the system. */
function fileIn(command: string): string | undefined {
  const [first = "", ...rest] = command.trim().split(/\s+/);
  const behind = RUNNERS.test(basename(first)) ? rest.find((it) => it.startsWith("/")) : undefined;
  const path = behind ?? first;
  const written = /\.(?:sh|bash|py|pl|rb)$/.test(path) || !SYSTEM.test(path);
  return path.startsWith("/") && written ? path : undefined;
}

/**
 * The scripts of a load balancer: those that were named, and those of its keepalived.conf that lie
 * beside it, each with the path by which it is run. What cannot be read is left out.
 */
export async function scriptsOf(
  file: KeepalivedFile,
  named: readonly SmallFile[],
): Promise<readonly SmallFile[]> {
  const run = new Map(checkScripts(file).map(({ path }) => [basename(path), path]));
  const own = named.map((it) => ({ ...it, path: run.get(basename(it.path)) ?? it.path }));
  for (const { path } of named) run.delete(basename(path));
  const beside = [...run].map(async ([name, path]): Promise<readonly SmallFile[]> => {
    const place = join(dirname(file.file), name);
    const { isFile } = await Deno.stat(place).catch(() => ({ isFile: false }));
    const read = isFile ? await readNamed(place, "script") : { files: [] };
    return "files" in read ? read.files.map((it) => ({ ...it, path })) : [];
  });
  return [...own, ...(await Promise.all(beside)).flat()];
}

/** A note for every check whose file nobody has looked into. */
export function unseenScripts({ nodes }: Subject): readonly Diagnostic[] {
  return nodes.flatMap((node) => {
    const { keepalived } = node;
    return keepalived === undefined
      ? []
      : checkScripts(keepalived).filter((it) => !isSeen(node, it)).map((it) => unseen(it));
  });
}

function isSeen({ scripts }: Node, { path }: CheckScript): boolean {
  return scripts.some((it) => basename(it.path) === basename(path));
}

function unseen({ name, path, command }: CheckScript): Diagnostic {
  return {
    severity: "note",
    code: "unseen-script",
    message: `what ${quote(name)} asks for was not looked at: ${quote(path, 200)} is not named, ` +
      "and no file of that name lies beside this one",
    source: command.source,
    hint: `--script ${basename(path)}`,
  };
}
