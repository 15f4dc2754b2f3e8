/** Hundreds of sessions at once over a few real sshds: none is lost, and memory grows with few kB. */
import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { denoArgs } from "../../src/commands/permissions.ts";
import type { Event, EventOf } from "../../src/events.ts";
import type { Lab } from "../../src/lab/mod.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;

const ROOT = new URL("../../", import.meta.url);

/** Sessions of the small run and of the large one. */
const [FEW, MANY] = [20, 500];

/** Addresses of a lab host beside its own, each of which is a host of the inventory. */
const addressesOf = (n: number, count: number) =>
  Array.from({ length: count }, (_, i) => `10.99.${n}.${i + 1}`);

/** Gives every host many addresses, which its sshd answers at. */
async function spread(lab: Lab, each: number): Promise<void> {
  for (const [n, { name, address }] of lab.hosts.entries()) {
    const add = addressesOf(n, each).map((it) => `address add ${it}/32 dev lo`).join("\n");
    await hf.root(lab, name, `ip -batch - <<'END'\n${add}\nEND`);
    // It goes with the lab's network.
    const args = ["route", "replace", `10.99.${n}.0/24`, "via", address];
    const { success } = await new Deno.Command("ip", { args }).output();
    assert(success, `ip ${args.join(" ")}`);
  }
}

/** An inventory of so many endpoints of two hosts; nothing of them is deployed. */
async function fleet(lab: Lab, hosts: number): Promise<string> {
  const each = MANY / lab.hosts.length;
  const all = lab.hosts.flatMap((host, n) =>
    addressesOf(n, each).map((address) => ({ address, alias: host.address }))
  ).slice(0, hosts);
  // A key is known by the address of its sshd.
  const args = ({ alias }: { alias: string }) =>
    `-o UserKnownHostsFile=${lab.knownHostsFile} -o HostKeyAlias=${alias}`;
  const sites = Array.from({ length: hosts / 2 }, (_, i) => {
    const members = [2 * i, 2 * i + 1].flatMap((at) => {
      const host = all[at];
      if (host === undefined) return [];
      const vars = `ansible_host: ${host.address}, ansible_ssh_common_args: "${args(host)}"`;
      return [`h${at}: { ${vars} }`];
    });
    const vip = `10.98.${Math.floor(i / 200)}.${i % 200 + 1}`;
    return `
    site${i}:
      vars: { endpoint: { address: ${vip}, interface: host0, backends: [
        { name: m1, address: 10.97.0.1 }, { name: m2, address: 10.97.0.2 }] } }
      hosts: { ${members.join(", ")} }`;
  });
  const file = `${lab.stateDir}/fleet-${hosts}.yaml`;
  const vars = `{ ansible_user: ${lab.user}, ansible_become: true, ` +
    `ansible_ssh_private_key_file: ${lab.keyFile} }`;
  await Deno.writeTextFile(file, `all:\n  vars: ${vars}\n  children:${sites.join("")}\n`);
  return file;
}

interface Held {
  readonly end: EventOf<"run-end">;
  /** What was said of hosts that no shell was opened on. */
  readonly lost: readonly string[];
  /** The most that the controller itself held, kB. */
  readonly peakKb: number;
}

/** Looks at all hosts at once; the sessions are held until each endpoint is judged. */
async function held(inventory: string): Promise<Held> {
  const args = denoArgs("verify", "cli.ts", ["verify", inventory, "--json", "--forks", "20"]);
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let peakKb = 0;
  const watching = (async () => {
    for (;;) {
      const status = await Deno.readTextFile(`/proc/${child.pid}/status`).catch(() => "");
      const kb = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN);
      if (Number.isNaN(kb)) return;
      peakKb = Math.max(peakKb, kb);
      await delay(100);
    }
  })();
  const { stdout } = await child.output();
  await watching;
  const events = new TextDecoder().decode(stdout).trim().split("\n")
    .map((line): Event => JSON.parse(line));
  const end = events.at(-1);
  assert(end?.type === "run-end", "the run came to its end");
  const lost = events.flatMap((event) =>
    event.type === "task-end" && event.status === "unreachable" ? event.error ?? "" : []
  );
  return { end, lost, peakKb };
}

Deno.test({
  name: `${MANY} sessions are held by one controller, each in less than 1 MB of its own`,
  ignore,
  fn: () =>
    withLab("many", async (lab) => {
      await spread(lab, MANY / lab.hosts.length);
      const few = await held(await fleet(lab, FEW));
      const many = await held(await fleet(lab, MANY));
      for (const [{ end, lost }, hosts] of [[few, FEW], [many, MANY]] as const) {
        const all = Object.values(end.hosts);
        assertEquals(all.length, hosts);
        // Whoever was turned away came in later; what is not as it should be is looked at once more.
        assertEquals(lost, []);
        assertEquals(all.filter(({ unreachable }) => unreachable > 0), []);
        assertEquals(all.filter(({ roundTrips }) => roundTrips > 2), []);
      }
      const each = (many.peakKb - few.peakKb) / (MANY - FEW);
      console.log(`${FEW} hosts: ${few.peakKb} kB, ${MANY}: ${many.peakKb} kB: ${each} kB each`);
      assert(each < 1024, `${each} kB for each further host`);
    }, { hosts: 4 }),
});
