/** Static pods on real hosts, under a stand-in for a kubelet: what that is, kubelet.ts says. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { MEMBERS_FILE, PATHS, POD_PATHS, STAND_DOWN_FILE } from "../../src/endpoint/paths.ts";
import type { Lab, Suite } from "../../src/lab/mod.ts";
import { RELEASES } from "../endpoint/fixtures.ts";
import { full, labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import { becomeNode, kubeletLog, podsOf, startKubelet } from "./kubelet.ts";
import { longestSilence } from "./silence.ts";
import { stack } from "./stacking.ts";

const ignore = await labAvailable() !== undefined;

/** `haproxy:2.6.12`: what an image of this release would be. */
function image(suite: Suite, daemon: "haproxy" | "keepalived"): string {
  return `${daemon}:${RELEASES[suite][daemon].replace(/^\d+:/, "").replace(/-.*/, "")}`;
}

/** The lab's inventory with static pods on the API servers themselves. */
function inPods(suite: Suite, ...more: readonly string[]): (text: string) => string {
  const images = `images: { haproxy: "${image(suite, "haproxy")}", keepalived: "${
    image(suite, "keepalived")
  }" }`;
  return (text) =>
    hf.withEndpoint("mode: static-pods", images, ...more)(text)
      .replace("backends: masters", "backends: load_balancers");
}

function settled(lab: Lab, host: string): Promise<void> {
  return hf.eventually(
    `${host} holds the address, and it answers`,
    async () => (await hf.holders(lab)).join() === host && await hf.throughVip(lab) === 200,
  );
}

/** What there is of units, users and drop-ins: nothing, with static pods. */
function ofUnits(lab: Lab, host: string): Promise<string> {
  return hf.root(
    lab,
    host,
    `ls -d ${PATHS.haproxyUnit} ${PATHS.keepalivedUnit} 2>/dev/null
grep -h keepalived_script /etc/passwd /etc/group
systemctl is-active haproxy keepalived | grep -x active
:`,
  );
}

/** What a host still has of the endpoint. */
function left(lab: Lab, host: string): Promise<string> {
  const files = [...Object.values(PATHS), ...Object.values(POD_PATHS)].join(" ");
  return hf.root(
    lab,
    host,
    `ls -d ${MEMBERS_FILE} ${files} ${STAND_DOWN_FILE} /etc/sysctl.d/*holdfast* 2>/dev/null
ip -o addr show to ${lab.vip}
cat /proc/[0-9]*/comm 2>/dev/null | grep -xE 'haproxy|keepalived'
:`,
  );
}

/** What changes; a kubelet may have ended a pod before apply comes to wait for that. */
function unawaited(run: hf.Run): string[] {
  return hf.changesOf(run).filter((it) => !it.includes("| no pod "));
}

const FINE = "ok held by lb1, backends 2/2, /readyz through the address 200";

const SUITES: readonly Suite[] = full ? ["bookworm", "bullseye", "trixie"] : ["bookworm"];

