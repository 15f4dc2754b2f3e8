/** Branches of the rules for keepalived.conf: small files to the codes that are found. */
import { assertEquals } from "@std/assert";
import { endpoint } from "../endpoint/fixtures.ts";
import { KEEPALIVED_LINTS } from "../../src/lints/mod.ts";
import { lint } from "../../src/lints/run.ts";
import { type Case, CMD, codes, nodes, script, tracks, vrrp } from "./keepalived_cases.ts";

const CASES: Readonly<Record<string, Case>> = {
  "no priority and MASTER is 255": [
    "owner-priority",
    [vrrp(`state MASTER\n${tracks("c")}`, script(`${CMD}\nweight -2`))],
    1,
  ],
  "no priority and MASTER, with nothing to lower": ["owner-priority", [vrrp("state MASTER")], 0],
  "255 written, with nothing to lower": ["owner-priority", [vrrp("priority 255")], 1],
  "an invalid priority is 100, not 255": [
    "owner-priority",
    [vrrp(`state MASTER\npriority 0\n${tracks("c")}`, script(`${CMD}\nweight -2`))],
    0,
  ],
  "priorities that are none": [
    "priority-range",
    ["0", "256", "x", "1.5", "-1"].map((it) => vrrp(`priority ${it}`)),
    5,
  ],
  "a priority that was never filled in": ["priority-range", [vrrp("priority ${P}")], 0],
  "a MASTER above a BACKUP counts": ["nopreempt-master", [
    vrrp("state MASTER\nstate BACKUP\nnopreempt"),
  ], 1],
  "nopreempt with a check of weight 0": [
    "nopreempt-with-weight",
    [vrrp(`nopreempt\n${tracks("c")}`, script(CMD))],
    0,
  ],
  "nopreempt with a weighted interface": [
    "nopreempt-with-weight",
    [vrrp("nopreempt\ntrack_interface {\n eth1 weight -5\n}")],
    1,
  ],
  "nopreempt with a file, which has a weight of 1": [
    "nopreempt-with-weight",
    [`track_file f {\n file /run/f\n}\n${vrrp("nopreempt\ntrack_file {\n f\n}")}`],
    1,
  ],
  "a weight of a file says nothing of the number in it": [
    "weight-below-gap",
    [vrrp("priority 110\ntrack_file {\n f weight -2\n}", "track_file f {\n}"), vrrp("")],
    0,
  ],
  "a file and a process that are defined below": [
    "undefined-check",
    [
      vrrp("track_file {\n f\n}\ntrack_process {\n p\n}\n") +
      "track_file f {\n}\nvrrp_track_process p {\n}",
    ],
    2,
  ],
  "a check that an included file may define": [
    "undefined-check",
    [vrrp(tracks("c"), "include x.conf")],
    0,
  ],
  "a check that is also defined below": [
    "undefined-check",
    [vrrp(tracks("c"), script(CMD)) + script(CMD)],
    0,
  ],
  "nothing tracked, but by the sync group": [
    "untracked",
    [`vrrp_sync_group G {\n group {\n A\n }\n ${tracks("c")}\n}\n${
      vrrp("virtual_ipaddress {\n10.0.0.1\n}")
    }`],
    0,
  ],
  "nothing tracked, but by another instance of the sync group": [
    "untracked",
    [`vrrp_sync_group G {\n group {\n A\n B\n }\n}\n${
      vrrp("virtual_ipaddress {\n10.0.0.1\n}", script(CMD))
    }vrrp_instance B {\n virtual_router_id 8\n ${tracks("c")}\n}\n`],
    0,
  ],
  "nothing tracked, but Keepalived balances itself": [
    "untracked",
    [`${vrrp("virtual_ipaddress {\n10.0.0.1\n}")}virtual_server 10.0.0.1 80 {\n}`],
    0,
  ],
  "an interface is no check of HAProxy": [
    "untracked",
    [vrrp("virtual_ipaddress {\n10.0.0.1\n}\ntrack_interface {\n eth0\n}")],
    1,
  ],
  "10 s are let pass": [
    "slow-detection",
    [vrrp(tracks("c"), script(`${CMD}\ninterval 3\nfall 3`))],
    0,
  ],
  "more than 10 s": [
    "slow-detection",
    [vrrp(tracks("c"), script(`${CMD}\ninterval 5\nfall 2`))],
    1,
  ],
  "the fastest check counts": [
    "slow-detection",
    [vrrp(tracks("c", "d"), script(`${CMD}\ninterval 9\nfall 9`) + script(CMD, "d"))],
    0,
  ],
  "9 s and an election": [
    "slow-detection",
    [vrrp(tracks("c"), script(`${CMD}\ninterval 3\nfall 3\nweight -9`))],
    1,
  ],
  "scripts as a user, without security": [
    "script-security",
    [`global_defs {\nscript_user nobody\n}\n${script(CMD)}`],
    1,
  ],
  "no scripts, no security": ["script-security", [vrrp("")], 0],
  "a user per script": [
    "script-user",
    [`global_defs {\nenable_script_security\n}\n${script(`${CMD}\nuser nobody`)}`],
    0,
  ],
  "variables of the shell in a command": ["placeholder", [
    script("script \"/bin/sh -c '$HOME/x'\""),
  ], 0],
  "holes of all kinds": [
    "placeholder",
    [vrrp("state ${S}\npriority $P\nvirtual_ipaddress {\n {{ vip }}/24\n <VIP>\n <%= it %>\n}")],
    5,
  ],
  "a variable that is defined": ["placeholder", [`$P=9\n${vrrp("priority $P")}`], 0],
  "two hosts of one name": [
    "shared-name",
    ["lb", "lb", "other"].map((it) => `global_defs {\nrouter_id ${it}\n}`),
    2,
  ],
  "a password of eight bytes": [
    "long-password",
    [vrrp("authentication {\nauth_pass 12345678\n}")],
    0,
  ],
  "bytes count, not letters": ["long-password", [vrrp("authentication {\nauth_pass äöüäö\n}")], 1],
  "passwords that differ behind the eighth": [
    "password-differs",
    ["12345678a", "12345678b"].map((it) =>
      vrrp(`authentication {\nauth_type PASS\nauth_pass ${it}\n}`)
    ),
    0,
  ],
  "a password on one side only": [
    "password-differs",
    [vrrp("authentication {\nauth_type PASS\nauth_pass 1\n}"), vrrp("")],
    1,
  ],
  "passwords that version 3 ignores": [
    "password-differs",
    ["1", "2"].map((it) => vrrp(`version 3\nauthentication {\nauth_type PASS\nauth_pass ${it}\n}`)),
    0,
  ],
  "versions that differ": ["vrrp-differs", [vrrp("version 3"), vrrp("")], 1],
  "intervals that version 3 takes over": [
    "vrrp-differs",
    [vrrp("version 3\nadvert_int 1"), vrrp("version 3\nadvert_int 2")],
    0,
  ],
  "router ids that differ over one address": [
    "vrrp-differs",
    ["9", "8"].map((it) =>
      vrrp("virtual_ipaddress {\nfd00::10/64\n}").replace("router_id 9", `router_id ${it}`)
        .replace("fd00::10", it === "9" ? "fd00::10" : "fd00:0:0::10")
    ),
    1,
  ],
  "a bonus that suffices": [
    "positive-weight",
    ["101", "100"].map((it) => vrrp(`priority ${it}\n${tracks("c")}`, script(`${CMD}\nweight 2`))),
    0,
  ],
  "a script that asks HAProxy over plain HTTP": [
    "fault-on-outage",
    [vrrp(tracks("c"), script(CMD))],
    0,
    { scripts: { "/etc/keepalived/c.sh": "curl -sf http://127.0.0.1:8404/alive # not https://x" } },
  ],
  "a command that asks the API servers": [
    "fault-on-outage",
    [vrrp(tracks("c"), script('script "/usr/bin/curl -k https://localhost:6443/healthz"'))],
    1,
  ],
  "a script that asks for the process": [
    "blind-check",
    [vrrp(tracks("c"), script(CMD))],
    1,
    { scripts: { "/etc/keepalived/c.sh": "#!/bin/sh\npidof haproxy\n" } },
  ],
  "a second check that asks HAProxy": [
    "blind-check",
    [vrrp(
      tracks("c", "d"),
      script('script "/bin/pidof haproxy"') + script('script "/bin/curl x"', "d"),
    )],
    0,
  ],
  "a program in the PATH": ["relative-script", [script('script "killall -0 haproxy"')], 0],
  "paths that are relative": [
    "relative-script",
    [script('script "./c.sh"') + script('script "bin/c"', "d") + script('script "c.py x"', "e")],
    3,
  ],
  "strict off": ["strict-mode", [
    vrrp("strict_mode off\nunicast_peer {\n10.0.0.2\n}", "global_defs {\nvrrp_strict\n}"),
  ], 0],
  "strict with a password": [
    "strict-mode",
    [vrrp("strict_mode on\nauthentication {\nauth_type PASS\nauth_pass 1\n}")],
    1,
  ],
  "fractions of version 2.3": ["interval-fraction", [script("interval 0.2")], 0, {
    version: "2.3.1",
  }],
  "fractions of an unknown version": ["interval-fraction", [script("interval 0.2")], 1],
  "a reload check of an unknown version": [
    "reload-check",
    [`global_defs {\nreload_check_config\n}\n${script(CMD)}`],
    1,
  ],
  "a timeout of half a second": ["interval-fraction", [script("timeout .5")], 1, {
    version: "2.2.4",
  }],
  "a reload check on a version that works": [
    "reload-check",
    [`global_defs {\nreload_check_config\n}\n${script(CMD)}`],
    0,
    { version: "2.2.8" },
  ],
  "an address that the host has": [
    "own-address",
    [vrrp("virtual_ipaddress {\n10.0.0.11/24\n}")],
    1,
    { addresses: ["10.0.0.11/24"] },
  ],
  "an address in the second subnet": [
    "outside-subnet",
    [vrrp("virtual_ipaddress {\n10.1.0.9\n}")],
    0,
    { addresses: ["10.0.0.11/24", "10.1.0.11/24", "fe80::1/64"] },
  ],
  "a prefix that leaves out the host": [
    "outside-subnet",
    [vrrp(
      "unicast_src_ip 10.0.0.11\nvirtual_ipaddress {\n10.9.0.9/24\n10.9.0.9/32\n10.9.0.8/24 dev eth9\n}",
    )],
    1,
  ],
  "addresses without a known subnet": [
    "outside-subnet",
    [vrrp("virtual_ipaddress {\n10.9.0.9/24\n}")],
    0,
    { addresses: ["10.0.0.11"] },
  ],
  "what is no address": [
    "unreadable-address",
    [vrrp(
      "virtual_ipaddress {\n10.0.0.1/33\nhost\nfd00::1/129\nfd00::1/64\n}\nunicast_peer {\nlb2\n}",
    )],
    4,
  ],
  "unicast without an interface": [
    "interface-missing",
    ["vrrp_instance A {\nunicast_src_ip 10.0.0.1\nunicast_peer {\n10.0.0.2\n}\n}"],
    0,
  ],
  "one id over two families": [
    "duplicate-router-id",
    [vrrp("virtual_ipaddress {\n10.0.0.1\n}") + vrrp("virtual_ipaddress {\nfd00::1\n}")],
    0,
  ],
  "one id over two interfaces": [
    "duplicate-router-id",
    [vrrp("") + vrrp("").replace("eth0", "eth1")],
    0,
  ],
  "a comment right behind a brace": ["cut-value", ["vrrp_instance A { #x\n}#y\n"], 1],
  "words of another block, of none, and of a template": [
    "unknown-keyword",
    [vrrp("auth_pass x\nweight 5\nadvert_interval 3\n${X} y\ntrack_script {\nanything\n}")],
    3,
  ],
  "a line of a block with a password": [
    "unknown-keyword",
    [vrrp("authentication {\nhunter2\n}")],
    0,
  ],
  "words where braces do not match": ["unknown-keyword", [vrrp("x y {")], 0],
  "a delay that Keepalived drops": [
    "preempt-delay-with-weight",
    [vrrp(`state MASTER\npreempt_delay 9\n${tracks("c")}`, script(`${CMD}\nweight -2`))],
    0,
  ],
};

