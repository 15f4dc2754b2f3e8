/**
 * What each command needs of Deno's permissions, and how it gets them when it was started without
 * any: it says what and why, asks once, and starts itself again with exactly those flags.
 * @module
 */
import { EXIT } from "../errors.ts";
import { OWN_FLAGS } from "../own_files.ts";
import { quote } from "../shell.ts";
import { askSecrets, NO_SECRETS, secretsKnown } from "./secrets_known.ts";
import type { PlatformNeeds, SecretsNamed } from "./secrets_named.ts";

/** What tells which permissions a command needs beside its own. */
export interface Wants {
  /** Tells which secrets will be asked for, and which programs they come from. */
  readonly inventory?: string | undefined;
  /** Files that will be written. */
  readonly writes?: readonly string[];
  /** Variables that it reads for what was typed. */
  readonly variables?: readonly string[];
  /** No host is contacted, whatever the command does otherwise. @default {false} */
  readonly offline?: boolean;
  /** Platforms are asked by a command that asks them only when it is told so. @default {false} */
  readonly asksPlatforms?: boolean;
}

/** One need: the flag that grants it, and the reason a person is told. */
interface Need {
  readonly flag: string;
  readonly why: string;
  readonly has: Deno.PermissionDescriptor;
}

/** Variables that a run may read. Secrets come from `VRRP_PASS` or a name of our own prefix. */
const ENV = "HOME,USER,LOGNAME,TERM,COLUMNS,CI,NO_COLOR,FORCE_COLOR,VRRP_PASS,HOLDFAST_*";

const READ: Need = {
  flag: "--allow-read",
  why: "read the inventory and what it names, and the templates",
  has: { name: "read" },
};
const ENVIRONMENT: Need = {
  flag: `--allow-env=${ENV}`,
  why: "read terminal settings, and secrets that the inventory takes from variables",
  has: { name: "env", variable: "HOME" },
};
const SSH: Need = {
  flag: "--allow-run=ssh",
  why: "start the system's ssh, one for each host",
  has: { name: "run", command: "ssh" },
};
const GUARD: Need = {
  flag: "--allow-run=sh",
  why: "undo what only this machine can undo, even when Holdfast itself is killed",
  has: { name: "run", command: "sh" },
};
const WRITE: Need = {
  flag: "--allow-write",
  why: "write the rendered files",
  has: { name: "write" },
};
const EVERYTHING: Need = {
  flag: "--allow-all",
  why: "make network namespaces, mounts and processes on this machine",
  has: { name: "run" },
};

const NEEDS: Readonly<Record<string, readonly Need[]>> = {
  apply: [SSH, READ, ENVIRONMENT],
  check: [SSH, READ, ENVIRONMENT],
  verify: [SSH, READ, ENVIRONMENT],
  rollback: [SSH, READ, ENVIRONMENT],
  history: [SSH, READ, ENVIRONMENT],
  drill: [SSH, GUARD, READ, ENVIRONMENT],
  render: [READ, WRITE, ENVIRONMENT],
  lint: [READ, ENVIRONMENT],
  simulate: [READ, ENVIRONMENT],
  placement: [READ, ENVIRONMENT],
  inventory: [READ, ENVIRONMENT],
  explain: [READ, ENVIRONMENT],
  report: [READ, ENVIRONMENT],
  lab: [EVERYTHING],
};

function needsOf(
  command: string,
  { writes = [], variables = [], offline = false }: Wants,
): Need[] {
  const needs = NEEDS[command] ?? [];
  const starts: readonly Need[] = [SSH, GUARD];
  return [
    ...offline ? needs.filter((need) => !starts.includes(need)) : needs,
    ...writeNeeds(writes),
    ...variables.map((variable): Need => ({
      flag: `--allow-env=${variable}`,
      why: `read ${variable}, as the command line says`,
      has: { name: "env", variable },
    })),
  ];
}

/** A file is written beside its place first, so that it is whole or not there. */
function writeNeeds(files: readonly string[]): Need[] {
  if (files.length === 0) return [];
  const list = files.flatMap((file) => [file, `${file}.part`]).join(",");
  const why = `write ${files.join(", ")}`;
  return [{ flag: `--allow-write=${list}`, why, has: { name: "write", path: files[0] ?? "." } }];
}

