import { assert, assertEquals } from "@std/assert";
import type { Event, EventOf } from "../../src/events.ts";
import type { Lab } from "../../src/lab/mod.ts";
import { labAvailable, withLab } from "./helpers.ts";
import { assertExit, holders, holdfast, litter, root, type Run, throughVip } from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;

/** How each drill of the test shall end: who holds the address while the fault stands. */
const DRILLS = ["keepalived-stopped", "haproxy-killed", "link-down"] as const;

function ends({ events }: Run): readonly EventOf<"drill-end">[] {
  return events.filter((event): event is EventOf<"drill-end"> => event.type === "drill-end");
}

/** When a phase of a drill began, in the order of the events. */
function places(events: readonly Event[], drill: string): readonly string[] {
  return events.flatMap((event) =>
    event.type === "drill-phase" && event.drill === drill ? [event.phase] : []
  );
}

/** What was done to hosts lies in their journals, by the clock that the measurement uses, too. */
async function assertArmedBefore(lab: Lab, end: EventOf<"drill-end">): Promise<void> {
  const [target = ""] = end.targets;
  const fault = end.timeline?.marks.find(({ kind }) => kind === "fault");
  assert(end.timeline !== undefined && fault !== undefined, end.reasons.join("\n"));
  const journal = await root(
    lab,
    target,
    "journalctl -o short-unix --no-pager -u holdfast-drill-deadline.timer | grep Started",
  );
  // One test after the other arms the same unit: the last before the fault is this one's.
  const faultAt = end.timeline.startedAt + fault.at;
  const armed = journal.split("\n").flatMap((line) => {
    const seconds = Number(line.split(" ")[0]);
    return seconds > 0 && seconds * 1000 < faultAt ? [seconds * 1000] : [];
  });
  assert(armed.length > 0, `${end.drill}: not armed before ${faultAt}:\n${journal}`);
  const age = faultAt - (armed.at(-1) ?? 0);
  assert(age < 60_000, `${end.drill}: armed ${age} ms before the fault, by another drill`);
}

/** What a drill makes on a host, and must take away again. */
const TRACES = `find / -xdev -name '*holdfast-drill*' -not -path '/proc/*' -not -path '/sys/*'
ls -A /var/lib/holdfast/drill 2>/dev/null || :
systemctl list-units --all --plain --no-legend 'holdfast-drill*'`;

Deno.test({
  name: "drill breaks one thing after the other on real hosts, measures it and leaves no trace",
  ignore,
  fn: () =>
    withLab("dr", async (lab) => {
      assertExit(await holdfast("apply", lab.inventoryFile), 0);
      const [preferred = "", ...more] = await holders(lab);
      assertEquals(more, []);
      const standby = lab.hosts.map(({ name }) => name).find((name) => name !== preferred) ?? "";

      const run = await drill(lab, DRILLS);
      for (const end of ends(run)) {
        const said = `${end.drill}: ${end.reasons.join("; ")}`;
        // A machine that stands still is no fault of the service; anything else is.
        if (end.verdict === "unknown") assert((end.figures?.stalledMs ?? 0) > 0, said);
        else assertEquals(end.verdict, "pass", said);
        assertEquals(end.targets, [preferred], said);
        const held = end.timeline?.holders.map(({ host }) => host) ?? [];
        assertEquals(held, [preferred, standby, preferred], said);
        assert((end.figures?.failures ?? 0) > 0 || (end.outageMs ?? 0) >= 0, said);
        assertEquals(places(run.events, end.drill).slice(0, 7), [
          "preflight",
          "watch",
          "arm",
          "fault",
          "heal",
          "settle",
          "disarm",
        ]);
        await assertArmedBefore(lab, end);
      }
      assertEquals(ends(run).map(({ drill }) => drill), [...DRILLS]);

      assertEquals(await holders(lab), [preferred]);
      assertEquals(await throughVip(lab), 200);
      for (const { name } of lab.hosts) {
        assertEquals(await root(lab, name, TRACES), "", `left on ${name}`);
        assertEquals(await litter(lab, name), "");
      }
    }),
});

/** Runs drills; what they pass by or could not measure is judged by the test. */
async function drill(lab: Lab, names: readonly string[]): Promise<Run> {
  const needs = { programs: [], addresses: [`${lab.vip}:8443`] };
  const run = await holdfast("drill", lab.inventoryFile, { flags: names, drills: needs });
  const said = ends(run).map((end) => `${end.drill} ${end.verdict}: ${end.reasons.join("; ")}`);
  const unknown = ends(run).some(({ verdict }) => verdict === "unknown");
  assert(run.code === 0 || unknown, [...said, run.stderr].join("\n"));
  return run;
}
