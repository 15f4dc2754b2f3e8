/**
 * Canaries: secrets made up for one test, and where they are looked for. Nothing here uses the
 * product's own idea of how a secret may be written.
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { Lab } from "../../src/lab/mod.ts";
import { attempt } from "../../src/lab/run.ts";
import * as hf from "./holdfast.ts";
import { firstBelow } from "./processes.ts";

/** A value of so many characters that is nowhere else in the world. */
export function canary(length: number, odd = ""): string {
  const letters = [...crypto.getRandomValues(new Uint8Array(64))]
    .map((byte) => (byte % 36).toString(36)).join("");
  return `c=${odd}${letters}`.slice(0, length);
}

/** Every way in which a value could be written, as bytes taken for Latin-1. */
export function needles(value: string): string[] {
  const bytes = new TextEncoder().encode(value);
  const latin1 = (text: string) => String.fromCharCode(...new TextEncoder().encode(text));
  const json = JSON.stringify(value).slice(1, -1);
  const url = encodeURIComponent(value);
  return [
    ...[value, json, JSON.stringify(json).slice(1, -1), `'${value.replaceAll("'", "'\\''")}'`],
    ...[url, url.toLowerCase(), value.replaceAll(/\W/g, "\\$&")].map(latin1),
    ...[bytes.toHex(), bytes.toHex().toUpperCase()],
    ...[0, 1, 2].flatMap((offset) => base64Cores(bytes, offset)),
  ];
}

/** The letters of base64 that are the same whatever stands before and behind. */
function base64Cores(bytes: Uint8Array, offset: number): string[] {
  const shifted = new Uint8Array([...new Uint8Array(offset), ...bytes, 0, 0, 0]);
  const from = Math.ceil(offset * 8 / 6);
  const to = Math.floor((offset + bytes.length) * 8 / 6);
  return [shifted.toBase64(), shifted.toBase64({ alphabet: "base64url" })]
    .map((text) => text.slice(from, to));
}

/** Those of some values that are written in a text, in whatever way. */
export function found(values: readonly string[], text: string): string[] {
  // What a program breaks into lines, or spaces out, is looked at without either too.
  const dense = text.replaceAll(/\s/g, "");
  return values.filter((value) =>
    needles(value).some((needle) => text.includes(needle) || dense.includes(needle))
  );
}

/** Programs of a host that everything runs through: who calls them with what is written down. */
const WATCHED = "mktemp chown chmod sync mv sha256sum mkdir cat cp rm find sed grep unshare mount "
  .concat("setsid systemctl stat base64 ip ls sysctl dpkg-query apt-cache apt-get useradd");

const SPY_LOG = "/run/spy/log";

/** Writes down the words and the variables of every call of a program. */
function spyText(real: string, log: string): string {
  return `#!/bin/sh
{ printf '%s\\0' "$0" "$@"; /bin/cat /proc/$$/environ; echo; } >> ${log} 2>/dev/null
exec ${real} "$@"
`;
}

/** Puts a spy before the programs of a host; the daemons' own are not among them. */
export async function watchHost(lab: Lab, host: string): Promise<void> {
  const spy = spyText('"$real"', SPY_LOG).replace(
    "\n",
    "\nreal=/usr/bin/${0##*/}\n" +
      '[ -x "$real" ] || real=/usr/sbin/${0##*/}\n',
  );
  const script = `/bin/mkdir -p -m 0700 /run/spy && cd /usr/local/sbin && cat > spy <<'END'
${spy}END
/bin/chmod 755 spy && for name in ${WATCHED}; do
  { [ -x /usr/bin/$name ] || [ -x /usr/sbin/$name ]; } && /bin/ln -sf spy $name; done; :`;
  await hf.root(lab, host, script);
}

/** What the spy of a host wrote down. */
export function heardOn(lab: Lab, host: string): Promise<string> {
  return hf.root(lab, host, `/bin/cat ${SPY_LOG}`);
}

/** Makes an ssh that writes down how it was called and with which variables; gives its folder. */
export async function watchSsh(dir: string): Promise<string> {
  await Deno.mkdir(`${dir}/bin`, { recursive: true });
  const { stdout } = await attempt(["sh", "-c", "command -v ssh"], { to: "find ssh" });
  await Deno.writeTextFile(`${dir}/bin/ssh`, spyText(stdout.trim(), `${dir}/ssh.log`), {
    mode: 0o755,
  });
  return `${dir}/bin`;
}

/** Looks at the words and variables of every process of this machine, and so of its hosts, over and over. */
export class Sampler {
  readonly #seen = new Set<string>();
  readonly #variables: readonly string[];
  #on = true;
  #passes = 0;
  readonly #done: Promise<void>;

  /**
   * Begins. The product itself was given some variables by its user: there, and in no other program,
   * may they hold what they do.
   */
  constructor(variables: readonly string[] = []) {
    this.#variables = variables;
    this.#done = this.#loop();
  }

  /** Waits until it has looked so many times more. */
  async looks(times: number): Promise<void> {
    const until = this.#passes + times;
    while (this.#passes < until) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Ends, and gives all that was seen. */
  async end(): Promise<string> {
    this.#on = false;
    await this.#done;
    assert(this.#passes > 10, `only ${this.#passes} looks at the processes`);
    return [...this.#seen].join("\n");
  }

  async #loop(): Promise<void> {
    for (; this.#on; this.#passes++) {
      for (const { name } of Deno.readDirSync("/proc")) {
        if (!/^\d+$/.test(name)) continue;
        // The words before and after: a process may become another program in between, the product
        // out of what started it, or another program out of the product.
        const before = read(`/proc/${name}/cmdline`);
        const environ = read(`/proc/${name}/environ`);
        const after = read(`/proc/${name}/cmdline`);
        const product = (before + after).includes("\0cli.ts\0");
        const given = product ? this.#variables : [];
        const lines = environ.split("\0")
          .filter((line) => !given.some((variable) => line.startsWith(`${variable}=`)));
        for (const text of [before, after, lines.join("\0")]) this.#take(text);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  #take(text: string): void {
    if (text !== "") this.#seen.add(text);
  }
}

function read(path: string): string {
  try {
    return new TextDecoder("latin1").decode(Deno.readFileSync(path));
  } catch {
    return ""; // It has ended, or is none of ours.
  }
}

/** Files below some folders, on their disks only, that were written since another file was. */
export async function writtenSince(stamp: string, folders: readonly string[]): Promise<string[]> {
  const argv = [
    "find",
    ...folders,
    "-xdev",
    "-type",
    "f",
    "-newer",
    stamp,
    "-size",
    "-32M",
    "-print0",
  ];
  // What vanishes meanwhile makes find complain.
  const { stdout } = await attempt(argv, { to: "find files" });
  return stdout.split("\0").filter((path) => path !== "");
}

/** Those files that hold one of some values in whatever way. */
export function holding(values: readonly string[], files: readonly string[]): string[] {
  return files.filter((file) => found(values, read(file)).length > 0);
}

/** The root of a host's files, seen from this machine. */
export async function rootOf(lab: Lab, name: string): Promise<string> {
  const init = firstBelow(lab.hosts.find((host) => host.name === name)?.pid ?? 0);
  assertEquals((await Deno.readTextFile(`/proc/${init}/root/etc/hostname`)).trim(), name);
  return `/proc/${init}/root`;
}