for (const [name, [rule, texts, times, known]] of Object.entries(CASES)) {
  Deno.test(`lint ${rule}: ${name}`, () => {
    assertEquals(codes(rule, texts, known), Array.from({ length: times }, () => rule));
  });
}

Deno.test("rules for keepalived.conf find nothing where nothing is written", () => {
  assertEquals(codes(undefined, ["", "\n", "! only a comment"]), []);
});

Deno.test("lints that need a version warn without one, and not of what is rendered", () => {
  const text = `global_defs {\nreload_check_config\n}\n${script(`${CMD}\ninterval 0.2`)}`;
  const rules = KEEPALIVED_LINTS
    .filter(({ code }) => code === "interval-fraction" || code === "reload-check");
  const found = (version?: string) =>
    lint({ nodes: nodes([text], version === undefined ? {} : { version }) }, rules);
  assertEquals(found("2.2.7").map(({ severity }) => severity), ["error", "error"]);
  assertEquals(found().map(({ code, severity, hint }) => [code, severity, hint]), [
    [
      "reload-check",
      "warning",
      'remove "reload_check_config", or say which it is with --keepalived-version',
    ],
    [
      "interval-fraction",
      "warning",
      'write whole seconds, "interval 1", or say which it is with --keepalived-version',
    ],
  ]);
  assertEquals(lint({ nodes: nodes([text], {}), endpoint: endpoint() }, rules), []);
});

Deno.test("lint slow-detection: the promise of an endpoint counts for profile guide alone", () => {
  const text = vrrp(tracks("c"), script(`${CMD}\ninterval 2\nfall 2`));
  const rules = KEEPALIVED_LINTS.filter(({ code }) => code === "slow-detection");
  const found = (profile: "guide" | "standard", failoverMs: number) =>
    lint({ nodes: nodes([text], {}), endpoint: endpoint({ profile, slo: { failoverMs } }) }, rules)
      .map(({ severity }) => severity);
  assertEquals(found("guide", 2000), ["warning"]);
  assertEquals(found("guide", 9000), []);
  assertEquals(found("standard", 2000), []);
});
