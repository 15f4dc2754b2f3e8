/**
 * `deno task bench`: the same job with Ansible as it comes, Ansible tuned, Mitogen and Holdfast, in
 * turn within each round on the same real hosts of a lab, beside what bare ssh takes for the same
 * hosts. Writes docs/performance.md and its picture.
 *
 * `--quick` measures two rounds on two hosts and writes no page. `--part` chooses parts, `--rounds`
 * their rounds. Rows are kept as they are made (`--rows`), and what was made is not made again.
 * @module
 */
import { fromFileUrl } from "@std/path";
import { type Lab, labDown, unfit } from "../src/lab/mod.ts";
import { between } from "./drill_page.ts";
import { chartText } from "./chart.ts";
import { aboutOf, openSite } from "./ground.ts";
import { hostVersions } from "./hosts.ts";
import { figuresText } from "./page.ts";
import { leftOf, stagesOf } from "./plan.ts";
import { type About, readRows, type Row, rowText } from "./rows.ts";
import { roomForHosts } from "./room.ts";
import { runStage } from "./stage.ts";
import { type Wish, wishOf } from "./wish.ts";

const ROOT = new URL("../", import.meta.url);
const log = (line: string) => console.error(line);

/** Measures what is left of a wish; an interrupt ends it behind the run that goes on. */
async function measureAll(wish: Wish, file: string): Promise<void> {
  let stop = false;
  const onSignal = () => {
    stop = true;
    log("ends with this run; what was measured is kept");
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, onSignal);
  const add = (row: Row | About) => Deno.writeTextFile(file, rowText(row), { append: true });
  const site = await openSite(log);
  await using _ = await roomForHosts();
  let known = false;
  const seen = async (lab: Lab) => {
    if (!known) await add(await aboutOf(site, await hostVersions(lab)));
    known = true;
  };
  try {
    for (const stage of stagesOf(wish)) {
      const runs = leftOf(stage, (await kept(file)).rows);
      if (runs.length === 0 || stop) continue;
      await runStage(stage, runs, { site, keep: add, seen, stopped: () => stop, log });
    }
  } finally {
    await labDown({ name: "bench", log });
    await site.close();
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.removeSignalListener(signal, onSignal);
    }
  }
}

async function kept(file: string) {
  const text = await Deno.readTextFile(file).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  });
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  // A line that was cut short would spoil the next.
  if (whole !== text) await Deno.writeTextFile(file, whole);
  return readRows(whole);
}

async function write(text: string, rows: readonly Row[]): Promise<void> {
  const page = new URL("docs/performance.md", ROOT);
  await Deno.writeTextFile(page, between(await Deno.readTextFile(page), "figures", text));
  await Deno.writeTextFile(new URL("docs/performance.svg", ROOT), chartText(rows));
  const args = ["fmt", "-q", "docs/performance.md", "docs/performance.svg"];
  await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
  log("docs/performance.md and docs/performance.svg are written");
}

async function bench(wish: Wish): Promise<number> {
  const file = wish.rows === undefined
    ? await Deno.makeTempFile({ prefix: "bench-", suffix: ".jsonl" })
    : fromFileUrl(new URL(wish.rows, wish.rows.startsWith("/") ? "file:///" : ROOT));
  if (wish.only === "all") await measureAll(wish, file);
  const { rows, abouts } = await kept(file);
  const about = abouts.at(-1);
  if (about === undefined) {
    log(`Cannot write figures: ${file} has none`);
    return 1;
  }
  const text = figuresText(about, rows);
  if (wish.page) await write(text, rows);
  else console.log(text);
  log(`the rows are in ${file}`);
  return 0;
}

const wish = wishOf(Deno.args);
const reason = typeof wish === "string" ? wish : wish.only === "page" ? undefined : await unfit();
if (reason !== undefined || typeof wish === "string") {
  log(reason ?? "");
  Deno.exit(1);
}
Deno.exit(await bench(wish));
