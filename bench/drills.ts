/**
 * `deno task drills:report`: all drills on labs of this machine, round after round, and what they
 * measured as a part of docs/drills.md. Ends with 3 when a profile does not keep its limits.
 *
 * `--rounds N` (5) rounds of `standard` and `fast`; `--guide-rounds N` (1) of what `guide` can end
 * within a minute. `--runs DIR` keeps the events of every run; what is there already is not run
 * again, so that a report can be gone on with.
 * @module
 */
import { join } from "@std/path";
import { CATALOGUE } from "../src/drills/catalogue/mod.ts";
import { expectedScene } from "../src/drills/scene.ts";
import { readRun } from "../src/commands/run_file.ts";
import type { Event } from "../src/events.ts";
import { loadInventory } from "../src/inventory/load.ts";
import { type Lab, labDown, labUp, UnfitError } from "../src/lab/mod.ts";
import { sshArgs } from "../src/lab/ssh.ts";
import { VERSION } from "../src/version.ts";
import { brokenLimits, type Profile, rowsOf, stalledPart } from "./drill_figures.ts";
import { between, catalogueText, figuresText, type Machine } from "./drill_page.ts";
import { type ReportWish, wishOf } from "./drill_wish.ts";

const ROOT = new URL("../", import.meta.url);
const PAGE = new URL("docs/drills.md", ROOT);

const PROFILES = ["standard", "fast", "guide"] as const satisfies readonly Profile[];

/** A fault of `guide` that stands longer than this, in milliseconds, is left out. */
const GUIDE_HOLD_MS = 30_000;

const say = (line: string) => console.error(line);

/** A lab with a profile on it. */
interface Place {
  readonly profile: Profile;
  readonly lab: Lab;
  readonly inventory: string;
}

async function deploy(profile: Profile): Promise<Place> {
  const lab = await labUp({ name: labOf(profile), log: say });
  const inventory = join(lab.stateDir, `${profile}.yaml`);
  const text = await Deno.readTextFile(lab.inventoryFile);
  // The seed's configuration has a password, of eight letters at most.
  const secret = join(lab.stateDir, "auth_pass");
  await Deno.writeTextFile(secret, crypto.randomUUID().slice(0, 8), { mode: 0o600 });
  const keys = profile === "guide" ? `\n$1vrrp: { auth_pass: { file: ${secret} } }` : "";
  await Deno.writeTextFile(
    inventory,
    text.replace(/^( +)backend_port: .*$/m, `$&\n$1profile: ${profile}${keys}`),
  );
  const { code, said } = await holdfast("apply", inventory);
  if (code !== 0) throw new Error(`Cannot deploy ${profile}: apply ended with ${code}: ${said}`);
  return { profile, lab, inventory };
}

const labOf = (profile: Profile) => `drills-${profile}`;

async function holdfast(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly said: string }> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-all", "cli.ts", ...args],
    cwd: ROOT,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return { code, said: new TextDecoder().decode(stderr).trim().slice(-1000) };
}

/** Drills that are run with a profile. */
async function namesFor({ profile, inventory }: Place): Promise<readonly string[]> {
  const { inventory: { endpoints: [endpoint] } } = await loadInventory(inventory);
  if (endpoint === undefined) throw new Error(`Cannot find an endpoint in ${inventory}`);
  const scene = expectedScene(endpoint);
  const interfaces = new Map(endpoint.members.map(({ host }) => [host.name, "eth0"]));
  const drills = CATALOGUE.filter((drill) => {
    if (profile !== "guide") return true;
    if (drill.unfit?.(scene) !== undefined) return false;
    return drill.plan({ ...scene, interfaces }).holdMs <= GUIDE_HOLD_MS;
  });
  return drills.map(({ name }) => name);
}

/** The events of one run of all drills. */
const fileOf = (profile: Profile, number: number, { runs }: ReportWish) =>
  join(runs, `${profile}-${number}.jsonl`);

const isThere = (path: string) => Deno.stat(path).then(() => true, () => false);

/** Runs all drills of a place once, unless that was done before. */
async function round(place: Place, number: number, wish: ReportWish): Promise<void> {
  const { profile, inventory } = place;
  const { runs } = wish;
  const file = fileOf(profile, number, wish);
  if (await isThere(file)) return;
  const load = Deno.loadavg()[0] ?? 0;
  await Deno.writeTextFile(join(runs, "load"), `${load.toFixed(2)}\n`, { append: true });
  say(`${profile}, round ${number} ...`);
  const { code, said } = await holdfast(
    "drill",
    inventory,
    ...await namesFor(place),
    "--profile-suite",
    "full",
    "--report",
    `jsonl:${file}.new`,
  );
  // A drill that fails, or cannot be measured, is a figure; anything else is no run.
  if (code !== 0 && code !== 3) {
    throw new Error(`Cannot measure ${profile}: drill ended with ${code}: ${said}`);
  }
  await Deno.rename(`${file}.new`, file);
}

