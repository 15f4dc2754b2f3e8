/** Branches of the lints of check scripts and units: what is written, and where it is found. */
import { assertEquals } from "@std/assert";
import { where } from "./where.ts";

/** Name of the case, the lines below `#!/bin/sh`, where something is found. */
type Case = readonly [name: string, lines: string, found: readonly string[]];

const CASES: Readonly<Record<string, readonly Case[]>> = {
  "curl-without-fail": [
    ["letters together", "curl -sfkm1 http://127.0.0.1/", []],
    ["a letter that is a value", "curl -s -o f http://127.0.0.1/", ["2:1"]],
    ["--fail-early is something else", "curl --fail-early http://127.0.0.1/", ["2:1"]],
    ["with the body", "curl --fail-with-body http://127.0.0.1/", []],
    ["the status is looked at", "curl -s -w '%{http_code}' http://127.0.0.1/ >x", []],
    ["the answer is looked at", "curl -s http://127.0.0.1/ | grep -q ok", []],
    ["the answer is kept", "a=$(curl -s http://127.0.0.1/); b=`curl -s http://127.0.0.1/`", []],
    ["the answer is kept in quotes", 'a="$(curl -s http://127.0.0.1/)"', []],
    ["in a condition", "if ! /usr/bin/curl -s http://127.0.0.1/; then exit 1; fi", ["2:6"]],
    ["in a function", "get() { curl -s http://127.0.0.1/; }", ["2:9"]],
    ["over lines", "curl -s \\\n  --fail http://127.0.0.1/", []],
    ["in a comment", "# curl http://127.0.0.1/", []],
    [
      "spoken of",
      'command -v curl; echo "curl http://127.0.0.1/"; echo curl http://127.0.0.1/',
      [],
    ],
    ["of wget it is the default", "wget -q -O /dev/null http://127.0.0.1/", []],
    ["a host without a scheme", "curl -s localhost:8443/readyz", ["2:1"]],
    ["at a port that nobody knows", "curl -s https://localhost:${PORT}/", ["2:1"]],
    ["at an address that nobody knows", "curl -s https://$VIP:8443/", ["2:1"]],
    ["by --url", "curl -s --url=http://127.0.0.1/", ["2:1"]],
  ],
  "curl-without-limit": [
    ["a limit for connecting alone", "curl --connect-timeout 1 http://127.0.0.1/", ["2:1"]],
    ["timeout of coreutils", "timeout 1 curl http://127.0.0.1/", []],
    ["with an equals sign", "curl --max-time=1 http://127.0.0.1/", []],
  ],
  "address-prefix-match": [
    ["a variable", "VIP=10.0.0.1\nip addr | grep -q $VIP", ["3:19"]],
    ["a variable of a template", "ip addr | grep -q ${APISERVER_VIP}", ["2:19"]],
    ["in quotes", 'ip -4 addr show | grep -F "10.0.0.1"', ["2:27"]],
    ["whole words", "ip addr | grep -qw 10.0.0.1", []],
    ["with its prefix", "ip addr | grep -q 10.0.0.1/24", []],
    ["of something else", "cat /etc/hosts | grep 10.0.0.1", []],
    ["in a condition", "if ifconfig | grep -q '10\\.0\\.0\\.1'; then :; fi", ["2:23"]],
  ],
  "insecure-check": [
    ["with a CA", "curl --cacert ca.crt https://127.0.0.1/", []],
    ["without TLS nothing is verified", "curl -k http://127.0.0.1/", []],
    ["wget", "wget --no-check-certificate https://127.0.0.1/", ["2:6"]],
  ],
  "unset-script-variable": [
    ["with a value for want of one", "curl http://127.0.0.1:${PORT:-80}/", []],
    ["of a loop", "for p in 1 2; do curl http://127.0.0.1:$p/; done", []],
    ["read from somewhere", ". /etc/default/x\ncurl http://127.0.0.1:$PORT/", []],
    ["an argument", "curl http://127.0.0.1:$1/", []],
    ["set before it", "local PORT=1\nPORT=$(cat x)\ncurl http://127.0.0.1:$PORT/", []],
    ["once for each", "curl http://$A:$B/\ncurl http://$A/", ["2:6"]],
  ],
  "always-green": [
    ["a word at the end", "curl -sf http://127.0.0.1/\ntrue", ["3:1"]],
    ["said, and not looked at", "curl -sf http://127.0.0.1/ || echo no", []],
    ["an end elsewhere", "pidof haproxy || exit 1\necho ok", []],
    ["an end with a variable", "x=1\nif true; then exit $x; fi\nexit 0", []],
    ["ends at the first failure", "set -e\npidof haproxy\nexit 0", []],
    ["the last command decides", "echo asks\npidof haproxy", []],
    ["all ends are good ones", "pidof haproxy || exit 0\nexit 0", ["3:1"]],
  ],
  "stops-keepalived": [
    ["by systemctl", "pidof haproxy || systemctl stop keepalived.service", ["2:18"]],
    ["by service", "service keepalived stop", ["2:1"]],
    ["by its script", "/etc/init.d/keepalived stop", ["2:1"]],
    ["by name", "pkill -9 keepalived", ["2:1"]],
    ["asked for", "killall -0 keepalived; systemctl is-active keepalived", []],
    ["spoken of", "echo systemctl stop keepalived", []],
    ["another daemon", "systemctl restart haproxy", []],
  ],
  "carriage-return": [
    ["further down", "a\nb\r\n", ["3:2"]],
    ["at no line's end", "printf '\r'", []],
  ],
};

