/** The name in `track_script` is wrong: what was meant is said, and what is wrong with it. */
import { assertEquals } from "@std/assert";
import { formatDiagnostics } from "../../src/diagnostics.ts";
import { LINTS } from "../../src/lints/mod.ts";
import { lint, nodesOf } from "../../src/lints/run.ts";

const RULES = LINTS.filter(({ code }) => ["undefined-check", "blind-check"].includes(code));

function says(tracked: string, ...scripts: readonly string[]): string {
  const text = `${scripts.map((it) => `vrrp_script ${it}\n`).join("")}vrrp_instance VI_1 {
    virtual_router_id 110
    track_script {
        ${tracked}
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;
  const nodes = nodesOf({ files: { "lb1/keepalived.conf": text } });
  return formatDiagnostics(lint({ nodes }, RULES));
}

const KILLALL = '{\n    script "killall -0 haproxy"\n}';

Deno.test("the only script that nothing tracks is the one that was meant, and is judged", () => {
  assertEquals(
    says("check_haproxy", `chk ${KILLALL}`),
    `lb1/keepalived.conf:2:12: warning: the address stays on this host when HAProxy hangs: "chk" only asks whether its process exists [blind-check]
   hint: ask HAProxy over HTTP: "monitor-uri /alive" on a loopback port, and curl -sf for it
lb1/keepalived.conf:7:9: the address stays on this host whatever "check_haproxy" would say: no script of this name is defined, so Keepalived ignores it [undefined-check]
   hint: write "chk", which nothing tracks, or define "check_haproxy" above vrrp_instance`,
  );
});

Deno.test("of several it is the one of a similar name", () => {
  assertEquals(
    says("check_haprox", `check_haproxy ${KILLALL}`, 'other {\n    script "/bin/x"\n}').match(
      /hint: write "\w+"|"\w+" only asks/g,
    ),
    ['"check_haproxy" only asks', 'hint: write "check_haproxy"'],
  );
});

Deno.test("where nobody can tell which was meant, none of them is judged", () => {
  assertEquals(
    says("x", `check_one ${KILLALL}`, `check_two ${KILLALL}`).match(/hint: .*|blind-check/g),
    ['hint: define "x" above vrrp_instance'],
  );
});
