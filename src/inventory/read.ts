/**
 * Where the inventory touches the world: files, folders, environment, secrets from programs.
 * It never throws for what the world may say; the answer is a value.
 * @module
 */

/** A larger file is refused before it is read. YAML, which is slow to read, has a smaller limit. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Reads files and folders; tests pass their own. */
export interface Files {
  /** The text of a file. */
  read(path: string): Promise<ReadResult>;
  /** Names in a folder, folders with a final slash, in lexical order; empty where there is none. */
  list(folder: string): Promise<readonly string[]>;
}

/** What reading a file gave. */
export type ReadResult =
  /** The whole text, and whether it is a program: executable, with a first line that says by what. */
  | { readonly kind: "text"; readonly text: string; readonly program?: boolean }
  /** Nothing is there. */
  | { readonly kind: "missing" }
  /** A folder is there. */
  | { readonly kind: "folder" }
  /** Something is there that cannot be used; the reason ends a sentence. */
  | { readonly kind: "unreadable"; readonly reason: string };

/** Fetches secrets. An Error that it throws is shown, so that it must not hold the value. */
export interface SecretReader {
  /** It fetches nothing: what it gives is no secret. @default {false} */
  readonly blind?: boolean;
  /** Takes a variable out of the environment of whatever is started from now on. */
  conceal?(name: string): void;
  /** The value of an environment variable, or undefined. */
  env(name: string): string | undefined;
  /** The text of a file. */
  file(path: string): Promise<string>;
  /** What a program prints. */
  command(argv: readonly string[]): Promise<string>;
}

/** The real file system. */
export const diskFiles: Files = {
  async read(path) {
    try {
      // Asked first: reading a huge file or a device would fill the memory before the limit is seen.
      const { isDirectory, isFile, isFifo, size, mode } = await Deno.stat(path);
      if (isDirectory) return { kind: "folder" };
      if (!isFile && !isFifo) {
        return { kind: "unreadable", reason: "it is a device or a socket, and no file" };
      }
      const bytes = size > MAX_BYTES ? undefined : await readUpTo(path, MAX_BYTES);
      if (bytes === undefined) {
        return { kind: "unreadable", reason: `it is larger than ${MAX_BYTES} bytes` };
      }
      const result = decode(bytes);
      if (result.kind !== "text" || !result.text.startsWith("#!")) return result;
      return { ...result, program: ((mode ?? 0) & 0o111) !== 0 };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return { kind: "missing" };
      if (error instanceof Deno.errors.NotADirectory) return { kind: "missing" };
      return { kind: "unreadable", reason: reasonOf(error) };
    }
  },
  async list(folder) {
    try {
      const names: string[] = [];
      for await (const entry of Deno.readDir(folder)) {
        const isFolder = entry.isDirectory ||
          (entry.isSymlink && await isDirectory(`${folder}/${entry.name}`));
        names.push(isFolder ? `${entry.name}/` : entry.name);
      }
      return names.sort();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      if (error instanceof Deno.errors.NotADirectory) return [];
      throw error;
    }
  },
};

/** A reader that asks another one once for each place, however many hosts take their secret there. */
export function once(reader: SecretReader): SecretReader {
  const known = new Map<string, unknown>();
  const recall = <T>(key: readonly string[], fetch: () => T): T => {
    const word = JSON.stringify(key);
    if (!known.has(word)) known.set(word, fetch());
    return known.get(word) as T;
  };
  return {
    blind: reader.blind ?? false,
    conceal: (name) => reader.conceal?.(name),
    env: (name) => recall(["env", name], () => reader.env(name)),
    file: (path) => recall(["file", path], () => reader.file(path)),
    command: (argv) => recall(["command", ...argv], () => reader.command(argv)),
  };
}

/** Files that are read once, however many endpoints name them; their texts are shared. */
export function readOnce(files: Files): Files {
  const known = new Map<string, Promise<ReadResult>>();
  return {
    read: (path) => {
      const result = known.get(path) ?? files.read(path);
      known.set(path, result);
      return result;
    },
    list: (folder) => files.list(folder),
  };
}

function decode(bytes: Uint8Array): ReadResult {
  try {
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { kind: "unreadable", reason: "it is not UTF-8 text" };
  }
}

/** All bytes of a file, or undefined of one with more: a pipe has no size, and need not end. */
async function readUpTo(path: string, most: number): Promise<Uint8Array | undefined> {
  using file = await Deno.open(path);
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const part = new Uint8Array(65_536);
    const count = await file.read(part);
    if (count === null) return joined(parts, size);
    size += count;
    if (size > most) return undefined;
    parts.push(part.subarray(0, count));
  }
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function isDirectory(path: string): Promise<boolean> {
  // A dangling link is no folder.
  return await Deno.stat(path).then((s) => s.isDirectory, () => false);
}

/** Why the world refused, as the end of a sentence. */
export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) return "this run has no permission for it";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotFound) return "there is no such program";
  return error instanceof Error ? error.message : String(error);
}
