/**
 * What a drill of one's own must look like, said key by key: a mistake in it is its author's, and no
 * bug of ours.
 * @module
 */
import * as z from "zod";
import type { Drill, DrillPlan, Scene } from "../drills/model.ts";
import { TrialError } from "../drills/trial.ts";

const text = z.string({ error: "expected a text" }).min(1, { error: "expected a text" });
const call = z.custom<(scene: Scene) => unknown>((value) => typeof value === "function", {
  error: "expected a function of the scene",
});
const ms = z.number({ error: "expected milliseconds" }).nonnegative({
  error: "expected milliseconds, not below 0",
});

const DRILL = z.object({
  name: z.string({ error: "expected a name" })
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: "expected words of a-z and 0-9 joined by dashes" }),
  title: text,
  about: text,
  suite: z.enum(["quick", "full"], { error: "expected quick or full" }),
  unfit: call.optional(),
  plan: call,
}, { error: "expected a drill: defineDrill({ name, title, about, suite, plan })" });

const BREAK = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("host"), host: text, what: text, script: text, undo: text }),
  z.object({ kind: z.literal("power"), host: text, what: text }),
  z.object({ kind: z.literal("api"), server: text, how: z.enum(["stop", "500"]), what: text }),
  z.object({
    kind: z.literal("apply"),
    what: text,
    endpoint: z.object({}),
    undo: z.map(text, text),
  }),
], { error: "expected { kind: host, power, api or apply, ... }" });

const PLAN = z.object({
  targets: z.array(text, { error: "expected a list of names" }),
  prepare: z.array(BREAK, { error: "expected a list" }).optional(),
  breaks: z.array(BREAK, { error: "expected a list" }),
  holdMs: ms,
  predictedMs: ms.optional(),
  expect: z.object({
    twoHoldersMs: z.union([ms, z.literal("faulted")], {
      error: "expected milliseconds or faulted",
    }),
  }, { error: "expected { twoHoldersMs, ... }" }),
}, { error: "expected { targets, breaks, holdMs, expect }" });

/** What is wrong with a value that shall be a drill, by key; nothing when it is one. */
export function drillProblems(value: unknown): readonly string[] {
  return problemsOf(DRILL.safeParse(value).error);
}

/** The same drill, whose plan is looked at before it is used. */
export function checkedDrill(drill: Drill, file: string): Drill {
  const named = `drill "${drill.name}" of "${file}"`;
  const { unfit } = drill;
  return {
    ...drill,
    ...(unfit === undefined ? {} : {
      unfit: (scene) => asked(`ask whether ${named} fits`, () => unfit.call(drill, scene)),
    }),
    plan: (scene) => {
      const plan = asked(`plan ${named}`, () => drill.plan(scene));
      const [problem] = problemsOf(PLAN.safeParse(plan).error);
      if (problem !== undefined) throw new TrialError(`Cannot plan ${named}: ${problem}`);
      return plan as DrillPlan;
    },
  };
}

function asked<T>(what: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TrialError(`Cannot ${what}: ${why}`);
  }
}

function problemsOf(error: z.ZodError | undefined): readonly string[] {
  return (error?.issues ?? []).map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`
  );
}
