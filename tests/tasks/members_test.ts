import { assertEquals } from "@std/assert";
import { memberRecord } from "../../tasks/members.ts";
import { cases, plan } from "./cases.ts";

const args = {
  path: "/var/lib/holdfast/members",
  endpoint: { name: "lbs", address: "10.9.0.10" },
  members: [{ name: "lb1", address: "10.9.0.11" }, { name: "lb2", address: "10.9.0.12" }],
  leaving: [],
};
const task = memberRecord(args);
const out = memberRecord({ ...args, leaving: ["lb3"] });

/** What a host says of its record. */
const seen = (text: string) =>
  `path ${args.path}\nfile\nstat ${text.length} 600 root root\n${btoa(text)}\n`;
const RECORD = "endpoint lbs 10.9.0.10\nmember lb1 10.9.0.11\nmember lb2 10.9.0.12\n";
const LB3 = "member lb3 10.9.0.13\n";

cases("memberRecord()", {
  "writes the first one": {
    task,
    seen: `path ${args.path}\nabsent\n`,
    changes: [`write ${args.path}`],
  },
  "wants nothing when it is right": { task, seen: seen(RECORD), changes: [] },
  "keeps who was never taken out": { task, seen: seen(RECORD + LB3), changes: [] },
  "forgets who is being taken out": {
    task: out,
    seen: seen(RECORD + LB3),
    changes: [`write ${args.path}`],
  },
});

const former = (text: string, of = task) =>
  of.former?.({ code: 0, stdout: seen(text), stderr: "" }).map(({ name }) => name);

Deno.test("memberRecord() names who was a member and is none", () => {
  assertEquals(former(RECORD), []);
  assertEquals(former(RECORD + LB3), ["lb3"]);
  assertEquals(former(RECORD + LB3, out), []);
  assertEquals(former((RECORD + LB3).replace("lbs", "renamed")), ["lb3"]);
  // It came from another endpoint, whose members are none of our business.
  assertEquals(former((RECORD + LB3).replace("lbs 10.9.0.10", "other 10.9.0.20")), []);
});

Deno.test("memberRecord() writes what it reads", () => {
  const [change] = plan({ task, seen: seen("endpoint lbs 10.9.0.10\n" + LB3) });
  const [file] = change?.kind === "write" ? change.files : [];
  assertEquals([file?.content, file?.mode], [RECORD + LB3, "0600"]);
});