for (const [code, cases] of Object.entries(CASES)) {
  Deno.test(`lint ${code}: finds it where it is, and nowhere else`, () => {
    for (const [name, lines, found] of cases) {
      assertEquals(where(code, { "check.sh": `#!/bin/sh\n${lines}\n` }), found, name);
    }
  });
}

const conf = (command: string, more = "") =>
  `vrrp_script chk {\n script "${command}"\n interval 2\n ${more}\n}\n` +
  "vrrp_instance a {\n virtual_ipaddress {\n 10.0.0.10\n }\n}\n";

Deno.test("lints of scripts: a command in keepalived.conf is a script too", () => {
  const at = (code: string) =>
    where(code, { "keepalived.conf": conf("/usr/bin/curl -sm3 https://10.0.0.10:8443/") });
  assertEquals(at("curl-without-fail"), ["2:9"]);
  assertEquals(at("script-over-limit"), ["2:9"]);
  assertEquals(at("check-while-holding"), ["2:9"]);
});

Deno.test("lint script-over-limit: what Keepalived allows, and what the script may need", () => {
  const at = (lines: string, more = "") =>
    where("script-over-limit", {
      "keepalived.conf": conf("/bin/sh /etc/keepalived/check.sh x", more),
      "check.sh": `#!/bin/sh\n${lines}\n`,
    });
  const curl = (limit: string) => `curl -sf --max-time ${limit} http://127.0.0.1/`;
  assertEquals(at(`${curl("1.5")}\n${curl("1")}`), ["3:21"]);
  assertEquals(at(`${curl("1.5")}\n${curl("1")}`, "timeout 3"), []);
  assertEquals(at(`if x; then ${curl("1.5")}\nelse ${curl("1")}\nfi`), []);
  assertEquals(at(`${curl("1")} http://127.0.0.1/b http://127.0.0.1/c`), ["2:21"]);
  assertEquals(at(curl("$LIMIT")), []);
  assertEquals(at(`sleep 1.5\n${curl("1")}`), ["2:7"]);
  assertEquals(at("pidof haproxy || sleep 1m"), ["2:24"]);
  assertEquals(at("sleep $PAUSE"), []);
  const elsewhere = { "keepalived.conf": conf("/usr/libexec/check.sh"), "check.sh": curl("9") };
  assertEquals(where("script-over-limit", elsewhere), ["1:21"]);
  assertEquals(where("script-over-limit", { "check.sh": `#!/bin/sh\n${curl("99")}\n` }), []);
});

Deno.test("lint no-interpreter: a program is no text", () => {
  const at = (text: string) => where("no-interpreter", { "check.sh": text });
  assertEquals(at(""), ["1:1"]);
  assertEquals(at(" #!/bin/sh\n"), ["1:1"]);
  assertEquals(at("#! /usr/bin/env python3\n"), []);
  assertEquals(at("\x7fELF\0"), []);
});

Deno.test("lints of scripts: another language is not read as a shell's", () => {
  const text = "#!/usr/bin/python3\ncurl http://127.0.0.1/\n";
  assertEquals(where("curl-without-fail", { "check.sh": text }), []);
});

Deno.test("lint check-without-bind: what HAProxy listens on", () => {
  const at = (binds: string, url: string, addresses: readonly string[] = []) =>
    where("check-without-bind", {
      "haproxy.cfg": `listen x\n${binds}\n server a 10.0.0.21:6443\n`,
      "check.sh": `#!/bin/sh\nwget ${url}\n`,
      "keepalived.conf": conf("/etc/keepalived/check.sh"),
    }, { addresses: { lb1: addresses } });
  assertEquals(at(" bind *:8443", "https://localhost:8443/"), []);
  assertEquals(at(" bind :::8443 v6only", "https://localhost:8443/"), []);
  assertEquals(at(" bind :::8443 v6only", "https://127.0.0.1:8443/"), ["2:6"]);
  assertEquals(at(" bind 10.0.0.10:8443", "https://10.0.0.10:8443/"), []);
  assertEquals(at(" bind 10.0.0.10:8443", "https://127.0.0.1:8443/"), ["2:6"]);
  assertEquals(at(" bind *:8443", "http://10.0.0.10:80"), ["2:6"]);
  assertEquals(at(" bind *:8443", "http://10.0.0.99:80"), []);
  assertEquals(at(" bind *:8443", "http://10.0.0.11:80", ["10.0.0.11"]), ["2:6"]);
  assertEquals(at(" bind *:8443", "http://127.0.0.1:10248/healthz"), []);
  // An API server of this host may listen there, unless its addresses say otherwise.
  assertEquals(at(" bind *:8443", "https://localhost:6443/"), []);
  assertEquals(at(" bind *:8443", "https://localhost:6443/", ["10.0.0.11"]), ["2:6"]);
  assertEquals(at(' bind *:8443\n bind "*:$P"', "https://localhost:1/"), []);
  assertEquals(at("", "https://localhost:1/"), []);
});

Deno.test("lint keepalived-not-restarted: what all drop-ins together say", () => {
  const at = (unit: Record<string, string>) =>
    where("keepalived-not-restarted", { "keepalived.conf": conf("/x"), ...unit });
  assertEquals(at({}), []);
  // Of the other daemon's unit alone nobody knows what Keepalived's says.
  assertEquals(at({ "haproxy.service.conf": "[Service]\nRestart=always\n" }), []);
  assertEquals(at({ "keepalived.service.conf": "[Unit]\nRestart=always\n" }), ["6:15"]);
  assertEquals(at({ "keepalived.service.conf": "[Service]\nRestart=on-failure\n" }), []);
  assertEquals(at({ "keepalived.service.conf": "[Service]\n Restart = no \n" }), ["2:12"]);
});
