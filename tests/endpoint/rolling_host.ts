/**
 * A host for the texts that move a member out of the way and back: its systemctl keeps the state of
 * two units in a folder and writes down what it changes, its `ip` has one address or none.
 */
import type { ExecResult } from "../../src/model.ts";
import { runSh, withTempDir } from "../helpers.ts";

// One file for each thing that is so of a unit: exists, active, enabled, broken, flaps.
const SYSTEMCTL = `#!/bin/sh
dir=\${0%/bin/*}
last() { for word do :; done; echo "\${word%.service}"; }
unit=$(last "$@")
is() { [ -e "$dir/$unit.$1" ]; }
said() { echo "$*" | sed 's/[.]service//; s/ -q / /; s/^-q //' >>"$dir/asked"; }
pid() { if is active; then cat "$dir/$unit.pid"; else echo 0; fi; }
renew() { echo $(($(cat "$dir/$unit.pid" 2>/dev/null || echo 100) + 1)) >"$dir/$unit.pid"; }
begin() {
  is exists && ! is broken || { rm -f "$dir/$unit.active"; return 1; }
  : >"$dir/$unit.active"; renew
  [ "$unit" != keepalived ] || : >"$dir/address"
}
case $* in
*is-active*)
  if is active; then state=active; elif is waits; then state=activating; else state=inactive; fi
  case $* in *-q*) ;; *) echo $state ;; esac
  [ $state = active ] ;;
*is-enabled*) if ! is exists; then exit 1; elif is enabled; then echo enabled; else echo disabled; fi ;;
*LoadState*) if is exists; then echo loaded; else echo not-found; fi ;;
*NeedDaemonReload*) if [ -e "$dir/stale" ]; then echo no; echo yes; else echo no; echo no; fi ;;
*MainPID*) if is flaps; then renew; fi; pid ;;
*reset-failed*|*status*) ;;
*daemon-reload*) said "$@"; rm -f "$dir/stale" ;;
*reload-or-restart*)
  said "$@"
  is broken && { if [ "$unit" = keepalived ]; then renew; exit 1; fi; exit 0; }
  [ "$unit" != haproxy ] || echo $PPID >"$dir/children" ;;
*restart*) said "$@"; begin ;;
*start*) said "$@"; begin ;;
*stop*) said "$@"; rm -f "$dir/$unit.active"; [ -e "$dir/stuck" ] || rm -f "$dir/address" ;;
*enable*) said "$@"; : >"$dir/$unit.enabled" ;;
*disable*) said "$@"; rm -f "$dir/$unit.enabled" ;;
esac
`;

const IP = `#!/bin/sh
dir=\${0%/bin/*}
case $* in
'-o addr show to 10.88.0.10/32')
  if [ -e "$dir/address" ]; then echo '3: eth0    inet 10.88.0.10/32 scope global eth0'; fi ;;
'-o addr show to fd00:88::10/128')
  if [ -e "$dir/six" ]; then echo '3: eth0    inet6 fd00:88::10/128 scope global deprecated nodad'; fi ;;
'addr del fd00:88::10/128 dev eth0') echo "ip $*" >>"$dir/asked"; [ -e "$dir/glued" ] || rm -f "$dir/six" ;;
'addr del 10.88.0.10/32 dev eth0') echo "ip $*" >>"$dir/asked"; [ -e "$dir/glued" ] || rm -f "$dir/address" ;;
*) exit 2 ;;
esac
`;

const FACTS = ["exists", "active", "enabled", "broken", "flaps", "waits"] as const;

/** What is so of a unit. */
export type Fact = typeof FACTS[number];

/** Such a host. */
export class RollingHost {
  /** Folder that it lies in. */
  readonly dir: string;
  readonly #shell: readonly string[];

  constructor(dir: string, shell: readonly string[]) {
    this.dir = dir;
    this.#shell = shell;
  }

  /** Makes these facts of a unit true, and all others of it false. */
  async unit(name: "haproxy" | "keepalived", ...facts: readonly Fact[]): Promise<void> {
    for (const fact of FACTS) {
      await this.mark(`${name}.${fact}`, facts.includes(fact));
    }
    await Deno.writeTextFile(`${this.dir}/${name}.pid`, "100\n");
  }

  /** What is so of a unit now. */
  async facts(name: "haproxy" | "keepalived"): Promise<readonly Fact[]> {
    const found = await Array.fromAsync(Deno.readDir(this.dir), (entry) => entry.name);
    return FACTS.filter((fact) => found.includes(`${name}.${fact}`));
  }

  /** Makes a file be there, or not. */
  async mark(name: string, there = true): Promise<void> {
    if (there) await Deno.writeTextFile(`${this.dir}/${name}`, "");
    else await Deno.remove(`${this.dir}/${name}`).catch(() => {});
  }

  /** Runs a text; time does not pass, and HAProxy's worker is a process that lives. */
  run(text: string, variables: Readonly<Record<string, string>> = {}): Promise<ExecResult> {
    const here = text.replaceAll("[ -d /run/systemd/system ]", ":")
      .replaceAll("/proc/$main/task/$main/children", `${this.dir}/children`);
    const set = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`).join("");
    return runSh(`PATH=${this.dir}/bin:$PATH\nsleep() { :; }\n${set}${here}`, this.#shell);
  }

  /** What was changed since the last time this was asked, in order. */
  async changes(): Promise<string[]> {
    const text = await Deno.readTextFile(`${this.dir}/asked`).catch(() => "");
    await this.mark("asked", false);
    return text.split("\n").filter((line) => line !== "");
  }
}

/** Hands over a host whose scripts run in this shell. */
export function withRollingHost(
  shell: readonly string[],
  test: (host: RollingHost) => Promise<void>,
): Promise<void> {
  return withTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/bin`);
    await Deno.writeTextFile(`${dir}/bin/systemctl`, SYSTEMCTL, { mode: 0o755 });
    await Deno.writeTextFile(`${dir}/bin/ip`, IP, { mode: 0o755 });
    await Deno.writeTextFile(`${dir}/children`, "999999\n");
    await test(new RollingHost(dir, shell));
  });
}
