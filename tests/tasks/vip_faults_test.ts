/** What the condition calls a fault, and what it takes for worse than before. */
import { assertEquals } from "@std/assert";
import type { Endpoint, ExecResult, Verdict } from "../../src/model.ts";
import { worse } from "../../src/runner/gate.ts";
import { vip } from "../../tasks/vip.ts";
import { anEndpoint } from "../helpers.ts";
import { BACKUP, HOLDER, type Said, said } from "./vip_answers.ts";

const endpoint: Endpoint = {
  ...anEndpoint("lb1", "lb2"),
  backends: [1, 2, 3].map((i) => ({ name: `m${i}`, address: `10.9.0.2${i}` })),
};

type Pair = Readonly<Partial<Record<"lb1" | "lb2", Said>>>;

function judged(pair: Pair, strict = false): Verdict {
  const answers = new Map<string, ExecResult>(
    Object.entries(pair).map(([host, it]) => [host, said(it)]),
  );
  return vip(endpoint).judge(answers, strict);
}

const HEALTHY: Pair = { lb1: HOLDER, lb2: BACKUP };
/** Before the first API server is up. */
const WAITING: Pair = { lb1: { holds: true, backends: 0 }, lb2: { backends: 0, through: "503" } };
/** A host on which nothing is installed, not even curl. */
const BARE: Said = { haproxy: "inactive", keepalived: "inactive", listens: false };

Deno.test("vip() names every fault alone, in words that count nothing", () => {
  const faults = (pair: Pair, strict = false) => judged(pair, strict).faults ?? [];
  assertEquals(faults(HEALTHY), []);
  assertEquals(faults({ lb1: HOLDER, lb2: HOLDER }), ["more than one host holds 10.9.0.10"]);
  assertEquals(faults({ lb1: BACKUP, lb2: BACKUP }), ["nobody holds 10.9.0.10"]);
  assertEquals(faults({ lb1: HOLDER }), ["no answer from lb2"]);
  assertEquals(faults({ lb1: HOLDER, lb2: { ...BACKUP, listens: false, keepalived: "failed" } }), [
    "keepalived is not running on lb2",
    "nothing listens on port 8443 of lb2",
  ]);
  assertEquals(faults({ lb1: { ...HOLDER, haproxy: "failed" }, lb2: { through: "200" } }), [
    "haproxy is not running on lb1",
    "haproxy does not answer on lb2",
    "no API server answers lb2",
  ]);
  const three = { ...endpoint, members: anEndpoint("lb1", "lb2", "lb3").members };
  const answers = new Map(
    [["lb1", HOLDER], ["lb2", BACKUP], ["lb3", { ...BACKUP, through: "000" }]].map((
      [host, it],
    ) => [host as string, said(it as Said)]),
  );
  assertEquals(vip(three).judge(answers).faults, ["/readyz through the address fails from lb3"]);
  assertEquals(faults(WAITING).includes("no API server answers"), false);
  assertEquals(faults(WAITING, true).includes("no API server answers"), true);
});

Deno.test("vip() excuses faults that do not make it false", () => {
  assertEquals([judged(WAITING).ok, judged({ lb1: HOLDER }).ok], [true, true]);
});

/** A healthy pair before its port changes: seen from the new one. */
const OTHER_PORT: Pair = {
  lb1: { ...HOLDER, listens: false },
  lb2: { ...BACKUP, listens: false, through: "000" },
};
/** A healthy pair before its address changes: seen from the new one. */
const OTHER_ADDRESS: Pair = {
  lb1: { ...BACKUP, through: "000" },
  lb2: { ...BACKUP, through: "000" },
};
const UNREACHABLE: Pair = { lb1: HOLDER, lb2: { ...BACKUP, through: "000" } };
const CUT_OFF = ["lb1", "lb2"].map((host) => `/readyz through the address fails from ${host}`);

const CASES: Readonly<Record<string, readonly [Pair, Pair, readonly string[]]>> = {
  "does not care who holds": [HEALTHY, { lb1: BACKUP, lb2: HOLDER }, []],
  "does not care how many API servers are seen": [
    HEALTHY,
    { lb1: { ...HOLDER, backends: 1 }, lb2: { ...BACKUP, backends: 2 } },
    [],
  ],
  "minds that one host sees none any more": [
    HEALTHY,
    { lb1: HOLDER, lb2: { ...BACKUP, backends: 0 } },
    ["no API server answers lb2"],
  ],
  "minds a host that does not answer any more": [
    HEALTHY,
    { lb1: HOLDER },
    ["no answer from lb2"],
  ],
  "lets a host be silent that was": [{ lb1: HOLDER }, { lb1: HOLDER }, []],
  "minds a second holder": [
    HEALTHY,
    { lb1: HOLDER, lb2: HOLDER },
    ["more than one host holds 10.9.0.10"],
  ],
  "minds an address that does not answer any more": [
    HEALTHY,
    { lb1: HOLDER, lb2: { ...BACKUP, through: "503" } },
    ["/readyz through the address fails from lb1", "/readyz through the address fails from lb2"],
  ],
  "lets the standby have another port first": [
    OTHER_PORT,
    { ...OTHER_PORT, lb2: { ...BACKUP, through: "000" } },
    [],
  ],
  "minds another port that nobody can reach": [OTHER_PORT, UNREACHABLE, CUT_OFF],
  "lets another port be there": [OTHER_PORT, HEALTHY, []],
  "minds another address that nobody can reach": [OTHER_ADDRESS, UNREACHABLE, CUT_OFF],
  "lets another address be there": [OTHER_ADDRESS, HEALTHY, []],
  "lets what is built new be cut off": [
    { lb1: BARE, lb2: BARE },
    { ...UNREACHABLE, lb1: { ...HOLDER, backends: 0 } },
    [],
  ],
  "builds before the first API server is up": [{ lb1: BARE, lb2: BARE }, WAITING, []],
  "goes on before the first API server is up": [WAITING, WAITING, []],
  "lets the address move before the first API server is up": [
    WAITING,
    { lb1: WAITING.lb2!, lb2: WAITING.lb1! },
    [],
  ],
  // The other one is what it was: an address through which nothing came, and nobody could tell why.
  "lets a repair begin on the standby": [
    { lb1: { holds: true }, lb2: { through: "503" } },
    { lb1: { holds: true }, lb2: { backends: 3, through: "503" } },
    [],
  ],
  "lets a repair end two holders before the first API server is up": [
    { lb1: WAITING.lb1!, lb2: WAITING.lb1! },
    WAITING,
    [],
  ],
};

for (const [name, [before, after, expected]] of Object.entries(CASES)) {
  Deno.test(`vip() as a gate ${name}`, () =>
    assertEquals(worse(judged(before), judged(after)), expected));
}
