/**
 * How each tool is started. Pure.
 * @module
 */
import { denoArgs } from "../src/commands/permissions.ts";
import { NO_SECRETS } from "../src/commands/secrets_known.ts";
import { BUNDLE_FLAGS } from "../src/own_files.ts";
import { raw, sh } from "../src/shell.ts";
import { type Place, sshOptions } from "./inventory.ts";
import type { Mode, Scenario } from "./rows.ts";

/** A program with its arguments and what is added to its environment. */
export interface Command {
  /** Program and arguments. */
  readonly argv: readonly string[];
  /** Variables beside those of every run. */
  readonly env: Readonly<Record<string, string>>;
}

/** What a command is made of. */
export interface Ground {
  /** The project. */
  readonly root: string;
  /** The bundle of it. */
  readonly bundle: string;
  /** The deno that runs Holdfast. */
  readonly deno: string;
  /** The inventory. */
  readonly inventory: string;
  /** Where Holdfast writes its events. */
  readonly events: string;
  /** A script with nothing in it. */
  readonly empty: string;
  /** The hosts. */
  readonly place: Place;
  /** A program that ssh reaches hosts through. @default {none} */
  readonly through?: string;
}

/** What is typed for a job; only `check` leaves the hosts alone by itself. */
export function commandOf(mode: Mode, scenario: Scenario, ground: Ground): Command {
  switch (mode) {
    case "floor":
      return { argv: ["sh", "-c", floorText(scenario, ground)], env: {} };
    case "start":
      return { argv: [ground.deno, "run", ground.empty], env: {} };
    case "holdfast":
    case "source":
      return { argv: holdfast(mode, scenario === "check" ? "check" : "apply", ground), env: {} };
    default:
      return {
        argv: [
          ...["ansible-playbook", "--inventory", ground.inventory],
          ...(scenario === "check" ? ["--check"] : []),
          `${ground.root}/bench/ansible/site.yml`,
        ],
        env: { ANSIBLE_CONFIG: `${ground.root}/bench/ansible/${mode}.cfg` },
      };
  }
}

function holdfast(
  mode: "holdfast" | "source",
  command: "apply" | "check",
  { root, bundle, deno, inventory, events }: Ground,
): readonly string[] {
  const args = [command, inventory, "--report", `jsonl:${events}`];
  const script = mode === "source" ? `${root}/cli.ts` : `${bundle}/cli.js`;
  const [run = "", ...rest] = denoArgs(command, script, args, { ...NO_SECRETS, writes: [events] });
  return [deno, run, ...(mode === "source" ? [] : BUNDLE_FLAGS), ...rest];
}

/** What the package manager needs for the job, and what every tool needs it for. */
const INSTALL =
  "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends " +
  "install haproxy keepalived curl";

/** `ssh HOST true` on all hosts at once; fails when one of them does. */
function floorText(scenario: Scenario, { place, through }: Ground): string {
  const options = [
    ...["-i", place.keyFile, "-o", "BatchMode=yes"],
    ...sshOptions(place, through === undefined ? {} : { through }).flatMap((it) => ["-o", it]),
  ];
  const asks = place.hosts.map(({ address }) =>
    sh`ssh ${options} ${`${place.user}@${address}`} ${
      scenario === "first" ? INSTALL : "true"
    } & pids="$pids $!"`
  );
  return sh`pids=
${raw(asks.join("\n"))}
code=0
for pid in $pids; do wait "$pid" || code=$?; done
exit "$code"`;
}
