import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import * as lab from "../../src/lab/mod.ts";
import { parse } from "yaml";
import { ask, labAvailable, onHost, traces, tracesOf, withLab } from "./helpers.ts";
import { eventually } from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;

/** Network of a host as it is after a boot. */
const NETWORK =
  "ip -br address show dev eth0 | sed 's/@[^ ]*//'; ip route; ip link show dev eth0 | " +
  "grep -o 'ether [0-9a-f:]*'; sudo nft list ruleset";

const bootId = async (one: lab.Lab, host: string) =>
  (await onHost(one, host, "cat /proc/sys/kernel/random/boot_id")).stdout;

/** A command of the lab's inventory, run where there is no home, no terminal and nothing to read. */
async function command(
  one: lab.Lab,
  key: "power_command" | "api_command",
  values: Readonly<Record<string, string>>,
): Promise<{ code: number; said: string }> {
  const words = await commandWords(one, key);
  return await runWords(words, values);
}

async function commandWords(one: lab.Lab, key: string): Promise<readonly string[]> {
  const inventory = parse(await Deno.readTextFile(one.inventoryFile));
  return inventory.all.children.load_balancers.vars.endpoint.drill[key];
}

async function runWords(words: readonly string[], values: Readonly<Record<string, string>>) {
  const [program = "", ...args] = words.map((word) =>
    word.replaceAll(/\{(\w+)\}/g, (_, name) => values[name] ?? "")
  );
  const { code, stdout, stderr } = await new Deno.Command("setsid", {
    args: ["--wait", program, ...args],
    cwd: "/",
    env: { HOME: "", TERM: "" },
    stdin: "null",
  }).output();
  return { code, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

Deno.test({
  name: "the lab's hosts reboot by themselves, and the inventory's commands switch what they name",
  ignore,
  fn: (t) =>
    withLab("power", async (one) => {
      const fresh = (await onHost(one, "lb1", NETWORK)).stdout;
      assertMatch(fresh, /^eth0 +UP +10\.88\.\d+\.11\/24/);

      for (const how of ["systemctl reboot", "reboot --force --force"]) {
        await t.step(`${how} comes back with its disk and the network of a boot`, async () => {
          const before = await bootId(one, "lb1");
          await onHost(
            one,
            "lb1",
            `echo kept >note; sync; sudo ip address add ${one.vip}/32 dev eth0; ` +
              `sudo nft add table ip left; sudo ${how}`,
          );
          await eventually("it has booted again", async () => {
            const now = await bootId(one, "lb1");
            return now !== "" && now !== before;
          });
          assertEquals((await onHost(one, "lb1", `cat note; ${NETWORK}`)).stdout, `kept\n${fresh}`);
          const status = await lab.labStatus({ name: one.name });
          assertEquals(status.hosts.map(({ running }) => running), [true, true]);
        });
      }

      await t.step("a host that went off by itself can be switched on", async () => {
        await onHost(one, "lb1", "sudo systemctl poweroff");
        await eventually("it is off", async () => {
          return !(await lab.labStatus({ name: one.name })).hosts[0]?.running;
        });
        for (const _ of ["once", "twice"]) {
          assertEquals(await command(one, "power_command", { host: "lb1", action: "on" }), {
            code: 0,
            said: "",
          });
        }
        assertEquals((await onHost(one, "lb1", NETWORK)).stdout, fresh);
      });

      await t.step("power and API servers are switched side by side, twice each", async () => {
        const before = await bootId(one, "lb2");
        const power = (host: string, action: string) =>
          command(one, "power_command", { host, action });
        const api = (server: string, action: string) =>
          command(one, "api_command", { server, action });
        const off = await Promise.all([
          power("lb1", "off"),
          power("lb1", "off"),
          api("m1", "stop"),
          api("m1", "stop"),
          api("m2", "500"),
        ]);
        assertEquals(off, Array(5).fill({ code: 0, said: "" }));
        const { hosts, apiServers } = await lab.labStatus({ name: one.name });
        assertEquals(hosts.map(({ running }) => running), [false, true]);
        assertEquals(apiServers.map(({ status }) => status), [undefined, 500, 200]);
        const on = await Promise.all([
          power("lb1", "on"),
          power("lb1", "on"),
          power("lb2", "on"),
          api("m1", "start"),
          api("m1", "start"),
          api("m2", "200"),
        ]);
        assertEquals(on, Array(6).fill({ code: 0, said: "" }));
        assertEquals((await ask(one, "m1", "/readyz")).status, 200);
        assertEquals((await ask(one, "m2", "/readyz")).status, 200);
        assertEquals((await onHost(one, "lb1", NETWORK)).stdout, fresh);
        assertEquals(await bootId(one, "lb2"), before);
        assertNotEquals(await bootId(one, "lb1"), "");
      });

      await t.step("a command for something that is not there fails with a sentence", async () => {
        const { code, said } = await command(one, "power_command", { host: "lb9", action: "off" });
        assertEquals(code, 1);
        assertMatch(said, /Cannot find "lb9" in lab/);
      });

      await t.step(
        "a switch that comes too late starts nothing in a lab that is down",
        async () => {
          const words = await commandWords(one, "power_command");
          const switches = ["lb1", "lb2"].map(async (host) => {
            await runWords(words, { host, action: "off" });
            return await runWords(words, { host, action: "on" });
          });
          await lab.labDown({ name: one.name, log: () => {} });
          await Promise.all(switches);
          const { code, said } = await runWords(words, { host: "lb1", action: "on" });
          assertEquals(code, 1);
          assertMatch(said, /is not up/);
          assertEquals(tracesOf(one.tag, await traces()), []);
          assert(!(await lab.labStatus({ name: one.name })).up);
        },
      );
    }),
});
