/** The texts that wait for a kubelet, and that move a member with static pods out of the way. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PATHS, POD_PATHS, STAND_DOWN_FILE } from "../../src/endpoint/paths.ts";
import { podHandlers, podKeepers, podStandDown } from "../../src/endpoint/pod_moves.ts";
import { POD_WORDS } from "../../src/kubelet.ts";
import { sh } from "../../src/shell.ts";
import { noPod } from "../../tasks/pods.ts";
import { type KubeletHost, withKubeletHost } from "../kubelet_host.ts";
import { SHELLS } from "../ssh/shells.ts";
import { endpoint } from "./fixtures.ts";
import { inPods } from "./renderings.ts";

const [awaitHaproxy, awaitKeepalived] = podHandlers();
const [keeper] = podKeepers();
const { leave, join } = podStandDown(inPods(endpoint()))!;
const KUBELET = { name: "kubelet" };
const PODS = [{ name: "haproxy", pod: true }, { name: "keepalived", pod: true }];

/** Its keepalived.conf is one of ours. */
const deployed = (host: KubeletHost) =>
  host.file(
    PATHS.keepalived,
    `track_file stand_down {\n    file ${host.dir}${STAND_DOWN_FILE}\n}\n`,
  );

for (const [name, { argv }] of Object.entries(SHELLS)) {
  const inShell = (what: string, test: (host: KubeletHost) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, () => withKubeletHost(argv, test));

  inShell("pod_pids prints the processes of a name that are in a pod", async (host) => {
    await host.processes(
      { name: "haproxy" },
      { name: "haproxy", pod: true },
      { name: "haproxy-ctl", pod: true },
      { name: "haproxy", pod: true },
    );
    const { stdout } = await host.run(sh`${POD_WORDS}
pod_pids haproxy`);
    assertEquals(stdout, "101\n103\n");
    assertEquals(
      (await host.run(sh`${POD_WORDS}
pod_pids keepalived`)).stdout,
      "",
    );
  });

  inShell("kubelet_runs tells whether anything would start a pod", async (host) => {
    const script = sh`${POD_WORDS}
if kubelet_runs; then echo yes; else echo no; fi`;
    assertEquals((await host.run(script)).stdout, "no\n");
    await host.processes({ name: "kubelet-log" }, KUBELET);
    assertEquals((await host.run(script)).stdout, "yes\n");
  });

  inShell("the handler goes on when a pod is newer than its manifest", async (host) => {
    await host.file(POD_PATHS.haproxy, "new", 30);
    await host.processes(KUBELET, { name: "haproxy", pod: true, age: 20 });
    const { code, stderr } = await host.run(awaitHaproxy!.script);
    assertEquals([code, stderr], [0, ""]);
  });

  inShell("the handler does not take a pod that ends at once for one that runs", async (host) => {
    await host.file(POD_PATHS.haproxy, "new", 30);
    await host.processes(KUBELET, { name: "haproxy", pod: true, age: 20 });
    await host.onSleep(`rm -rf ${host.dir}/proc/101`);
    assertEquals((await host.run(awaitHaproxy!.script)).code, 1);
  });

  inShell("the handler fails when the old pod goes on, and says where to look", async (host) => {
    await host.file(POD_PATHS.keepalived, "new", 30);
    // One of the same name that is no pod is nothing to it.
    await host.processes(
      KUBELET,
      { name: "keepalived", pod: true, age: 4000 },
      { name: "keepalived", age: 5 },
    );
    const { code, stdout } = await host.run(awaitKeepalived!.script);
    assertEquals(code, 1);
    assertStringIncludes(stdout, "the kubelet does not run keepalived as ");
    assertStringIncludes(stdout, "journalctl -u kubelet");
  });

  inShell("the handler waits for nobody where no kubelet runs or no manifest is", async (host) => {
    await host.file(POD_PATHS.haproxy, "new");
    const { code, stdout } = await host.run(awaitHaproxy!.script);
    assertEquals([code, stdout], [0, "no kubelet runs yet\n"]);
    await host.processes(KUBELET);
    assertEquals((await host.run(awaitKeepalived!.script)).code, 0);
  });

  inShell(
    "leave makes Keepalived let go of the address, and join takes that back",
    async (host) => {
      await deployed(host);
      const left = await host.run(leave);
      assertEquals([left.code, left.stderr], [0, ""]);
      assertEquals(await Deno.readTextFile(`${host.dir}${STAND_DOWN_FILE}`), "1\n");
      // In any state, any number of times.
      assertEquals((await host.run(leave)).code, 0);
      for (const _ of [1, 2]) assertEquals((await host.run(join)).code, 0);
      assertEquals(await host.has(STAND_DOWN_FILE), false);
    },
  );

  inShell("leave does nothing on a host that holds nothing", async (host) => {
    await Deno.remove(`${host.dir}/address`);
    assertEquals((await host.run(leave)).code, 0);
    assertEquals(await host.has(STAND_DOWN_FILE), false);
  });

  inShell("leave refuses a Keepalived that would not hear of it", async (host) => {
    await host.file(PATHS.keepalived, "vrrp_instance VI_1 {\n}\n");
    const { code, stderr } = await host.run(leave);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "it is not what was deployed");
    assertEquals(await host.has(STAND_DOWN_FILE), false);
  });

  inShell("leave takes itself back when the address stays, and says so", async (host) => {
    await deployed(host);
    await host.file("/glued");
    const { code, stderr } = await host.run(leave);
    assertEquals([code, stderr], [1, "it still has 10.88.0.10/32\n"]);
    assertEquals(await host.has(STAND_DOWN_FILE), false);
  });

  inShell("an undone run has the member take part again, and waits for old pods", async (host) => {
    const saved = (await host.run(keeper!.save)).stdout.trim();
    assertEquals(saved, "takes part");
    await host.file(STAND_DOWN_FILE, "1\n");
    // What was not so before is seen, or nobody would bring it back.
    assertEquals((await host.run(keeper!.save)).stdout, "");
    await host.file(POD_PATHS.haproxy, "old", 30);
    await host.processes(KUBELET, { name: "haproxy", pod: true, age: 4000 });
    const restore = (more: Readonly<Record<string, string>>) =>
      host.run(`(\n${keeper!.restore}\n)`, { saved, notified: "", early: "", ...more });
    // One that stood down before the run is left so.
    assertEquals((await restore({ saved: "" })).code, 0);
    assertEquals(await host.has(STAND_DOWN_FILE), true);
    assertEquals((await restore({})).code, 0);
    assertEquals(await host.has(STAND_DOWN_FILE), false);
    assertEquals((await host.run(keeper!.save)).stdout.trim(), saved);
    const notified = awaitHaproxy!.name;
    const { code, stderr } = await restore({ notified });
    assertEquals(code, 1);
    assertStringIncludes(stderr, "the kubelet does not run haproxy");
    // Boot goes on.
    assertEquals((await restore({ notified, early: "1" })).code, 0);
    await host.processes(KUBELET, { name: "haproxy", pod: true, age: 3 });
    assertEquals((await restore({ notified })).code, 0);
  });

  inShell("noPod() waits for the kubelet, and names who is missing", async (host) => {
    const task = noPod({ name: "keepalived" });
    const planned = async () => {
      const seen = await host.run(task.probe);
      const world = {
        host: "lb1",
        facts: new Map(),
        predicted: { packages: [], users: [], paths: [] },
      };
      return task.plan(seen, world).changes;
    };
    assertEquals(await planned(), []);
    await host.processes(...PODS, KUBELET);
    const [change, ...more] = await planned();
    assert(change?.kind === "run" && more.length === 0);
    assertEquals(change.summary, "wait until the kubelet has ended keepalived");
    const late = await host.run(change.script);
    assertEquals(late.code, 1);
    assertStringIncludes(late.stderr, "the kubelet has not ended keepalived after 45 s");
    await host.processes(...PODS);
    assertStringIncludes((await host.run(change.script)).stderr, "no kubelet runs");
    await host.processes(KUBELET);
    assertEquals((await host.run(change.script)).code, 0);
  });
}

Deno.test("podStandDown() is nothing for the seed document, whose Keepalived watches no file", () => {
  assertEquals(podStandDown(inPods(endpoint({ profile: "guide" }))), undefined);
});
