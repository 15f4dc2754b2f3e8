/** Further services of the same load balancers, on real hosts. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { alone } from "../../src/addresses.ts";
import { PATHS, servicePaths } from "../../src/endpoint/paths.ts";
import { type Lab, setReady, type Suite } from "../../src/lab/mod.ts";
import { full, labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import { longestSilence } from "./silence.ts";

const ignore = await labAvailable() !== undefined;

/** The address of the service that has one of its own. */
const second = ({ vip }: Lab) => vip.replace(/\d+$/, "9");

/** The endpoint's own API servers are m1 and m2; all that is further has m3. */
function own(lab: Lab): (text: string) => string {
  const [m1, m2] = lab.apiServers;
  const list = [m1, m2].map((it) => ({ name: it?.name, address: it?.address }));
  return (text) =>
    hf.withEndpoint("haproxy: { max_connections: 2000 }")(text)
      .replace("backends: masters", `backends: ${JSON.stringify(list)}`);
}

/** On the same port at an address of its own, and at the endpoint's address on another port. */
function withServices(lab: Lab): (text: string) => string {
  const m3 = lab.apiServers[2];
  const backends = JSON.stringify([{ name: m3?.name, address: m3?.address }]);
  const common = `backends: ${backends}, ca_file: ${lab.caFile}`;
  return (text) =>
    hf.withEndpoint(
      "also:",
      `  - { name: staging, address: ${second(lab)}, ${common}, check_path: /livez }`,
      `  - { name: edge, port: 9443, ${common} }`,
    )(own(lab)(text));
}

/** Which API server a client outside gets; its certificate does not name every address. */
async function answers(address: string, port: number): Promise<string> {
  const args = ["-q", "-s", "-k", "--noproxy", "*", "-m", "2", "-o", "/dev/null"];
  const url = `https://${address}:${port}/readyz`;
  const { stdout } = await new Deno.Command("curl", {
    args: [...args, "-w", "%{http_code} %header{x-lab-server}", url],
  }).output();
  return new TextDecoder().decode(stdout);
}

/** Who holds both addresses, and who answers each service. */
async function seen(lab: Lab): Promise<string[]> {
  const held = await Promise.all(
    [lab.vip, second(lab)].map(async (vip) => (await hf.holders({ ...lab, vip })).join()),
  );
  const said = await Promise.all([
    answers(lab.vip, 8443),
    answers(second(lab), 8443),
    answers(lab.vip, 9443),
  ]);
  return [...held, ...said.map((it) => it.replace(/^200 m[12]$/, "200 own"))];
}

const WHOLE = (host: string) => [host, host, "200 own", "200 m3", "200 m3"];

function settled(lab: Lab, host: string): Promise<void> {
  return hf.eventually(
    `${host} holds both addresses, and every service answers with its own servers`,
    async () => (await seen(lab)).join() === WHOLE(host).join(),
  );
}

/** What a host has of services that are not the endpoint's own. */
function left(lab: Lab, host: string): Promise<string> {
  const files = ["staging", "edge"].flatMap((name) => Object.values(servicePaths(name)));
  return hf.root(
    lab,
    host,
    `ls -d ${files.join(" ")} 2>/dev/null
ip -o addr show to ${alone(second(lab))}
ss -Hltn 'sport = :9443'
ss -Hltn 'sport = :8443' | grep -F ${second(lab)}
grep -nE 'staging|edge' ${PATHS.haproxy} 2>/dev/null
:`,
  );
}

/** Does something while a host cannot reach the endpoint's own API servers. */
async function blindFor(lab: Lab, host: string, work: () => Promise<void>): Promise<void> {
  const routes = (word: string) =>
    lab.apiServers.slice(0, 2).map(({ address }) => `ip route ${word} unreachable ${address}/32`)
      .join(" && ");
  await hf.root(lab, host, routes("add"));
  try {
    await work();
  } finally {
    await hf.root(lab, host, routes("del"));
  }
}

const ALL_FINE = new RegExp(
  "^ok held by lb\\d, backends 2/2, staging 1/1, edge 1/1, /readyz through \\S+ 200, " +
    "/livez of staging through \\S+ 200, /readyz of edge through \\S+ 200$",
);