/** Arguments for `deno` that run a command with exactly what it and the inventory's secrets need. */
export function denoArgs(
  command: string,
  script: string,
  args: readonly string[],
  { env, programs, drills, platforms, ...wants }: SecretsNamed & Omit<Wants, "inventory"> =
    NO_SECRETS,
): string[] {
  const flags = needsOf(command, wants).map(({ flag }) => flag);
  const asked = platformsOf(command, wants, platforms);
  const more = [...env, ...asked.flatMap(({ env, asking }) => [...env, ...asking?.env ?? []])]
    .filter((name) => !isGranted(name));
  const drill = command === "drill" && wants.offline !== true ? drills : undefined;
  const started = [
    ...programs,
    ...asked.flatMap(({ programs, asking }) => [...programs, ...asking ? [asking.program] : []]),
    ...drill?.programs ?? [],
  ];
  const granted = merged([
    ...flags,
    ...more.map((name) => `--allow-env=${name}`),
    ...started.map((program) => `--allow-run=${program}`),
    ...addressesOf(asked),
    ...(drill?.addresses ?? []).map((address) => `--allow-net=${address}`),
  ]);
  const ignore = flags.includes(ENVIRONMENT.flag) ? ["--ignore-env"] : [];
  return ["run", "--no-prompt", ...OWN_FLAGS, ...granted, ...ignore, script, ...args];
}

/** Platforms that a command asks; a run starts programs for those alone that are required. */
function platformsOf(
  command: string,
  { offline = false, asksPlatforms = false }: Wants,
  all: readonly PlatformNeeds[] = [],
): readonly PlatformNeeds[] {
  if (offline) return [];
  if (command === "placement" || asksPlatforms) return all;
  if (!["apply", "check"].includes(command)) return [];
  return all.filter(({ programs, asking, required }) =>
    required || (programs.length === 0 && asking === undefined)
  );
}

/** Flags for what is connected to. */
function addressesOf(platforms: readonly PlatformNeeds[]): string[] {
  return platforms.flatMap(({ address }) =>
    address === undefined ? [] : [`--allow-net=${address}`]
  );
}

/** Flags of the same kind as one, each value once. */
function merged(flags: readonly string[]): readonly string[] {
  const kinds = new Map<string, Set<string>>();
  for (const flag of flags) {
    const at = flag.indexOf("=");
    const kind = at === -1 ? flag : flag.slice(0, at);
    const values = at === -1 ? [] : flag.slice(at + 1).split(",");
    kinds.set(kind, new Set([...kinds.get(kind) ?? [], ...values]));
  }
  return [...kinds].map(([kind, values]) => values.size === 0 ? kind : `${kind}=${[...values]}`);
}

/** Variables that every run may read anyway. */
function isGranted(name: string): boolean {
  return name.startsWith("HOLDFAST_") || ENV.split(",").includes(name);
}

/** What the inventory needs beside that, for a person to read. */
function inventoryLines(command: string, wants: Wants, named: SecretsNamed | undefined): string {
  const drilling = command === "drill";
  if (named === undefined) {
    const what = drilling
      ? "What the inventory's secrets and drills need"
      : "What the inventory's secrets need";
    return `\n\n${what} beside that is not known before it may be read:\n` +
      "with --allow-read alone, the variables and programs are named here.";
  }
  const asked = platformsOf(command, wants, named.platforms);
  const env = distinct([...named.env, ...asked.flatMap(({ env }) => env)])
    .filter((name) => !isGranted(name));
  const started = distinct([...named.programs, ...asked.flatMap(({ programs }) => programs)]);
  const secrets = [
    ...(env.length === 0 ? [] : [`--allow-env=${env.join(",")}`]),
    ...(started.length === 0 ? [] : [`--allow-run=${started.join(",")}`]),
  ];
  const { addresses, programs } = named.drills ?? { addresses: [], programs: [] };
  const lines: readonly (readonly [flags: readonly string[], why: string])[] = [
    [secrets, "fetch the secrets that the inventory names"],
    [
      distinct([
        ...addressesOf(asked),
        ...asked.flatMap(({ asking }) => {
          if (asking === undefined) return [];
          const closed = asking.env.filter((name) => !isGranted(name));
          return [`--allow-run=${asking.program}`, `--allow-env=${closed.join(",")}`];
        }),
      ]),
      "ask the platform where machines run",
    ],
    [
      drilling ? addresses.map((it) => `--allow-net=${it}`) : [],
      "ask the endpoint as a client does",
    ],
    [
      drilling ? programs.map((it) => `--allow-run=${it}`) : [],
      "switch power and API servers, as the inventory says",
    ],
  ];
  return lines.filter(([flags]) => flags.length > 0)
    .map(([flags, why]) => `\n  ${flags.join(" ")}\n      to ${why}`).join("");
}

