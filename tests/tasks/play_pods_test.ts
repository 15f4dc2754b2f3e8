/** The play of an endpoint whose daemons are static pods. */
import { assert, assertEquals } from "@std/assert";
import { POD_PATHS, STAND_DOWN_FILE } from "../../src/endpoint/paths.ts";
import type { Change, Endpoint, Task } from "../../src/model.ts";
import { NOTHING } from "../../src/runner/plan.ts";
import { endpointPlay } from "../../tasks/play.ts";
import { endpoint, TEMPLATES, world } from "../endpoint/fixtures.ts";
import { endpoints, inPods, PAPER } from "../endpoint/renderings.ts";
import { runSh } from "../helpers.ts";

const play = endpointPlay(TEMPLATES);
const PODS = inPods(endpoint());
const GUIDE = inPods(endpoints(PAPER).guide);

const tasksOf = (of: Endpoint) => play.tasks(of, of.members[0]!);
const leaver = (of: Endpoint) => ({ ...of.members[0]!, absent: true });

/** What a set of files changes on a host that has none of them. */
function firstChanges(task: Task, of: Endpoint): readonly Change[] {
  if (task.kind !== "files") return [];
  const paths = [...new Set(task.probe.match(/\/[\w./-]+/g))];
  const stdout = paths.map((path) => `path ${path}\nabsent\n`).join("");
  return task.plan({ code: 0, stdout, stderr: "" }, { ...world(of), predicted: NOTHING }).changes;
}

const ORDER = [
  "files haproxy and keepalived",
  "no leftovers of another profile",
  "firewall rules",
  "files static pods haproxy, keepalived",
  "takes part in the service",
  "members of load_balancers",
];

Deno.test("endpointPlay() of static pods is this list: no package but curl, no unit, no user", () => {
  const names = (of: Endpoint) => tasksOf(of).map(({ name }) => name);
  assertEquals(names(PODS), ["packages curl", "sysctl tcp-keepalive", ...ORDER]);
  assertEquals(names(GUIDE), ["packages curl", ...ORDER]);
});

Deno.test("endpointPlay() of static pods writes manifests after what they read, untested by daemons", () => {
  const changes = tasksOf(PODS).flatMap((task) => firstChanges(task, PODS));
  const writes = changes.flatMap((change) => change.kind === "write" ? [change] : []);
  assertEquals(writes.length, 2);
  const [configs, manifests] = writes;
  assertEquals(manifests?.files.map(({ path }) => path), Object.values(POD_PATHS));
  assertEquals(configs?.files.some(({ path }) => path.includes("kubernetes")), false);
  assertEquals(writes.flatMap(({ validations }) => validations), []);
  assertEquals(configs?.notify, []);
  assertEquals(manifests?.notify, ["await pod haproxy", "await pod keepalived"]);
});

Deno.test("endpointPlay() of static pods has a handler for all that it notifies, and hands over before", () => {
  for (const one of [PODS, GUIDE]) {
    const handlers = play.handlers(one, one.members[0]!);
    const known = handlers.map(({ name }) => name);
    const notified = tasksOf(one).flatMap((task) => [
      ...task.notify,
      ...firstChanges(task, one).flatMap(({ notify = [] }) => notify),
    ]);
    assert(notified.length > 0);
    assertEquals(notified.filter((name) => !known.includes(name)), []);
    assertEquals(handlers.map(({ disrupts }) => disrupts), [true, true]);
  }
  assert(play.standDown?.(PODS, PODS.members[0]!)?.leave.includes(STAND_DOWN_FILE));
  assertEquals(play.standDown?.(GUIDE, GUIDE.members[0]!), undefined);
});

Deno.test("endpointPlay() of static pods narrowed to a daemon or to files changes its pod too", () => {
  const written = (tag: string) =>
    tasksOf(PODS).flatMap((task) => {
      if (task.narrow === undefined) return task.tags.includes(tag) ? [task] : [];
      return task.narrow((tags) => tags.includes(tag)) ?? [];
    }).flatMap((task) => firstChanges(task, PODS))
      .flatMap((change) => change.kind === "write" ? change.files : []).map(({ path }) => path);
  for (const daemon of ["haproxy", "keepalived"] as const) {
    assert(written(daemon).includes(POD_PATHS[daemon]));
    assertEquals(written(daemon).filter((path) => !path.includes(`/${daemon}`)), []);
  }
  assertEquals(written("config").filter((path) => path.includes("manifests")).length, 2);
});

Deno.test("endpointPlay() takes static pods away before all else, Keepalived's first", () => {
  const names = play.tasks(PODS, leaver(PODS)).map(({ name }) => name);
  assertEquals(names, [
    "no static pod keepalived",
    "no pod keepalived",
    "no address 10.88.0.10",
    "no static pod haproxy",
    "no pod haproxy",
    "no firewall rules of ours",
    "no files of the endpoint",
    "no user keepalived_script of ours",
    "no record of members",
  ]);
  // A host with units never loses a manifest that somebody else has put there.
  const units = endpoint();
  const probes = play.tasks(units, leaver(units)).map(({ probe }) => probe).join("\n");
  assertEquals(probes.includes("/etc/kubernetes"), false);
  assertEquals(play.handlers(PODS, leaver(PODS)).map(({ name }) => name), ["forget units"]);
});

Deno.test("endpointPlay() of static pods asks in text that a shell can read", async () => {
  const [member] = PODS.members;
  const scripts = [
    ...tasksOf(PODS).map(({ probe }) => probe),
    ...play.tasks(PODS, leaver(PODS)).map(({ probe }) => probe),
    ...play.handlers(PODS, member!).map(({ script }) => script),
    ...play.checks(PODS).map((check) => check.probe("lb1")),
    ...(play.keeps?.(PODS, member!) ?? []).flatMap(({ save, restore }) => [save, restore]),
    ...(play.preflights?.(PODS) ?? []).flatMap(({ probe }) =>
      probe?.("lb1", world(PODS).facts) ?? []
    ),
  ];
  for (const script of scripts) {
    const { code, stderr } = await runSh(script, ["sh", "-n"]);
    assertEquals([code, stderr], [0, ""], script);
  }
});

Deno.test("endpointPlay() of static pods asks no preflight about units and packages", () => {
  const names = (of: Endpoint) => play.preflights?.(of).map(({ name }) => name) ?? [];
  const missing = names(endpoint()).filter((name) => !names(PODS).includes(name));
  assertEquals(missing, ["descriptors", "packages", "confinement"]);
  assertEquals(names(PODS).includes("port"), true);
});
