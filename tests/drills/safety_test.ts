import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Break, ProbeTarget, Scene } from "../../src/drills/model.ts";
import { EXIT } from "../../src/errors.ts";
import { Cluster, FAULTS, UNDO } from "./cluster.ts";
import { aDrill, assertClean, drill, POWER, two } from "./runs.ts";

/** Texts of what a run warned of. */
function warnings(cluster: Cluster): readonly string[] {
  return cluster.events.flatMap((e) => e.type === "diagnostic" ? [e.diagnostic.message] : []);
}

const BOTH: (scene: Scene) => Break[] = ({ endpoint }) =>
  endpoint.members.map(({ host: { name } }) => (
    { kind: "host", host: name, what: `stop ${name}`, script: FAULTS.stop, undo: UNDO }
  ));

Deno.test("runDrills() breaks nothing where one of two hosts cannot be armed, and disarms the other", async () => {
  const cluster = two();
  cluster.host("lb2").armFails = true;
  const { code, end, said } = await drill(cluster, [aDrill(BOTH)]);
  assertEquals([code, end?.verdict], [EXIT.failed, "unknown"]);
  assertStringIncludes(said, "the undo cannot be armed on lb2: it has no program flock");
  assertEquals(cluster.did("arm", "fault", "disarm"), ["lb1 arm", "lb1 disarm"]);
  assertClean(cluster);
});

Deno.test("runDrills() breaks nothing that this machine cannot guard", async () => {
  const cluster = two();
  const effects = { ...cluster.effects(), guard: () => Promise.reject(new Error("no program sh")) };
  const { code, end, said } = await drill(cluster, [aDrill(POWER)], {}, effects);
  assertEquals([code, end?.verdict], [EXIT.failed, "unknown"]);
  assertStringIncludes(said, "cannot guard what only it can undo: no program sh");
  assertEquals(cluster.did("power off", "unprobe"), ["all unprobe"]);
  assertClean(cluster);
});

Deno.test("runDrills() undoes nothing while another part of the fault is still being made", async () => {
  const cluster = two();
  cluster.commandMs = 5000;
  const breaks = (scene: Scene): Break[] => [
    ...POWER(scene),
    { kind: "host", host: "lb2", what: "stop lb2", script: FAULTS.fail, undo: UNDO },
  ];
  const { said } = await drill(cluster, [aDrill(breaks)]);
  assertStringIncludes(said, "Cannot stop lb2: it does not break");
  const at = (line: string) => cluster.log.indexOf(line);
  assert(at("lb1 power off done") < at("lb1 power on"), cluster.log.join("\n"));
  assert(at("lb1 power off done") < at("lb2 heal by controller"), cluster.log.join("\n"));
  assertClean(cluster);
});

Deno.test("runDrills() applies nothing once the undo has run, as it does when a session is lost", async () => {
  const cluster = two();
  const breaks = (scene: Scene): Break[] => [{
    kind: "apply",
    what: "apply a change",
    endpoint: scene.endpoint,
    undo: new Map(cluster.names.map((name) => [name, UNDO])),
  }];
  cluster.when.set("lb2 arm", () => {
    const host = cluster.host("lb1");
    Object.assign(host, { armed: undefined, healedBy: "session" });
  });
  const { end, said } = await drill(cluster, [aDrill(breaks)]);
  assertEquals(end?.verdict, "unknown");
  assertStringIncludes(said, "lb1: its undo is not armed any more");
  // What it was before is applied all the same: nobody knows how far it came.
  assertEquals(cluster.did("apply").length, 1);
  assertClean(cluster);
});

Deno.test("runDrills() heals and disarms when the prober dies, and judges nothing", async () => {
  const cluster = two();
  const effects = cluster.effects();
  const probe = async (target: ProbeTarget) => ({
    ...await effects.probe(target),
    stop: () => Promise.reject(new Error("the prober died")),
  });
  const { code, end, said } = await drill(cluster, [aDrill()], {}, { ...effects, probe });
  assertEquals([code, end?.verdict], [EXIT.failed, "unknown"]);
  assertStringIncludes(said, "the prober died");
  assertEquals(cluster.did("fault", "heal by controller", "disarm").length, 3);
  assertClean(cluster);
});

Deno.test("runDrills() heals what an earlier drill left, says so, and goes on", async () => {
  const cluster = two();
  cluster.leave("lb1");
  const { code, end, said } = await drill(cluster, [aDrill()]);
  assertEquals([code, end?.verdict], [EXIT.ok, "pass"], said);
  assertEquals(cluster.did("heal by controller", "arm", "fault"), [
    "lb1 heal by controller",
    "lb1 arm",
    "lb1 fault",
    "lb1 heal by controller",
  ]);
  assertStringIncludes(warnings(cluster).join("\n"), '"lb1" of lb was left');
  assertClean(cluster);
});

Deno.test("runDrills() says what to do by hand where what an earlier drill left cannot be undone", async () => {
  const cluster = two();
  cluster.leave("lb2");
  cluster.host("lb2").undoFails = true;
  const { code, end, said } = await drill(cluster, [aDrill()]);
  assertEquals([code, end?.verdict], [EXIT.failed, "unknown"]);
  assertStringIncludes(said, "nothing was broken: an earlier drill is not undone on lb2: the disk");
  assertStringIncludes(said, "undo by hand");
  assertEquals(cluster.did("sample", "arm", "fault"), []);
});
