/**
 * `deno task bench:inventory [ROUNDS]`: what the commands cost that contact no host, for inventories
 * of 1,000 and of 10,000 hosts, and what `--help` costs, in turn with an empty script. A machine
 * that grows slow is slow for all of them; processor time, and of starts the ratio to the empty
 * script, are the figures.
 * @module
 */
import { fromFileUrl } from "@std/path";
import { fleetOf } from "./fleet.ts";
import { type Spent, spent } from "./spent.ts";

const CLI = fromFileUrl(new URL("../cli.ts", import.meta.url));
const SIZES = [1_000, 10_000];
const LINES: readonly string[] = [
  "check FILE --list-hosts",
  "check FILE --list-tasks",
  "inventory FILE --list",
  "lint FILE",
];

/** One thing that is measured, and what it cost each time. */
interface Row {
  readonly name: string;
  readonly args: readonly string[];
  readonly spent: Spent[];
}

function rowsOf(dir: string): readonly Row[] {
  const row = (name: string, args: readonly string[]): Row => ({ name, args, spent: [] });
  return [
    row("an empty script", ["run", "--no-prompt", `${dir}/empty.ts`]),
    row("--help", ["run", "--no-prompt", CLI, "--help"]),
    ...SIZES.flatMap((hosts) =>
      LINES.map((line) => {
        const words = line.split(" ").map((it) => it === "FILE" ? `${dir}/${hosts}.yaml` : it);
        const name = `${line.replace(" FILE", "")}, ${hosts.toLocaleString("en-US")} hosts`;
        return row(name, ["run", "--no-prompt", "--allow-all", CLI, ...words]);
      })
    ),
  ];
}

/** Three hosts are an endpoint of two load balancers and its API server. */
async function write(dir: string): Promise<void> {
  await Deno.writeTextFile(`${dir}/empty.ts`, "");
  for (const hosts of SIZES) {
    await Deno.writeTextFile(`${dir}/${hosts}.yaml`, fleetOf(Math.ceil(hosts / 3)));
  }
}

/** Starts are short and vary: they have more rounds than what takes seconds, and more runs in each. */
function isStart({ args }: Row): boolean {
  return !args.some((it) => it.endsWith(".yaml"));
}

function print(rows: readonly Row[]): void {
  const least = (row: Row, of: keyof Spent) => Math.min(...row.spent.map((it) => it[of]));
  const empty = rows[0];
  const head = ["least of each", "rounds", "seconds", "CPU s", "peak MB", "x empty"];
  console.log(head.map((it, i) => i === 0 ? it.padEnd(40) : it.padStart(8)).join(""));
  for (const row of rows) {
    const peak = Math.max(...row.spent.map(({ peakMb }) => peakMb));
    const cpu = least(row, "cpuSeconds");
    const cells = [
      String(row.spent.length),
      least(row, "seconds").toFixed(3),
      cpu.toFixed(3),
      peak.toFixed(0),
      empty === undefined ? "" : (least(row, "seconds") / least(empty, "seconds")).toFixed(1),
    ];
    console.log(row.name.padEnd(40) + cells.map((it) => it.padStart(8)).join(""));
  }
}

/** Starts are measured in as many rounds as this, of so many runs each. */
const STARTS = 11;
const RUNS = 10;

if (import.meta.main) {
  const rounds = Number(Deno.args[0] ?? 3);
  const dir = await Deno.makeTempDir();
  try {
    await write(dir);
    const rows = rowsOf(dir);
    for (let round = 0; round < Math.max(STARTS, rounds); round++) {
      for (const row of rows) {
        if (round >= rounds && !isStart(row)) continue;
        row.spent.push(await spent(Deno.execPath(), row.args, isStart(row) ? RUNS : 1));
      }
    }
    print(rows);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
