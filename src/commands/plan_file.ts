/**
 * Plans as files: `check INVENTORY --out FILE` writes one, `apply FILE` reads it.
 * @module
 */
import * as z from "zod";
import { InputError } from "../errors.ts";
import type { SecretReader } from "../inventory/load.ts";
import {
  PLAN_FORMAT,
  type PlanFlags,
  type PlannedHost,
  type SavedPlan,
  type SecretSource,
} from "../saved_plan.ts";
import { VERSION } from "../version.ts";

/** Built when a plan is read: every other run starts without it. */
const planSchema = () => {
  const HASH = z.string().regex(/^([0-9a-f]{64}|absent|known after apply)$/);
  const words = z.array(z.string());
  return z.strictObject({
    holdfastPlan: z.literal(PLAN_FORMAT),
    holdfast: z.string(),
    made: z.string(),
    inventory: z.string(),
    flags: z.strictObject({
      limit: z.string().optional(),
      tags: words.optional(),
      skipTags: words.optional(),
      startAtTask: z.string().optional(),
      extraVars: words.optional(),
      play: z.string().optional(),
      user: z.string().optional(),
      become: z.boolean().optional(),
      shard: z.strictObject({
        index: z.int().positive(),
        count: z.int().positive(),
      }).optional(),
    }),
    secrets: z.array(z.union([
      z.strictObject({ env: z.string() }),
      z.strictObject({ file: z.string() }),
      z.strictObject({ command: words }),
    ])),
    hosts: z.record(
      z.string(),
      z.strictObject({
        identity: HASH,
        changes: z.array(z.strictObject({
          task: z.string(),
          kind: z.enum(["run", "write", "remove"]),
          target: z.string(),
          summary: z.string(),
          before: HASH.optional(),
          after: HASH,
        })),
      }),
    ),
  });
};

/** How every plan begins, whatever its format. */
const PLAN_START = /^\s*\{\s*"holdfastPlan":/;

/** A plan is larger than this only when it is none. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The plan in a file, or undefined when the file is something else: an inventory, most likely.
 * @throws {InputError} when it is a plan that cannot be used
 */
export async function readPlan(path: string): Promise<SavedPlan | undefined> {
  const text = await textOf(path);
  if (text === undefined || !PLAN_START.test(text)) return undefined;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw refusal(path, `it is cut short or damaged: ${messageOf(error)}`);
  }
  const { holdfastPlan: format } = data as { holdfastPlan: unknown };
  if (format !== PLAN_FORMAT) {
    throw refusal(path, `its format is ${String(format)}, and this Holdfast reads ${PLAN_FORMAT}`);
  }
  const parsed = planSchema().safeParse(data);
  if (parsed.success) return parsed.data as SavedPlan;
  const [issue] = parsed.error.issues;
  throw refusal(path, `at "${issue?.path.join(".")}": ${issue?.message}`);
}

/** The file, where it can be a plan. What else may be wrong with it is said by the inventory. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile || size > MAX_BYTES) return undefined;
    return await Deno.readTextFile(path);
  } catch {
    return undefined;
  }
}

/** The inventory that a command works on: the plan's, where a plan is given in its place. */
export async function inventoryOf(path: string): Promise<string> {
  try {
    return (await readPlan(path))?.inventory ?? path;
  } catch (error) {
    if (error instanceof InputError) return path;
    throw error;
  }
}

/**
 * Refuses a plan where only an inventory can be.
 * @throws {InputError}
 */
