/**
 * Trouble of a host of a room, made and put right. Without imports that need a configuration: the
 * stub of `ssh` makes it at its moment.
 * @module
 */
import type { Condition } from "./fault.ts";
import { firstOf } from "./power.ts";

/** Shell text for the room: `$1` is its folder, `$2` the host. */
const ON_DISKS: Partial<Record<Condition, string>> = {
  "disk full": full("disk"),
  "state disk full": full("var"),
  "disk read-only": `mount -o remount,ro "$1/$2/disk"`,
  "state disk read-only": `mount -o remount,ro "$1/$2/var"`,
};

/** Shell text for the host itself. */
const ON_HOST: Partial<Record<Condition, string>> = {
  "haproxy refuses": `: >"/net/fault/$1/haproxy-refuses"`,
  "keepalived refuses": `: >"/net/fault/$1/keepalived-refuses"`,
  // What runs now goes on to run, and so does the file that it has read.
  "haproxy dies":
    `{ sha256sum </etc/haproxy/haproxy.cfg; } >"/net/fault/$1/haproxy-dies" 2>/dev/null; :`,
  "keepalived dies":
    `{ sha256sum </etc/keepalived/keepalived.conf; } >"/net/fault/$1/keepalived-dies" 2>/dev/null; :`,
  "dpkg locked":
    `setsid perl /usr/local/lib/machine/hold-lock /run/dpkg-lock-held </dev/null >/dev/null 2>&1 &
until [ -e /run/dpkg-lock-held ]; do sleep 0.02; done; echo "$!" >/run/dpkg-lock-holder`,
};

const HEAL_DISKS =
  `for disk in disk var; do mount -o remount,rw,size=8192k "$1/$2/$disk" || exit; done`;
const HEAL_HOST = `rm -f "/net/fault/$1/"*
if [ -e /run/dpkg-lock-holder ]; then
  read -r pid </run/dpkg-lock-holder
  kill "$pid"
  while [ -d "/proc/$pid" ]; do sleep 0.02; done
  rm /run/dpkg-lock-holder /run/dpkg-lock-held
fi`;

function full(disk: string): string {
  return `mount -o "remount,size=$(df -k --output=used "$1/$2/${disk}" | tail -n 1 | tr -d ' ')k" "$1/$2/${disk}"`;
}

/** Puts a host into trouble. */
export async function trouble(dir: string, host: string, condition: Condition): Promise<void> {
  const [onDisks, onHost] = [ON_DISKS[condition], ON_HOST[condition]];
  if (onDisks !== undefined) await inside(dir, "room", onDisks, [dir, host]);
  if (onHost !== undefined) await inside(dir, host, onHost, [host]);
}

/** Puts everything right again. The host must have power. */
export async function heal(dir: string, host: string): Promise<void> {
  await inside(dir, "room", HEAL_DISKS, [dir, host]);
  await inside(dir, host, HEAL_HOST, [host]);
}

async function inside(dir: string, where: string, script: string, args: readonly string[]) {
  const first = firstOf(dir, where);
  if (first === undefined) throw new Error(`Cannot trouble "${where}": it has no power`);
  const spaces = where === "room" ? ["-m"] : ["-m", "-p", "-n", "-r", "-w"];
  const { success, stderr } = await new Deno.Command("nsenter", {
    args: ["-t", `${first}`, ...spaces, "/bin/sh", "-c", script, "trouble", ...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(`Cannot trouble "${where}" (${script}): ${new TextDecoder().decode(stderr)}`);
  }
}
