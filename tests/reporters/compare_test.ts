import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { getColorEnabled, setColorEnabled } from "@std/fmt/colors";
import * as compare from "../../src/reporters/compare.ts";

type ComparedDrill = compare.ComparedDrill;

/** The text without colors, whatever this terminal has. */
function compareText(...args: Parameters<typeof compare.compareText>): string {
  const before = getColorEnabled();
  setColorEnabled(false);
  try {
    return compare.compareText(...args);
  } finally {
    setColorEnabled(before);
  }
}

const NONE = { pass: 0, fail: 0, unknown: 0, skipped: 0 };
const one = (median: number) => ({ median, min: median, max: median, rounds: 1 });
const history = (median: number, verdicts: Partial<typeof NONE> = { pass: 1 }) => ({
  judged: one(median),
  verdicts: { ...NONE, ...verdicts },
});

const ROWS: readonly ComparedDrill[] = [
  {
    endpoint: "lb",
    drill: "keepalived-stopped",
    figure: "outageMs",
    before: {
      judged: { median: 183, min: 170, max: 210, rounds: 3 },
      verdicts: { ...NONE, pass: 3 },
    },
    after: history(1245, { fail: 1 }),
    change: "slower",
  },
  {
    endpoint: "lb",
    drill: "haproxy-killed",
    figure: "outageMs",
    before: history(400),
    after: history(100),
    change: "faster",
  },
  {
    endpoint: "lb",
    drill: "all-api-servers-dead",
    figure: "recoveryMs",
    before: history(0),
    after: history(20),
    change: "same",
  },
  { endpoint: "lb", drill: "vrrp-blocked", figure: "outageMs", after: history(1), change: "new" },
  { endpoint: "lb", drill: "link-down", figure: "outageMs", before: history(9), change: "gone" },
  {
    endpoint: "lb",
    drill: "power-off",
    figure: "outageMs",
    before: history(9),
    after: { verdicts: { ...NONE, skipped: 1 } },
    change: "unmeasured",
  },
];

Deno.test("compareText() says what got slower, and by how much", async (t) => {
  await t.assertSnapshot(compareText(ROWS));
});

Deno.test("compareText() fits a narrow terminal, and keeps what matters", () => {
  for (const columns of [40, 60, 80]) {
    const text = compareText(ROWS, { columns });
    for (const line of text.split("\n")) assert(line.length <= columns, line);
    assertMatch(text, /^keepalived.*1,245 .*slower$/m);
  }
});

Deno.test("compareText() tells endpoints apart only where there are several", () => {
  assertEquals(compareText(ROWS).includes("lb: "), false);
  const [first] = ROWS;
  assert(first !== undefined);
  assertStringIncludes(
    compareText([...ROWS, { ...first, endpoint: "b" }]),
    "b: keepalived-stopped",
  );
});

Deno.test("compareText() lets no name move a cursor", () => {
  const [first] = ROWS;
  assert(first !== undefined);
  const text = compareText([{ ...first, drill: "a\x1b[2K\nb" }]);
  assert(!text.includes("\x1b[2K"));
  assertStringIncludes(text, "a\\u{1b}[2K\\u{a}b");
});

Deno.test("compareText() says that there is nothing", () => {
  assertEquals(compareText([]), "Nothing to compare: neither run has a drill\n");
});