const distinct = (all: readonly string[]) => [...new Set(all)];

/** A command line as a person would type it; it means the same in every shell. */
function typed(words: readonly string[]): string {
  return words.map((word) =>
    /^[A-Za-z0-9_./:@,+-][A-Za-z0-9_./:=@,+-]*$/.test(word) ? word : quote(word)
  ).join(" ");
}

/**
 * Makes sure that a command has what it needs. Gives `undefined` when it does, and otherwise the
 * exit code of the second start, which did the work, or of the refusal.
 */
export async function ensurePermissions(
  command: string,
  script: string,
  args: readonly string[],
  { inventory, ...wants }: Wants = {},
): Promise<number | undefined> {
  const needs = needsOf(command, wants);
  const states = await Promise.all(needs.map(({ has }) => Deno.permissions.query(has)));
  const missing = needs.filter((_, i) => states[i]?.state !== "granted");
  if (missing.length === 0) return undefined;
  if (await mayStartAll()) return await withAll(command, script, args, { inventory, ...wants });

  const known = await secretsKnown(inventory);
  const again = denoArgs(command, script, args, { ...known ?? NO_SECRETS, ...wants });
  const needed = missing.map(({ flag, why }) => `  ${flag}\n      to ${why}`).join("\n");
  const list = needed + inventoryLines(command, wants, known);
  if (!Deno.stdin.isTerminal() || !Deno.stderr.isTerminal()) {
    console.error(
      `Cannot run "${command}" without permissions, and nobody is here to ask. It needs\n${list}\n\nType:\n  ${
        typed(["deno", ...again])
      }`,
    );
    return EXIT.usage;
  }
  console.error(
    `"${command}" needs\n${list}\n\nIf you allow it to start deno, it starts itself again with exactly these flags,\nand those that the inventory's own ${
      command === "drill" ? "secrets and drills" : "secrets"
    } need.\n` +
      `To grant them yourself and not be asked, type:\n  ${typed(["deno", ...again])}\n`,
  );
  const answer = await Deno.permissions.request({ name: "run", command: Deno.execPath() });
  if (answer.state !== "granted") {
    console.error(`Cannot run "${command}": the permission was not given`);
    return EXIT.usage;
  }
  return await withAll(command, script, args, { inventory, ...wants });
}

/** Who may start whatever there is has been trusted with all that a question would be about. */
async function mayStartAll(): Promise<boolean> {
  return (await Deno.permissions.query({ name: "run" })).state === "granted";
}

/** Starts the command with exactly what it needs, and gives its exit code. */
async function withAll(
  command: string,
  script: string,
  args: readonly string[],
  { inventory, ...wants }: Wants,
): Promise<number> {
  const secrets = inventory === undefined ? NO_SECRETS : await askSecrets(inventory);
  return await startAgain(denoArgs(command, script, args, { ...secrets, ...wants }));
}

/** Starts deno with these arguments on the same terminal; signals and the exit code pass through. */
async function startAgain(args: readonly string[]): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  // Ctrl-C reaches the child from the terminal itself: here it only must not end the parent first.
  const ignore = () => {};
  const pass = (signal: Deno.Signal) => () => {
    try {
      child.kill(signal);
    } catch { /* It has ended already. */ }
  };
  const [term, hup] = [pass("SIGTERM"), pass("SIGHUP")];
  Deno.addSignalListener("SIGINT", ignore);
  Deno.addSignalListener("SIGTERM", term);
  Deno.addSignalListener("SIGHUP", hup);
  try {
    return (await child.status).code;
  } finally {
    Deno.removeSignalListener("SIGINT", ignore);
    Deno.removeSignalListener("SIGTERM", term);
    Deno.removeSignalListener("SIGHUP", hup);
  }
}