export async function refusePlan(path: string, command: string): Promise<void> {
  const plan = await readPlan(path).catch(() => undefined);
  if (plan === undefined) return;
  const hint = `holdfast ${command} ${plan.inventory}`;
  throw refusal(path, `it is a saved plan, and ${command} takes an inventory`, hint);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/**
 * The plan that `apply` was given, and the flags that it was made with; they are part of it.
 * @throws {InputError} when it cannot be used, or is given together with flags that would change it
 */
export async function boundBy<Flags extends { readonly [Key in keyof PlanFlags]?: unknown }>(
  path: string,
  flags: Flags,
): Promise<{ readonly plan: SavedPlan; readonly flags: Flags & PlanFlags } | undefined> {
  const plan = await readPlan(path);
  if (plan === undefined) return undefined;
  const given = Object.entries(FLAGS).flatMap(([key, flag]) =>
    flags[key as keyof PlanFlags] === undefined ? [] : [flag]
  );
  if (given.length > 0) {
    const hint = "make another plan with them: holdfast check INVENTORY … --out FILE";
    throw refusal(path, `it is applied as it was made, without ${given.join(", ")}`, hint);
  }
  if (!(await exists(plan.inventory))) {
    throw refusal(path, `its inventory "${plan.inventory}" is not here`, "cd where it was made");
  }
  return { plan, flags: { ...flags, ...plan.flags } };
}

const FLAGS: Readonly<Record<keyof PlanFlags, string>> = {
  limit: "--limit",
  tags: "--tags",
  skipTags: "--skip-tags",
  startAtTask: "--start-at-task",
  extraVars: "--extra-vars",
  play: "--play",
  user: "--user",
  become: "--become",
  shard: "--shard",
};

/** The text of a plan. */
export function planText(
  inventory: string,
  flags: PlanFlags,
  secrets: readonly SecretSource[],
  hosts: ReadonlyMap<string, PlannedHost>,
): string {
  const kept = Object.keys(FLAGS).flatMap((key) => {
    const value = flags[key as keyof PlanFlags];
    return value === undefined ? [] : [[key, value] as const];
  });
  const plan: SavedPlan = {
    holdfastPlan: PLAN_FORMAT,
    holdfast: VERSION,
    made: new Date().toISOString(),
    inventory,
    flags: Object.fromEntries(kept),
    secrets,
    hosts: Object.fromEntries(hosts),
  };
  return `${JSON.stringify(plan, null, 2)}\n`;
}

/**
 * Writes a file that only its owner may read, whole or not at all.
 * @throws {InputError} when it cannot be written
 */
export async function writePrivately(path: string, text: string): Promise<void> {
  const part = `${path}.part`;
  try {
    // One that a killed run left, or somebody else planted, is not followed or reused.
    await Deno.remove(part).catch(() => {});
    await Deno.writeTextFile(part, text, { createNew: true, mode: 0o600 });
    await Deno.rename(part, path);
  } catch (error) {
    await Deno.remove(part).catch(() => {});
    throw refusal(path, messageOf(error), undefined, "write");
  }
}

/**
 * Makes sure, before a host is contacted, that a plan can be written to a file.
 * @throws {InputError} when it cannot
 */
export async function assertWritable(path: string): Promise<void> {
  const part = `${path}.part`;
  try {
    const there = await Deno.stat(path).catch(() => undefined);
    if (there?.isDirectory) throw new Error("it is a folder");
    // One mistyped word must not cost an inventory: only a plan is replaced.
    if ((there?.size ?? 0) > 0 && !PLAN_START.test(await textOf(path) ?? "")) {
      throw new Error("another file is there, which is no plan");
    }
    await Deno.remove(part).catch(() => {});
    await Deno.writeTextFile(part, "", { createNew: true, mode: 0o600 });
    await Deno.remove(part);
  } catch (error) {
    throw refusal(path, messageOf(error), undefined, "write");
  }
}

/** A reader of secrets that notes where they come from. */
export function noting(
  reader: SecretReader,
  sources: SecretSource[],
): SecretReader {
  return {
    ...reader,
    env: (env) => (sources.push({ env }), reader.env(env)),
    file: (file) => (sources.push({ file }), reader.file(file)),
    command: (command) => (sources.push({ command }), reader.command(command)),
  };
}

const messageOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).replace(/ \(os error \d+\).*$/s, "");

function refusal(path: string, why: string, hint?: string, verb = "use"): InputError {
  const message = `Cannot ${verb} plan "${path}": ${why}`;
  return new InputError([{
    severity: "error",
    code: "plan",
    message,
    ...(hint === undefined ? {} : { hint }),
  }]);
}
