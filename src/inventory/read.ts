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
      const { isDirectory, size, mode } = await Deno.stat(path);
      if (isDirectory) return { kind: "folder" };
      if (size > MAX_BYTES) {
        return { kind: "unreadable", reason: `it is larger than ${MAX_BYTES} bytes` };
      }
      const result = decode(await Deno.readFile(path));
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

/** The real secrets. */
export const realSecrets: SecretReader = {
  env(name) {
    // An environment that is closed off answers like one without the variable: ask first.
    const { state } = Deno.permissions.querySync({ name: "env", variable: name });
    if (state === "granted") return Deno.env.get(name);
    throw new Error(`this run may not read it; add it to --allow-env: --allow-env=…,${name}`);
  },
  async file(path) {
    const result = await diskFiles.read(path);
    if (result.kind === "text") return result.text;
    throw new Error(result.kind === "unreadable" ? result.reason : "there is no such file");
  },
  async command(argv) {
    const [program = "", ...args] = argv;
    // What it says on stderr stays unread: it may repeat the secret.
    const command = new Deno.Command(program, {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: AbortSignal.timeout(60_000),
    });
    const { success, code, stdout } = await output(command);
    if (!success) throw new Error(`it ended with ${code}`);
    return new TextDecoder().decode(stdout);
  },
};

/** Reads no secret at all: for commands that only look at the inventory (`inventory --list`). */
export const noSecrets: SecretReader = {
  env: () => "unread",
  file: () => Promise.resolve("unread"),
  command: () => Promise.resolve("unread"),
};

async function output(command: Deno.Command): Promise<Deno.CommandOutput> {
  try {
    return await command.output();
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  }
}

function decode(bytes: Uint8Array): ReadResult {
  try {
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { kind: "unreadable", reason: "it is not UTF-8 text" };
  }
}

async function isDirectory(path: string): Promise<boolean> {
  // A dangling link is no folder.
  return await Deno.stat(path).then((s) => s.isDirectory, () => false);
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) return "this run has no permission for it";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotFound) return "there is no such program";
  return error instanceof Error ? error.message : String(error);
}
