import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Event } from "../../src/events.ts";
import { github, type GithubOptions } from "../../src/reporters/github.ts";
import { drillRun } from "./drills.ts";
import { EVERYTHING, task, withText } from "./events.ts";

function report(events: readonly Event[], options?: GithubOptions): string {
  let text = "";
  events.forEach(github((part) => text += part, options));
  return text;
}

const CHECK: readonly Event[] = EVERYTHING.map((event) =>
  event.type === "run-start" ? { ...event, mode: "check" } : event
);

Deno.test("github() makes an error of each failure, at the place of its host", async (t) => {
  await t.assertSnapshot(report(EVERYTHING));
});

Deno.test("github() in check mode warns once for each host with something to change", () => {
  const more = task("lb1", "handler reload haproxy", "changed", {
    changes: [{ kind: "run", targets: ["reload haproxy"], summary: "reload haproxy" }],
  });
  const lines = report([...CHECK.slice(0, -1), more, ...CHECK.slice(-1)]).split("\n");
  assertEquals(lines.filter((line) => line.startsWith("::warning file=")), [
    "::warning file=hosts.yaml,line=7,col=9,title=lb1%3A 2 to change::" +
    "files haproxy: write /etc/x; start haproxy%0Ahandler reload haproxy: reload haproxy",
  ]);
});

Deno.test("github() makes an error of a drill that failed, and a warning of one not measured", () => {
  const lines = report(drillRun()).trimEnd().split("\n").filter((line) => line.includes("drill"));
  assertEquals(lines.map((line) => line.slice(0, line.indexOf("::", 2))), [
    "::error file=hosts.yaml,title=drill vrrp-blocked failed",
    "::warning file=hosts.yaml,title=drill haproxy-killed could not be measured",
    "::notice title=holdfast%3A drill hosts.yaml%3A exit code 3",
  ]);
  assert(lines[0]?.includes("::two hosts held the address for 5,000 ms"), lines[0]);
  assert(lines[2]?.includes("::drills: 1 passed, 1 failed, 1 unknown, 1 skipped%0Alb1 : ok=0"));
});

Deno.test("github() says a refused input at its place, with what to type", () => {
  const diagnostic = {
    severity: "error",
    code: "unknown-key",
    message: "Cannot use 100%\r\nof it",
    source: { file: "a,b:c.yaml", line: 3, column: 5, length: 4 },
    hint: "address",
  } as const;
  const end = { type: "run-end", at: 0, exitCode: 1, hosts: {}, ms: 0 } as const;
  assertEquals(report([{ type: "diagnostic", at: 0, diagnostic }, end]).split("\n"), [
    "::error file=a%2Cb%3Ac.yaml,line=3,col=5,endColumn=9,title=unknown-key::" +
    "Cannot use 100%25%0D%0Aof it%0Ahint: address",
    "::notice title=holdfast%3A nothing was run%3A exit code 1::no host was contacted",
    "",
  ]);
});

Deno.test("github() lets nothing that a host says become a command, or end one", () => {
  const count = report(EVERYTHING).trimEnd().split("\n").length;
  fc.assert(fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
    for (
      const hostile of [text, `\n::error::${text}`, `\r\n##[error]${text}`, `%0A,title=${text}`]
    ) {
      const lines = report(withText(hostile)).trimEnd().split("\n");
      assert(lines.length <= count, lines.join("\n"));
      for (const line of lines) {
        // One property list without separators inside, then one line of text.
        assert(/^::(error|warning|notice) (\w+=[^,:]*)(,\w+=[^,:]*)*::/.test(line), line);
        assert(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(line.replaceAll("\t", "")), line);
      }
    }
  }));
});

Deno.test("github() with a stop token lets the runner obey nothing until the end of the run", () => {
  const plain = report(EVERYTHING);
  const before = report(EVERYTHING.slice(0, -1), { stopToken: "t0k3n" });
  assertEquals(before, "::stop-commands::t0k3n\n");
  assertEquals(report(EVERYTHING, { stopToken: "t0k3n" }), `${before}::t0k3n::\n${plain}`);
});
