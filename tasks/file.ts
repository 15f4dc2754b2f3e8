import { defineTask, type TaskFunction, type TaskOptions } from "../src/define.ts";
import { NotYetKnown, TaskError } from "../src/errors.ts";
import { askFiles, type FileState, parseFiles } from "../src/file_state.ts";
import type {
  Agreement,
  Change,
  FileSpec,
  Task,
  TaskPlan,
  Validation,
  World,
} from "../src/model.ts";
import { folderOf, otherNames, protectedBy } from "../src/obstacles.ts";
import { sh } from "../src/shell.ts";
import type { Templates } from "../src/templates.ts";

/** Text, or what makes it from the facts of the endpoint's hosts. */
export type Content = string | ((world: World) => string);

/** A file that shall be so. */
export interface FileArgs {
  /** Absolute path. */
  readonly path: string;
  /** Whole content. */
  readonly content: Content;
  /** Octal mode as a string. @default {"0600"} */
  readonly mode?: string;
  /** Owner's name. @default {"root"} */
  readonly owner?: string;
  /** Group's name. @default {"root"} */
  readonly group?: string;
  /** The content holds a secret: it is never shown. */
  readonly secret?: boolean;
  /** Handlers that a change of this file's content makes due. */
  readonly notify?: readonly string[];
  /** Words that `--tags` and `--skip-tags` select this file of its set by, beside the set's. */
  readonly tags?: readonly string[];
  /** Whether the host has any use for it; where it has none, the file is left as it is. @default {it has} */
  readonly when?: (world: World) => boolean;
  /**
   * What such a content says that must not differ between the members of an endpoint: a change of it
   * reaches all of them together.
   */
  readonly agreement?: (content: string) => Agreement;
}

/** Arguments of {@link fileSet}. */
export interface FileSetArgs {
  /** Name of the set on screen. */
  readonly name: string;
  /** The files. */
  readonly files: readonly FileArgs[];
  /** Tests by the daemons that read the files, before any of them moves. */
  readonly validations?: readonly Validation[];
}

/**
 * Files that belong together: all staged, validated as a set by the daemons that read them, then
 * moved into place; or none of them.
 */
export const fileSet: TaskFunction<FileSetArgs> = defineTask<
  FileSetArgs,
  ReadonlyMap<string, FileState>
>({
  kind: "files",
  title: ({ name }) => `files ${name}`,
  probe: ({ files }) => [askFiles({ paths: files.map(({ path }) => path) })],
  parse: ({ stdout }) => parseFiles(stdout),
  plan: (seen, { files: all, validations = [] }, world): TaskPlan => {
    const files = all.filter(({ when }) => when?.(world) ?? true);
    const differing: FileSpec[] = [];
    const unknown: { path: string; why: string }[] = [];
    const notified = new Set<string>();
    const attributes: Change[] = [];
    for (const file of files) {
      const state = seen.get(file.path) ?? { kind: "absent" };
      assertReplaceable(file, state);
      const spec = toSpec(file, world);
      if (spec instanceof NotYetKnown) {
        unknown.push({ path: file.path, why: spec.message });
        for (const handler of file.notify ?? []) notified.add(handler);
      } else if (state.content === spec.content) {
        attributes.push(...repairAttributes(spec, state));
      } else {
        assertChangeable(spec, state);
        differing.push(spec);
        for (const handler of file.notify ?? []) notified.add(handler);
      }
    }
    const predicts = { paths: files.map(({ path }) => path) };
    if (differing.length + unknown.length === 0) return { changes: attributes, predicts };
    const write: Change = {
      kind: "write",
      summary: `write ${[...differing, ...unknown].map(({ path }) => path).join(", ")}`,
      files: differing,
      ...(unknown.length === 0 ? {} : { unknown }),
      validations,
      before: contents([...differing, ...unknown], seen),
      ...agreementOf(files, [...differing, ...assumed(files, unknown, world)], seen),
      notify: [...notified],
    };
    return { changes: [...attributes, write], predicts };
  },
  agreement: (seen, { files }) => {
    const said = files.flatMap(({ path, agreement }) => {
      const content = seen.get(path)?.content;
      return agreement === undefined || content === undefined ? [] : [agreement(content)];
    });
    return said.length === 0 ? undefined : Object.assign({}, ...said);
  },
  parts: {
    tags: ({ files }) => files.flatMap(({ tags = [] }) => tags),
    keep: (args, wanted) => {
      const files = args.files.filter(({ tags = [] }) => wanted(tags));
      if (files.length === args.files.length) return args;
      const { validations = [] } = args;
      const kept = validations.filter(({ tags }) => tags === undefined || wanted(tags));
      return files.length === 0 ? undefined : { ...args, files, validations: kept };
    },
  },
});

/** One file with its content, mode, owner and group. */
export function file(args: FileArgs, options: TaskOptions = {}): Task {
  return single("file", args, options);
}

