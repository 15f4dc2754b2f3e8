/** Three load balancers on the machines of the API servers themselves. */
import { assertEquals, assertMatch } from "@std/assert";
import { startServer, stopServer } from "../../src/lab/api.ts";
import type { Lab } from "../../src/lab/mod.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import { stack } from "./stacking.ts";

const ignore = await labAvailable() !== undefined;

/** Waits until one host alone holds the address and a client outside gets an answer. */
function settled(lab: Lab, host: string): Promise<void> {
  return hf.eventually(
    `${host} holds the address, and it answers`,
    async () => (await hf.holders(lab)).join() === host && await hf.throughVip(lab) === 200,
  );
}

Deno.test({
  name: "three load balancers on the API servers themselves",
  ignore,
  fn: (t) =>
    withLab("stacked", async (apart) => {
      const lab = await stack(apart);
      const inventory = await hf.editInventory(
        lab,
        "stacked",
        (text) => text.replace("backends: masters", "backends: load_balancers"),
      );

      await t.step("they are deployed beside what listens there already", async () => {
        const run = await hf.holdfast("apply", inventory);
        hf.assertExit(run, 0);
        assertMatch(hf.checksOf(run).join(), /^ok held by lb\d, backends 3\/3/);
        await settled(lab, "lb1");
        await hf.assertConverged(inventory);
      });

      await t.step(
        "the API server of the holder dies, and the address has no reason to move",
        async () => {
          await stopServer(lab, lab.apiServers[0]!);
          await hf.eventually("two are counted", async () => {
            const count = "curl -s http://127.0.0.1:8404/backends";
            return (await Promise.all(lab.hosts.map(({ name }) => hf.root(lab, name, count))))
              .every((it) => it === "2");
          });
          await settled(lab, "lb1");
          await startServer(lab, lab.apiServers[0]!);
        },
      );

      await t.step("the best of those that are whole has the address", async () => {
        await hf.root(lab, "lb1", "systemctl stop haproxy");
        await settled(lab, "lb2");
        await hf.root(lab, "lb2", "systemctl stop keepalived");
        await settled(lab, "lb3");
        await hf.root(lab, "lb2", "systemctl start keepalived");
        await settled(lab, "lb2");
        await hf.root(lab, "lb1", "systemctl start haproxy");
        await settled(lab, "lb1");
      });

      await t.step("a change goes over all three, the holder last", async () => {
        const other = await hf.editInventory(lab, "other", (text) =>
          hf.withEndpoint("haproxy: { client_timeout: 2h }")(text)
            .replace("backends: masters", "backends: load_balancers"));
        const run = await hf.holdfast("apply", other);
        hf.assertExit(run, 0);
        const order = run.events.flatMap((event) =>
          event.type === "task-end" && event.status === "changed" ? [event.host] : []
        );
        assertEquals([...new Set(order)], ["lb2", "lb3", "lb1"]);
        await hf.assertConverged(other);
      });

      await t.step("the port of the API server is refused before any host is touched", async () => {
        const taken = await hf.editInventory(lab, "taken", (text) =>
          text.replace("backends: masters", "backends: load_balancers")
            .replace("port: 8443", "port: 6443"));
        const run = await hf.holdfast("apply", taken);
        hf.assertExit(run, 1);
        assertEquals(hf.saidOf(run, "taken-port").length, 1);
      });
    }, { hosts: 3 }),
});
