import { assertEquals, assertMatch } from "@std/assert";
import type { Run } from "../lab/holdfast.ts";
import { judgeConverged, judgeHolders, judgeRecovery, judgeRun, PACKAGED } from "./expectations.ts";
import type { Fault } from "./fault.ts";
import type { Recorded } from "./scenario.ts";
import type { HostState } from "./state.ts";

const old: HostState = {
  files: { "haproxy/haproxy.cfg": "1", "keepalived/keepalived.conf": "1" },
  litter: [],
  units: ["haproxy active enabled", "keepalived active enabled"],
  outdated: [],
  pending: [],
};
const next: HostState = {
  ...old,
  files: { "haproxy/haproxy.cfg": "2", "keepalived/keepalived.conf": "2" },
};
const half: HostState = { ...old, files: { ...old.files, "haproxy/haproxy.cfg": "2" } };

const recorded = {
  before: { lb1: old, lb2: old },
  after: { lb1: next, lb2: next },
} as unknown as Recorded;

const dropped: Fault = { kind: "link dropped", moment: "step", passing: "nothing" };
const run = (code: number, stderr = ""): Run => ({ code, events: [], stdout: "", stderr });

Deno.test("a host is old or new, and one between them is not", () => {
  assertEquals(judgeRecovery({ lb1: old, lb2: next }, recorded), []);
  const [wrong = "", ...more] = judgeRecovery({ lb1: half, lb2: next }, recorded);
  assertMatch(wrong, /^lb1: the set is neither old \(haproxy\/haproxy.cfg differ\)/);
  assertEquals(more, []);
});

Deno.test("a host whose daemons, units or handlers are not those of its files is not recovered", () => {
  for (
    const odd of [
      { ...next, outdated: ["haproxy: its configuration"] },
      { ...next, units: ["haproxy inactive enabled", "keepalived active enabled"] },
      { ...next, pending: ["reload haproxy"] },
    ]
  ) assertEquals(judgeRecovery({ lb1: odd, lb2: next }, recorded).length, 1);
});

Deno.test("a bare host with the package's own configuration is an old one", () => {
  const bare = { ...old, files: {} };
  const packaged = { ...old, files: { "haproxy/haproxy.cfg": PACKAGED } };
  const first = { ...recorded, before: { lb1: bare, lb2: bare } };
  assertEquals(judgeRecovery({ lb1: packaged, lb2: bare }, first), []);
});

Deno.test("two holders are never right, and one must be left", () => {
  assertEquals(judgeHolders(["lb1", "", "lb2"], 1), []);
  assertEquals(judgeHolders(["lb1", "lb1 lb2", "lb1"], 1).length, 1);
  assertEquals(judgeHolders(["lb1", ""], 1).length, 1);
});

Deno.test("a run must end as promised and name the cause", () => {
  const [stays, moved] = [{ lb1: old, lb2: next }, { lb1: next, lb2: next }];
  assertEquals(judgeRun(dropped, run(4, "the link was lost"), stays, recorded), []);
  assertEquals(judgeRun(dropped, run(4, "something"), stays, recorded).length, 1);
  assertEquals(judgeRun(dropped, run(70, "the link was lost"), stays, recorded).length, 1);
  assertEquals(judgeRun(dropped, run(0), stays, recorded).length, 1);
  assertEquals(judgeRun(dropped, run(0), moved, recorded), []);
  assertEquals(judgeRun(dropped, run(6, "the link was lost"), moved, recorded).length, 1);
  const late: Fault = { kind: "reply delayed", moment: "reply" };
  assertEquals(judgeRun(late, run(4, "the link was lost"), moved, recorded).length, 1);
});

Deno.test("a trouble that no deploy can end well with does not end with 0", () => {
  const refuses: Fault = { kind: "condition", moment: "request", condition: "haproxy refuses" };
  assertEquals(judgeRun(refuses, run(0), { lb1: next, lb2: next }, recorded).length, 1);
  assertEquals(judgeRun(refuses, run(3, "moon phase is wrong"), recorded.before, recorded), []);
});

Deno.test("what is left behind is said of the apply that left it", () => {
  const left = { ...next, litter: ["./haproxy/.holdfast.1.x"] };
  assertEquals(judgeConverged({ lb1: next, lb2: next }, recorded), []);
  assertEquals(judgeConverged({ lb1: left, lb2: old }, recorded).length, 2);
});
