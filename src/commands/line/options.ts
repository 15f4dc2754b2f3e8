/**
 * Options that several commands share, spelled as Ansible spells them, in the groups that their
 * help shows, and the readers of their values.
 * @module
 */
import { type Command, InvalidArgumentError } from "commander";
import { type BatchSize, parseBatchSizes } from "../../runner/batches.ts";
import type { Io } from "../io.ts";
import type { Wants } from "../permissions.ts";
import { parseShard, type ShardChoice } from "../shard.ts";

/** Does what a command says. */
export type Runner = (
  command: string,
  act: () => Promise<number>,
  wants?: Wants,
) => Promise<void>;

/** What a command needs to be declared: who performs it, and where its words go. */
export interface Line {
  /** Does what the command says, once it has its permissions. */
  readonly perform: Runner;
  /** Where results and messages go. */
  readonly io: Io;
}

/** A whole number from 1. */
export function count(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < 1) {
    throw new InvalidArgumentError("expected a whole number from 1");
  }
  return number;
}

/** A whole number from 0. */
export function whole(text: string): number {
  if (/^0+$/.test(text)) return 0;
  try {
    return count(text);
  } catch {
    throw new InvalidArgumentError("expected a whole number from 0");
  }
}

/** A time such as `10s` or `500ms`, in milliseconds; a bare number is seconds. */
export function milliseconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text);
  if (match === null) throw new InvalidArgumentError("expected a time such as 10s or 500ms");
  const unit = { ms: 1, s: 1000, m: 60_000 }[match[2] ?? "s"] ?? 1000;
  return Number(match[1]) * unit;
}

/** A version such as 2.6.12, without what a distribution adds: 1:2.2.7-1+b2 is 2.2.7. */
export function version(text: string): string {
  const [, upstream] = /^(?:\d+:)?v?(\d+(?:\.\d+)+)(?:[-+~][\w.+~-]*)?$/.exec(text) ?? [];
  if (upstream === undefined) throw new InvalidArgumentError("expected a version such as 2.6.12");
  return upstream;
}

/** Sizes of batches: numbers of endpoints, or shares of all of them, comma separated. */
export function batchSizes(text: string): readonly BatchSize[] {
  const sizes = parseBatchSizes(text);
  if (sizes === undefined) {
    throw new InvalidArgumentError(
      "expected endpoints in a batch, such as 2 or 25%, or a list of batches, such as 1,25%,100%",
    );
  }
  return sizes;
}

/** A whole percentage from 0 to 100, with or without its sign. */
export function percentage(text: string): number {
  const number = Number(/^(\d{1,3})%?$/.exec(text)?.[1] ?? NaN);
  if (!(number <= 100)) throw new InvalidArgumentError("expected a percentage from 0 to 100");
  return number;
}

/** A part of a fleet, such as 2/5. */
export function shard(text: string): ShardChoice {
  const choice = parseShard(text);
  if (choice === undefined) {
    throw new InvalidArgumentError(
      "expected which part of how many, such as 2/5, or job/5 in a Kubernetes Indexed Job",
    );
  }
  return choice;
}

/** Values of an option that may be repeated, in order. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** What `-e` says wherever it stands. */
export const EXTRA_VARS = [
  "-e, --extra-vars <vars>",
  "k=v, JSON or @file; may be repeated",
] as const;

/** Options that every command with a run shares. */
export function withRunFlags(command: Command): Command {
  return command
    .optionsGroup("Selection:")
    .option("-l, --limit <pattern>", "hosts to work on: names, groups, wildcards, lb:!lb2")
    .option(
      "--shard <k/n>",
      "one of n parts of all endpoints, by their names; job/n in a Job",
      shard,
    )
    .option("-t, --tags <tags>", "only tasks with one of these tags, comma separated", collect)
    .option("--skip-tags <tags>", "no tasks with one of these tags", collect)
    .option("--start-at-task <name>", "begin with the task of this name")
    .option("--list-hosts", "list the hosts that would be worked on, and do nothing")
    .option("--list-tasks", "list the tasks, and do nothing")
    .option("--list-tags", "list the tags, and do nothing")
    .optionsGroup("Connection:")
    .option("-u, --user <name>", "log in as this user")
    .option("-b, --become", "go through sudo")
    .option("-K, --ask-become-pass", "ask for the sudo password")
    .option("-f, --forks <n>", "hosts at the same time", count, 10)
    .optionsGroup("Play and variables:")
    .option(...EXTRA_VARS, collect)
    .option("--play <file>", "a play of your own, in place of the built-in one")
    .optionsGroup("Output:")
    .option("--json", "print one event a line")
    .option(
      "--report <kind[:file]>",
      "also report as junit, github, jsonl, html or sarif; may be repeated",
      collect,
    );
}

/** The option of every command that takes the locks of hosts. */
export function withLockTimeout(command: Command): Command {
  return command.optionsGroup("Connection:").option(
    "--lock-timeout <time>",
    "how long to wait for hosts that another run works on",
    milliseconds,
    0,
  );
}

/** Files that the reports of a run are written to. */
export function reportFiles(reports: readonly string[] = []): string[] {
  return reports.flatMap((report) => {
    const at = report.indexOf(":");
    const file = at === -1 ? "" : report.slice(at + 1);
    // Neither can be granted; the run refuses both, with all other mistakes.
    return file === "" || file.includes(",") ? [] : [file];
  });
}
