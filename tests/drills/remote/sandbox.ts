/**
 * A host for the texts of a drill: its folders lie below one of our own, and its systemctl writes
 * down what it is asked.
 */
import type { ExecResult } from "../../../src/model.ts";
import { DRILL_DIR, UNIT_DIR } from "../../../src/drills/remote/places.ts";
import { runSh, withTempDir } from "../../helpers.ts";

// `is-active` says yes for units that are listed in the file `active`.
const SYSTEMCTL = `#!/bin/sh
dir=\${0%/bin/*}
echo "$*" >>"$dir/asked"
case $* in
*is-active*) for unit in "$@"; do :; done; grep -qx "$unit" "$dir/active" 2>/dev/null ;;
'start holdfast-drill-undo@controller.service') sh "$dir/drill/undo/run" controller >&2 ;;
start*) shift; for unit in "$@"; do echo "$unit" >>"$dir/active"; done ;;
stop*) : >"$dir/active" ;;
esac
`;

/** Such a host. */
export class Sandbox {
  /** Folder that it lies in. */
  readonly dir: string;
  readonly #shell: readonly string[];

  constructor(dir: string, shell: readonly string[]) {
    this.dir = dir;
    this.#shell = shell;
  }

  /** A text as this host takes it. */
  here(text: string): string {
    return text.replaceAll(DRILL_DIR, `${this.dir}/drill`)
      .replaceAll(UNIT_DIR, `${this.dir}/units`)
      .replaceAll("[ -d /run/systemd/system ]", ":")
      .replaceAll("rmdir -- ", `: `)
      .replaceAll("PATH=/usr/local/sbin:", `PATH=${this.dir}/bin:/usr/local/sbin:`);
  }

  /** Runs a text. */
  run(text: string): Promise<ExecResult> {
    return runSh(`PATH=${this.dir}/bin:$PATH\n${this.here(text)}`, this.#shell);
  }

  /** Names in a folder. */
  async names(path: string): Promise<string[]> {
    try {
      const found = await Array.fromAsync(Deno.readDir(`${this.dir}/${path}`));
      return found.map(({ name }) => name).sort();
    } catch {
      return [];
    }
  }

  /** Text of a file, empty when there is none. */
  async text(path: string): Promise<string> {
    return await Deno.readTextFile(`${this.dir}/${path}`).catch(() => "");
  }
}

/** Hands over a host whose scripts run in this shell. */
export function withSandbox(
  shell: readonly string[],
  test: (host: Sandbox) => Promise<void>,
): Promise<void> {
  return withTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/bin`);
    await Deno.mkdir(`${dir}/units`);
    await Deno.writeTextFile(`${dir}/bin/systemctl`, SYSTEMCTL, { mode: 0o755 });
    await test(new Sandbox(dir, shell));
  });
}