for (const suite of SUITES) {
  Deno.test({
    name: `${suite}: static pods come, serve, change, outlive a dead HAProxy and go`,
    ignore,
    fn: (t) =>
      withLab(`pods-${suite}`, async (apart) => {
        const lab = await stack(apart);
        const names = lab.hosts.map(({ name }) => name);
        const inventory = await hf.editInventory(lab, "pods", inPods(suite));
        await Promise.all(names.map((name) => becomeNode(lab, name)));
        const pods = async () => await Promise.all(names.map((name) => podsOf(lab, name)));
        try {
          await t.step("they come, serve, and need nothing of units", async () => {
            for (const name of names) await startKubelet(lab, name);
            const check = await hf.holdfast("check", inventory);
            hf.assertExit(check, 2);
            const run = await hf.holdfast("apply", inventory);
            hf.assertExit(run, 0);
            hf.assertForecast(check, run);
            await settled(lab, "lb1");
            const verify = await hf.holdfast("verify", inventory);
            hf.assertExit(verify, 0);
            assertEquals(hf.checksOf(verify), [FINE]);
            assertEquals(await Promise.all(names.map((name) => ofUnits(lab, name))), ["", ""]);
            // Its worker has given root up, and the kubelet's question is answered.
            const users = "stat -c %u $(grep -lx haproxy /proc/[0-9]*/comm | xargs -n 1 dirname)";
            assertEquals((await hf.root(lab, "lb1", users)).trim().split("\n").sort(), ["0", "99"]);
            const alive = "curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8404/alive";
            assertEquals(await hf.root(lab, "lb2", alive), "200");
          });

          await t.step("a second run changes nothing, and no pod is another one", async () => {
            const before = await pods();
            assert(before.flat().every((pid) => Number(pid) > 0), before.join());
            await hf.assertConverged(inventory);
            assertEquals(await pods(), before);
          });

          await t.step(
            "a change starts the pods that read it anew, one host at a time",
            async () => {
              const other = await hf.editInventory(
                lab,
                "other",
                inPods(suite, "haproxy: { client_timeout: 2h }"),
              );
              const before = await pods();
              let run!: hf.Run;
              const gap = await longestSilence(lab, async () => {
                run = await hf.holdfast("apply", other);
              });
              hf.assertExit(run, 0);
              assert(gap < 5000, `${gap} ms without an answer`);
              const after = await pods();
              for (const [i, [haproxy, keepalived]] of before.entries()) {
                assert(after[i]?.[0] !== haproxy, "HAProxy is the old one");
                assertEquals(after[i]?.[1], keepalived);
              }
              await settled(lab, "lb1");
              await hf.assertConverged(other);
              hf.assertExit(await hf.holdfast("apply", inventory), 0);
              await settled(lab, "lb1");
            },
          );

          await t.step({
            name: "a kubelet that stands still: the host goes back, and no other is touched",
            // It takes the hundred seconds that a kubelet may take.
            ignore: !full || suite !== "bookworm",
            fn: async () => {
              const before = await pods();
              await hf.root(lab, "lb2", "systemctl kill -s STOP kubelet");
              const wanted = inPods(suite, "haproxy: { client_timeout: 3h }");
              const run = await hf.holdfast("apply", await hf.editInventory(lab, "still", wanted));
              await hf.root(lab, "lb2", "systemctl kill -s CONT kubelet");
              hf.assertExit(run, 6);
              assertMatch(
                hf.errorsOf(run).map(({ host, text }) => `${host}: ${text}`).join("\n"),
                /^lb2: .*the kubelet does not run haproxy as \S+ says after 100 s/,
              );
              assertEquals(hf.saidOf(run, "rolled-back").length, 1);
              await hf.assertConverged(inventory);
              assertEquals(await pods(), before);
            },
          });

          await t.step(
            "a dead HAProxy moves the address until the kubelet has a new one",
            async () => {
              const [haproxy] = await podsOf(lab, "lb1");
              await hf.root(lab, "lb1", `kill -9 ${haproxy}`);
              await settled(lab, "lb2");
              await hf.eventually("a new pod", async () => {
                const [now = "0"] = await podsOf(lab, "lb1");
                return now !== "0" && now !== haproxy;
              });
              await settled(lab, "lb1");
              assertEquals(hf.checksOf(await hf.holdfast("verify", inventory)), [FINE]);
            },
          );

          await t.step("the endpoint goes, and the kubelet has nothing to run", async () => {
            const absent = await hf.editInventory(lab, "absent", inPods(suite, "state: absent"));
            const check = await hf.holdfast("check", absent);
            hf.assertExit(check, 2);
            const run = await hf.holdfast("apply", absent);
            hf.assertExit(run, 0);
            assertEquals(unawaited(run), unawaited(check));
            assertEquals(await Promise.all(names.map((name) => left(lab, name))), ["", ""]);
            const again = await hf.holdfast("apply", absent);
            hf.assertExit(again, 0);
            assertEquals(hf.tasksOf(again, "changed"), []);
          });

          await t.step("it comes before there is a kubelet, which then starts it", async () => {
            for (const name of names) await hf.root(lab, name, "systemctl stop kubelet");
            const run = await hf.holdfast("apply", inventory);
            hf.assertExit(run, 0);
            assertEquals(hf.checksOf(run), [
              "ok no kubelet runs on lb1, lb2, which starts the pods",
            ]);
            assertEquals(await hf.holders(lab), []);
            for (const name of names) await startKubelet(lab, name);
            await settled(lab, "lb1");
            assertEquals(hf.checksOf(await hf.holdfast("verify", inventory)), [FINE]);
            await hf.assertConverged(inventory);
          });
        } catch (error) {
          for (const name of names) console.error(name, await kubeletLog(lab, name));
          throw error;
        }
      }),
  });
}
