/**
 * A host of stand-in programs that keep a little state in files: units run, are frozen or inactive;
 * filters, the address and the link are there or not. What it cannot show, tests with real hosts do.
 * @module
 */

/** What ran, and how it ended. */
export interface Ran {
  /** Exit code. */
  readonly code: number;
  /** Standard error. */
  readonly stderr: string;
  /** Programs that were called, one line each, with their arguments. */
  readonly calls: readonly string[];
  /** The same as it was written. */
  readonly log: string;
}

/** How a host is made. */
export interface ModelHostOptions {
  /** It has only iptables. @default {false} */
  readonly iptables?: boolean;
}

const PROGRAM = String.raw`#!/bin/sh
name=${"$"}{0##*/}
printf '%s' "$name" >>"$H/log"
for word; do printf ' %s' "$word" >>"$H/log"; done
echo >>"$H/log"
is() { [ "$(cat "$H/state/$1" 2>/dev/null)" = "$2" ]; }
set_to() { printf '%s\n' "$2" >"$H/state/$1"; }
case $name in
sleep) [ ! -e "$H/meanwhile" ] || { mv "$H/meanwhile" "$H/did"; . "$H/did"; } ;;
systemd-run)
  for text; do :; done
  # It goes on after the script; here it has ended before.
  /bin/sh -c "$text"
  ;;
systemctl)
  act= unit= signal=
  for word; do
    case $word in
    STOP | CONT | KILL) signal=$word ;;
    *.service) unit=${"$"}{word%.service} ;;
    -*) ;;
    *) act=${"$"}{act:-$word} ;;
    esac
  done
  case $act in
  is-system-running) echo "${"$"}{SYSTEM:-running}" ;;
  is-active) is "$unit" active || is "$unit" frozen ;;
  show) case " $* " in *" Job "*) cat "$H/job" 2>/dev/null ;; esac ;;
  reload | reload-or-restart) is "$unit" active ;;
  start) [ -e "$H/job" ] || ! is "$unit" inactive || set_to "$unit" active ;;
  restart)
    set_to "$unit" active
    [ "$unit" != keepalived ] || set_to address 10.88.0.10/32
    ;;
  stop) [ ! -e "$H/state/$unit" ] || set_to "$unit" inactive ;;
  kill)
    is "$unit" inactive && exit 1
    case $signal in KILL) set_to "$unit" inactive ;; STOP) set_to "$unit" frozen ;; CONT) set_to "$unit" active ;; esac
    ;;
  esac
  ;;
nft)
  [ ! -e "$H/no-nft" ] || exit 1
  case $* in
  "list tables") cat "$H/state/table" 2>/dev/null; : ;;
  "list table "*) [ -e "$H/state/table" ] ;;
  "delete table "*) rm "$H/state/table" ;;
  "-f -") cat >"$H/state/table" ;;
  esac
  ;;
iptables | ip6tables)
  shift
  case $1 in
  -S) cat "$H/state/$name" 2>/dev/null; : ;;
  -N | -I | -A) printf '%s\n' "$*" >>"$H/state/$name" ;;
  -D | -F) ;;
  -X)
    grep -v -e "$2" "$H/state/$name" >"$H/left"
    if [ -s "$H/left" ]; then mv "$H/left" "$H/state/$name"; else rm -f "$H/state/$name"; fi
    ;;
  esac
  ;;
ip)
  case $* in
  "-o addr show "*"to "*) [ ! -e "$H/state/address" ] || echo "2: eth0    inet $(cat "$H/state/address") scope global eth0" ;;
  "addr del "*) rm "$H/state/address" ;;
  "link set dev "*) for last; do :; done; set_to link "$last" ;;
  esac
  ;;
esac
`;

const NAMES = ["systemctl", "systemd-run", "sleep", "nft", "iptables", "ip6tables", "ip"];

/** A host in a folder: everything is whole, and it holds the address. */
export class ModelHost {
  /** Where everything is. */
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** Makes one in an empty folder. */
  static async create(
    dir: string,
    { iptables = false }: ModelHostOptions = {},
  ): Promise<ModelHost> {
    const write = (path: string, text: string, mode = 0o644) =>
      Deno.writeTextFile(`${dir}/${path}`, text, { mode });
    for (const folder of ["bin", "state", "work", "etc", "var"]) {
      await Deno.mkdir(`${dir}/${folder}`);
    }
    for (const name of NAMES) await write(`bin/${name}`, PROGRAM, 0o755);
    for (const unit of ["haproxy", "keepalived"]) await write(`state/${unit}`, "active\n");
    await write("state/address", "10.88.0.10/32\n");
    await write("state/link", "up\n");
    await write("etc/haproxy.cfg", "# as it was\n");
    for (const unit of ["haproxy", "keepalived"]) await write(`etc/${unit}.conf`, `# ${unit}'s\n`);
    if (iptables) await write("no-nft", "");
    return new ModelHost(dir);
  }

  /** Runs shell text with its programs before the real ones. */
  async run(script: string, shell = "dash", env: Record<string, string> = {}): Promise<Ran> {
    const text = script.replaceAll("/var/lib/holdfast", `${this.dir}/var`)
      .replaceAll("/etc/haproxy", `${this.dir}/etc`)
      .replace(/\/etc\/systemd\/system\/(\w+)\.service\.d\/holdfast/g, `${this.dir}/etc/$1`);
    await Deno.writeTextFile(`${this.dir}/log`, "");
    await Deno.writeTextFile(`${this.dir}/script`, text);
    const { code, stderr } = await new Deno.Command(shell, {
      args: [`${this.dir}/script`],
      cwd: `${this.dir}/work`,
      env: { H: this.dir, PATH: `${this.dir}/bin:/usr/sbin:/usr/bin:/sbin:/bin`, ...env },
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    const log = await Deno.readTextFile(`${this.dir}/log`);
    const calls = log.split("\n").filter((line) => line !== "");
    return { code, stderr: new TextDecoder().decode(stderr), calls, log };
  }

  /** Something happens while a script sleeps for the first time. */
  async meanwhile(script: string): Promise<void> {
    await Deno.writeTextFile(`${this.dir}/meanwhile`, script);
  }

  /** What is so now: units, filter, address, link, and the files of HAProxy. */
  async state(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const folder of ["state", "etc"]) {
      for await (const { name } of Deno.readDir(`${this.dir}/${folder}`)) {
        found[name] = (await Deno.readTextFile(`${this.dir}/${folder}/${name}`)).trim();
      }
    }
    return found;
  }

  /** Files in the folder that scripts run in: what a value that was executed would leave. */
  async left(): Promise<string[]> {
    return (await Array.fromAsync(Deno.readDir(`${this.dir}/work`))).map(({ name }) => name);
  }
}
