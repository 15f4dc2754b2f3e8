/**
 * The completion scripts in the shells themselves, in a folder with inventories of its own.
 * @module
 */
import { completionScript, type ShellName } from "../../../src/commands/complete/scripts.ts";
import { withTempDir } from "../../helpers.ts";
import { CLI, plainEnv } from "../cli.ts";

/** A folder with an inventory, and what a shell answers in it. */
export interface Desk {
  /** The folder. */
  readonly dir: string;
  /** What the shell offers behind a line, in order, without what it means. */
  offers(line: string): Promise<readonly string[]>;
}

const INVENTORY = `all:
  children:
    load_balancers:
      vars:
        endpoint: { address: 10.0.0.10, backends: masters, vrrp: { auth_pass: { command: [touch, ran] } } }
      hosts: { lb1: { ansible_host: 10.0.0.11 }, lb2: { ansible_host: 10.0.0.12 } }
    masters: { hosts: { m1: { ansible_host: 10.0.0.21 } } }
`;

/** Names of tasks that would run something, were they ever read as script. */
export const HOSTILE = ["$(touch ran)", "`touch ran`", "';touch ran;'", '"$(touch ran)', "a b"];

const PLAY = `const tasks = ${
  JSON.stringify(HOSTILE)
}.map((name) => ({ name, kind: "x", tags: [], notify: [], probe: "", plan: () => ({ changes: [] }) }));
export default { name: "mine", packages: [], tasks: () => tasks, handlers: () => [], checks: () => [] };
`;

/** Is the shell here? Where everything must be tried, a missing one is a failure. */
export function missing(shell: ShellName): boolean {
  try {
    new Deno.Command(shell, { args: ["-c", "true"], stdout: "null", stderr: "null" }).outputSync();
    return false;
  } catch {
    if (Deno.env.get("CI") === "true") return false;
    console.log(`!!! Not tried, because ${shell} is not here: its completions`);
    return true;
  }
}

/** Runs a program of a shell in a folder. */
export async function runIn(
  shell: ShellName,
  dir: string,
  program: string,
  args: readonly string[] = [],
): Promise<string> {
  const flags = { bash: ["--norc"], zsh: ["-f"], fish: ["--no-config"] }[shell];
  await Deno.writeTextFile(`${dir}/.program`, program);
  const command = new Deno.Command(shell, {
    args: [...flags, `${dir}/.program`, ...args],
    cwd: dir,
    env: { ...plainEnv(), TERM: "dumb", LC_ALL: "C.UTF-8" },
    clearEnv: true,
    stdin: "null",
  });
  const { stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (text(stderr) !== "") throw new Error(`${shell} said: ${text(stderr)}`);
  return text(stdout);
}

/** How each shell is asked what it would offer behind the line in `$1`. */
const ASK: Readonly<Record<ShellName, string>> = {
  bash: `COMP_LINE=$1 COMP_POINT=\${#1} COMP_WORDS=(holdfast "$1") COMP_CWORD=1
_holdfast holdfast
for word in "\${COMPREPLY[@]}"; do printf '%s\\n' "$word"; done`,
  // What compsys provides inside of a completion, said out loud.
  zsh: `compadd() { local -a all; all=("\${(@P)@[-1]}"); print -rl -- "\${all[@]}" }
compset() { PREFIX=\${PREFIX[$2 + 1, -1]} }
_files() {
  local it code=1; local -a all; all=(\${PREFIX}*(N))
  for it in $all; do
    if [[ -d $it || $# -eq 0 || ( $1 == -g && $it == \${~2} ) ]]; then print -r -- "$it"; code=0; fi
  done
  return $code
}
# Inside of quotes, zsh hands over what stands behind the opening one.
words=("\${(@z)1}"); [[ $1 == *' ' ]] && words+=('')
CURRENT=$#words PREFIX=\${words[-1]#\\'}
_holdfast`,
  fish: `complete -C "$argv[1]" | string split -f 1 \\t`,
};

/** Gives a desk with the script of a shell loaded. */
export function withDesk(shell: ShellName, work: (desk: Desk) => Promise<void>): Promise<void> {
  return withTempDir(async (dir) => {
    const own = `${dir}/it's here`;
    await Deno.mkdir(`${own}/sub`, { recursive: true });
    await Deno.writeTextFile(`${own}/hosts.yaml`, INVENTORY);
    await Deno.writeTextFile(`${own}/notes.txt`, "");
    await Deno.writeTextFile(`${own}/broken.yaml`, INVENTORY.replace("address", "adress"));
    await Deno.writeTextFile(`${own}/hosts.ini`, "[web]\nw[1:2] ansible_host=10.0.0.1\n");
    const program = `#!/bin/sh\ntouch ran\necho '{"all":{"hosts":["p1"]}}'\n`;
    await Deno.writeTextFile(`${own}/program.yaml`, program, { mode: 0o755 });
    await Deno.writeTextFile(`${own}/play.ts`, PLAY);
    const script = completionScript(shell, { deno: Deno.execPath(), cli: CLI });
    const quiet = shell === "zsh" ? "compdef() { }\n" : "";
    const offers = async (line: string) => {
      const text = await runIn(shell, own, `${quiet}${script}\n${ASK[shell]}\n`, [line]);
      return text.split("\n").filter((it) => it !== "");
    };
    await work({ dir: own, offers });
  });
}
