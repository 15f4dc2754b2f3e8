import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseSpool, type SpoolLine } from "../../../src/drills/measure/spool.ts";
import { ADDRESS, addrLine, CLOCK, spoolOf } from "./helpers.ts";

const BOOT = "boot 1795000000000250000 86400.00 b-1\n";
const only = (text: string): readonly SpoolLine[] =>
  parseSpool(BOOT + text, ADDRESS).runs[0]?.lines.slice(1) ?? [];

Deno.test("parseSpool reads every kind of line", () => {
  const { runs, skipped } = parseSpool(
    [
      "boot 1795000000000250000 86400.01 4f5e-99",
      "holds 1795000000001000000 1",
      "clock 1795000000500000001 86400.50",
      "addr [2026-11-22T21:34:31.123456] 2: host0    inet 10.88.0.10/32 scope global host0\\  valid",
      "addr [2026-11-22T21:34:32.000001] Deleted 2: eth0@if7    inet 10.88.0.10/32 scope global",
      "up 1795000000700000000 3",
      "end 1795000000900000000",
      "",
    ].join("\n"),
    ADDRESS,
  );
  assertEquals(skipped, 0);
  assertEquals(runs, [{
    boot: "4f5e-99",
    lines: [
      { kind: "boot", wallMs: 1795000000000.25, uptimeMs: 86400010, boot: "4f5e-99" },
      { kind: "holds", wallMs: 1795000000001, holds: true },
      { kind: "clock", wallMs: 1795000000500.000001, uptimeMs: 86400500 },
      {
        kind: "addr",
        wallMs: Date.UTC(2026, 10, 22, 21, 34, 31) + 123.456,
        held: true,
        interface: "host0",
      },
      {
        kind: "addr",
        wallMs: Date.UTC(2026, 10, 22, 21, 34, 32) + 0.001,
        held: false,
        interface: "eth0",
      },
      { kind: "up", wallMs: 1795000000700, up: 3 },
      { kind: "end", wallMs: 1795000000900 },
    ],
  }]);
});

Deno.test("parseSpool passes over other addresses, one that begins like ours too", () => {
  for (const other of ["10.88.0.1/24", "10.88.0.100/32", "110.88.0.10/32"]) {
    const spool = parseSpool(`${BOOT}${addrLine(CLOCK.wall, true, other)}\n`, ADDRESS);
    assertEquals([spool.runs[0]?.lines.length, spool.skipped], [1, 0], other);
  }
});

Deno.test("parseSpool knows an IPv6 address in any way of writing it", () => {
  const line = "addr [2026-11-22T21:34:31.1] 2: host0    inet6 fd00::a/128 scope global nodad";
  const { runs } = parseSpool(`${BOOT}${line}\n`, "FD00:0:0::000A");
  assertEquals(runs[0]?.lines[1]?.kind, "addr");
});

Deno.test("parseSpool begins a run wherever the sampler began again", () => {
  const first = spoolOf(CLOCK, { from: 0, to: 900, holds: true });
  const again = spoolOf({ ...CLOCK, uptime: 900 }, { from: 0, to: 900, holds: false, boot: "b-2" });
  const { runs, skipped } = parseSpool(first + again, ADDRESS);
  assertEquals(runs.map(({ boot, lines }) => [boot, lines.length]), [["b-1", 5], ["b-2", 5]]);
  assertEquals(skipped, 0);
});

Deno.test("what a fetch or lost power cuts is no doubt, and never read as something else", () => {
  const unfinished = parseSpool(`${BOOT}clock 1795000000500000001 8640`, ADDRESS);
  assertEquals([unfinished.runs[0]?.lines.length, unfinished.skipped], [1, 0]);
  const torn = [
    `${BOOT}clock 17950000\n${BOOT}`,
    `${BOOT}clock 17950000${BOOT}`,
    `${BOOT}clock 1795000000500000001 8\n${BOOT}`,
    `${BOOT}\0\0\0\0${BOOT}`,
  ];
  for (const text of torn) {
    const { runs, skipped } = parseSpool(text, ADDRESS);
    assertEquals(runs.map(({ lines }) => lines.length), [1, 1], JSON.stringify(text));
    assertEquals(skipped, 0, JSON.stringify(text));
  }
});

Deno.test("parseSpool counts what means nothing, and goes on", () => {
  const bad = [
    "clock 1795000000500000001",
    "clock -1795000000500000001 86400.50",
    "clock 1795000000500000001 1e9",
    "holds 1795000000500000001 2",
    "up 1795000000500000001 -1",
    "boot 1795000000500000001 86400.50 $(reboot)",
    "addr [2026-13-45T99:00:00.1] 2: host0    inet 10.88.0.10/32",
    "addr nonsense",
    "end 1795000000500000001 again",
    "\x1b[2J",
    "clock 1795000000500000001 86399.00",
  ];
  for (const row of bad) {
    const { skipped } = parseSpool(`${BOOT}${row}\nholds 1795000000500000001 1\n`, ADDRESS);
    assertEquals(skipped, 1, row);
    assertEquals(only(`${row}\nholds 1795000000500000001 1\n`).map(({ kind }) => kind), ["holds"]);
  }
});

Deno.test("parseSpool never throws, and loses no line that is whole", () => {
  const whole = fc.constantFrom(
    "holds 1795000000001000000 1",
    "up 1795000000700000000 3",
    addrLine(CLOCK.wall, true),
  );
  const noise = fc.string({ maxLength: 60 }).map((text) => `#${text.replaceAll("\n", " ")}`);
  fc.assert(fc.property(
    fc.array(fc.oneof(whole, noise), { maxLength: 30 }),
    (rows) => {
      const { runs, skipped } = parseSpool(rows.map((row) => `${row}\n`).join(""), ADDRESS);
      const good = rows.filter((row) => !row.startsWith("#")).length;
      assertEquals(runs.flatMap(({ lines }) => lines).length, good);
      assertEquals(skipped, rows.length - good);
    },
  ));
  fc.assert(fc.property(fc.string({ maxLength: 400 }), (text) => {
    parseSpool(text, ADDRESS);
  }));
});

Deno.test("parseSpool reads one address of a spool that is about several", () => {
  const spool = [
    BOOT.trimEnd(),
    "holds 1795000000001000000 1 10.88.0.10",
    "holds 1795000000002000000 0 FD00:0::10",
    "addr [2026-11-22T21:34:31.1] 2: host0    inet6 fd00::10/128 scope global nodad",
    "addr [2026-11-22T21:34:32.1] Deleted 2: host0    inet 10.88.0.10/32 scope global",
    "holds 1795000000003000000 1 nobody's",
    "",
  ].join("\n");
  const told = (address: string) => {
    const { runs, skipped } = parseSpool(spool, address);
    const lines = runs.flatMap(({ lines }) => lines).slice(1).map((line) =>
      line.kind === "holds" ? line.holds : line.kind === "addr" ? line.held : line.kind
    );
    return { lines, skipped };
  };
  assertEquals(told(ADDRESS), { lines: [true, false], skipped: 1 });
  assertEquals(told("fd00::10"), { lines: [false, true], skipped: 1 });
});
