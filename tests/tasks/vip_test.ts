import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Endpoint, ExecResult } from "../../src/model.ts";
import { vip } from "../../tasks/vip.ts";
import { anEndpoint, runSh } from "../helpers.ts";
import { BACKUP, HOLDER, type Said, said, THROUGH } from "./vip_answers.ts";

const standard: Endpoint = {
  ...anEndpoint("lb1", "lb2"),
  backends: [1, 2, 3].map((i) => ({ name: `m${i}`, address: `10.9.0.2${i}` })),
};
const guide: Endpoint = { ...standard, profile: "guide" };
interface Case {
  readonly endpoint?: Endpoint;
  readonly lb1?: Said;
  readonly lb2?: Said;
  readonly ok: boolean;
  readonly message: string;
}

const CASES: Readonly<Record<string, Case>> = {
  "is content with one holder and an answer through the address": {
    lb1: HOLDER,
    lb2: BACKUP,
    ok: true,
    message: "held by lb1, backends 3/3, /readyz through the address 200",
  },
  "does not care which host holds": {
    lb1: BACKUP,
    lb2: HOLDER,
    ok: true,
    message: "held by lb2, backends 3/3, /readyz through the address 200",
  },
  "refuses an address that nobody holds": {
    lb1: { backends: 3, through: "000" },
    lb2: { backends: 3, through: "000" },
    ok: false,
    message:
      "held by no host, backends 3/3, lb1 gets no answer from /readyz through the address, " +
      "lb2 gets no answer from /readyz through the address",
  },
  "refuses a HAProxy that hangs on the backup": {
    lb1: HOLDER,
    lb2: { through: "200" },
    ok: false,
    message: "held by lb1, haproxy does not answer on lb2, backends 3/3, " +
      "/readyz through the address 200",
  },
  "refuses a backup that listens on another port": {
    lb1: HOLDER,
    lb2: { ...BACKUP, listens: false },
    ok: false,
    message: "held by lb1, nothing listens on port 8443 of lb2, backends 3/3, " +
      "/readyz through the address 200",
  },
  "refuses two holders": {
    lb1: HOLDER,
    lb2: HOLDER,
    ok: false,
    message: "held by lb1, lb2, backends 3/3",
  },
  "refuses a dead HAProxy on the backup": {
    lb1: HOLDER,
    lb2: { haproxy: "failed", through: "200" },
    ok: false,
    message:
      "held by lb1, haproxy is not running on lb2, backends 3/3, /readyz through the address 200",
  },
  "refuses a dead Keepalived on the backup": {
    lb1: HOLDER,
    lb2: { ...BACKUP, keepalived: "inactive" },
    ok: false,
    message: "held by lb1, keepalived is not running on lb2, backends 3/3, " +
      "/readyz through the address 200",
  },
  "takes a HAProxy that is about to start for one that does not run": {
    lb1: { ...HOLDER, haproxy: "activating" },
    lb2: { ...BACKUP, haproxy: "activating" },
    ok: false,
    message: "held by lb1, haproxy is not running on lb1, lb2, backends 3/3, " +
      "/readyz through the address 200",
  },
  "is content before the first API server is up, and says so": {
    lb1: { holds: true, backends: 0 },
    lb2: { backends: 0, through: "503" },
    ok: true,
    message: "held by lb1, backends 0/3",
  },
  "counts the backends that the best host sees": {
    lb1: { holds: true, backends: 1 },
    lb2: { backends: 2, through: "200" },
    ok: true,
    message: "held by lb1, backends 2/3, /readyz through the address 200",
  },
  "refuses an address that answers 503 while an API server is up": {
    lb1: HOLDER,
    lb2: { backends: 3, through: "503" },
    ok: false,
    message: "held by lb1, backends 3/3, lb2 gets 503 from /readyz through the address",
  },
  "refuses an address that does not answer while an API server is up": {
    lb1: HOLDER,
    lb2: { backends: 3, through: "000" },
    ok: false,
    message: "held by lb1, backends 3/3, lb2 gets no answer from /readyz through the address",
  },
  "names a host that did not answer": {
    lb2: HOLDER,
    ok: true,
    message: "held by lb2, no answer from lb1, backends 3/3",
  },
  "finds the holder in a host that gave no answer": {
    lb2: BACKUP,
    ok: true,
    message: "held by a host that gave no answer, no answer from lb1, backends 3/3, " +
      "/readyz through the address 200",
  },
  "refuses an address that is neither seen nor answers": {
    lb2: { backends: 0, through: "000" },
    ok: false,
    message: "held by none of the hosts that answered, no answer from lb1, backends 0/3",
  },
  "refuses when no host answers": {
    ok: false,
    message: "held by none of the hosts that answered, no answer from lb1, lb2, backends 0/3",
  },
  "counts for the seed's profile the API servers that answer 200 themselves": {
    endpoint: guide,
    lb1: { holds: true, direct: ["200", "500", "000"] },
    lb2: { direct: ["200", "500", "000"], through: "200" },
    ok: true,
    message: "held by lb1, backends 1/3, /readyz through the address 200",
  },
  "does not believe a count in the seed's profile": {
    endpoint: guide,
    lb1: { holds: true, backends: 3, direct: ["000", "000", "000"] },
    lb2: { backends: 3, direct: ["000", "000", "000"], through: "000" },
    ok: true,
    message: "held by lb1, backends 0/3",
  },
};

