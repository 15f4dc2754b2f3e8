import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Drill, ProbeTarget, Scene } from "../../src/drills/model.ts";
import { TrialError } from "../../src/drills/trial.ts";
import { EXIT } from "../../src/errors.ts";
import type { Endpoint, Host } from "../../src/model.ts";
import { anEndpoint } from "../helpers.ts";
import { Cluster, FAULTS } from "./cluster.ts";
import { aDrill, assertClean, drill, onHolder, POWER, two } from "./runs.ts";

Deno.test("runDrills() arms before it breaks, heals by what it armed, and disarms what is whole", async () => {
  const cluster = two();
  const { code, end, said } = await drill(cluster, [aDrill()]);
  assertEquals([code, end?.verdict], [EXIT.ok, "pass"], said);
  assertEquals(cluster.did("probe", "arm", "fault", "heal by controller", "unprobe", "disarm"), [
    "all probe",
    "lb1 arm",
    "lb1 fault",
    "lb1 heal by controller",
    "all unprobe",
    "lb1 disarm",
  ]);
  assertEquals(end?.figures?.moves, 2);
  assert((end?.outageMs ?? 0) >= 180 && (end?.outageMs ?? 0) < 260, `${end?.outageMs}`);
  assertEquals(end?.figures?.maxHolders, 1);
  assertClean(cluster);
});

Deno.test("runDrills() says every phase of a drill in order", async () => {
  const cluster = two();
  await drill(cluster, [aDrill()]);
  const phases = cluster.events.flatMap((event) => event.type === "drill-phase" ? event.phase : []);
  assertEquals(phases, ["preflight", "watch", "arm", "fault", "heal", "settle", "disarm"]);
});

Deno.test("runDrills() breaks nothing where all is not well, and does not go on to the next", async () => {
  const cluster = two();
  cluster.host("lb2").broken = true;
  const { code, ends, said } = await drill(cluster, [aDrill(), { ...aDrill(), name: "next" }]);
  assertEquals(code, EXIT.failed);
  assertEquals(ends.map(({ verdict }) => verdict), ["unknown", "unknown"]);
  assertStringIncludes(said, "nothing was broken: not well: lb2");
  assertEquals(cluster.did("arm", "fault", "sample"), []);
});

for (const moment of ["lb2 sample", "all probe", "lb1 arm", "lb1 fault"]) {
  Deno.test(`runDrills() heals and disarms when it is interrupted at: ${moment}`, async () => {
    const cluster = two();
    cluster.when.set(moment, () => cluster.abort());
    const { code, end, said } = await drill(cluster, [aDrill(), { ...aDrill(), name: "next" }]);
    assertEquals([code, end?.verdict], [EXIT.interrupted, "unknown"], said);
    assertStringIncludes(said, "interrupted");
    const broken = cluster.did("fault").length;
    assertEquals(cluster.did("heal by controller").length, broken);
    assertClean(cluster);
  });
}

Deno.test("runDrills() ends the hold at once when it is interrupted", async () => {
  const cluster = two();
  cluster.when.set("lb1 fault", () => cluster.abort());
  await drill(cluster, [aDrill(undefined, { holdMs: 3_600_000 })]);
  assert(cluster.time.now < 60_000, `${cluster.time.now}`);
});

Deno.test("runDrills() waits for a host that is cut off to heal itself, and says so", async () => {
  const cluster = two();
  const { code, end, said } = await drill(cluster, [
    aDrill(onHolder(FAULTS.cut, { cutsLink: true })),
  ]);
  assertEquals(cluster.did("heal by controller", "heal by deadline"), ["lb1 heal by deadline"]);
  assertStringIncludes(said, "lb1 healed by itself at its deadline");
  assertEquals([code, end?.verdict], [EXIT.ok, "pass"], said);
  // The heal is not put where nobody could have asked for it.
  const heal = end?.timeline?.marks.find(({ kind }) => kind === "heal");
  const fault = end?.timeline?.marks.find(({ kind }) => kind === "fault");
  const stood = (heal?.at ?? 0) - (fault?.at ?? 0);
  assert(stood >= 6000 && stood <= 8100, `${stood}`);
  assertClean(cluster);
});

