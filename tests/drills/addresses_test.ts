/** Drills on an endpoint with several addresses: each is asked and watched, and the worst counts. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { ProbeTarget } from "../../src/drills/model.ts";
import { EXIT } from "../../src/errors.ts";
import { anEndpoint } from "../helpers.ts";
import { Cluster } from "./cluster.ts";
import { aDrill, assertClean, drill } from "./runs.ts";

const SIX = "fd00::10";

function dual(): Cluster {
  return new Cluster({ ...anEndpoint("lb1", "lb2"), moreAddresses: [SIX] });
}

const FOUR = dual().endpoint.address;

Deno.test("every address is asked and watched, and the one that fared worst is on top", async () => {
  const cluster = dual();
  cluster.lagMs.set(SIX, 400);
  const asked: string[] = [];
  const effects = cluster.effects();
  const probe = (target: ProbeTarget) => {
    asked.push(target.address);
    return effects.probe(target);
  };
  const { code, end, said } = await drill(cluster, [aDrill()], {}, { ...effects, probe });
  assertEquals([code, end?.verdict], [EXIT.ok, "pass"], said);
  assertEquals(asked, [FOUR, SIX]);
  assertEquals([end?.address, end?.others?.map(({ address }) => address)], [SIX, [FOUR]]);
  const [other] = end?.others ?? [];
  assert((end?.outageMs ?? 0) >= 580 && (end?.outageMs ?? 0) < 660, `${end?.outageMs}`);
  const { outageMs = 0 } = other?.figures ?? {};
  assert(outageMs >= 180 && outageMs < 260, `${outageMs}`);
  // What is so of both is said once, and a figure after its address.
  assertStringIncludes(said, "lb2 took the address from lb1");
  assertEquals(said.split("took the address").length, 2);
  assertMatch(said, new RegExp(`^${SIX}: no answer for (?:5|6)\\d\\d ms`, "m"));
  assertMatch(said, new RegExp(`^${FOUR}: no answer for (?:1|2)\\d\\d ms`, "m"));
  assertClean(cluster);
});

Deno.test("the timeline of each address keeps who held that one", async () => {
  const cluster = dual();
  cluster.lagMs.set(SIX, 400);
  const { end } = await drill(cluster, [aDrill()]);
  const [six, four] = [end?.timeline, end?.others?.[0]?.timeline];
  const taken = (timeline: typeof six) =>
    timeline?.holders.find(({ host }) => host === "lb2")?.from ?? NaN;
  const later = taken(six) - taken(four);
  assert(later > 390 && later < 410, `${later}`);
  assertEquals(six?.marks, four?.marks, "they have one moment 0");
});

Deno.test("one address that is away for too long fails a drill that the others would pass", async () => {
  const cluster = dual();
  cluster.lagMs.set(SIX, 400);
  const { code, end, said } = await drill(cluster, [aDrill()], { maxOutageMs: 400 });
  assertEquals([code, end?.verdict, end?.address], [EXIT.failed, "fail", SIX]);
  assertEquals(end?.others?.map(({ verdict }) => verdict), ["pass"]);
  assertMatch(said, new RegExp(`^${SIX}: no answer for \\d+ ms, allowed 400 ms`, "m"));
  assertEquals(said.includes(FOUR), false, said);
});

Deno.test("nothing is broken where one address does not answer from here", async () => {
  const cluster = dual();
  cluster.silentFrom.set(SIX, 0);
  const { end, said } = await drill(cluster, [aDrill()]);
  assertEquals(end?.verdict, "unknown");
  assertStringIncludes(
    said,
    `no request to [${SIX}]:8443 is answered here; drill.probe_from names`,
  );
  assertEquals(cluster.did("fault", "arm"), []);
  assertEquals(cluster.did("unprobe").length, 2, "both probers are ended");
  assertClean(cluster);
});

Deno.test("it is not steady while one address is not answered outside", async () => {
  const cluster = dual();
  cluster.when.set(
    "lb1 heal by controller",
    () => void cluster.silentFrom.set(SIX, cluster.time.now),
  );
  const { code, end, said } = await drill(cluster, [aDrill()]);
  assertEquals([code, end?.verdict], [EXIT.failed, "fail"], said);
  assertStringIncludes(said, `no request from outside to ${SIX} is answered`);
  assertEquals(said.includes(`to ${FOUR} is answered`), false);
});

Deno.test("a prober that died leaves a drill unknown, with what the other saw", async () => {
  const cluster = dual();
  cluster.dying.add(SIX);
  const { end, said } = await drill(cluster, [aDrill()]);
  assertEquals([end?.verdict, end?.address], ["unknown", FOUR]);
  assertEquals(end?.others, [{ address: SIX, verdict: "unknown" }]);
  assertStringIncludes(said, `${SIX}: it was not asked to the end`);
  assertStringIncludes(said, "the prober died");
  assertClean(cluster);
});

Deno.test("of an endpoint with one address no address is told", async () => {
  const cluster = new Cluster(anEndpoint("lb1", "lb2"));
  const { end } = await drill(cluster, [aDrill()]);
  assertEquals(Object.keys(end ?? {}).filter((key) => /^(?:address|others)$/.test(key)), []);
});

Deno.test("addresses of further services are not asked on the port of the endpoint's own", async () => {
  const endpoint = anEndpoint("lb1", "lb2");
  const { port, backendPort, backends, haproxy } = endpoint;
  const other = { name: "other", addresses: ["10.9.0.99"], port, backendPort, backends, haproxy };
  const cluster = new Cluster({ ...endpoint, also: [other] });
  const { end, said } = await drill(cluster, [aDrill()]);
  assertEquals(
    [end?.verdict, end?.others, cluster.did("probe").length],
    ["pass", undefined, 1],
    said,
  );
});