/** Arguments of {@link template}. */
export interface TemplateArgs extends Omit<FileArgs, "content"> {
  /** Where templates come from. */
  readonly templates: Templates;
  /** Name of the template, without `.eta`. */
  readonly template: string;
  /** What the template calls `it`: an object, or what makes it from the facts. */
  readonly data: object | ((world: World) => object);
}

/** One file whose content is a template filled in. A variable that is not set is an error. */
export function template(
  { templates, template, data, ...args }: TemplateArgs,
  options: TaskOptions = {},
): Task {
  const content = (world: World) =>
    templates.render(template, typeof data === "function" ? data(world) : data);
  return single("template", { ...args, content }, options);
}

/** A set of one file is not narrowed: its tags are the task's. */
function single(kind: string, args: FileArgs, options: TaskOptions): Task {
  const { name = `${kind} ${args.path}`, notify = args.notify ?? [] } = options;
  const one = fileSet({ name: args.path, files: [{ ...args, notify }] }, { ...options, name });
  const { narrow: _, ...task } = one;
  return { ...task, kind };
}

function toSpec(args: FileArgs, world: World): FileSpec | NotYetKnown {
  const { path, content, mode = "0600", owner = "root", group = "root", secret = false } = args;
  try {
    const text = typeof content === "string" ? content : content(world);
    return { path, content: text, mode, owner, group, secret };
  } catch (error) {
    if (error instanceof NotYetKnown) return error;
    throw error;
  }
}

function assertReplaceable({ path }: { readonly path: string }, state: FileState): void {
  if (state.kind === "absent" || state.kind === "file") return;
  const what = state.kind === "link"
    ? `it is a symbolic link to "${state.target}"; manage that path instead, or remove the link`
    : `there is ${state.kind === "directory" ? "a directory" : "something else"} in its place`;
  throw new TaskError(`Cannot write "${path}": ${what}`);
}

/** What the set says to other members before and after, where that changes; at first it says nothing. */
function agreementOf(
  files: readonly FileArgs[],
  written: readonly FileSpec[],
  seen: ReadonlyMap<string, FileState>,
): { agreement?: { before: Agreement; after: Agreement } } {
  const before: Record<string, string> = {};
  const after: Record<string, string> = {};
  for (const { path, agreement } of files) {
    if (agreement === undefined) continue;
    const old = seen.get(path)?.content;
    if (old !== undefined) Object.assign(before, agreement(old));
    const next = written.find((it) => it.path === path)?.content ?? old;
    if (next !== undefined) Object.assign(after, agreement(next));
  }
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const same = [...names].every((name) => before[name] === after[name]);
  return same ? {} : { agreement: { before, after } };
}

/**
 * Files whose content an earlier change decides, as they would be without that: good enough to tell
 * what they will say to others, and for nothing else.
 */
function assumed(
  files: readonly FileArgs[],
  unknown: readonly { readonly path: string }[],
  world: World,
): FileSpec[] {
  const predicted = { ...world.predicted, packages: [], versions: {} };
  return files.filter(({ path, agreement }) =>
    agreement !== undefined && unknown.some((it) => it.path === path)
  ).flatMap((file) => {
    const spec = toSpec(file, { ...world, predicted });
    return spec instanceof NotYetKnown ? [] : [spec];
  });
}

/** What stands in the way of a change is said before anything changes. */
function assertChangeable({ path }: { readonly path: string }, state: FileState): void {
  const { links = 1, attribute, folderAttribute } = state;
  const what = links > 1
    ? otherNames(path)
    : attribute !== undefined
    ? protectedBy(path, attribute)
    : folderAttribute !== undefined
    ? protectedBy(folderOf(path), folderAttribute)
    : undefined;
  if (what !== undefined) throw new TaskError(`Cannot write "${path}": ${what}`);
}

function contents(
  files: readonly { readonly path: string }[],
  seen: ReadonlyMap<string, FileState>,
): Record<string, string> {
  return Object.fromEntries(
    files.map(({ path }) => [path, seen.get(path)?.content] as const)
      .filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Mode and owner of a file whose content is right: repaired in place, and no daemon reloads. */
function repairAttributes(spec: FileSpec, state: FileState): Change[] {
  const { path, mode, owner, group } = spec;
  if (state.mode === mode && state.owner === owner && state.group === group) return [];
  assertChangeable(spec, state);
  const { ids = "root:root", mode: was = "0600" } = state;
  return [{
    kind: "run",
    targets: [path],
    summary:
      `set ${path} to ${mode} ${owner}:${group} (was ${state.mode} ${state.owner}:${state.group})`,
    // Both would follow a link that somebody has put there since.
    script: sh`[ -f ${path} ] && [ ! -L ${path} ] || {
  echo ${path}' has changed since it was looked at: apply again' >&2; exit 1; }
chown -- ${`${owner}:${group}`} ${path} && chmod -- ${mode} ${path}`,
    undo: sh`if [ -f ${path} ] && [ ! -L ${path} ]; then
  chown -- ${ids} ${path} && chmod -- ${was} ${path}
fi`,
    notify: [],
  }];
}