Deno.test("runDrills() says loudly what it cannot heal, and breaks nothing else", async () => {
  const cluster = two();
  cluster.host("lb1").undoFails = true;
  const { code, ends, said } = await drill(cluster, [aDrill(), { ...aDrill(), name: "next" }]);
  assertEquals([code, ends.map(({ verdict }) => verdict)], [EXIT.failed, ["fail", "unknown"]]);
  assertStringIncludes(said, "the undo fails on lb1: controller try 60 of 60: the disk is full");
  assertStringIncludes(said, "lb1 was not seen whole: its undo stays armed there");
  assertEquals(cluster.did("fault", "disarm"), ["lb1 fault"]);
});

Deno.test("runDrills() fails when a host is not as it was, and names the difference", async () => {
  const cluster = two();
  cluster.when.set("lb1 fault", () => cluster.host("lb2").drift = "\nroute\tdefault via 10.9.0.1");
  const { code, end, said } = await drill(cluster, [aDrill()]);
  assertEquals([code, end?.verdict], [EXIT.failed, "fail"], said);
  assertStringIncludes(said, "lb2 is not as it was");
  assertEquals(cluster.did("disarm"), ["lb1 disarm"]);
});

Deno.test("runDrills() does not call it steady while nobody outside is answered", async () => {
  const cluster = two();
  cluster.when.set("lb1 heal by controller", () => cluster.unreachedFrom = cluster.time.now);
  const { code, end, said } = await drill(cluster, [aDrill()]);
  assertEquals([code, end?.verdict], [EXIT.failed, "fail"], said);
  assertStringIncludes(said, "no request from outside is answered");
  assertEquals(end?.timeline?.marks.some(({ kind }) => kind === "steady"), false);
});

Deno.test("runDrills() breaks nothing on hosts that somebody else works on", async () => {
  const cluster = two();
  cluster.host("lb2").locked = true;
  const { code, ends } = await drill(cluster, [aDrill()]);
  assertEquals([code, ends], [EXIT.stale, []]);
  const said = cluster.events.flatMap((e) => e.type === "diagnostic" ? e.diagnostic.message : []);
  assertStringIncludes(said.join("\n"), "ann@pc");
  assertEquals(cluster.did("sample", "arm", "fault"), []);
});

Deno.test("runDrills() waits for a lock as long as it was told", async () => {
  const cluster = two();
  cluster.host("lb2").locked = true;
  const lock = { what: "drill", who: "bob@pc", nonce: "lock", timeoutMs: 10_000 };
  const opened = cluster.time.sleep(3000).then(() => cluster.host("lb2").locked = false);
  const { code, end, said } = await drill(cluster, [aDrill()], { lock });
  await opened;
  assertEquals([code, end?.verdict], [EXIT.ok, "pass"], said);
});

Deno.test("runDrills() runs again what a stall of this machine made useless, and says it", async () => {
  const cluster = two();
  cluster.stalls.push([{ from: 1900, to: 4900 }]);
  const { code, ends, said } = await drill(cluster, [aDrill()]);
  assertEquals([code, ends.map(({ verdict }) => verdict)], [EXIT.ok, ["pass"]], said);
  assertStringIncludes(said, "ran 2 times");
  assertEquals(cluster.did("fault").length, 2);
});

Deno.test("runDrills() gives up what cannot be measured after so many tries", async () => {
  const cluster = two();
  for (let i = 0; i < 5; i++) cluster.stalls.push([{ from: 1900, to: 4900 }]);
  const { code, end, said } = await drill(cluster, [aDrill()], { retries: 1 });
  assertEquals([code, end?.verdict], [EXIT.failed, "unknown"], said);
  assertEquals(cluster.did("fault").length, 2);
});

Deno.test("runDrills() does not let a host go down again because it could not measure", async () => {
  const cluster = two();
  cluster.stalls.push([{ from: 1900, to: 4900 }]);
  const { end, said } = await drill(cluster, [aDrill(onHolder(FAULTS.stop, { reboots: true }))]);
  assertEquals(end?.verdict, "unknown", said);
  assertEquals(cluster.did("fault").length, 1);
});

Deno.test("runDrills() breaks nothing by a drill whose plan makes no sense", async () => {
  const cluster = two();
  const plan = () => {
    throw new TrialError("Cannot plan it");
  };
  const { code, end } = await drill(cluster, [{ ...aDrill(), plan }]);
  assertEquals([code, end?.verdict, end?.reasons], [EXIT.failed, "unknown", ["Cannot plan it"]]);
  assertEquals(cluster.did("fault").length, 0);
  assertClean(cluster);
});

