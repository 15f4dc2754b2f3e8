/** What HAProxy 2.6 said to each of these lines, and what the lints say. */
import { assertEquals } from "@std/assert";
import { LINTS } from "../../src/lints/mod.ts";
import { lint, nodesOf } from "../../src/lints/run.ts";

const CODES = ["server-without-port", "unreadable-server", "repeated-server"];
const RULES = LINTS.filter(({ code }) => CODES.includes(code));

function found(...lines: readonly string[]): string[] {
  const text = ["backend b", ...lines.map((it) => `    ${it}`), ""].join("\n");
  const nodes = nodesOf({ files: { "lb1/haproxy.cfg": text } });
  return lint({ nodes }, RULES).map(({ code, source }) => `${source?.line} ${code}`);
}

const REFUSED: readonly (readonly [code: string, ...lines: string[]])[] = [
  ["2 server-without-port", "server m 10.0.0.22 check"],
  ["3 server-without-port", "option httpchk GET /readyz", "server m 10.0.0.22 check"],
  ["4 server-without-port", "option tcp-check", "tcp-check connect", "server m 10.0.0.22 check"],
  ["2 server-without-port", "server m 10.0.0.22:+1 check"],
  ["2 server-without-port", "server m 10.0.0.22:0 check"],
  ["2 server-without-port", "server m [fd00::1] check"],
  ["2 server-without-port", "server m 10.0.0.22 check disabled"],
  ["2 server-without-port", "server-template m 3 10.0.0.22 check"],
  ["3 server-without-port", "default-server check", "server m 10.0.0.22"],
  ["2 unreadable-server", "server m 10.0.0.300:6443"],
  ["2 unreadable-server", "server m 10.0.0.300 check"],
  ["2 unreadable-server", "server m 10.0.0.1.2:6443"],
  ["2 unreadable-server", "server m 10.0.0.22/24:6443"],
  ["2 unreadable-server", "server m fd00::1 check"],
  ["2 unreadable-server", "server m [fd00::12345]:6443"],
  ["2 unreadable-server", "server m [fd00::zz]:6443"],
  ["2 unreadable-server", "server m fd00:1:6443"],
  ["2 unreadable-server", "server m 10.0.0.22:66443"],
];

for (const [code, ...lines] of REFUSED) {
  Deno.test(`lint: ${lines.join(" / ")}, which HAProxy refuses, is found`, () => {
    assertEquals(found(...lines), [code]);
  });
}

const TAKEN: readonly (readonly string[])[] = [
  ["server m 10.0.0.22"],
  ["server m 10.0.0.22 agent-check agent-port 99"],
  ["server m 10.0.0.22 check port 6443"],
  ["server m 10.0.0.22 check addr 10.0.0.9:6443"],
  ["default-server check port 1", "server m 10.0.0.22"],
  ["option tcp-check", "tcp-check connect port 80", "server m 10.0.0.22 check"],
  ["server m localhost check"],
  ["server m 10.0.0:6443"],
  ["server m 010.0.0.9:6443"],
  ["server m fd00::1:6443 check"],
];

for (const lines of TAKEN) {
  Deno.test(`lint: ${lines.join(" / ")}, which HAProxy takes, is passed over`, () => {
    assertEquals(found(...lines), []);
  });
}

Deno.test("lint: what may be another server at one address, or is not known, is passed over", () => {
  const one = "server m1 10.0.0.21:6443 check";
  for (
    const other of [
      "server m2 10.0.0.21:6444 check",
      "server m2 10.0.0.21:6443 check backup",
      "server m2 10.0.0.21:6443 check source 10.0.0.9",
      "server m2 ${MASTER}:6443 check",
    ]
  ) assertEquals(found(one, other, other.replace("m2", "m3").replace("6444", "6445")), [], other);
});

Deno.test("lint: with init-addr none HAProxy starts, and the server gets nobody", () => {
  const text = "backend b\n    server m 10.0.0.300:6443 init-addr last,none\n";
  const nodes = nodesOf({ files: { "lb1/haproxy.cfg": text } });
  assertEquals(lint({ nodes }, RULES).map(({ message }) => message), [
    'No client is ever sent there: "10.0.0.300" of server "m" of backend "b" is no IP address, and ' +
    "no host has such a name",
  ]);
});
