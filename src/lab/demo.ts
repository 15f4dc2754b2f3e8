/**
 * `deno task demo`: the product on two real hosts of this machine, from nothing to a failover, with
 * every command shown as a person would type it. Everything after `lab up` is the product itself.
 * @module
 */
import { delay } from "@std/async/delay";
import { bold, setColorEnabled } from "@std/fmt/colors";
import { ownScript } from "../own_files.ts";
import { type Lab, labUp, UnfitError } from "./mod.ts";
import { attempt } from "./run.ts";
import { sshArgs } from "./ssh.ts";

const say = (text: string) => console.log(text);
const step = (text: string) => say(`\n${bold(`--- ${text}`)}`);

/** Runs a command of the product and gives its exit code. */
async function holdfast(...args: readonly string[]): Promise<number> {
  say(`$ deno run cli.ts ${args.join(" ")}`);
  const cli = ownScript("cli.ts").pathname;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-all", decodeURIComponent(cli), ...args],
  });
  return (await command.spawn().status).code;
}

/** One request from outside, over TLS verified with the lab's authority, on a connection of its own. */
async function ask(lab: Lab, ca: string): Promise<number | undefined> {
  using client = Deno.createHttpClient({ caCerts: [ca], poolMaxIdlePerHost: 0 });
  try {
    const signal = AbortSignal.timeout(1000);
    const response = await fetch(`https://${lab.vip}:8443/readyz`, { client, signal });
    await response.body?.cancel();
    return response.status;
  } catch {
    // No answer is an answer here: it is counted.
    return undefined;
  }
}

async function onHost(lab: Lab, name: string, script: string): Promise<string> {
  const host = lab.hosts.find((one) => one.name === name);
  if (host === undefined) throw new RangeError(`Cannot find host "${name}"`);
  const result = await attempt(["ssh", ...sshArgs(lab, host), "--", script], {
    to: `run on "${name}"`,
    timeoutMs: 40_000,
  });
  return result.stdout;
}

const HOLDS = (vip: string) => `ip -o addr show to ${vip}/32`;

async function holder(lab: Lab): Promise<string | undefined> {
  for (const { name } of lab.hosts) {
    if ((await onHost(lab, name, HOLDS(lab.vip))).trim() !== "") return name;
  }
  return undefined;
}

/** Asks every 50 ms, whether or not the last answer has come, and gives what a client felt. */
async function feel(lab: Lab, ca: string, until: Promise<unknown>): Promise<string> {
  let stop = false;
  until.finally(() => stop = true);
  let [failed, last, gap] = [0, performance.now(), 0];
  const requests: Promise<void>[] = [];
  const one = async () => {
    if (await ask(lab, ca) !== 200) return void (failed += 1);
    gap = Math.max(gap, performance.now() - last);
    last = performance.now();
  };
  while (!stop) {
    requests.push(one());
    await delay(50);
  }
  await Promise.all(requests);
  const longest = (gap / 1000).toFixed(1);
  return `${requests.length} requests, ${failed} failed, ${longest} s at most without an answer`;
}

async function demo(name: string): Promise<boolean> {
  step("Two real Debian hosts and three stand-in API servers, on this machine");
  const lab = await labUp({ name, log: say });
  const inventory = name === "lab" ? "inventories/lab.yaml" : lab.inventoryFile;
  const ca = await Deno.readTextFile(lab.caFile);

  step("Deploy: HAProxy, behind an address that Keepalived moves");
  if (await holdfast("apply", inventory) !== 0) return false;

  step("Deploy again: nothing to change, one round trip per host");
  if (await holdfast("apply", inventory) !== 0) return false;

  step(`Ask from outside: https://${lab.vip}:8443/readyz`);
  const status = await ask(lab, ca);
  say(`${status ?? "no answer"}`);
  if (status !== 200) return false;

  const first = await holder(lab);
  const other = lab.hosts.find((host) => host.name !== first)?.name;
  if (first === undefined || other === undefined) return false;
  step(`Kill HAProxy on ${first}, which holds ${lab.vip}`);
  say(`$ ssh ${first} sudo systemctl kill -s KILL haproxy`);
  const waiting = onHost(
    lab,
    other,
    `i=0; while [ $i -lt 300 ]; do ${HOLDS(lab.vip)} | grep . && exit; sleep 0.1; i=$((i+1)); done`,
  );
  const felt = feel(lab, ca, waiting);
  await onHost(lab, first, "sudo systemctl kill -s KILL haproxy");
  const moved = (await waiting).trim();
  say(moved === "" ? `${other} did not take the address` : `${other} holds it now: ${moved}`);
  say(`A client felt: ${await felt}`);
  if (moved === "") return false;

  step("And it is still true");
  if (await holdfast("verify", inventory, "--wait", "30s") !== 0) return false;
  say(`
What to try next (put "npx -y deno@2.9.6" where deno is not installed):

  # look around on a host
  deno task lab ssh ${first}
  # what would change, with differences; exit code 2 when something would
  deno run cli.ts check ${inventory}
  # pull the plug of a host, then ask whether the endpoint stands
  deno task lab power off ${first}
  deno run cli.ts verify ${inventory}
  # take everything down again
  deno task lab down`);
  return true;
}

setColorEnabled(Deno.stdout.isTerminal() && !Deno.noColor);
const at = Deno.args.indexOf("--name");
try {
  Deno.exit(await demo(at === -1 ? "lab" : Deno.args[at + 1] ?? "lab") ? 0 : 3);
} catch (error) {
  if (!(error instanceof UnfitError)) throw error;
  console.error(error.message);
  Deno.exit(1);
}