/** The runs of a profile that there are, in order. */
async function runsOf(profile: Profile, wish: ReportWish) {
  const found: (readonly Event[])[] = [];
  for (let number = 1; number <= wish.rounds[profile]; number += 1) {
    found.push(await readRun(fileOf(profile, number, wish)));
  }
  return found;
}

/** Profiles of which a run is missing. */
async function unfinished(wish: ReportWish): Promise<readonly Profile[]> {
  const found: Profile[] = [];
  for (const profile of PROFILES) {
    const numbers = Array.from({ length: wish.rounds[profile] }, (_, i) => i + 1);
    const there = await Promise.all(numbers.map((it) => isThere(fileOf(profile, it, wish))));
    if (there.includes(false)) found.push(profile);
  }
  return found;
}

/** Keeps what the hosts of a lab run beside the events, which do not say it. */
async function keepVersions({ lab }: Place, { runs }: ReportWish): Promise<void> {
  const [host] = lab.hosts;
  if (host === undefined) return;
  const script = `. /etc/os-release; echo "$NAME $VERSION_ID"
haproxy -v | sed -n '1s/.*version \\([0-9.]*\\).*/HAProxy \\1/p'
keepalived -v 2>&1 | sed -n '1s/.* v\\([0-9.]*\\).*/Keepalived \\1/p'`;
  const { stdout } = await new Deno.Command("ssh", {
    args: [...sshArgs(lab, host), "--", `PATH=$PATH:/usr/sbin; ${script}`],
    stdin: "null",
  }).output();
  const own = `Deno ${Deno.version.deno}\nHoldfast ${VERSION}\n`;
  await Deno.writeTextFile(join(runs, "versions"), new TextDecoder().decode(stdout) + own);
}

async function machineOf(
  runs: readonly (readonly Event[])[],
  wish: ReportWish,
): Promise<Machine> {
  const moments = runs.flatMap((events) => events.flatMap((it) => "at" in it ? [it.at] : []));
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  const lines = async (name: string) => {
    const text = await Deno.readTextFile(join(wish.runs, name)).catch(() => "");
    return text.split("\n").filter((line) => line !== "");
  };
  return {
    days: [
      day(moments.reduce((least, at) => Math.min(least, at), Infinity)),
      day(moments.reduce((most, at) => Math.max(most, at), 0)),
    ],
    cores: navigator.hardwareConcurrency,
    arch: Deno.build.arch,
    kernel: Deno.osRelease().replace(/^(\d+\.\d+).*/, "$1"),
    loads: (await lines("load")).map(Number),
    stalled: stalledPart(runs),
    versions: await lines("versions"),
  };
}

async function report(wish: ReportWish): Promise<number> {
  const profiles = await unfinished(wish);
  const places: Place[] = [];
  try {
    for (const profile of profiles) places.push(await deploy(profile));
    for (const place of places.slice(0, 1)) await keepVersions(place, wish);
    // In turn, so that a machine that grows slow is slow for all of them.
    for (let number = 1; number <= Math.max(...Object.values(wish.rounds)); number += 1) {
      for (const place of places) {
        if (number <= wish.rounds[place.profile]) await round(place, number, wish);
      }
    }
  } finally {
    for (const profile of profiles) await labDown({ name: labOf(profile), log: say });
  }
  return await write(wish);
}

/** Writes the page, and says what does not hold. */
async function write(wish: ReportWish): Promise<number> {
  const all: (readonly Event[])[] = [];
  const measured = [];
  for (const profile of PROFILES.filter((it) => wish.rounds[it] > 0)) {
    const runs = await runsOf(profile, wish);
    all.push(...runs);
    measured.push({ profile, rounds: runs.length, rows: rowsOf(profile, runs) });
  }
  const machine = await machineOf(all, wish);
  const before = await Deno.readTextFile(PAGE);
  const page = between(before, "catalogue", catalogueText(CATALOGUE));
  await Deno.writeTextFile(PAGE, between(page, "figures", figuresText(machine, measured)));
  const fmt = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "-q", "docs/drills.md"],
    cwd: ROOT,
  });
  await fmt.output();
  const broken = measured.flatMap(({ profile, rows }) => brokenLimits(profile, rows));
  for (const line of broken) say(`Limit broken: ${line}`);
  say(`docs/drills.md is written; the events are in ${wish.runs}`);
  return broken.length > 0 ? 3 : 0;
}

const wish = wishOf(Deno.args);
if (typeof wish === "string") {
  say(wish);
  Deno.exit(1);
}
// An interrupt reaches the drill under way too: it heals and ends, and the labs are taken down.
Deno.addSignalListener("SIGINT", () => say("Ending the drill under way, then taking labs down"));
try {
  const runs = wish.runs === "" ? await Deno.makeTempDir({ prefix: "drills-" }) : wish.runs;
  await Deno.mkdir(runs, { recursive: true });
  Deno.exit(await report({ ...wish, runs }));
} catch (error) {
  if (!(error instanceof UnfitError)) throw error;
  say(error.message);
  Deno.exit(1);
}
