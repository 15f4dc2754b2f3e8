/** When a Keepalived that may start before its network is named, and when it is not. */
import { assertEquals } from "@std/assert";
import { renderedSubject } from "../../src/commands/lint/rendered.ts";
import { KEEPALIVED_LINTS } from "../../src/lints/mod.ts";
import { lint } from "../../src/lints/run.ts";
import type { Endpoint } from "../../src/model.ts";
import { endpoint, secret, TEMPLATES } from "../endpoint/fixtures.ts";
import { inPods } from "../endpoint/renderings.ts";
import { where } from "./where.ts";

const on = (name: string, globals = "") =>
  `global_defs {\n ${globals}\n}\nvrrp_instance A {\n interface ${name}\n}\n`;

/** Places where it is named, in keepalived.conf and what is beside it. */
const at = (conf: string, beside: Readonly<Record<string, string>> = {}) =>
  where("early-start", { "keepalived.conf": conf, ...beside });

const unit = (text: string) => ({ "keepalived.service.conf": text });
const WHOLE = "[Unit]\nAfter=syslog.target\n[Service]\nExecStart=/usr/sbin/keepalived -n\n";
const BEHIND = "[Unit]\nAfter=syslog.target network-online.target\n";

Deno.test("lint early-start: bonds that nothing makes Keepalived wait for", () => {
  for (const name of ["bond0", "bond1.100", "team0"]) assertEquals(at(on(name)), ["5:12"], name);
  for (const name of ["eth0", "ens18", "eth0.100", "bondage", "br0", "${IF}"]) {
    assertEquals(at(on(name)), [], name);
  }
  assertEquals(at(on("bond0", "vrrp_startup_delay 5.5")), []);
  assertEquals(at(on("bond0", "vrrp_delay_after_boot 15")), []);
  assertEquals(at(on("bond0") + "include more.conf\n"), []);
});

Deno.test("lint early-start: what the unit says", () => {
  assertEquals(at(on("bond0"), unit(BEHIND)), []);
  assertEquals(at(on("bond0"), unit("[Service]\nRestart=always\n")), ["5:12"]);
  assertEquals(at(on("eth0"), unit("[Service]\nRestart=always\n")), []);
  assertEquals(at(on("eth0"), unit(WHOLE)), ["4:11"]);
  assertEquals(at(on("eth0"), unit("[Service]\nExecStart=\nExecStart=/x/keepalived\n")), []);
  assertEquals(at(on("eth0"), unit(WHOLE + BEHIND)), []);
  assertEquals(at(on("eth0", "vrrp_startup_delay 5"), unit(WHOLE)), []);
  assertEquals(at("", unit(WHOLE)), []);
});

/** Codes and severities of what is found in an endpoint's files. */
function found(of: Endpoint, byHand = false): readonly string[] {
  const { nodes, endpoint } = renderedSubject({ ...of, interface: "bond0" }, TEMPLATES);
  const bare = nodes.map(({ units: _, ...it }) => it);
  const rules = KEEPALIVED_LINTS.filter(({ code }) => code === "early-start");
  return lint(byHand || !endpoint ? { nodes: bare } : { nodes, endpoint }, rules)
    .map(({ severity }) => severity);
}

Deno.test("lint early-start: nothing is said of what is rendered, nor of its text alone", () => {
  for (const profile of ["standard", "fast"] as const) {
    for (const  of of[endpoint({ profile }), inPods(endpoint({ profile }))]) {
      assertEquals(found(of), []);
      assertEquals(found(of, true), []);
    }
  }
});

Deno.test("lint early-start: the seed document waits for nothing", () => {
  const plain = endpoint();
  const of = endpoint({ profile: "guide", vrrp: { ...plain.vrrp, authPass: secret("s3cr3t") } });
  assertEquals(found(of), of.members.map(() => "warning"));
  assertEquals(found(of, true), of.members.map(() => "warning"));
});