const SUITES: readonly Suite[] = full ? ["bookworm", "bullseye", "trixie"] : ["bookworm"];

for (const suite of SUITES) {
  Deno.test({
    name: `${suite}: further services come beside the endpoint's own, move with it, and go`,
    ignore,
    fn: (t) =>
      withLab(`also-${suite}`, async (lab) => {
        const plain = await hf.editInventory(lab, "plain", own(lab));
        const also = await hf.editInventory(lab, "also", withServices(lab));
        hf.assertExit(await hf.holdfast("apply", plain), 0);
        assertEquals(await answers(lab.vip, 9443), "000 ");

        await t.step("they come, and clients of the endpoint go on", async () => {
          const check = await hf.holdfast("check", also);
          hf.assertExit(check, 2);
          let run!: hf.Run;
          const silence = await longestSilence(lab, async () => {
            run = await hf.holdfast("apply", also);
          });
          hf.assertExit(run, 0);
          hf.assertForecast(check, run);
          assert(silence < 3000, `${silence} ms without an answer of ${lab.vip}`);
          // A reload is enough for as many connections as these.
          assertEquals(hf.changesOf(run).filter((it) => it.includes("haproxy.service")), []);
          await settled(lab, "lb1");
          await hf.assertConverged(also);
          assertMatch(hf.checksOf(await hf.holdfast("verify", also)).join(), ALL_FINE);
        });

        await t.step("a dead HAProxy moves all, and all come back", async () => {
          await hf.root(lab, "lb1", "systemctl stop haproxy");
          await settled(lab, "lb2");
          await hf.root(lab, "lb1", "systemctl start haproxy");
          await settled(lab, "lb1");
        });

        await t.step("one that has no API server any more is named, and no other one", async () => {
          await setReady(lab, "m3", 500);
          try {
            // Each host asks for itself, and each service at its own pace.
            let verify!: hf.Run;
            const gone = /backends 2\/2, staging 0\/1, edge 0\/1, no API server of staging answers/;
            await hf.eventually("every host misses it for every service", async () => {
              verify = await hf.holdfast("verify", also);
              return gone.test(hf.checksOf(verify).join());
            });
            hf.assertExit(verify, 3);
            assertMatch(await answers(second(lab), 8443), /^000/);
            assertEquals((await answers(lab.vip, 8443)).replace(/m[12]$/, "own"), "200 own");
            await blindFor(lab, "lb1", () =>
              hf.eventually(
                "what nobody sees does not keep the address from who sees the others",
                async () => (await hf.holders(lab)).join() === "lb2",
              ));
            assertEquals((await answers(lab.vip, 8443)).replace(/m[12]$/, "own"), "200 own");
          } finally {
            await setReady(lab, "m3", 200);
          }
          await hf.eventually(
            "it answers again",
            async () => await answers(second(lab), 8443) === "200 m3",
          );
        });

        await t.step("those that the inventory drops leave nothing", async () => {
          for (const { name } of lab.hosts) {
            assertMatch(await left(lab, name), /holdfast-ca-staging\.crt/);
          }
          hf.assertExit(await hf.holdfast("apply", plain), 0);
          for (const { name } of lab.hosts) assertEquals(await left(lab, name), "");
          await hf.assertConverged(plain);
          assertEquals((await answers(lab.vip, 8443)).replace(/m[12]$/, "own"), "200 own");
        });

        await t.step("rollback brings them back", async () => {
          const run = await hf.holdfast("rollback", plain);
          hf.assertExit(run, 0);
          assertMatch(hf.checksOf(run).join(), /staging 1\/1, edge 1\/1/);
          await settled(lab, "lb1");
        });

        await t.step("the whole endpoint goes, with all of them", async () => {
          hf.assertExit(await hf.holdfast("apply", also), 0);
          const gone = await hf.editInventory(
            lab,
            "gone",
            (text) => hf.withEndpoint("state: absent")(withServices(lab)(text)),
          );
          hf.assertExit(await hf.holdfast("apply", gone), 0);
          for (const { name } of lab.hosts) assertEquals(await left(lab, name), "");
        });
      }, { suite }),
  });
}
