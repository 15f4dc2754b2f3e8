/**
 * Which tasks a run does: `--tags`, `--skip-tags` and `--start-at-task` over the tasks of every
 * selected host. Pure.
 * @module
 */
import { didYouMean, quote } from "../diagnostics.ts";
import { InputError } from "../errors.ts";
import { glob } from "../inventory/pattern/regex.ts";
import { errorAt, warningAt } from "../inventory/problems.ts";
import type { Diagnostic, Endpoint, Play, Task } from "../model.ts";
import { isWanted, SPECIAL_TAGS, type TagChoice, tagWords } from "./tags.ts";

/** Flags that choose tasks. */
export interface SelectionFlags {
  /** `--tags`, words with commas between them. */
  readonly tags?: readonly string[] | undefined;
  /** `--skip-tags`, the same. */
  readonly skipTags?: readonly string[] | undefined;
  /** `--start-at-task`, a name or a wildcard. */
  readonly startAtTask?: string | undefined;
}

/** A selected host and its tasks. */
export interface HostTasks {
  /** Its endpoint. */
  readonly endpoint: Endpoint;
  /** Its name. */
  readonly host: string;
  /** What the play asks of it. */
  readonly all: readonly Task[];
  /** What this run does of that. */
  readonly wanted: readonly Task[];
}

/** The tasks that a run does. */
export interface Selection {
  /** Every selected host. */
  readonly hosts: readonly HostTasks[];
  /** Picks the wanted ones out of the tasks of a host. */
  readonly wanted: (tasks: readonly Task[]) => readonly Task[];
  /** What a person should know. */
  readonly warnings: readonly Diagnostic[];
}

/**
 * Chooses tasks.
 * @throws {InputError} with every word that means no task, or when no task is left on any host
 */
export function selectTasks(
  flags: SelectionFlags,
  play: Play,
  endpoints: readonly Endpoint[],
  selected: ReadonlySet<string>,
): Selection {
  const asked = endpoints.flatMap((endpoint) =>
    [...endpoint.members, ...endpoint.leaving ?? []].filter(({ host }) => selected.has(host.name))
      .map((member) => ({
        endpoint,
        host: member.host.name,
        all: play.tasks(endpoint, member),
      }))
  );
  const tasks = asked.flatMap(({ all }) => all);
  const choice = { only: tagWords(flags.tags), skip: tagWords(flags.skipTags) };
  const isStart = starter(flags.startAtTask, tasks);
  const problems = [
    ...emptyTags("--tags", flags.tags),
    ...emptyTags("--skip-tags", flags.skipTags),
    ...unknownTags("--tags", choice.only, tasks),
    ...unknownTags("--skip-tags", choice.skip, tasks),
    ...unknownStart(flags.startAtTask, isStart, tasks),
  ];
  if (problems.length > 0) throw new InputError(problems);
  const wanted = (list: readonly Task[]) => narrowed(from(list, isStart), choice);
  const hosts = asked.map((host) => ({ ...host, wanted: wanted(host.all) }));
  if (tasks.length > 0 && hosts.every((host) => host.wanted.length === 0)) {
    throw new InputError([nothingLeft(flags, tasks)]);
  }
  return { hosts, wanted, warnings: idle(hosts, flags) };
}

/** Every tag of some tasks, in the order of the alphabet. */
export function tagsOf(tasks: readonly Task[]): readonly string[] {
  return [...new Set(tasks.flatMap((task) => task.tags))].sort();
}

function from(tasks: readonly Task[], isStart?: (task: Task) => boolean): readonly Task[] {
  if (isStart === undefined) return tasks;
  const at = tasks.findIndex(isStart);
  return at === -1 ? [] : tasks.slice(at);
}

function narrowed(tasks: readonly Task[], choice: TagChoice): readonly Task[] {
  return tasks.flatMap((task) => {
    if (task.narrow) return task.narrow((tags) => isWanted(tags, choice)) ?? [];
    return isWanted(task.tags, choice) ? task : [];
  });
}

/** Whether a run starts at a task: the exact name counts first, because names may hold brackets. */
function starter(
  name: string | undefined,
  tasks: readonly Task[],
): ((task: Task) => boolean) | undefined {
  if (name === undefined) return undefined;
  if (tasks.some((task) => task.name === name)) return (task) => task.name === name;
  try {
    const fits = glob(name);
    return (task) => fits(task.name);
  } catch (error) {
    // No wildcard, then: a name that nobody has.
    if (error instanceof SyntaxError) return () => false;
    throw error;
  }
}

function emptyTags(flag: string, given: readonly string[] | undefined): Diagnostic[] {
  if (given === undefined || tagWords(given).length > 0) return [];
  return [errorAt(undefined, "tags", `Cannot choose tasks: ${flag} names no tag`)];
}

function unknownTags(
  flag: string,
  words: readonly string[],
  tasks: readonly Task[],
): Diagnostic[] {
  if (words.length === 0) return [];
  const known = tagsOf(tasks);
  return words.filter((word) => ![...known, ...SPECIAL_TAGS].includes(word)).map((word) => {
    const message = `Cannot use ${flag} ${quote(word)}: no task has this tag`;
    const near = didYouMean(word, [...known, ...SPECIAL_TAGS]);
    return errorAt(undefined, "tags", message, near ?? `tags are ${known.join(", ")}`);
  });
}

function unknownStart(
  name: string | undefined,
  isStart: ((task: Task) => boolean) | undefined,
  tasks: readonly Task[],
): Diagnostic[] {
  if (name === undefined || isStart === undefined || tasks.some(isStart)) return [];
  const names = [...new Set(tasks.map((task) => task.name))];
  const near = didYouMean(name, names) ??
    names.find((one) => one.toLowerCase().includes(name.toLowerCase()));
  const message = `Cannot start at task ${quote(name)}: no host has a task of this name`;
  return [errorAt(undefined, "start-at-task", message, near ?? "--list-tasks lists them")];
}

function nothingLeft(flags: SelectionFlags, tasks: readonly Task[]): Diagnostic {
  const said = flagsOf(flags).join(" ");
  const message = `Cannot choose tasks: ${said} leaves none on any host`;
  return errorAt(undefined, "nothing-selected", message, `tags are ${tagsOf(tasks).join(", ")}`);
}

/** The flags that choose tasks, as they were typed. */
function flagsOf({ tags, skipTags, startAtTask }: SelectionFlags): string[] {
  return [
    ...(tags === undefined ? [] : [`--tags ${tags.join(",")}`]),
    ...(skipTags === undefined ? [] : [`--skip-tags ${skipTags.join(",")}`]),
    ...(startAtTask === undefined ? [] : [`--start-at-task ${quote(startAtTask)}`]),
  ];
}

function idle(hosts: readonly HostTasks[], flags: SelectionFlags): Diagnostic[] {
  const names = hosts.filter(({ all, wanted }) => all.length > 0 && wanted.length === 0)
    .map(({ host }) => quote(host));
  if (names.length === 0) return [];
  const message = `No task is left for ${names.join(", ")}: ${flagsOf(flags).join(" ")}`;
  return [warningAt(undefined, "nothing-selected", message)];
}
