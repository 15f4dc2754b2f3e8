/** @module */
import { defineLint } from "../../define.ts";
import { checks } from "./_checks.ts";

const conf = `vrrp_script check_haproxy {
    script "/etc/keepalived/check_haproxy.sh"
    interval 2
}
`;

/** A check that ends the daemon that runs it. */
export const stopsKeepalived = defineLint({
  code: "stops-keepalived",
  severity: "warning",
  title: "a check that stops Keepalived",
  why:
    "A check that stops Keepalived gives the address away, and nothing starts Keepalived again: one " +
    "hiccup of HAProxy and this host is out until somebody comes. When the same happens to the last " +
    "one, nobody holds the address though every HAProxy runs. A check that fails moves the address as " +
    "fast, and takes it back by itself.",
  err: {
    files: {
      "lb1/keepalived.conf": conf,
      "lb1/check_haproxy.sh": `#!/bin/sh
if ! pidof haproxy; then
  systemctl stop keepalived
fi
`,
    },
    says: "lb1/check_haproxy.sh:3:3: warning: lb1 is out for good after one failure: the " +
      "check stops Keepalived, and nothing starts it again [stops-keepalived]\n" +
      `   hint: write "exit 1": Keepalived gives the address away, and takes it back`,
  },
  ok: {
    files: {
      "lb1/keepalived.conf": conf,
      "lb1/check_haproxy.sh": `#!/bin/sh
curl -sf --max-time 1 -o /dev/null http://127.0.0.1:8404/alive
`,
    },
  },
  *check(subject) {
    for (const { node, commands } of checks(subject)) {
      for (const { words } of commands) {
        const at = words.findIndex(({ text }, i) => stops(text, words.slice(i + 1)));
        const word = words[at];
        if (!word || words.slice(0, at).some(({ text }) => /^(echo|logger|printf)$/.test(text))) {
          continue;
        }
        yield {
          message: `${node.name} is out for good after one failure: the check stops Keepalived, ` +
            "and nothing starts it again",
          source: word.source,
          hint: 'write "exit 1": Keepalived gives the address away, and takes it back',
        };
      }
    }
  },
});

const STOP = new Set(["systemctl", "service", "rc-service", "keepalived", "pkill", "killall"]);

/** Whether a program with these arguments ends Keepalived. */
function stops(program: string, rest: readonly { readonly text: string }[]): boolean {
  const name = program.slice(program.lastIndexOf("/") + 1);
  if (!STOP.has(name)) return false;
  const said = rest.map(({ text }) => text);
  const meant = said.some((text) => /^keepalived(?:\.service)?$/.test(text));
  switch (name) {
    case "systemctl":
      return meant && said.some((text) => ["stop", "kill", "disable", "mask"].includes(text));
    case "service":
    case "rc-service":
      return meant && said.includes("stop");
    case "keepalived":
      // A script of init.d.
      return program.includes("/init.d/") && said[0] === "stop";
    case "pkill":
    case "killall":
      return meant && !said.includes("-0");
    default:
      return false;
  }
}
