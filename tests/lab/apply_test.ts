import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { type Lab, startApiServer, stopApiServer } from "../../src/lab/mod.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const HOSTS = ["lb1", "lb2"];

/** One fact about each host. */
async function both(look: (host: string) => Promise<string>): Promise<Record<string, string>> {
  return Object.fromEntries(
    await Promise.all(HOSTS.map(async (host) => [host, await look(host)] as const)),
  );
}

/** Every file of the root file system, and what lies in /run and /tmp; logs of the look itself aside. */
function tree(lab: Lab, host: string): Promise<string> {
  const volatile = "/var/log/journal /var/log/wtmp /var/log/btmp /var/log/lastlog /var/log/private"
    .split(" ").map((path) => `-path ${path}`).join(" -o ");
  return hf.root(
    lab,
    host,
    `find / -xdev '(' ${volatile} ')' -prune -o -printf '%p %y %m %u %g %l\\n' | sort
find / -xdev '(' ${volatile} ')' -prune -o -type f -printf '%p %s\\n' | sort
find / -xdev '(' ${volatile} ')' -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
find /tmp /dev/shm | grep -v systemd-private | sort; find /run -name '*holdfast*' | sort`,
  );
}

function assertSame(before: Record<string, string>, after: Record<string, string>): void {
  for (const host of Object.keys(before)) {
    const had = new Set(before[host]?.split("\n"));
    const has = new Set(after[host]?.split("\n"));
    assertEquals({ gone: [...had.difference(has)], new: [...has.difference(had)] }, {
      gone: [],
      new: [],
    }, host);
  }
}

const timeouts = (value: string) => hf.withEndpoint(`haproxy: { client_timeout: ${value} }`);

