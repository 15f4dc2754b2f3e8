import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { getColorEnabled, setColorEnabled, stripAnsiCode } from "@std/fmt/colors";
import fc from "fast-check";
import type { Event } from "../../src/events.ts";
import { human } from "../../src/reporters/human.ts";
import { EVERYTHING, task, withText } from "./events.ts";

/** What a person sees of events. */
function report(events: readonly Event[], diff = true, color = false): string {
  const before = getColorEnabled();
  setColorEnabled(color);
  try {
    let text = "";
    events.forEach(human((part) => text += part, { diff }));
    return text;
  } finally {
    setColorEnabled(before);
  }
}

Deno.test("human() shows a run with everything in it", async (t) => {
  await t.assertSnapshot(report(EVERYTHING));
});

Deno.test("human() shows what a check would do, and that nothing was done", () => {
  const start: Event = {
    type: "run-start",
    at: 0,
    mode: "check",
    play: "p",
    inventory: "hosts.yaml",
    places: {},
    hosts: ["lb1"],
  };
  const text = report([start, ...EVERYTHING.slice(4)]);
  assertStringIncludes(text, "check (nothing will be changed) hosts.yaml  lb1\n");
  assertStringIncludes(text, " would start haproxy\n");
  assertStringIncludes(text, "\n1 to change as far as could be seen; nothing was changed");
});

Deno.test("human() shows diffs only when they are asked for", () => {
  assertEquals(report(EVERYTHING, false).includes("+++"), false);
  assertStringIncludes(report(EVERYTHING, false), "write /etc/x");
});

Deno.test("human() ends with the recap that Ansible users grep, without colors", () => {
  const text = report(EVERYTHING, false, true);
  assert(
    text.endsWith(
      "\nlb1             : ok=2 changed=1 unreachable=0 failed=1 skipped=1\n" +
        "load-balancer-2 : ok=0 changed=0 unreachable=1 failed=0 skipped=0\n",
    ),
    text,
  );
});

Deno.test("human() folds a long summary to the terminal, and breaks no word", () => {
  const paths = ["/etc/haproxy/haproxy.cfg", "/etc/keepalived/keepalived.conf"];
  const event: Event = {
    type: "task-end",
    at: 0,
    host: "lb1",
    endpoint: "lb",
    kind: "files",
    task: "files",
    status: "changed",
    changes: [{ summary: `write ${paths.join(", ")}`, kind: "write", targets: paths }],
    ms: 0,
  };
  let text = "";
  human((part) => text += part, { diff: false, columns: 60 })(event);
  const lines = stripAnsiCode(text).trimEnd().split("\n").slice(1);
  assertEquals(lines.map((line) => line.trim()), [`write ${paths[0]},`, paths[1] ?? ""]);
});

Deno.test({
  name: "human() says the same with colors as without",
  // Without NO_COLOR only can colors be switched on.
  ignore: Deno.noColor,
  fn: () => {
    const painted = report(EVERYTHING, true, true);
    assert(painted.includes("\x1b["));
    assertEquals(stripAnsiCode(painted), report(EVERYTHING));
  },
});

Deno.test("human() lets no character through that moves a cursor or turns the text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
    const shown = report(withText(text));
    assert(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(shown.replaceAll(/[\n\t]/g, "")), shown);
  }));
});

Deno.test("human() lets no text of a host begin a line that looks like a recap", () => {
  const forged = "x\nlb1 : ok=9 changed=0 unreachable=0 failed=0 skipped=0\n";
  const events = withText(forged).filter(({ type }) => type !== "diagnostic");
  // The lines of a diff have a sign in front.
  const lines = report(events, false).split("\n");
  assertEquals(lines.filter((line) => line.startsWith("lb1 : ok=")), []);
});

Deno.test("human() keeps the lines of an error, each indented", () => {
  const text = report([task("lb1", "x", "failed", { error: "a\nb" })]);
  assertEquals(text, "lb1      failed      x\n         a\n         b\n");
});
