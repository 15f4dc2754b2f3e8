import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { withTempDir } from "../helpers.ts";
import { cli, type CliResult, DEAD_END } from "./cli.ts";

/** Checks an inventory whose hosts cannot be reached: predictions need none of them. */
async function check(more: string, args: readonly string[] = [], text = DEAD_END) {
  let result: CliResult | undefined;
  await withTempDir(async (dir) => {
    const inventory = text.replace("endpoint: { ", `endpoint: { ${more}`);
    await Deno.writeTextFile(`${dir}/hosts.yaml`, inventory);
    result = await cli([args[0] ?? "check", "hosts.yaml", ...args.slice(1)], { cwd: dir });
  });
  const { code = 0, out = "", err = "" } = result ?? {};
  return { code, out, err };
}

Deno.test("check says how long failovers would take, and compares with the promise", async () => {
  const { code, out, err } = await check("slo: { failover: 2s }, ");
  assertEquals([code, err], [4, ""]);
  assertStringIncludes(
    out,
    "load_balancers predicted   failover: 0.9 s when the holder is lost, 0.4 s when HAProxy dies, " +
      "1.7 s when HAProxy hangs, 19 ms when the holder is shut down; within the slo of 2 s\n",
  );
});

Deno.test("check warns at the promise that the settings cannot keep, and says what would", async () => {
  const { code, err } = await check("slo: { failover: 1s }, ");
  assertEquals(code, 4);
  assertEquals(
    err,
    `hosts.yaml:8:38: warning: Cannot keep "slo.failover" of endpoint "load_balancers", 1 s, with profile "standard": clients would wait 1.7 s when HAProxy hangs [slo-missed]
    8 |         endpoint: { slo: { failover: 1s }, address: 10.0.0.10, backends: [
      |                                      ^^
   hint: profile: fast
`,
  );
});

Deno.test("check names the interval by hand that makes failovers slow, and how it would be kept", async () => {
  const { err } = await check("slo: { failover: 100ms }, vrrp: { advert_interval: 5 }, ");
  const [warning = "", , , hint] = err.split("\n");
  assertStringIncludes(
    warning,
    'Cannot keep "slo.failover" of endpoint "load_balancers", 0.1 s, with profile "standard" and ' +
      '"vrrp.advert_interval" of 5 s: clients would wait 15.3 s when the holder is lost, ',
  );
  assertEquals(
    hint,
    "   hint: slo: { failover: 900ms } with profile: fast and vrrp: { advert_interval: auto }, the least that a profile can keep",
  );
  const done = "slo: { failover: 900ms }, profile: fast, vrrp: { advert_interval: auto }, ";
  assertEquals((await check(done)).err, "");
});

Deno.test("check warns of no promise that nobody made", async () => {
  const settings = "vrrp: { advert_interval: 2 }, ";
  for (const slo of ["", "slo: {}, "]) {
    const { out, err } = await check(settings + slo);
    assertEquals(err, "");
    assertStringIncludes(out, "6.1 s is over the default slo of 2 s\n");
  }
  const { err } = await check(`${settings}slo: { failover: 2s }, `);
  assertStringIncludes(err, "   hint: vrrp: { advert_interval: auto }\n");
});

Deno.test("check --json has a prediction for machines, and the warning at its place", async () => {
  const { out } = await check("slo: { failover: 1s }, ", ["check", "--json"]);
  const events = out.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(events.slice(0, 4).map(({ type }) => type), [
    "version",
    "diagnostic",
    "run-start",
    "prediction",
  ]);
  const [, { diagnostic }, , { sloMs, sloWritten, faults }] = events;
  assertEquals([diagnostic.code, diagnostic.source.line, diagnostic.source.column], [
    "slo-missed",
    8,
    38,
  ]);
  assertEquals([sloMs, sloWritten], [1000, true]);
  assertEquals(faults[0], { fault: "holder-lost", ms: 919, promised: true });
});

Deno.test("lint predicts what check predicts, and warns at the promise that cannot be kept", async () => {
  const kept = await check("slo: { failover: 2s }, ", ["lint"]);
  assertEquals(
    kept.out,
    "load_balancers predicted   failover: 0.9 s when the holder is lost, 0.4 s when HAProxy dies, " +
      "1.7 s when HAProxy hangs, 19 ms when the holder is shut down; within the slo of 2 s\n\n" +
      "0 errors, 0 warnings\n",
  );
  assertEquals([kept.code, kept.err], [0, ""]);
  const missed = await check("slo: { failover: 500ms }, ", ["lint"]);
  assertEquals([missed.code, missed.err], [0, ""]);
  assertStringIncludes(
    missed.out,
    'hosts.yaml:8:38: warning: Cannot keep "slo.failover" of endpoint "load_balancers", 0.5 s',
  );
  assertStringIncludes(missed.out, "1.7 s is over the slo of 0.5 s\n\n0 errors, 1 warning\n");
  assertStringIncludes(missed.out, "holdfast lint --explain slo-missed\n");
  assertEquals((await check("slo: { failover: 500ms }, ", ["lint", "--strict"])).code, 1);
  const out = ["lint", "--strict", "--ignore", "slo-missed"];
  assertEquals((await check("slo: { failover: 500ms }, ", out)).code, 0);
});

Deno.test("lint --json has the same prediction as check --json", async () => {
  const of = async (command: string) => {
    const { out } = await check("slo: { failover: 1s }, ", [command, "--json"]);
    const events = out.trim().split("\n").map((line) => JSON.parse(line));
    const { at: _, ...event } = events.find(({ type }) => type === "prediction");
    return event;
  };
  assertEquals(await of("lint"), await of("check"));
});

Deno.test("no verify predicts, and nothing is predicted where nobody can take over", async () => {
  const slow = "slo: { failover: 1s }, ";
  const verify = await check(slow, ["verify"]);
  assertEquals([verify.out.includes("predicted"), verify.err], [false, ""]);
  const alone = DEAD_END.replace(", lb2: { ansible_host: 127.0.0.2 }", "");
  const { out, err } = await check(slow, [], alone);
  assert(out.includes("lb1") && !out.includes("predicted"), out);
  assertEquals(err, "");
});
