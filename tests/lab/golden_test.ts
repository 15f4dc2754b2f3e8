/**
 * The real daemons of each release accept what is rendered for their versions, every profile and
 * every setting, without a single warning; and what the settings promise is so. The golden files
 * in tests/endpoint are the same renderings.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { PATHS, SCRIPT_USER } from "../../src/endpoint/paths.ts";
import type { Lab, Suite } from "../../src/lab/mod.ts";
import type { Endpoint, HaproxySettings } from "../../src/model.ts";
import { sh } from "../../src/shell.ts";
import { RELEASES } from "../endpoint/fixtures.ts";
import { endpoints, filesOf, NOTIFY } from "../endpoint/renderings.ts";
import * as daemons from "./daemons.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const HOST = "lb1";
const upstream = (version: string) => version.replace(/^\d+:/, "").replace(/-.*/, "");

/** A host that has the daemons, and no endpoint. */
async function install(lab: Lab): Promise<void> {
  await hf.root(
    lab,
    HOST,
    "DEBIAN_FRONTEND=noninteractive apt-get -qq -y install haproxy keepalived curl >/dev/null 2>&1",
  );
}

/** What the daemons say of an endpoint's files, in place. */
async function saidOf(lab: Lab, of: Endpoint, suite: Suite, more = ""): Promise<string> {
  const script = [daemons.GROUND, daemons.place(filesOf(of, suite)), more, daemons.judged(of)];
  return await hf.root(lab, HOST, script.join("\n"));
}

/** The daemons' versions are those that the golden files are for. */
async function assertVersions(lab: Lab, suite: Suite): Promise<void> {
  const show = "dpkg-query -W -f '${Version}\\n' haproxy keepalived";
  const [haproxy = "", keepalived = ""] = (await hf.root(lab, HOST, show)).trim().split("\n");
  assertEquals(
    [upstream(haproxy), upstream(keepalived)],
    [upstream(RELEASES[suite].haproxy), upstream(RELEASES[suite].keepalived)],
  );
}

/** Puts an endpoint in place and starts it, with one API server on the same host. */
async function run(lab: Lab, of: Endpoint, suite: Suite): Promise<void> {
  const script = [daemons.GROUND, daemons.place(filesOf(of, suite)), daemons.RESTART];
  assertEquals(await hf.root(lab, HOST, script.join("\n")), "");
}

/** One member, one API server beside it, one that is no other's peer. */
function alone(of: Endpoint, haproxy: Partial<HaproxySettings> = {}): Endpoint {
  return {
    ...of,
    backends: [{ name: "m1", address: "127.0.0.1" }],
    // As many as a unit of every machine can have descriptors for that tests were run on.
    haproxy: { ...of.haproxy, maxConnections: 9000, ...haproxy },
    members: of.members.slice(0, 1),
  };
}

/** How many API servers HAProxy sees, once that is as wanted or ten seconds have passed. */
async function seen(lab: Lab, wanted: number): Promise<string> {
  const url = "http://127.0.0.1:9001/backends";
  return (await hf.root(lab, HOST, daemons.until(url, `^${wanted}$`))).trim();
}

/** What the test of descriptors says where a unit cannot have as many as `standard-all` asks for. */
const TOO_MANY = new RegExp(
  "^max_connections 20000 needs 41200 descriptors, and a unit of this host can have (\\d+): " +
    "at most (\\d+) fit\ndescriptors of haproxy.service refuses\n$",
);

async function assertAccepted(lab: Lab, suite: Suite, all: Readonly<Record<string, Endpoint>>) {
  for (const [name, of] of Object.entries(all)) {
    const said = await saidOf(lab, of, suite);
    const [, has] = TOO_MANY.exec(said) ?? [];
    if (has === undefined) assertEquals(said, "", `${name} on ${suite}`);
    else assert(name.endsWith("-all") && Number(has) < 41200, said);
  }
  // They would say it.
  const standard = all["standard"]!;
  for (const path of [PATHS.haproxy, PATHS.keepalived]) {
    const said = await saidOf(lab, standard, suite, sh`echo nonsense 1 >>${path}`);
    assertMatch(said, /refuses/, `${path} with nonsense on ${suite}`);
  }
}

