/**
 * A host with a kubelet for the texts about static pods: processes are folders, as in /proc, and a
 * kubelet is what the test does to them.
 */
import type { ExecResult } from "../src/model.ts";
import { POD_PATHS, STAND_DOWN_FILE } from "../src/endpoint/paths.ts";
import { runSh, withTempDir } from "./helpers.ts";

/** One process. */
export interface Process {
  /** Its name. */
  readonly name: string;
  /** It is in a pod. @default {false} */
  readonly pod?: boolean;
  /** Seconds since it began. @default {1000} */
  readonly age?: number;
}

const UPTIME_S = 5000;

/** Such a host. */
export class KubeletHost {
  /** Folder that it lies in. */
  readonly dir: string;
  readonly #shell: readonly string[];

  constructor(dir: string, shell: readonly string[]) {
    this.dir = dir;
    this.#shell = shell;
  }

  /** Makes these all of its processes. */
  async processes(...all: readonly Process[]): Promise<void> {
    await Deno.remove(`${this.dir}/proc`, { recursive: true }).catch(() => {});
    await Deno.mkdir(`${this.dir}/proc`);
    await Deno.writeTextFile(`${this.dir}/proc/uptime`, `${UPTIME_S}.17 9000.00\n`);
    for (const [i, { name, pod = false, age = 1000 }] of all.entries()) {
      const pid = 100 + i;
      const folder = `${this.dir}/proc/${pid}`;
      await Deno.mkdir(folder);
      await Deno.writeTextFile(`${folder}/comm`, `${name}\n`);
      const group = pod
        ? "kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod0a.slice/cri-1.scope"
        : `system.slice/${name}.service`;
      await Deno.writeTextFile(`${folder}/cgroup`, `0::/${group}\n`);
      const begun = (UPTIME_S - age) * 100;
      const stat = `${pid} (a (b) c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 ${begun} 20 21`;
      await Deno.writeTextFile(`${folder}/stat`, `${stat}\n`);
    }
  }

  /** Makes a file below its root, written so many seconds ago. */
  async file(path: string, content = "", age = 0): Promise<void> {
    const at = `${this.dir}${path}`;
    await Deno.mkdir(at.slice(0, at.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(at, content);
    const when = new Date(Date.now() - age * 1000);
    await Deno.utime(at, when, when);
  }

  /** What becomes of its processes the next time that a text sleeps, as shell text. */
  async onSleep(text: string): Promise<void> {
    await Deno.writeTextFile(`${this.dir}/on-sleep`, text);
  }

  /** Whether a file is there. */
  async has(path: string): Promise<boolean> {
    return await Deno.lstat(`${this.dir}${path}`).then(() => true, () => false);
  }

  /** Runs a text on it; time does not pass. */
  run(text: string, variables: Readonly<Record<string, string>> = {}): Promise<ExecResult> {
    const own = ["/proc/", "/etc/keepalived/", ...Object.values(POD_PATHS), STAND_DOWN_FILE];
    const folder = STAND_DOWN_FILE.replace(/\/[^/]*$/, "");
    const here = [...own, `mkdir -p ${folder}`].reduce(
      (all, path) => all.replaceAll(path, path.replace(/(^| )\//, `$1${this.dir}/`)),
      text,
    );
    const set = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`).join("");
    return runSh(
      `PATH=${this.dir}/bin:$PATH\nsleep() { if [ -e "${this.dir}/on-sleep" ]; then . "${this.dir}/on-sleep"; fi; }\n${set}${here}`,
      this.#shell,
    );
  }
}

// It has the address until the file for that says otherwise, unless it is glued.
const IP = `#!/bin/sh
dir=\${0%/bin/*}
[ "$*" = '-o addr show to 10.88.0.10/32' ] && [ -e "$dir/address" ] || exit 0
if [ -s "$dir${STAND_DOWN_FILE}" ] && [ ! -e "$dir/glued" ]; then exit 0; fi
echo '3: eth0    inet 10.88.0.10/32 scope global eth0'
`;

/** Hands over a host whose scripts run in this shell; it holds the address. */
export function withKubeletHost(
  shell: readonly string[],
  test: (host: KubeletHost) => Promise<void>,
): Promise<void> {
  return withTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/bin`);
    await Deno.writeTextFile(`${dir}/bin/ip`, IP, { mode: 0o755 });
    await Deno.writeTextFile(`${dir}/address`, "");
    const host = new KubeletHost(dir, shell);
    await host.processes();
    await test(host);
  });
}
