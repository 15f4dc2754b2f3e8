import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const FILES = "/etc/haproxy/haproxy.cfg /etc/keepalived/keepalived.conf";

interface History {
  readonly id: string;
  readonly what: string;
  readonly hosts: Readonly<Record<string, { readonly ended: string; readonly files: string[] }>>;
}

async function history(inventory: string): Promise<readonly History[]> {
  const { code, stdout } = await hf.start("history", inventory).done;
  assertEquals(code, 0);
  return JSON.parse(stdout);
}

Deno.test({
  name: "history says what hosts remember, and rollback goes back behind it",
  ignore,
  fn: (t) =>
    withLab("history", async (lab) => {
      const { inventoryFile, hosts } = lab;
      const sums = () =>
        Promise.all(
          hosts.map(({ name }) =>
            hf.root(lab, name, `sha256sum ${FILES}; stat -c '%a %U' ${FILES}`)
          ),
        );
      const edited = (name: string, ...lines: readonly string[]) =>
        hf.editInventory(lab, name, hf.withEndpoint(...lines));
      hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
      const first = await sums();

      await t.step("before the first deployment there is nothing to go back to", async () => {
        const { code, stderr } = await hf.start("rollback", inventoryFile).done;
        assertEquals(code, 1);
        assertMatch(stderr, /nothing was deployed before it[^]*endpoint: \{ state: absent \}/);
        assertEquals(await sums(), first);
      });

      const slow = await edited("slow", "haproxy: { client_timeout: 41m }");
      const fast = await edited("fast", "profile: fast");

      await t.step("each run is remembered with its files, kept or undone", async () => {
        hf.assertExit(await hf.holdfast("apply", slow), 0);
        hf.assertExit(await hf.holdfast("apply", fast), 0);
        const runs = await history(inventoryFile);
        assertEquals(runs.length, 3);
        for (const { hosts } of runs) {
          assertEquals(Object.values(hosts).map(({ ended }) => ended), ["kept", "kept"]);
        }
        assertEquals(runs[1]?.hosts["lb1"]?.files, ["/etc/haproxy/haproxy.cfg"]);
      });

      await t.step("rollback --check says what would be, and changes nothing", async () => {
        const before = await sums();
        const check = await hf.holdfast("rollback", fast, { flags: ["--check", "--diff"] });
        hf.assertExit(check, 2);
        assertEquals(await sums(), before);
      });

      await t.step(
        "a coupled change is taken back on both, and a second time made again",
        async () => {
          const last = await sums();
          hf.assertExit(await hf.holdfast("rollback", fast), 0);
          const mode = await hf.root(
            lab,
            "lb1",
            "grep -c 'profile standard' /etc/haproxy/haproxy.cfg",
          );
          assertEquals(mode.trim(), "1");
          hf.assertExit(await hf.holdfast("check", slow), 0);
          hf.assertExit(await hf.holdfast("verify", slow), 0);
          hf.assertExit(await hf.holdfast("rollback", slow), 0);
          assertEquals(await sums(), last);
          await hf.assertConverged(fast);
        },
      );

      await t.step("--to goes behind several runs at once", async () => {
        const target = (await history(inventoryFile)).at(-2);
        assert(target !== undefined);
        const run = await hf.holdfast("rollback", inventoryFile, { flags: ["--to", target.id] });
        hf.assertExit(run, 0);
        assertEquals(await sums(), first);
        await hf.assertConverged(inventoryFile);
        for (const { name } of hosts) assertEquals(await hf.litter(lab, name), "");
      });

      await t.step("a run that nobody remembers is refused, with those that are", async () => {
        const { code, stderr } = await hf.start("rollback", inventoryFile, {
          flags: ["--to", "yesterday"],
        }).done;
        assertEquals(code, 1);
        assertMatch(stderr, /"yesterday": no host remembers it[^]*runs that can be undone: 2/);
      });

      await t.step(
        "hosts that were taken apart remember it, and no rollback goes behind it",
        async () => {
          const gone = await edited("gone", "state: absent");
          hf.assertExit(await hf.holdfast("apply", gone), 0);
          const last = (await history(gone)).at(0);
          assert(last !== undefined);
          assertEquals(Object.keys(last.hosts), ["lb1", "lb2"]);
          const { code, stderr } = await hf.start("rollback", gone).done;
          assertEquals(code, 1);
          assertStringIncludes(
            stderr,
            `Cannot go back to before run "${last.id}": it changed lb1, lb2, which the inventory ` +
              "wants absent, and rollback brings back files alone, no accounts and no units",
          );
          assertStringIncludes(
            stderr,
            'hint: to have it again: without "state: absent" in "endpoint", then apply',
          );
          for (const { name } of hosts) {
            assertEquals(await hf.root(lab, name, `ls ${FILES} 2>/dev/null || :`), "");
          }
        },
      );
    }),
});
