/** What is said where one rule has several things to say, word for word. */
import { assertEquals } from "@std/assert";
import { formatDiagnostics } from "../../src/diagnostics.ts";
import { LINTS } from "../../src/lints/mod.ts";
import { lint, nodesOf } from "../../src/lints/run.ts";
import { CMD, nodes, script, tracks, vrrp } from "./keepalived_cases.ts";

/** Everything that one rule says of some files, lb1 first. */
function said(code: string, ...texts: readonly string[]): string {
  const rules = LINTS.filter((it) => it.code === code);
  return formatDiagnostics(lint({ nodes: nodes(texts, {}) }, rules));
}

Deno.test("addresses-differ says what nobody takes over where no address is in common", () => {
  const address = (...them: readonly string[]) =>
    vrrp(`virtual_ipaddress {\n  ${them.join("\n  ")}\n }`);
  assertEquals(
    said("addresses-differ", address("10.0.0.10/24"), address("10.0.0.20/24", "10.0.0.21/24")),
    "lb2.conf:6:3: lb2 does not take over 10.0.0.10 when lb1 is lost, nor lb1 10.0.0.20 and " +
      "10.0.0.21 when lb2 is: they drop each other's adverts, as they have no address in common " +
      "[addresses-differ]\n   hint: write the same virtual_ipaddress block on every member",
  );
});

const weighted = (priority: number, ...weights: readonly number[]) => {
  const named = weights.map((weight, i) => ({ name: `c${i}`, weight }));
  return vrrp(
    `priority ${priority}\n ${tracks(...named.map(({ name }) => name))}`,
    named.map(({ name, weight }) => script(`${CMD}\n weight ${weight}`, name)).join(""),
  );
};

Deno.test("weight-over-priority says which scripts together take all of it, and what would not", () => {
  const start = "lb1 and lb2 may take the address in the same moment while ";
  const end = "and both end at 1, the lowest there is [weight-over-priority]\n   hint: ";
  assertEquals(
    said("weight-over-priority", weighted(100, -60, -50), weighted(90, -60, -50)),
    `lb2.conf:3:9: warning: ${start}"c0" and "c1" fail on both: priority 100 loses 110 and 90 ` +
      `loses 110, ${end}write weights from -11 to -44 for each`,
  );
  assertEquals(
    said("weight-over-priority", weighted(200, -254), weighted(20, -254)),
    `lb2.conf:3:9: warning: ${start}"c0" fails on both: priority 200 loses 254 and 20 loses 254, ` +
      `${end}write priorities that are higher and nearer to each other, such as 250 and 240, and ` +
      "weights larger than their distance",
  );
});

Deno.test("weight-below-spread names all who have to be out, and the weight that reaches the last", () => {
  assertEquals(
    said("weight-below-spread", ...[250, 240, 230, 220].map((it) => weighted(it, -25))),
    'lb1.conf:3:9: warning: the address stays on lb1 though "c0" fails and lb4 is well, while lb2 ' +
      "and lb3 are out too: priority 250 with a weight of -25 is 225, not below the 220 of lb4 " +
      "[weight-below-spread]\n   hint: write a weight of -31 or less, or weight 0: then a failure " +
      "gives the address away",
  );
});

Deno.test("weak-check-expect says of redirections that no API server answers with them", () => {
  const files = {
    "lb1/haproxy.cfg":
      "backend api\n option httpchk\n http-check expect rstatus ^[23]\n server a :6443\n",
  };
  const rules = LINTS.filter(({ code }) => code === "weak-check-expect");
  assertEquals(
    formatDiagnostics(lint({ nodes: nodesOf({ files }) }, rules)),
    "lb1/haproxy.cfg:3:28: warning: what answers with 301 or 302 or 307 or 308, as no API server " +
      'does, stays in use: the check of backend "api" accepts that [weak-check-expect]\n' +
      '   hint: write "http-check expect status 200"',
  );
});

Deno.test("early-start points at the unit that does not wait for the network", () => {
  const files = {
    "lb1/keepalived.conf": "vrrp_instance A {\n interface eth0\n}\n",
    "lb1/keepalived.service.conf": "[Service]\nExecStart=/usr/sbin/keepalived -n\n",
  };
  const rules = LINTS.filter(({ code }) => code === "early-start");
  assertEquals(
    formatDiagnostics(lint({ nodes: nodesOf({ files }) }, rules)),
    "lb1/keepalived.service.conf:2:11: warning: this host may take the address from its holder " +
      "when it boots: this unit starts Keepalived while the network is still coming up " +
      '[early-start]\n   hint: write "After=network-online.target" and ' +
      '"Wants=network-online.target" into [Unit], or "vrrp_startup_delay 10" into global_defs of ' +
      "keepalived.conf",
  );
});
