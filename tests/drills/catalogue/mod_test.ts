import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { CATALOGUE } from "../../../src/drills/catalogue/mod.ts";
import { predictedFailoverMs, predictedServerMs } from "../../../src/endpoint/predict.ts";
import { endpoint, member } from "../../endpoint/fixtures.ts";
import { drill, hostBreaks, PROFILES, scene, texts } from "./fixtures.ts";

const names = (list = CATALOGUE) => list.map(({ name }) => name);

Deno.test("CATALOGUE has every drill once, the quick suite first", () => {
  const quick = CATALOGUE.filter(({ suite }) => suite === "quick");
  assertEquals(names(quick), [
    "keepalived-stopped",
    "haproxy-killed",
    "haproxy-hung",
    "link-down",
    "haproxy-reload",
    "api-server-dead",
  ]);
  assertEquals(names().slice(0, quick.length), names(quick));
  assertEquals(names().slice(quick.length), [
    "keepalived-reload",
    "preferred-returns",
    "apply-change",
    "apply-restart",
    "address-removed",
    "haproxy-stopped",
    "keepalived-killed",
    "keepalived-frozen",
    "vrrp-blocked",
    "api-server-unhealthy",
    "api-servers-all-dead",
    "reboot",
    "power-off",
  ]);
});

Deno.test("every drill has a name to type, a title of one line and something to say", () => {
  assertEquals(new Set(names()).size, CATALOGUE.length);
  for (const { name, title, about } of CATALOGUE) {
    assertMatch(name, /^[a-z]+(-[a-z]+)*$/);
    assertMatch(title, /^[^\n.]{10,60}$/, name);
    assertMatch(about, /^[A-Z][^\n]{40,300}\.$/, name);
  }
});

Deno.test("a plan is a function of the scene: two calls give the same", () => {
  for (const profile of PROFILES) {
    const on = scene({ endpoint: endpoint({ profile }) });
    for (const it of CATALOGUE) assertEquals(it.plan(on), it.plan(on), it.name);
  }
});

Deno.test("every fault outlasts the wait that is predicted, and says whom it breaks", () => {
  for (const profile of PROFILES) {
    const on = scene({ endpoint: endpoint({ profile }) });
    for (const { name, plan } of CATALOGUE) {
      const { holdMs, predictedMs = 0, targets, breaks, prepare = [], expect } = plan(on);
      assert(holdMs >= predictedMs * 1.5, `${profile} ${name}`);
      // A split is seen only once the others have missed the holder.
      if (expect.splits) assert(holdMs >= predictedFailoverMs(on.endpoint)["holder-lost"] * 1.5);
      assert(breaks.length + prepare.length > 0, name);
      assertNotEquals(targets, [], name);
      const known = ["lb1", "lb2", ...on.endpoint.backends.map((it) => it.name)];
      assertEquals(targets.filter((target) => !known.includes(target)), [], name);
    }
  }
});

Deno.test("the holder is broken, whoever it is; the preferred one returns", () => {
  const on = scene({ holder: "lb2", standbys: ["lb1"] });
  for (const it of CATALOGUE) {
    const plan = it.plan(on);
    const hosts = [...new Set(hostBreaks(plan).map(({ host }) => host))];
    const all = /^(api|apply)-/.test(it.name);
    const expected = all ? ["lb1", "lb2"] : it.name === "preferred-returns" ? ["lb1"] : ["lb2"];
    if (hosts.length > 0) assertEquals(hosts, expected, it.name);
  }
  assertEquals(drill("power-off").plan(on).breaks, [
    { kind: "power", host: "lb2", what: "cut the power" },
  ]);
  assertMatch(texts(drill("link-down").plan(on)).join("\n"), /ip link set dev eth1 down/);
});

Deno.test("predictions are those of the configuration", () => {
  for (const profile of PROFILES) {
    const on = scene({ endpoint: endpoint({ profile }) });
    const waits = predictedFailoverMs(on.endpoint);
    const server = predictedServerMs(on.endpoint);
    const expected = {
      "keepalived-stopped": waits["holder-stopped"],
      "keepalived-killed": waits["keepalived-killed"],
      "keepalived-frozen": waits["keepalived-frozen"],
      "vrrp-blocked": waits["adverts-blocked"],
      "link-down": waits["holder-lost"],
      "power-off": waits["holder-lost"],
      "reboot": waits[profile === "guide" ? "holder-lost" : "holder-stopped"],
      "haproxy-stopped": waits["haproxy-dead"],
      "haproxy-hung": waits["haproxy-hung"],
      "api-server-dead": server.removed,
      "api-servers-all-dead": server.back,
      "address-removed": waits["address-removed"],
      "preferred-returns": waits["holder-returned"],
      "haproxy-reload": 0,
      "apply-change": 0,
      "apply-restart": waits["holder-stopped"],
    };
    for (const [name, ms] of Object.entries(expected)) {
      assertEquals(drill(name).plan(on).predictedMs, ms, `${profile} ${name}`);
    }
  }
});

