/**
 * A host for the texts of a journal: its folders lie below one of our own.
 * @module
 */
import { STATE_DIR } from "../../src/journal/places.ts";
import type { ExecResult } from "../../src/model.ts";
import { runSh, withTempDir } from "../helpers.ts";

/** Such a host. */
export class Sandbox {
  /** Folder that it lies in. */
  readonly dir: string;
  readonly #shell: readonly string[];

  constructor(dir: string, shell: readonly string[]) {
    this.dir = dir;
    this.#shell = shell;
  }

  /** Runs a text as a step of a session does: a shell with a parent. */
  run(text: string): Promise<ExecResult> {
    const [program = "sh", ...args] = this.#shell;
    const here = text.replaceAll(STATE_DIR, `${this.dir}/state`);
    return runSh(here, [program, ...args, "-c", '"$@"; exit', "session", program, ...args]);
  }

  /** Text of a file, empty when there is none. */
  async text(path: string): Promise<string> {
    return await Deno.readTextFile(`${this.dir}/${path}`).catch(() => "");
  }

  /** Names in a folder, sorted. */
  async names(path: string): Promise<string[]> {
    try {
      const found = await Array.fromAsync(Deno.readDir(`${this.dir}/${path}`));
      return found.map(({ name }) => name).sort();
    } catch {
      return [];
    }
  }
}

/** Hands over a host whose scripts run in this shell. */
export function withSandbox(
  shell: readonly string[],
  test: (host: Sandbox) => Promise<void>,
): Promise<void> {
  return withTempDir((dir) => test(new Sandbox(dir, shell)));
}