Deno.test("runDrills() fails a drill whose outage is longer than it may be", async () => {
  const cluster = two();
  const { code, end } = await drill(cluster, [aDrill()], { maxOutageMs: 100 });
  assertEquals([code, end?.verdict, end?.limitMs], [EXIT.failed, "fail", 100]);
});

Deno.test("runDrills() passes by what cannot be run, and an empty run is no success", async () => {
  const unfit: Drill = { ...aDrill(), name: "power", unfit: () => "needs power_command" };
  const both = two();
  const { code, ends } = await drill(both, [unfit, aDrill()], { rounds: 2 });
  assertEquals([code, ends.map(({ drill, verdict, round }) => `${drill} ${verdict} ${round}`)], [
    EXIT.ok,
    ["power skipped 1", "stopped pass 1", "stopped pass 2"],
  ]);
  assertEquals((await drill(two(), [unfit])).code, EXIT.usage);
});

Deno.test("runDrills() says what cannot be broken, heals it all the same, and judges nothing", async () => {
  const cluster = two();
  const { code, end, said } = await drill(cluster, [aDrill(onHolder(FAULTS.fail))]);
  assertEquals([code, end?.verdict], [EXIT.failed, "unknown"]);
  assertStringIncludes(said, "Cannot stop it: it does not break");
  assertEquals(cluster.did("heal by controller", "disarm").length, 2);
  assertClean(cluster);
});

Deno.test("runDrills() has a guard before it cuts power, and ends it when power is back", async () => {
  const cluster = two();
  const { end, said } = await drill(cluster, [aDrill(POWER)]);
  assertEquals(cluster.did("guard", "power off", "power on", "unguard"), [
    "lb1 guard",
    "lb1 power off",
    "lb1 power on",
    "all unguard",
  ], said);
  assert(end?.timeline?.dark.some(({ host }) => host === "lb1"));
});

Deno.test("runDrills() leaves the guard when power does not come back", async () => {
  const cluster = two();
  cluster.commandsFail = true;
  const { code, said } = await drill(cluster, [aDrill(POWER)]);
  assertEquals([code, cluster.did("unguard")], [EXIT.failed, []]);
  assertStringIncludes(said, 'Cannot undo "cut the power": the command failed');
});

Deno.test("runDrills() waits until the service stands again on what was prepared", async () => {
  const cluster = two();
  const { end, said } = await drill(cluster, [
    aDrill(() => [], {
      prepare: onHolder(FAULTS.stop)({ holder: "lb1" } as Scene),
      expect: { twoHoldersMs: 500, judged: "returnMs" },
    }),
  ]);
  assertEquals(end?.verdict, "pass", said);
  const marks = end?.timeline?.marks.map(({ kind }) => kind);
  assertEquals(marks?.slice(0, 2), ["prepare", "heal"]);
  const [prepared, healed] = end?.timeline?.marks ?? [];
  // A second without a change, and the hold.
  assert((healed?.at ?? 0) - (prepared?.at ?? 0) >= 7000);
});

Deno.test("runDrills() takes endpoints one after the other", async () => {
  const first = two();
  const beside = new Cluster({ ...anEndpoint("lb3", "lb4"), name: "other" }, first);
  const both = (name: string) => first.names.includes(name) ? first : beside;
  const effects = {
    ...first.effects(),
    connect: (host: Host) => both(host.name).effects().connect(host),
    check: (endpoint: Endpoint) =>
      both(endpoint.members[0]?.host.name ?? "").effects().check(endpoint),
    probe: (target: ProbeTarget) =>
      (first.log.includes("lb1 disarm") ? beside : first).effects().probe(target),
  };
  const endpoints = [first.endpoint, beside.endpoint];
  const { code, ends, said } = await drill(first, [aDrill()], { endpoints }, effects);
  assertEquals(ends.map(({ endpoint, verdict }) => [endpoint, verdict]), [
    ["lb", "pass"],
    ["other", "pass"],
  ], said);
  assertEquals(code, EXIT.ok);
  const begun = first.events.findIndex((event) =>
    "endpoint" in event && event.endpoint === "other"
  );
  const over = first.events.findIndex((event) => event.type === "drill-end");
  assert(begun > over, `${begun} > ${over}`);
});