Deno.test({
  name: "apply on bare hosts",
  ignore,
  fn: (t) =>
    withLab("apply", async (lab) => {
      const { inventoryFile } = lab;

      await t.step("check exits with 2 and leaves no trace on a host", async () => {
        const before = await both((host) => tree(lab, host));
        assert(
          (before.lb1?.split("\n").length ?? 0) > 5000,
          "the listing is too short to mean much",
        );
        const check = await hf.holdfast("check", inventoryFile);
        hf.assertExit(check, 2);
        assertEquals(hf.checksOf(check), ["skipped known after apply"]);
        assertSame(before, await both((host) => tree(lab, host)));
      });

      await t.step("apply changes what check said, and exits with 0", async () => {
        const check = await hf.holdfast("check", inventoryFile);
        const run = await hf.holdfast("apply", inventoryFile);
        hf.assertExit(run, 0);
        hf.assertForecast(check, run);
        for (const host of HOSTS) assert((hf.recapOf(run)[host]?.changed ?? 0) >= 5);
        assertMatch(hf.checksOf(run).join(), /^ok held by lb[12], .*backends 3\/3/);
        assertEquals(await both((host) => hf.litter(lab, host)), { lb1: "", lb2: "" });
      });

      await t.step("the address has one holder and answers a client outside over TLS", async () => {
        assertEquals((await hf.holders(lab)).length, 1);
        assertEquals(await hf.throughVip(lab, "/readyz"), 200);
        assertEquals(await hf.throughVip(lab, "/version"), 200);
      });

      await t.step("a second apply touches nothing and costs one round trip per host", async () => {
        const look = async (host: string) =>
          await hf.managedFiles(lab, host) + await hf.daemons(lab, host);
        const before = await both(look);
        const run = await hf.holdfast("apply", inventoryFile);
        hf.assertExit(run, 0);
        for (const host of HOSTS) {
          const { changed, failed, roundTrips } = hf.recapOf(run)[host] ?? {};
          assertEquals({ changed, failed, roundTrips }, { changed: 0, failed: 0, roundTrips: 1 });
        }
        assertEquals(await both(look), before);
      });

      await t.step("verify exits with 0 and check with 0 afterwards", async () => {
        hf.assertExit(await hf.holdfast("verify", inventoryFile), 0);
        hf.assertExit(await hf.holdfast("check", inventoryFile), 0);
      });

      await t.step("the report for people ends with the recap that people grep", async () => {
        const { code, stdout } = await hf.holdfast("apply", inventoryFile, { human: true });
        assertEquals(code, 0);
        assertMatch(stdout, /^lb1 : ok=\d+ changed=0 unreachable=0 failed=0 skipped=0$/m);
      });

      await t.step("a changed timeout reloads haproxy and restarts nothing", async () => {
        const path = await hf.editInventory(lab, "timeout", timeouts("7m"));
        const before = await both((host) => hf.daemons(lab, host));
        const run = await hf.holdfast("apply", path);
        hf.assertExit(run, 0);
        const each = ["files haproxy and keepalived", "handler reload haproxy"];
        const expected = HOSTS.flatMap((host) => each.map((task) => `${host} ${task}`));
        assertEquals(hf.tasksOf(run, "changed"), expected);
        assertEquals(await both((host) => hf.daemons(lab, host)), before);
        const text = await hf.root(lab, "lb1", "cat /etc/haproxy/haproxy.cfg");
        assertStringIncludes(text, "timeout client 7m");
        assertEquals(await both((host) => hf.litter(lab, host)), { lb1: "", lb2: "" });
        await hf.assertConverged(path);
      });

      await t.step("--limit changes the selected host alone", async () => {
        const path = await hf.editInventory(lab, "limit", timeouts("8m"));
        const before = await both((host) => hf.managedFiles(lab, host));
        const run = await hf.holdfast("apply", path, { flags: ["--limit", "lb2"] });
        hf.assertExit(run, 0);
        assertEquals(Object.keys(hf.recapOf(run)), ["lb2"]);
        const after = await both((host) => hf.managedFiles(lab, host));
        assertEquals(after.lb1, before.lb1);
        assertNotEquals(after.lb2, before.lb2);
        const rest = await hf.holdfast("check", path);
        assertEquals(hf.tasksOf(rest, "changed").filter((task) => task.startsWith("lb2")), []);
        hf.assertExit(rest, 2);
      });

      await t.step("with every API server stopped a change still applies", async () => {
        for (const { name } of lab.apiServers) await stopApiServer(lab, name);
        // Else it looks as if the change had cost them.
        const seen = async (host: string) =>
          Number(await hf.root(lab, host, "curl -s http://127.0.0.1:8404/backends"));
        await hf.eventually("haproxy knows that they are gone", async () =>
          (await Promise.all(HOSTS.map(seen))).every((count) => count === 0));
        const run = await hf.holdfast("apply", await hf.editInventory(lab, "down", timeouts("9m")));
        hf.assertExit(run, 0);
        assertMatch(hf.checksOf(run).join(), /^ok held by lb[12], .*backends 0\/3/);
        assertEquals((await hf.holders(lab)).length, 1);
        for (const { name } of lab.apiServers) {
          await startApiServer(lab, name);
        }
        await hf.eventually("an answer", async () =>
          await hf.throughVip(lab) === 200);
      });

      await t.step("the address moves when haproxy of its holder stops", async () => {
        await hf.assertAddressMoves(lab);
      });
    }),
});

Deno.test({
  name: "a first apply works before the first API server is up",
  ignore,
  fn: () =>
    withLab("early", async (lab) => {
      for (const { name } of lab.apiServers) await stopApiServer(lab, name);
      const run = await hf.holdfast("apply", lab.inventoryFile);
      hf.assertExit(run, 0);
      assertMatch(hf.checksOf(run).join(), /^ok held by lb[12], .*backends 0\/3/);
      assertEquals((await hf.holders(lab)).length, 1);
      for (const { name } of lab.apiServers) await startApiServer(lab, name);
      await hf.eventually("an answer", async () => await hf.throughVip(lab) === 200);
      await hf.assertConverged(lab.inventoryFile);
    }),
});
