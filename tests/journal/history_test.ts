import { assertEquals } from "@std/assert";
import { filesBefore, HISTORY_PROBE, lastKept, parseHistory } from "../../src/journal/history.ts";
import { type About, openScript } from "../../src/journal/open.ts";
import { beginStep, recordStep } from "../../src/journal/step.ts";
import { commitScript, revertScript } from "../../src/journal/verdict.ts";
import { historyText, joined } from "../../src/commands/history.ts";
import { SHELLS } from "../ssh/shells.ts";
import { type Sandbox, withSandbox } from "./sandbox.ts";

function about(id: string): About {
  const [what, who, sinceS] = ["apply", "ann@desk", 1_795_769_652];
  return { id, what, who, sinceS, endpoint: "lb", inventory: "my hosts.yaml" };
}

/** A run that writes these files and does something else. */
async function run(host: Sandbox, id: string, files: Readonly<Record<string, string>>) {
  const paths = Object.keys(files).map((name) => `${host.dir}/${name}`);
  const texts = [
    openScript(about(id), []),
    ...[{ number: 1, summary: "write", paths }, { number: 2, summary: "reload it" }].map((step) =>
      [
        beginStep({ id, timeoutS: 60, ...step }),
        recordStep({ id, timeoutS: 60, ...step }),
        ...(step.number === 1
          ? Object.entries(files).map(([name, text]) => `echo ${text} >'${host.dir}/${name}'`)
          : []),
      ].join("\n")
    ),
  ];
  for (const text of texts) assertEquals((await host.run(text)).code, 0);
}

const [ONE, TWO, THREE] = ["20261127T01-a", "20261127T02-b", "20261127T03-c"] as const;

for (const [name, { argv: shell }] of Object.entries(SHELLS)) {
  Deno.test(`${name}: a host tells its runs, and where it keeps what was there before each`, () =>
    withSandbox(shell, async (host) => {
      await Deno.writeTextFile(`${host.dir}/a file`, "first");
      await run(host, ONE, { "a file": "second" });
      await host.run(commitScript(ONE));
      await run(host, TWO, { "a file": "third", new: "x" });
      await host.run(commitScript(TWO));
      await run(host, THREE, { new: "y" });
      await host.run(revertScript(THREE));
      const { stdout } = await host.run(HISTORY_PROBE.replace('"$(id -u)"', "0"));
      const records = parseHistory(stdout);
      assertEquals(records.map(({ about, verdict }) => [about.id, verdict.state]), [
        [ONE, "committed"],
        [TWO, "committed"],
        [THREE, "reverted"],
      ]);
      assertEquals(records[0]?.about, about(ONE));
      const made = records[1]?.files.map((
        { path, made },
      ) => [path.slice(host.dir.length + 1), made]);
      assertEquals(made, [["a file", undefined], ["new", true]]);
      assertEquals(records[1]?.steps, ["reload it"]);
      assertEquals(lastKept([records])?.id, TWO);
      const read = async (id: string) =>
        Object.fromEntries(
          await Promise.all(
            filesBefore(records, id).map(async ({ path, saved }) => [
              path.slice(host.dir.length + 1),
              await Deno.readTextFile(saved).catch(() => null),
            ]),
          ),
        );
      // What was there before the oldest of the runs that are undone.
      assertEquals(await read(TWO), { "a file": "second\n", new: null });
      assertEquals(await read(ONE), { "a file": "first", new: null });
      assertEquals(await read(THREE), {});
    }));
}

Deno.test("parseHistory() makes do with whatever lies on a host", () => {
  assertEquals(parseHistory(""), []);
  assertEquals(parseHistory("noise\nrun /x open\nabout nonsense\n"), []);
  const hostile = `run /x committed\nabout ${JSON.stringify(about("\u001b[2K"))}\n`;
  const text = historyText(joined(new Map([["lb1", parseHistory(hostile)]])));
  assertEquals(text.includes("\u001b"), false);
});

Deno.test("historyText() is a line for each run, the newest first, and one for each host", () => {
  const record = (id: string, state: "committed" | "open") => ({
    about: about(id),
    verdict: { state },
    files: [{ path: "/etc/x", saved: "/s/1" }],
    steps: ["reload it"],
    ...(state === "open" ? { said: "the moon" } : {}),
  });
  const back = { ...record(TWO, "open"), verdict: { state: "reverted", by: "boot" } as const };
  const runs = joined(
    new Map([["lb1", [record(ONE, "committed"), back]], ["lb2", [record(TWO, "open")]]]),
  );
  assertEquals(
    historyText(runs),
    `${TWO}  apply my hosts.yaml by ann@desk, 2026-11-27 08:54:12 UTC
  lb1  undone by itself when it started again: /etc/x, reload it
  lb2  open (the moon): /etc/x, reload it

${ONE}  apply my hosts.yaml by ann@desk, 2026-11-27 08:54:12 UTC
  lb1  kept: /etc/x, reload it
`,
  );
  assertEquals(historyText([]), "No run is remembered\n");
});
