import { assertEquals } from "@std/assert";
import { bytesPassing, faultRow } from "./fault.ts";
import { allPoints, isFromTheStart, selection } from "./points.ts";
import type { Recorded } from "./scenario.ts";
import type { HostState } from "./state.ts";

const bare: HostState = { files: {}, litter: [], units: [], outdated: [], pending: [] };
const deployed = {
  ...bare,
  files: { "haproxy/haproxy.cfg": "1", "keepalived/keepalived.conf": "2" },
};

/** A deploy of so many steps to each host. */
function recorded(steps: number, after: HostState = deployed): Recorded {
  const trace = (["lb1", "lb2"] as const).flatMap((host) =>
    Array.from({ length: steps }, (_, i) => ({
      host,
      session: 1,
      step: i + 1,
      up: 10,
      down: 10,
      script: i === 0 ? "dir=/run/holdfast nonce=x" : "apt-get -q -y install",
    }))
  );
  const scenario = { name: "one", title: "one", endpoint: [] };
  const before = { lb1: bare, lb2: bare };
  return { scenario, dir: "", inventory: "", before, after: { lb1: after, lb2: after }, trace };
}

Deno.test("every step of a deploy is met by every fault", () => {
  const cells = allPoints(recorded(3));
  const everywhere = cells.filter((cell) => !isFromTheStart(cell));
  const rows = new Set(everywhere.map(({ injection: { fault } }) => faultRow(fault)));
  for (const row of rows) {
    const places = everywhere.filter(({ injection: { fault } }) => faultRow(fault) === row)
      .map(({ injection: { at } }) => `${at.host}.${at.step}`);
    assertEquals(new Set(places).size, 6, row);
  }
  assertEquals(rows.size, 13);
});

Deno.test("a daemon refuses and dies where a deploy changes its files, and nowhere else", () => {
  const named = (after?: HostState) =>
    new Set(
      allPoints(recorded(2, after)).filter(isFromTheStart)
        .map(({ injection: { fault } }) => faultRow(fault)),
    );
  assertEquals(named().size, 5);
  assertEquals(named(bare), new Set(["dpkg locked"]));
});

Deno.test("a selection meets every step and every fault, and keeps what is so from the start", () => {
  const all = allPoints(recorded(12));
  for (const stride of [2, 5, 7, 15]) {
    const some = selection(all, stride);
    const steps = new Set(some.map(({ injection: { at } }) => `${at.host}.${at.step}`));
    const rows = new Set(some.map(({ injection: { fault } }) => faultRow(fault)));
    assertEquals([steps.size, rows.size], [
      24,
      new Set(all.map((it) => faultRow(it.injection.fault))).size,
    ]);
    assertEquals(some.filter(isFromTheStart).length, all.filter(isFromTheStart).length);
  }
});

Deno.test("bytes that pass lie within the text", () => {
  const passing = ["nothing", "one byte", "half a frame", "half", "all but the last byte"] as const;
  assertEquals(passing.map((it) => bytesPassing(it, 100, 40)), [0, 1, 20, 50, 99]);
  assertEquals(passing.map((it) => bytesPassing(it, 0, 0)), [0, 0, 0, 0, 0]);
});
