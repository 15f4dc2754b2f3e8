/**
 * A host made of stubs: its programs only write down what they were called with.
 * @module
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";

/** Written when a value was executed. */
export const CANARY = "canary";

const FRAGMENTS = [
  "'",
  '"',
  "\\",
  `$(: > ${CANARY})`,
  `\`: > ${CANARY}\``,
  `; : > ${CANARY};`,
  `' ; : > ${CANARY} ; '`,
  `'$(: > ${CANARY})'`,
  `\n: > ${CANARY}\n`,
  `| : > ${CANARY} &`,
  "$HOME",
  "${x:-y}",
  "\n",
  "\t",
  " ",
  "-",
  "--help",
  "*",
  "~",
  "#",
  "!",
  "%s",
  "{a,b}",
  "é\u{1f980}",
  "\u202e",
  "\x1b[2K",
  "word",
];

/** Values that a shell could take for something else. */
export const hostile: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 6 }) },
  { weight: 1, arbitrary: fc.constant(["x'".repeat(5000)]) },
  {
    weight: 1,
    arbitrary: fc.array(fc.string({ unit: "grapheme", minLength: 1 }), { minLength: 1 }),
  },
).map((parts) => parts.join("").replaceAll("\0", "")).filter((text) =>
  text !== "" && !text.includes("..")
);

/** Programs that only write down; those with an answer print it. */
const STUBS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["apt-get", "dpkg", "apt-cache", "systemctl", "journalctl", "useradd", "usermod", "curl"]
      .concat(["chown", "chmod", "mount", "sync", "addgroup", "adduser", "touch"])
      .map((name) => [name, ""]),
  ),
  ip: "echo inet",
  "dpkg-query": "exit 1",
  // Namespaces can be had, but not mounts: what is validated is a copy with rewritten paths.
  unshare: '[ "$2" = true ] || exit 97',
};

/** Programs that are written down and run. */
const REAL = ["cat", "cp", "find", "ls", "mkdir", "mktemp", "mv", "readlink", "rm"]
  .concat(["sed", "sha256sum", "stat", "base64"]);

/** A folder with nothing but stubs to run. */
export class StubHost {
  /** Where everything is. */
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** Puts the stubs into a folder. */
  static async create(dir: string): Promise<StubHost> {
    await Deno.mkdir(`${dir}/bin`);
    await Deno.mkdir(`${dir}/work`);
    const record = `printf '%s\\0' "$#" "\${0##*/}" "$@" >> '${dir}/log'\n`;
    for (const [name, answer] of Object.entries(STUBS)) {
      await Deno.writeTextFile(`${dir}/bin/${name}`, `#!/bin/sh\n${record}${answer}\n`, {
        mode: 0o755,
      });
    }
    for (const name of REAL) {
      const run = `PATH=/usr/sbin:/usr/bin:/sbin:/bin exec ${name} "$@"`;
      await Deno.writeTextFile(`${dir}/bin/${name}`, `#!/bin/sh\n${record}${run}\n`, {
        mode: 0o755,
      });
    }
    return new StubHost(dir);
  }

  /** Runs scripts one after the other, each on its own, and gives what programs were called with. */
  async run(scripts: readonly string[]): Promise<readonly (readonly string[])[]> {
    const files = await this.#write(scripts);
    const loop = 'for script; do ( . "$script" ) >/dev/null 2>&1; done; :';
    await this.#sh(["-c", loop, "sh", ...files]);
    return await this.#calls();
  }

  /** Checks that every script is one that a shell can read. */
  async assertSyntax(scripts: readonly string[]): Promise<void> {
    const files = await this.#write(scripts);
    const loop = 'for script; do /bin/sh -n "$script" 2>&1 || cat "$script"; done';
    assertEquals(await this.#sh(["-c", loop, "sh", ...files]), "");
  }

  /** Whether a value was executed. */
  async executed(): Promise<boolean> {
    const names = (await Array.fromAsync(Deno.readDir(`${this.dir}/work`))).map(({ name }) => name);
    return names.includes(CANARY);
  }

  async #write(scripts: readonly string[]): Promise<string[]> {
    const paths = scripts.map((_, i) => `${this.dir}/script${i}`);
    await Promise.all(paths.map((path, i) => Deno.writeTextFile(path, scripts[i] ?? "")));
    return paths;
  }

  async #sh(args: readonly string[]): Promise<string> {
    const { stdout } = await new Deno.Command("/bin/sh", {
      args: [...args],
      cwd: `${this.dir}/work`,
      env: { PATH: `${this.dir}/bin`, HOME: this.dir },
      clearEnv: true,
      stdin: "null",
    }).output();
    return new TextDecoder().decode(stdout);
  }

  /** Every call since the last time: the program and its arguments. */
  async #calls(): Promise<string[][]> {
    const words = (await Deno.readTextFile(`${this.dir}/log`).catch(() => "")).split("\0");
    await Deno.remove(`${this.dir}/log`).catch(() => {});
    const calls: string[][] = [];
    for (let at = 0; at < words.length - 1;) {
      const count = Number(words[at]) + 1;
      calls.push(words.slice(at + 1, at + 1 + count));
      at += 1 + count;
    }
    return calls;
  }
}
