/** A long way to the hosts: what a converged apply waits for is the connection and one look. */
import { assert, assertEquals } from "@std/assert";
import type { Lab } from "../../src/lab/mod.ts";
import { attempt } from "../../src/lab/run.ts";
import { sshArgs } from "../../src/lab/ssh.ts";
import { full, labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import type { Passed } from "./relay.ts";

const ignore = await labAvailable() !== undefined;

const RELAY = new URL("./relay.ts", import.meta.url).pathname;

/** Round trip of the way, milliseconds; long enough that what belongs together comes together. */
const ROUND_TRIP_MS = 100;

/** ssh's option that goes the long way, and notes in a file what passed. */
function proxy(file: string): string {
  const words = [Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-all", RELAY];
  return `ProxyCommand=${[...words, "%h", "%p", String(ROUND_TRIP_MS), file].join(" ")}`;
}

async function passedIn(file: string): Promise<readonly Passed[]> {
  const text = await Deno.readTextFile(file).catch(() => "");
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** What `ssh HOST true` costs over the same way, for each host. */
async function bare(lab: Lab, file: string): Promise<readonly Passed[]> {
  await Promise.all(lab.hosts.map(async (host) => {
    const argv = ["ssh", "-o", proxy(file), ...sshArgs(lab, host), "--", "true"];
    const { code, stderr } = await attempt(argv, { to: `run true on "${host.name}"` });
    assertEquals([code, stderr], [0, ""]);
  }));
  await hf.eventually(
    "the relays have written",
    async () => (await passedIn(file)).length === lab.hosts.length,
  );
  return await passedIn(file);
}

/** What one host may cost, in bytes as ssh encrypts them; its own handshake is 7 kB of both. */
const BUDGET = { up: 60_000, down: 36_000 };

/** The lab's own pair, and as many as `--forks` has room for at once. */
for (const hosts of [2, 20]) {
  Deno.test({
    name:
      `a converged apply of ${hosts} hosts waits for two round trips more than ssh HOST true, ` +
      "however far they are",
    ignore: ignore || (hosts > 2 && !full),
    fn: () => measured(hosts),
  });
}

function measured(hosts: number): Promise<void> {
  return withLab("far", async (lab) => {
    hf.assertExit(await hf.holdfast("apply", lab.inventoryFile), 0);
    const [floor, ours] = await Promise.all(
      ["floor", "ours"].map(() => Deno.makeTempFile({ prefix: "holdfast-relay-" })),
    ) as [string, string];
    try {
      const most = Math.max(...(await bare(lab, floor)).map(({ turns }) => turns));
      // A count of ssh's own handshake that says little shows that nothing was counted.
      assert(most >= 4, `ssh HOST true took ${most} round trips`);
      const far = await hf.editInventory(
        lab,
        "far",
        (text) => text.replace(/(UserKnownHostsFile=[^"]*)/, `$1 -o '${proxy(ours)}'`),
      );
      const run = await hf.holdfast("apply", far, { flags: ["--forks", "20"] });
      hf.assertExit(run, 0);
      assertEquals(hf.tasksOf(run, "changed"), []);
      await hf.eventually(
        "the relays have written",
        async () => (await passedIn(ours)).length === lab.hosts.length,
      );
      const passed = await passedIn(ours);
      for (const { turns, up, down } of passed) {
        assert(turns <= most + 2, `apply took ${turns} round trips, ssh HOST true ${most}`);
        assert(up <= BUDGET.up && down <= BUDGET.down, `${up} bytes there, ${down} back`);
      }
      const highest = (of: (one: Passed) => number) => Math.max(...passed.map(of));
      console.log(
        `${passed.length} hosts: at most ${highest(({ turns }) => turns)} round trips (ssh HOST ` +
          `true: ${most}), ${highest(({ up }) => up)} bytes there, ` +
          `${highest(({ down }) => down)} back`,
      );
    } finally {
      for (const file of [floor, ours]) {
        await Deno.remove(file);
      }
    }
  }, { hosts });
}
