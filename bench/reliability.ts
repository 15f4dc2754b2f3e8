/**
 * `deno task reliability:report`: plays every deploy of the fault matrix without a fault, then lets
 * its points go wrong, in rooms of this machine and on a lab's real hosts, and writes the counts into
 * docs/reliability.md. Ends with 3 when a point does not hold.
 *
 * `--points` writes how many points there are and runs none of them; `--all` runs every point in
 * place of those of a test run; `--no-lab` leaves real hosts out.
 * @module
 */
import { LAB_POINTS, labPointName } from "../tests/lab/matrix_points.ts";
import { editionOf } from "../tests/lab/matrix_edition.ts";
import { runLabPoint } from "../tests/lab/matrix.ts";
import { withLab } from "../tests/lab/helpers.ts";
import * as hf from "../tests/lab/holdfast.ts";
import type { Outcome } from "../tests/matrix/cell.ts";
import { cellName } from "../tests/matrix/expectations.ts";
import { faultRow } from "../tests/matrix/fault.ts";
import { cellsOf, roomsUnfit, runCells, withRecord } from "../tests/matrix/matrix.ts";
import { SCENARIOS } from "../tests/matrix/scenario.ts";
import { VERSION } from "../src/version.ts";
import { between } from "./drill_page.ts";
import { type Points, pointsText, type Result, resultsText } from "./reliability_page.ts";

const ROOT = new URL("../", import.meta.url);
const PAGE = new URL("docs/reliability.md", ROOT);
const USAGE = "Usage: deno task reliability:report [--points] [--all] [--no-lab]";

const say = (line: string) => console.error(line);

interface Wish {
  readonly points: boolean;
  readonly all: boolean;
  readonly lab: boolean;
}

function heard({ cell, wrong, ms }: Outcome): void {
  say(`${wrong.length === 0 ? "held" : "FAILED"} ${cellName(cell)} (${(ms / 1000).toFixed(1)} s)`);
  for (const line of wrong) say(`    ${line}`);
}

/** Plays the scenarios, and runs their points where that is wished. */
async function rooms(wish: Wish): Promise<{ points: Points[]; results: Result[]; broken: number }> {
  const [points, results]: [Points[], Result[]] = [[], []];
  let broken = 0;
  for (const { name, title } of SCENARIOS) {
    await withRecord(name, async (recorded) => {
      const [all, tested] = [cellsOf(recorded, true), cellsOf(recorded, false)];
      const steps = recorded.trace.length;
      points.push({ scenario: name, title, steps, all: all.length, tested: tested.length });
      if (wish.points) return;
      const outcomes = await runCells(wish.all ? all : tested, recorded, heard);
      results.push(...outcomes.map(({ cell, wrong }) => ({
        scenario: name,
        step: cell.step,
        fault: faultRow(cell.injection.fault),
        passed: wrong.length === 0,
      })));
    }).catch((error) => {
      broken += 1;
      say(`Cannot play "${name}": ${error.message.slice(-1500)}`);
    });
  }
  return { points, results, broken };
}

/** Runs the points with real hosts. */
async function realHosts(): Promise<{ results: Result[]; versions: string[] }> {
  const results: Result[] = [];
  const versions: string[] = [];
  await withLab("reliability", async (lab) => {
    const first = await hf.holdfast("apply", await editionOf(lab, 1));
    if (first.code !== 0) throw new Error(`Cannot deploy: apply ended with ${first.code}`);
    versions.push(...(await hf.root(lab, "lb1", VERSIONS)).trim().split("\n"));
    for (const [i, point] of LAB_POINTS.entries()) {
      const { wrong, ms } = await runLabPoint(lab, point, await editionOf(lab, i + 2), i + 2);
      const verdict = wrong.length === 0 ? "held" : "FAILED";
      say(`${verdict} real hosts: ${labPointName(point)} (${(ms / 1000).toFixed(1)} s)`);
      for (const line of wrong) say(`    ${line}`);
      results.push({
        scenario: "real hosts",
        step: point.kind === "strike" ? point.hold.name : "from the start",
        fault: point.kind === "strike" ? point.strike : point.trouble,
        passed: wrong.length === 0,
      });
    }
  });
  return { results, versions };
}

const VERSIONS = `. /etc/os-release; echo "Debian $VERSION_ID"
dpkg-query -W -f='\${Package} \${Version}\\n' haproxy keepalived systemd openssh-server`;

async function report(wish: Wish): Promise<number> {
  const { points, results, broken } = await rooms(wish);
  let page = between(
    await Deno.readTextFile(PAGE),
    "points",
    pointsText(points, LAB_POINTS.length),
  );
  if (!wish.points) {
    const real = wish.lab ? await realHosts() : { results: [], versions: [] };
    const day = new Date().toISOString().slice(0, 10);
    const versions = [`Holdfast ${VERSION}`, `Deno ${Deno.version.deno}`, ...real.versions];
    results.push(...real.results);
    page = between(page, "results", resultsText(results, { day, versions }));
  }
  await Deno.writeTextFile(PAGE, page);
  const fmt = ["fmt", "-q", "docs/reliability.md"];
  await new Deno.Command(Deno.execPath(), { args: fmt, cwd: ROOT }).output();
  const failed = results.filter(({ passed }) => !passed).length;
  say(`docs/reliability.md is written; ${failed} of ${results.length} points do not hold`);
  return failed + broken === 0 ? 0 : 3;
}

const odd = Deno.args.find((word) => !["--points", "--all", "--no-lab"].includes(word));
const unfit = await roomsUnfit();
if (odd !== undefined || unfit !== undefined) {
  say(odd === undefined ? unfit ?? "" : `Cannot report: no option ${odd}\n${USAGE}`);
  Deno.exit(1);
}
Deno.exit(
  await report({
    points: Deno.args.includes("--points"),
    all: Deno.args.includes("--all"),
    lab: !Deno.args.includes("--no-lab"),
  }),
);