/** The checks show their certificate, and look for the name in the other one. */
async function assertChecks(lab: Lab, suite: Suite, all: Endpoint) {
  await hf.root(lab, HOST, daemons.apiServer(6443));
  await run(lab, alone(all), suite);
  assertEquals(await seen(lab, 1), "1", "with a certificate");
  const one = alone(all);
  const { checkClient: _, ...without } = one.haproxy;
  await run(lab, { ...one, haproxy: without }, suite);
  assertEquals(await seen(lab, 0), "0", "without a certificate");
  await run(lab, alone(all, { verifyHost: "somebody.else" }), suite);
  assertEquals(await seen(lab, 0), "0", "another name");
}

/** Clients that use up theirs leave Keepalived its answer; the unit has the descriptors. */
async function assertLimits(lab: Lab, suite: Suite, all: Endpoint) {
  await run(lab, alone(all), suite);
  assertEquals(await seen(lab, 1), "1");
  const limits = await hf.root(
    lab,
    HOST,
    "cat /proc/$(systemctl show -p MainPID --value haproxy)/limits",
  );
  // Old versions lower the soft limit to what they need.
  assertMatch(limits, /Max open files +\d+ +19200 /);
  const metrics = (path: string) => `curl -s -w '%{http_code}' http://127.0.0.1:9101${path}`;
  const text = await hf.root(lab, HOST, metrics("/metrics"));
  assertStringIncludes(text, "\nhaproxy_process_max_connections 9100\n");
  assertEquals((await hf.root(lab, HOST, `${metrics("/alive")} -o /dev/null`)).trim(), "404");
  await run(lab, alone(all, { maxConnections: 10 }), suite);
  assertEquals(await seen(lab, 1), "1");
  const full = await hf.root(
    lab,
    HOST,
    `${daemons.hold(8443, 15)}
curl -s --max-time 1 http://127.0.0.1:9001/alive; echo
curl -s http://127.0.0.1:9101/metrics | grep 'frontend_current_sessions.*"apiserver"'`,
  );
  assertMatch(full, /^alive\nhaproxy_frontend_current_sessions\{proxy="apiserver"\} 10\n$/);
}

/** The command hears of the state, as nobody but the user of the scripts, and no shell reads it. */
async function assertNotified(lab: Lab, suite: Suite, all: Endpoint) {
  const words = ["logger", "-t", "holdfast-state", ...NOTIFY.slice(2, 4)];
  await run(lab, { ...alone(all), vrrp: { ...all.vrrp, notify: words } }, suite);
  const log = "journalctl -q -t holdfast-state -o json --output-fields=MESSAGE,_UID";
  const read = () => hf.root(lab, HOST, log);
  await hf.eventually("the command hears of MASTER", async () => (await read()).includes("MASTER"));
  const uid = (await hf.root(lab, HOST, sh`id -u ${SCRIPT_USER}`)).trim();
  const entries = (await read()).trim().split("\n").map((line) => JSON.parse(line));
  const wanted = "it's lb1 is MASTER; $(id) `id` \"!#";
  assert(entries.some(({ MESSAGE }) => MESSAGE === wanted), JSON.stringify(entries));
  assertEquals([...new Set(entries.map(({ _UID }) => _UID))], [uid]);
  await hf.root(lab, HOST, "systemctl stop keepalived haproxy");
}

for (const suite of ["bullseye", "bookworm", "trixie"] satisfies Suite[]) {
  Deno.test({
    name: `${suite}: the daemons accept every rendering, and every setting does what it says`,
    ignore,
    fn: () =>
      withLab(`golden-${suite}`, async (lab) => {
        await install(lab);
        await assertVersions(lab, suite);
        const printed = await hf.root(lab, HOST, daemons.MAKE_CERTIFICATES);
        const all = endpoints(daemons.certificates(printed));
        await assertAccepted(lab, suite, all);
        await assertChecks(lab, suite, all["standard-all"]);
        await assertLimits(lab, suite, all["standard-all"]);
        await assertNotified(lab, suite, all["fast-all"]);
      }, { suite, hosts: 1 }),
  });
}