for (const [name, { endpoint = standard, lb1, lb2, ok, message }] of Object.entries(CASES)) {
  Deno.test(`vip() ${name}`, () => {
    const answers = new Map<string, ExecResult>();
    if (lb1 !== undefined) answers.set("lb1", said(lb1));
    if (lb2 !== undefined) answers.set("lb2", said(lb2));
    const verdict = vip(endpoint).judge(answers);
    assertEquals({ ok: verdict.ok, message: verdict.message }, { ok, message });
  });
}

Deno.test("vip() asks through the address from a host that does not hold it", async () => {
  const probe = vip(standard).probe("lb1");
  assertEquals(probe, vip(standard).probe("lb2"));
  // Programs in place of those of a host: one that holds the address, and curl's words.
  const asked = async (holds: string) => {
    const stubs = `ip() { printf '%s' '${holds}'; }; systemctl() { echo active; echo failed; }
curl() { printf 'curl'; for word; do printf ' <%s>' "$word"; done; echo; }
`;
    return (await runSh(stubs + probe)).stdout;
  };
  const backup = await asked("");
  assertStringIncludes(backup, "haproxy active\nkeepalived failed\n");
  assertStringIncludes(backup, `<-o> </dev/null> <${THROUGH}> <http://127.0.0.1:8404/backends>`);
  const holder = await asked("inet 10.9.0.10/32");
  assertEquals([holder.startsWith("holds 10.9.0.10\n"), holder.includes(THROUGH)], [true, false]);
});

Deno.test("vip() lets the only host ask itself, and the seed's profile every API server", async () => {
  const stubs = `ip() { echo inet; }; systemctl() { :; }; curl() { printf '<%s>' "$@"; }\n`;
  const alone = { ...guide, members: guide.members.slice(0, 1) };
  const { stdout } = await runSh(stubs + vip(alone).probe("lb1"));
  for (const url of [THROUGH, ...[1, 2, 3].map((i) => `https://10.9.0.2${i}:6443/readyz`)]) {
    assertStringIncludes(stdout, `<${url}>`);
  }
});

Deno.test("vip() in verify excuses nobody: with no API server up the endpoint does not answer", () => {
  const answers = new Map([
    ["lb1", said({ holds: true, backends: 0 })],
    ["lb2", said({ backends: 0, through: "503" })],
  ]);
  const check = vip(standard);
  assertEquals(check.judge(answers).ok, true);
  const { ok, message } = check.judge(answers, true);
  assertEquals([ok, message], [false, "held by lb1, backends 0/3, no API server answers"]);
});

const LEAVING: Endpoint = {
  ...standard,
  leaving: anEndpoint("lb3").members.map((member) => ({ ...member, absent: true })),
};

Deno.test("vip() asks who leaves, and wants him gone", () => {
  const check = vip(LEAVING);
  assertEquals(check.hosts, ["lb1", "lb2", "lb3"]);
  const judge = (lb1: Said, lb3: Said | undefined) =>
    check.judge(
      new Map([
        ["lb1", said(lb1)],
        ["lb2", said(BACKUP)],
        ...(lb3 === undefined ? [] : [["lb3", said(lb3)] as const]),
      ]),
    );
  const off: Said = { haproxy: "inactive", keepalived: "inactive", listens: false };
  assertEquals(judge(HOLDER, off).ok, true);
  // A machine that has died carries nothing.
  assertEquals(judge(HOLDER, undefined).ok, true);
  const holding = judge(BACKUP, HOLDER);
  assertEquals([holding.ok, holding.last, holding.able], [false, [], ["lb1", "lb2"]]);
  assertStringIncludes(holding.message, "lb3, which is to leave, holds the address");
  const running = judge(HOLDER, { ...off, keepalived: "active" });
  assertEquals(running.ok, false);
  assertStringIncludes(running.message, "lb3, which is to leave, runs keepalived");
});

Deno.test("vip() of an endpoint that goes wants nothing to be left of it", () => {
  const members = standard.members.map((member) => ({ ...member, absent: true }));
  const check = vip({ ...standard, members: [], leaving: members });
  const off = said({ haproxy: "inactive", keepalived: "failed", listens: false });
  assertEquals(check.judge(new Map([["lb1", off], ["lb2", off]]), true), {
    ok: true,
    message: "held by no host, as it shall be",
  });
  const left = check.judge(new Map([["lb1", said(HOLDER)], ["lb2", off]]));
  assertEquals([left.ok, left.message], [false, "lb1, which is to leave, holds the address"]);
});
