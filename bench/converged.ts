/**
 * `deno task bench`: how long a converged apply takes on two hosts, beside the floor that no tool
 * can go below: `ssh HOST true` on the same hosts at the same time. In turn, so that a machine that
 * grows slow is slow for both. Seconds here mean little; the ratio is the figure.
 * @module
 */
import { type Lab, labDown, labUp } from "../src/lab/mod.ts";
import { sshArgs } from "../src/lab/ssh.ts";
import { denoArgs } from "../src/commands/permissions.ts";

const ROUNDS = 11;
const NAME = "bench";
const cli = decodeURIComponent(new URL("../cli.ts", import.meta.url).pathname);

/** Wall time of commands that run at the same time, in milliseconds. Throws when one fails. */
async function wall(...commands: readonly (readonly [string, ...string[]])[]): Promise<number> {
  const since = performance.now();
  const ends = await Promise.all(commands.map(async ([program, ...args]) => {
    const { code, stderr } = await new Deno.Command(program, { args, stdin: "null" }).output();
    return code === 0
      ? undefined
      : `${program} ended with ${code}: ${new TextDecoder().decode(stderr)}`;
  }));
  const failed = ends.find((end) => end !== undefined);
  if (failed !== undefined) throw new Error(`Cannot measure: ${failed}`);
  return performance.now() - since;
}

function summary(name: string, samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? NaN;
  const text = [at(0), at(0.5), at(1)].map((ms) => ms.toFixed(0).padStart(6)).join(" ");
  console.log(`${name.padEnd(28)} ${text}`);
  return at(0.5);
}

async function measure(lab: Lab): Promise<void> {
  const apply = () =>
    wall([Deno.execPath(), ...denoArgs("apply", cli, ["apply", lab.inventoryFile])]);
  const floor = () =>
    wall(...lab.hosts.map((host) => ["ssh", ...sshArgs(lab, host), "--", "true"] as const));
  const empty = await Deno.makeTempFile({ suffix: ".js" });
  const start = () => wall([Deno.execPath(), "run", empty]);
  console.log("first deploy ...");
  await apply();
  await apply();

  const rows = { apply: [] as number[], floor: [] as number[], start: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    rows.floor.push(await floor());
    rows.apply.push(await apply());
    rows.start.push(await start());
  }
  await Deno.remove(empty);
  console.log(`\n${"ms, ".concat(String(ROUNDS), " rounds").padEnd(28)}    min median    max`);
  const ssh = summary("ssh HOST true, both hosts", rows.floor);
  const whole = summary("holdfast apply, both hosts", rows.apply);
  summary("deno run of an empty file", rows.start);
  console.log(`\napply / ssh                       ${(whole / ssh).toFixed(2)}`);
  console.log(`(apply - 100 ms) / ssh            ${((whole - 100) / ssh).toFixed(2)}`);
}

const log = (line: string) => console.log(line);
try {
  await measure(await labUp({ name: NAME, log }));
} finally {
  await labDown({ name: NAME, log });
}
