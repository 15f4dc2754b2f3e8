/** Branches of the rules about checks, sync groups and words that Keepalived does not take. */
import { assertEquals } from "@std/assert";
import { KEEPALIVED_LINTS } from "../../src/lints/mod.ts";
import { lint } from "../../src/lints/run.ts";
import { type Case, CMD, codes, nodes, script, tracks, vrrp } from "./keepalived_cases.ts";

const CASES: Readonly<Record<string, Case>> = {
  "a port that is only tried": [
    "blind-check",
    [vrrp(tracks("c"), script('script "/bin/nc -z 127.0.0.1 8443"'))],
    1,
  ],
  "a port that is only listed, and a ping beside it": [
    "blind-check",
    [vrrp(
      tracks("c", "d"),
      script('script "/bin/ping -c 1 10.0.0.1"') + script(CMD, "d"),
    )],
    1,
    { scripts: { "/etc/keepalived/c.sh": "#!/bin/sh\nss -ltn | grep -q :8443\n" } },
  ],
  "a unit that is active": [
    "blind-check",
    [vrrp(tracks("c"), script('script "/bin/systemctl is-active --quiet haproxy"'))],
    1,
  ],
  "a ping alone asks nothing of HAProxy": [
    "blind-check",
    [vrrp(tracks("c"), script('script "/bin/ping -c 1 10.0.0.1"'))],
    0,
  ],
  "a second check that nobody can read": [
    "blind-check",
    [vrrp(tracks("c", "d"), script('script "/bin/pidof haproxy"') + script(CMD, "d"))],
    0,
  ],
  "signs of a shell, one of each": [
    "shell-in-script",
    [
      script('script "/bin/a | /bin/b"') + script('script "/bin/a && /bin/b"') +
      script('script "/bin/a; /bin/b"') + script('script "/bin/a > /dev/null 2>&1"') +
      script('script "$(/bin/a)"') + script('script "/bin/a 2>/dev/null"'),
    ],
    6,
  ],
  "signs of a shell that a shell reads, or that are arguments": [
    "shell-in-script",
    [
      script(`script "/bin/sh -c '/bin/a | /bin/b'"`) +
      script(`script "/usr/bin/env bash -ec '/bin/a && b'"`) +
      script(`script "/bin/grep -q 'a|b;c' /tmp/x"`) + script('script "/bin/curl http://x/?a&b"'),
    ],
    0,
  ],
  "a script in a sync group that tracks weights": [
    "weight-in-sync-group",
    [
      vrrp(
        tracks("c weight -5"),
        script(CMD) + "vrrp_sync_group G {\ngroup {\nA\n}\nsync_group_tracking_weight\n}\n",
      ),
    ],
    0,
  ],
  "a script whose own weight the instance takes back": [
    "weight-in-sync-group",
    [
      vrrp(
        tracks("c weight 0"),
        script(`${CMD}\nweight -5`) + "vrrp_sync_group G {\ngroup {\nA\n}\n}\n",
      ),
    ],
    0,
  ],
  "what a sync group tracks and nobody defines": [
    "undefined-check",
    [vrrp("", `vrrp_sync_group G {\ngroup {\nA\n}\n${tracks("c")}\n}\n${script(CMD)}`)],
    1,
  ],
  "a sync group whose instances an included file may have": [
    "sync-group-member",
    ["include x.conf\nvrrp_sync_group G {\ngroup {\nA\nB\n}\n}\n"],
    0,
  ],
  "states in small letters and of templates": [
    "unknown-state",
    [vrrp("state master"), vrrp("state ${STATE}")],
    1,
  ],
  "adverts over four minutes": ["advert-range", [vrrp("advert_int 300")], 1],
  "a long password that version 3 does not look at": [
    "long-password",
    [vrrp("version 3\nauthentication {\nauth_type PASS\nauth_pass correcthorse\n}")],
    0,
  ],
};

for (const [name, [rule, texts, times, known]] of Object.entries(CASES)) {
  Deno.test(`lint ${rule}: ${name}`, () => {
    assertEquals(codes(rule, texts, known), Array.from({ length: times }, () => rule));
  });
}

Deno.test("lint script-security: says who the scripts run as", () => {
  const said = (text: string) =>
    lint(
      { nodes: nodes([text], {}) },
      KEEPALIVED_LINTS.filter((it) => it.code === "script-security"),
    )
      .map(({ message }) => /run (as .*?), and/.exec(message)?.[1]);
  assertEquals(said(script(CMD)), ["as root"]);
  assertEquals(said(script(`${CMD}\nuser nobody`)), ["as nobody"]);
  assertEquals(said(script(`${CMD}\nuser nobody`) + script(CMD, "d")), ["as root"]);
  const own = "global_defs {\nscript_user checks\n}\n";
  assertEquals(said(own + script(`${CMD}\nuser nobody`) + script(CMD, "d")), ["as nobody, checks"]);
});
