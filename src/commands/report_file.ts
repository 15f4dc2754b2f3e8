/**
 * A file that is whole or not there: it is written beside its place, and moved there at the end.
 * @module
 */
import { dirname } from "@std/path";
import { quote } from "../shell.ts";

/** A file that cannot be written; the message says why, for people. */
export class ReportFileError extends Error {
  /** What to type, where that helps. */
  readonly hint: string | undefined;

  /** Says why, without the file, which the caller names. */
  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ReportFileError";
    this.hint = hint;
  }
}

/** A file under way: `FILE.part`. */
export class ReportFile {
  /** Where it will be. */
  readonly path: string;
  readonly #part: string;
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();

  private constructor(path: string, part: string, file: Deno.FsFile) {
    this.path = path;
    this.#part = part;
    this.#file = file;
  }

  /**
   * Begins a file, readable by its owner only: a report can hold what hosts say.
   * @throws {ReportFileError} when nothing can be written there
   */
  static open(path: string): ReportFile {
    const part = `${path}.part`;
    return saying(path, () => {
      refuseOdd(path);
      refuseOdd(part);
      refuseForeign(path);
      // One that a killed run left; made anew, so that it is ours and nobody's link.
      if (seen(part) !== undefined) Deno.removeSync(part);
      const file = Deno.openSync(part, { write: true, createNew: true, mode: 0o600 });
      return new ReportFile(path, part, file);
    });
  }

  /** Writes all of a text. @throws {ReportFileError} */
  write(text: string): void {
    let bytes = this.#encoder.encode(text);
    saying(this.path, () => {
      while (bytes.length > 0) bytes = bytes.subarray(this.#file.writeSync(bytes));
    });
  }

  /** Gives the file its name; until now the old one stood there. @throws {ReportFileError} */
  keep(): void {
    saying(this.path, () => {
      this.#file.syncSync();
      const ours = this.#file.statSync();
      const there = seen(this.#part);
      if (there === undefined) {
        throw new ReportFileError("what was written was taken away while the run went on");
      }
      if (there.ino !== ours.ino || there.dev !== ours.dev) {
        throw new ReportFileError("another run writes to the same file");
      }
      Deno.renameSync(this.#part, this.path);
      this.#file.close();
    });
  }

  /** Ends without giving the file its name. What was written goes too, unless it shall stay. */
  abandon({ keepPart = false }: { readonly keepPart?: boolean } = {}): void {
    try {
      this.#file.close();
      if (!keepPart) Deno.removeSync(this.#part);
    } catch { /* It could not be written; that it cannot be removed is no news. */ }
  }
}

/** A report takes the place of a file. Devices, links and folders are somebody's arrangement. */
function refuseOdd(path: string): void {
  const info = seen(path);
  if (info === undefined || info.isFile) return;
  const what = info.isDirectory ? "a folder" : info.isSymlink ? "a symbolic link" : "a device";
  throw new ReportFileError(`"${path}" is ${what}, a report is a regular file`);
}

const REPORT =
  /^(<\?xml[^>]*>\s*<testsuites|\{"type":"version"|::|<!doctype html>\n<!-- holdfast -->\n)/;

/** One mistyped word must not cost an inventory or a certificate: only a report is replaced. */
function refuseForeign(path: string): void {
  if ((seen(path)?.size ?? 0) === 0) return;
  using file = Deno.openSync(path);
  const start = new Uint8Array(256);
  const text = new TextDecoder().decode(start.subarray(0, file.readSync(start) ?? 0));
  if (REPORT.test(text)) return;
  throw new ReportFileError("another file is there, which is no report", `rm ${quote(path)}`);
}

function seen(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Turns what the system says into words for people. */
function saying<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ReportFileError || !(error instanceof Error)) throw error;
    const options = { cause: error };
    if (error instanceof Deno.errors.NotFound) {
      throw new ReportFileError(
        "its folder does not exist",
        `mkdir -p ${quote(dirname(path))}`,
        options,
      );
    }
    if (error instanceof Deno.errors.NotCapable) {
      throw new ReportFileError("deno was not given --allow-write for it", undefined, options);
    }
    if (!("code" in error)) throw error;
    const reason = error.message.replace(/ \(os error \d+\).*$/s, "");
    throw new ReportFileError(reason.charAt(0).toLowerCase() + reason.slice(1), undefined, options);
  }
}