Deno.test("two holders are expected where nothing can prevent them, and in the seed's known fault", () => {
  const split = (profile: typeof PROFILES[number]) =>
    CATALOGUE.filter((it) => it.plan(scene({ endpoint: endpoint({ profile }) })).expect.splits)
      .map(({ name }) => name);
  assertEquals(split("standard"), ["keepalived-frozen", "vrrp-blocked"]);
  assertEquals(split("fast"), split("standard"));
  assertEquals(split("guide"), ["keepalived-killed", ...split("standard")]);
  for (const profile of PROFILES) {
    for (const { name, plan } of CATALOGUE) {
      const { expect } = plan(scene({ endpoint: endpoint({ profile }) }));
      assertEquals(expect.twoHoldersMs === "faulted", expect.splits === true, name);
      if (expect.splits !== true) continue;
      assertEquals(expect.address, "any", name);
      // The seed's adverts come once a second, so an election takes longer.
      assertEquals(expect.twoHoldersAfterMs, profile === "guide" ? 3000 : 2000, name);
    }
  }
});

Deno.test("what must not be felt may not fail once; what is degraded has a limit of its own", () => {
  const free = CATALOGUE.filter(({ plan }) => plan(scene()).expect.failures === 0);
  assertEquals(names(free), ["haproxy-reload", "keepalived-reload", "apply-change"]);
  const judged = CATALOGUE.flatMap(({ name, plan }) => {
    const { judged, limitMs } = plan(scene()).expect;
    return judged === undefined ? [] : [[name, judged, limitMs]];
  });
  // One move in order, and less than the members would need to miss a holder that says nothing.
  for (const profile of ["standard", "fast"] as const) {
    const on = scene({ endpoint: endpoint({ profile }) });
    const waits = predictedFailoverMs(on.endpoint);
    const { limitMs = 0 } = drill("apply-restart").plan(on).expect;
    assert(limitMs >= waits["holder-stopped"] + 200 && limitMs < waits["holder-lost"], profile);
  }
  assertEquals(judged, [
    ["api-server-dead", "degradedMs", 4000],
    ["preferred-returns", "returnMs", undefined],
    ["api-server-unhealthy", "degradedMs", 4000],
    ["api-servers-all-dead", "recoveryMs", 4500],
  ]);
});

Deno.test("a drill that cannot run says what it needs", () => {
  const one = endpoint({ members: [member("lb1", "10.88.0.11")] });
  const alone = scene({ endpoint: one, standbys: [] });
  const unfit = (on = scene()) =>
    CATALOGUE.filter((it) => it.unfit?.(on) !== undefined).map(({ name }) => name);
  assertEquals(unfit(), []);
  assertEquals(
    CATALOGUE.filter((it) => it.unfit?.(alone) === undefined).map(({ name }) => name),
    ["haproxy-reload", "api-server-dead", "keepalived-reload", "apply-change"]
      .concat(["api-server-unhealthy", "api-servers-all-dead"]),
  );
  assertEquals(unfit(scene({ power: false })), ["power-off"]);
  assertEquals(unfit(scene({ api: false })), ["api-server-unhealthy"]);
  const backends = endpoint().backends.slice(0, 1);
  const single = ["api-server-dead", "api-server-unhealthy"];
  assertEquals(unfit(scene({ endpoint: endpoint({ backends }) })), single);
  assertEquals(unfit(scene({ endpoint: endpoint({ profile: "guide" }) })), [
    "apply-restart",
    "api-server-unhealthy",
  ]);
  assertMatch(drill("power-off").unfit?.(scene({ power: false })) ?? "", /^needs .*power_command$/);
});

Deno.test("apply-change changes one setting, another one each time, and keeps the rest", () => {
  for (const profile of PROFILES) {
    for (const clientTimeout of ["1h", "61m", "62m"]) {
      for (const balance of ["auto", "leastconn", "roundrobin"]) {
        const before = endpoint({ profile, haproxy: { balance, clientTimeout, stats: "x" } });
        const [change] = drill("apply-change").plan(scene({ endpoint: before })).breaks;
        assert(change?.kind === "apply");
        const { haproxy, ...rest } = change.endpoint;
        assertEquals({ ...rest, haproxy: before.haproxy }, before);
        const changed = Object.entries(haproxy)
          .filter(([key, value]) => before.haproxy[key as keyof typeof haproxy] !== value);
        assertEquals(
          changed.map(([key]) => key),
          [profile === "guide" ? "balance" : "clientTimeout"],
        );
        assertEquals([...change.undo.keys()], ["lb1", "lb2"]);
      }
    }
  }
});

Deno.test("apply-restart changes the setting of both units, another one each time", () => {
  for (const profile of ["standard", "fast"] as const) {
    for (const more of [{}, { oomScoreAdjust: 1 }, { oomScoreAdjust: 2 }]) {
      const before = endpoint({ profile, ...more });
      const [change] = drill("apply-restart").plan(scene({ endpoint: before })).breaks;
      assert(change?.kind === "apply");
      const { oomScoreAdjust, ...rest } = change.endpoint;
      assertNotEquals(oomScoreAdjust, before.oomScoreAdjust);
      assertEquals({ ...rest, ...more }, before);
      // Any process may be given more of it, also in a container.
      assert(oomScoreAdjust !== undefined && oomScoreAdjust > 0);
      assertEquals([...change.undo.keys()], ["lb1", "lb2"]);
    }
  }
});

Deno.test("what takes the way to the host with it says so", () => {
  const said = (key: "cutsLink" | "reboots") =>
    CATALOGUE.filter(({ plan }) => hostBreaks(plan(scene())).some((it) => it[key] === true))
      .map(({ name }) => name);
  assertEquals(said("cutsLink"), ["link-down"]);
  assertEquals(said("reboots"), ["reboot"]);
});

Deno.test("a host without a known interface cannot be planned for", () => {
  const on = scene({ interfaces: new Map() });
  assertThrows(() => drill("link-down").plan(on), RangeError, 'Cannot plan a drill on "lb1"');
});
