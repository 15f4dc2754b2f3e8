import { assertEquals, assertThrows } from "@std/assert";
import { checkedDrill, drillProblems } from "../../src/commands/drill_shape.ts";
import { expectedScene } from "../../src/drills/scene.ts";
import type { Drill, DrillPlan } from "../../src/drills/model.ts";
import { TrialError } from "../../src/drills/trial.ts";
import { CATALOGUE } from "../../src/drills/catalogue/mod.ts";
import { anEndpoint } from "../helpers.ts";

const PLAN: DrillPlan = {
  targets: ["lb1"],
  breaks: [{ kind: "host", host: "lb1", what: "stop it", script: "false", undo: "true" }],
  holdMs: 1000,
  expect: { twoHoldersMs: 0 },
};

const SCENE = {
  ...expectedScene(anEndpoint("lb1", "lb2")),
  interfaces: new Map([["lb1", "eth0"], ["lb2", "eth0"]]),
};

function planned(plan: unknown) {
  const drill = { name: "mine", title: "t", about: "a", suite: "quick", plan: () => plan };
  assertEquals(drillProblems(drill), []);
  return checkedDrill(drill as unknown as Drill, "mine.ts").plan(SCENE);
}

Deno.test("drillProblems() names every key that is wrong", () => {
  assertEquals(drillProblems({ name: "No Name", title: "", about: "a", suite: "some", plan: 1 }), [
    "name: expected words of a-z and 0-9 joined by dashes",
    "title: expected a text",
    "suite: expected quick or full",
    "plan: expected a function of the scene",
  ]);
  assertEquals(drillProblems(undefined).length, 1);
});

Deno.test("checkedDrill() says what is wrong with a plan, and whose it is", () => {
  assertEquals(planned(PLAN), PLAN);
  const wrong: readonly [unknown, RegExp][] = [
    [undefined, /"mine" of "mine.ts": expected \{ targets/],
    [{}, /targets: expected a list of names/],
    [{ ...PLAN, holdMs: -1 }, /holdMs: expected milliseconds, not below 0/],
    [{ ...PLAN, breaks: [{ kind: "hosts" }] }, /breaks.0.*: expected \{ kind: host/],
    [{ ...PLAN, breaks: [{ ...PLAN.breaks[0], undo: "" }] }, /breaks.0.undo: expected a text/],
    [{ ...PLAN, expect: {} }, /expect.twoHoldersMs: expected milliseconds or faulted/],
  ];
  for (const [plan, message] of wrong) {
    const { message: said } = assertThrows(() => planned(plan), TrialError);
    assertEquals(message.test(said), true, said);
  }
});

Deno.test("checkedDrill() takes what a drill throws for its own mistake", () => {
  const drill = { ...CATALOGUE[0] as Drill, name: "mine" };
  const plan = () => {
    throw new RangeError("no such host");
  };
  const broken = checkedDrill({ ...drill, plan, unfit: plan }, "mine.ts");
  assertThrows(
    () => broken.plan(SCENE),
    TrialError,
    'plan drill "mine" of "mine.ts": no such host',
  );
  assertThrows(() => broken.unfit?.(SCENE), TrialError, "no such host");
});

Deno.test("checkedDrill() lets every plan of the catalogue pass", () => {
  for (const drill of CATALOGUE) {
    if (drill.unfit?.(SCENE) !== undefined) continue;
    assertEquals(checkedDrill(drill, "x.ts").plan(SCENE), drill.plan(SCENE));
  }
});
