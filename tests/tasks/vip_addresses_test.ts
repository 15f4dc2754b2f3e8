/** The group check over several addresses: of both families, and more than one of a family. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Endpoint, ExecResult } from "../../src/model.ts";
import { vip } from "../../tasks/vip.ts";
import { anEndpoint, runSh } from "../helpers.ts";
import { type SaidOf, saidOf } from "./vip_answers.ts";

const [FOUR, SIX] = ["10.9.0.10", "fd00:9::10"] as const;
const dual: Endpoint = {
  ...anEndpoint("lb1", "lb2"),
  moreAddresses: [SIX],
  backends: [1, 2, 3].map((i) => ({ name: `m${i}`, address: `10.9.0.2${i}` })),
};
const HOLDER: SaidOf = { [FOUR]: "holds", [SIX]: "holds" };
const BACKUP: SaidOf = { [FOUR]: "200", [SIX]: "200" };

interface Case {
  readonly lb1?: SaidOf;
  readonly lb2?: SaidOf;
  readonly message: string;
  readonly faults: readonly string[];
  readonly last: readonly string[];
}

const CASES: Readonly<Record<string, Case>> = {
  "is content with one holder of all addresses, and an answer through each": {
    lb1: HOLDER,
    lb2: BACKUP,
    message: "held by lb1, backends 3/3, /readyz through every address 200",
    faults: [],
    last: ["lb1"],
  },
  "refuses an address that nobody holds, beside one that somebody does": {
    lb1: { [FOUR]: "holds", [SIX]: "000" },
    lb2: { [FOUR]: "200", [SIX]: "000" },
    message: "10.9.0.10 held by lb1, fd00:9::10 held by no host, backends 3/3, " +
      "lb1 gets no answer from /readyz through fd00:9::10, " +
      "lb2 gets no answer from /readyz through fd00:9::10",
    faults: ["nobody holds fd00:9::10"],
    last: ["lb1"],
  },
  "refuses two holders of one of them": {
    lb1: HOLDER,
    lb2: { [FOUR]: "200", [SIX]: "holds" },
    message: "10.9.0.10 held by lb1, fd00:9::10 held by lb1, lb2, backends 3/3",
    faults: ["more than one host holds fd00:9::10"],
    last: ["lb1", "lb2"],
  },
  "refuses addresses that stay apart": {
    lb1: { [FOUR]: "holds", [SIX]: "200" },
    lb2: { [FOUR]: "200", [SIX]: "holds" },
    message: "10.9.0.10 held by lb1, fd00:9::10 held by lb2, backends 3/3, " +
      "/readyz through every address 200",
    faults: ["the addresses are held by different hosts"],
    last: ["lb1", "lb2"],
  },
  "refuses one that does not answer while the other does": {
    lb1: HOLDER,
    lb2: { [FOUR]: "200", [SIX]: "503" },
    message: "held by lb1, backends 3/3, lb2 gets 503 from /readyz through fd00:9::10",
    faults: [
      "/readyz through fd00:9::10 fails from lb1",
      "/readyz through fd00:9::10 fails from lb2",
    ],
    last: ["lb1"],
  },
  "finds both with a host that gave no answer": {
    lb2: BACKUP,
    message: "held by a host that gave no answer, no answer from lb1, backends 3/3, " +
      "/readyz through every address 200",
    faults: ["no answer from lb1"],
    last: [],
  },
};

for (const [name, { lb1, lb2, message, faults, last }] of Object.entries(CASES)) {
  Deno.test(`vip() of both families ${name}`, () => {
    const answers = new Map<string, ExecResult>();
    if (lb1 !== undefined) answers.set("lb1", saidOf(lb1));
    if (lb2 !== undefined) answers.set("lb2", saidOf(lb2));
    const verdict = vip(dual).judge(answers);
    assertEquals([verdict.message, verdict.faults, verdict.last], [message, faults, last]);
    assertEquals(verdict.ok, faults.every((it) => it.startsWith("no answer from")));
  });
}

Deno.test("vip() of an address that shall come minds the one that is there alone", () => {
  // Keepalived has but the old one, HAProxy listens for it alone.
  const stdout = (holds: boolean) =>
    `${holds ? `holds ${FOUR}\n` : ""}haproxy active\nkeepalived active\n` +
    `\nhttp 000 https://[${SIX}]:8443/readyz\n${
      holds ? "" : `\nhttp 200 https://${FOUR}:8443/readyz\n`
    }3\n`;
  const before = vip(dual).judge(
    new Map([["lb1", stdout(true)], ["lb2", stdout(false)]].map(([host, text]) => [
      String(host),
      { code: 0, stdout: String(text), stderr: "" },
    ])),
  );
  assertEquals(before.faults?.includes("nobody holds fd00:9::10"), true);
  assertEquals(before.last, ["lb1"]);
});

Deno.test("vip() asks through each address that the host does not hold, and in which table", async () => {
  const check = vip(dual);
  assertEquals(check.name, "vip 10.9.0.10, fd00:9::10");
  const asked = async (held: string) => {
    const stubs = `ip() { case $* in *' to ${held}') echo inet ;; esac; }
systemctl() { echo active; echo active; }
grep() { echo "in $3 $4"; }
curl() { printf 'curl'; for word; do printf ' <%s>' "$word"; done; echo; }
`;
    return await runSh(stubs + check.probe("lb1"));
  };
  const six = await asked(`${SIX}/128`);
  assertStringIncludes(six.stdout, "holds fd00:9::10\n");
  assertStringIncludes(
    six.stdout,
    `<https://${FOUR}:8443/readyz> <http://127.0.0.1:8404/backends>`,
  );
  // A socket of IPv4 alone would not do.
  assertStringIncludes(six.stdout, "in /proc/net/tcp6 \n");
  const four = await asked(`${FOUR}/32`);
  assertStringIncludes(four.stdout, `<https://[${SIX}]:8443/readyz>`);
  assertEquals(four.stdout.includes(`https://${FOUR}`), false);
});

Deno.test("vip() says which of several addresses a host has that is to leave", () => {
  const leaving = anEndpoint("lb3").members.map((member) => ({ ...member, absent: true }));
  const answers = new Map([
    ["lb1", saidOf(HOLDER)],
    ["lb2", saidOf(BACKUP)],
    ["lb3", saidOf({ [FOUR]: "200", [SIX]: "holds" })],
  ]);
  const { ok, message } = vip({ ...dual, leaving }).judge(answers);
  assertEquals(ok, false);
  assertStringIncludes(message, "lb3, which is to leave, holds fd00:9::10");
});
