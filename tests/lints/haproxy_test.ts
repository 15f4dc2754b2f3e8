/** Branches of the lints of haproxy.cfg: small files, and where each of them finds something. */
import { assertEquals } from "@std/assert";
import { LINTS } from "../../src/lints/mod.ts";
import { lint, nodesOf } from "../../src/lints/run.ts";
import { where } from "./where.ts";

/** Name of the case, its file, where something is found; with what is known beside it. */
type Case = readonly [
  name: string,
  text: string,
  found: readonly string[],
  more?: Parameters<typeof where>[2],
];

const one = (lines: string, more = "check") =>
  `backend apiserver\n${lines}\n server m1 10.0.0.21:6443 ${more}\n`;
const idle = (lines: string) => `listen apiserver\n${lines}\n server m1 10.0.0.21:6443\n`;
const tcp = "defaults\n mode tcp\n timeout connect 3s\n timeout client 1h\n timeout server 1h\n";

const CASES: Readonly<Record<string, readonly Case[]>> = {
  "overridden-check": [
    [
      "a backend's own check replaces that of its defaults on purpose",
      `defaults\n option tcp-check\n${one(" option httpchk GET /readyz")}`,
      [],
    ],
    ["two of them in defaults", `defaults\n option tcp-check\n option httpchk\n${one("")}`, [
      "3:9",
    ]],
    ["the same one twice", one(" option httpchk GET /a\n option httpchk GET /readyz"), []],
    ["one of two conditions", one(".if 1\n option httpchk\n.else\n option tcp-check\n.endif"), []],
    ["one that is taken back is none", one(" no option httpchk\n option tcp-check"), []],
  ],
  "plain-check-of-tls": [
    ["TLS of a rule", one(" option httpchk\n http-check connect ssl"), []],
    ["TLS of the server", one(" option httpchk", "check ssl verify none"), []],
    [
      "TLS of the server, but not of its check",
      one(" option httpchk", "check ssl verify none no-check-ssl"),
      ["2:9"],
    ],
    ["of default-server", one(" option httpchk\n default-server check-ssl"), []],
    ["another port is another program", one(" option httpchk", "check port 8080"), []],
    ["in defaults", `defaults\n option httpchk\n${one("")}`, ["2:9"]],
    ["not checked at all", one(" option httpchk", ""), []],
    [
      "a web server",
      "backend web\n option httpchk\n server a 10.0.0.9:80 check\nbackend b\n server b :1\n",
      [],
    ],
    ["no check of HTTP", one(""), []],
  ],
  "ssl-hello-check": [
    ["beside another one it is another trap", one(" option ssl-hello-chk\n option httpchk"), []],
  ],
  "tcp-only-check": [
    ["rules of tcp-check", one(" option tcp-check\n tcp-check send x"), []],
    ["tcp-check without rules", one(" option tcp-check"), ["2:9"]],
    [
      "a database",
      "listen db\n mode tcp\n option mysql-check\n server a 10.0.0.9:3306 check\n",
      [],
    ],
    ["the only pool of a file", "listen x\n bind :1\n server a 10.0.0.9:443 check\n", ["1:8"]],
    [
      "one of several",
      "listen x\n server a 10.0.0.9:443 check\nlisten y\n server a :444 check\n",
      [],
    ],
    [
      "an ingress",
      "listen k8s-ingress\n server a 10.0.0.9:443 check\nlisten y\n server a :1\n",
      [],
    ],
  ],
  "check-path": [
    ["GET without a path is /", one(" option httpchk"), ["2:9"]],
    ["the path alone", one(" option httpchk /livez"), ["2:17"]],
    ["with a query", one(" option httpchk GET /readyz?verbose HTTP/1.1"), []],
    ["of http-check send", one(" option httpchk\n http-check send meth GET uri /healthz"), [
      "3:31",
    ]],
    ["good of http-check send", one(" option httpchk\n http-check send meth GET uri /readyz"), []],
    ["not known", one(' option httpchk GET "$PATH"'), []],
  ],
  "weak-check-expect": [
    ["status alone", one(" option httpchk\n http-check expect status 200"), []],
    ["a range", one(" option httpchk\n http-check expect status 200-399"), ["3:27"]],
    ["redirections", one(" option httpchk\n http-check expect rstatus ^[23]"), ["3:28"]],
    ["one or the other", one(" option httpchk\n http-check expect rstatus ^2|^3"), ["3:28"]],
    ["success alone", one(" option httpchk\n http-check expect rstatus ^2[0-9]{2}"), []],
    ["a list with errors", one(" option httpchk\n http-check expect status 200,401"), ["3:27"]],
    ["not this one", one(" option httpchk\n http-check expect ! rstatus ^5"), ["3:30"]],
    ["no errors", one(" option httpchk\n http-check expect ! rstatus ^[45]"), []],
    ["no expression", one(" option httpchk\n http-check expect rstatus ["), []],
    ["content", one(" option httpchk\n http-check expect string ok"), []],
    ["without httpchk", one(" http-check expect status 200-599"), []],
  ],
  "missing-ca": [
    ["of a rule", one(" option httpchk\n http-check connect ssl"), ["4:9"]],
    ["for all servers", `global\n ssl-server-verify none\n${one("", "check check-ssl")}`, []],
    ["traffic in TLS", one("", "ssl"), ["3:9"]],
    ["not checked", one("", "check-ssl"), []],
    ["with one", one("", "check check-ssl ca-file x"), []],
    ["none is wanted", one("", "check check-ssl verify none"), []],
  ],
  "server-without-check": [
    ["no-check", one(" default-server check", "no-check"), ["3:9"]],
    ["of default-server", one(" default-server check", ""), []],
    ["tracks another", one("", "track other/m1"), []],
    ["of a template", "backend apiserver\n server-template m 1-3 api:6443\n", ["2:18"]],
  ],
  "unverified-check": [
    ["required later", one(" default-server verify none", "check check-ssl verify required"), []],
    ["not checked over TLS", one("", "check verify none"), []],
  ],
  "short-idle-timeout": [
    [
      "a tunnel counts instead",
      idle(" timeout client 20s\n timeout server 20s\n timeout tunnel 1h"),
      [],
    ],
    ["a short tunnel", idle(" timeout client 1h\n timeout server 1h\n timeout tunnel 59s"), [
      "4:17",
    ]],
    ["milliseconds", idle(" timeout client 50000\n timeout server 1h"), ["2:17"]],
    ["exactly a minute", idle(" timeout client 10m\n timeout server 60s"), []],
    ["none at all", idle(" timeout client 0"), []],
    ["not known", idle(' timeout client "$T"'), []],
    [
      "of the frontend that leads there",
      `frontend a\n timeout client 30s\n use_backend apiserver\n${one(" timeout server 1h")}`,
      ["2:17"],
    ],
    ["of another frontend", `frontend a\n timeout client 30s\n${one(" timeout server 1h")}`, []],
  ],
  "low-idle-timeout": [
    ["less is an error", idle(" timeout client 59s"), []],
    ["exactly a minute", idle(" timeout client 1m"), ["2:17"]],
    ["exactly ten", idle(" timeout client 10m"), []],
  ],
  "missing-timeout": [
    ["all are there", `${tcp}listen apiserver\n server m1 10.0.0.21:6443\n`, []],
    ["a part of a file", one(""), []],
    [
      "of the frontend",
      `defaults\n timeout connect 1s\n timeout server 1h\nfrontend f\n` +
      ` default_backend apiserver\n${one("")}`,
      ["4:1"],
    ],
  ],
  "few-retries": [
    ["none, and so no other server", one(" option redispatch\n retries 0"), ["3:10"]],
    [
      "of two servers the other one is tried",
      one(" option redispatch\n retries 1\n server b 1.1.1.1:6443"),
      [],
    ],
    ["without redispatch it is not", one(" retries 1\n server b 1.1.1.1:6443"), ["2:10"]],
    ["not written", one(""), []],
    ["enough", one(" retries 2"), []],
  ],
  "no-redispatch": [
    ["one server", one(""), []],
    [
      "taken back",
      `defaults\n option redispatch\nlisten apiserver\n no option redispatch\n` +
      " server a 1.1.1.1:6443\n server b 1.1.1.2:6443\n",
      ["3:1"],
    ],
  ],
  "slow-check": [
    ["the default is fast enough", one("", "check"), []],
    ["fall alone", one("", "check fall 10"), ["3:38"]],
    ["fastinter helps", one("", "check inter 5s fastinter 1s fall 3"), []],
    ["not known", one("", 'check inter "$I" fall 30'), []],
  ],
  "http-option-in-tcp-mode": [
    ["in mode http all is well", "defaults\n mode http\n option forwardfor\nlisten x\n", []],
    ["a format of its own", "listen x\n mode tcp\n option httplog\n log-format x\n", []],
    ["once for all proxies", "defaults\n mode tcp\n option forwardfor\nlisten x\nlisten y\n", [
      "3:9",
    ]],
    [
      "rules and cookies",
      "listen x\n mode tcp\n cookie A\n http-request deny\n redirect scheme https\n",
      ["3:9", "4:15", "5:11"],
    ],
    [
      "what others use is left alone",
      "defaults\n mode tcp\n option httpclose\nlisten x\nlisten y\n mode http\n",
      [],
    ],
    ["what nobody uses is not", "defaults\n mode tcp\n option httpclose\nlisten x\n", ["3:9"]],
  ],
  "http-mode-for-tls": [
    [
      "TLS ends here",
      "listen apiserver\n mode http\n bind :8443 ssl crt x\n server a 1.1.1.1:6443\n",
      [],
    ],
    ["by defaults", "defaults\n mode http\nlisten apiserver\n bind :1\n server a 1.1.1.1:6443\n", [
      "2:7",
    ]],
  ],
  "unset-variable": [
    ["within quotes it is meant", 'listen x\n bind "*:${PORT}"\n', []],
    ["of another kind of template", "listen x\n bind *:{{ port }}\n server {{ name }} <IP>:1\n", [
      "3:9",
    ]],
    ["set above", "global\n setenv PORT 1\nlisten x\n bind *:${PORT}\n", []],
    ["in an option it is a dollar", "listen x\n option httpchk GET /$x\n", []],
  ],
  "missing-final-newline": [
    ["nothing at all", "", []],
    ["2.2 goes on with it", "global", [], { versions: { haproxy: "2.2.9" } }],
    ["2.3 does not", "global", ["1:1"], { versions: { haproxy: "2.3.0" } }],
  ],
  "duplicate-server": [
    ["of another backend", "backend a\n server x :1\nbackend b\n server x :1\n", []],
    ["below conditions", "backend a\n.if 1\n server x :1\n.else\n server x :2\n.endif\n", []],
  ],
  "duplicate-proxy": [
    ["a frontend like a backend", "frontend a\nbackend a\n", []],
    ["defaults may", "defaults a\ndefaults a\n", []],
    ["frontends", "frontend a\nfrontend b\nfrontend a\n", ["3:10"]],
  ],
  "shared-port": [
    ["another address", "listen a\n bind 10.0.0.1:80\nlisten b\n bind 10.0.0.2:80\n", []],
    ["in one section", "listen a\n bind :80\n bind :80\n", []],
    ["a range", "listen a\n bind :80-90\nlisten b\n bind :85\n", ["4:7"]],
    ["one of a list", "listen a\n bind :80,:81\nlisten b\n bind 0.0.0.0:81\n", ["4:7"]],
    ["interfaces", "listen a\n bind :80 interface a\nlisten b\n bind :80 interface b\n", []],
    ["sockets", "listen a\n bind /run/x\nlisten b\n bind /run/x\n", []],
  ],
  "unknown-backend": [
    ["a listen section", "frontend a\n default_backend b\nlisten b\n", []],
    ["a frontend is none", "frontend a\n default_backend a\n", ["2:18"]],
    ["chosen for each request", "frontend a\n use_backend %[req.hdr(x)]\n", []],
    ["of defaults, for each that has it", "defaults\n default_backend x\nfrontend a\n", ["2:18"]],
    ["a backend does not lead on", "defaults\n default_backend x\nbackend a\n", []],
  ],
  "backend-without-servers": [
    ["in mode http it may answer", "frontend a\n default_backend b\nbackend b\n mode http\n", []],
    ["transparent", "frontend a\n default_backend b\nbackend b\n option transparent\n", []],
    ["nobody goes there", "backend b\n", []],
  ],
  "single-server": [
    ["a template is many", "backend apiserver\n server-template m 3 api:6443 check\n", []],
    ["two", one(" server m0 10.0.0.20:6443"), []],
  ],
  "uneven-balance": [
    [
      "first with a limit",
      one(" balance first\n server b 1.1.1.1:6443 maxconn 9", "maxconn 9"),
      [],
    ],
    ["first without", one(" balance first\n server b 1.1.1.1:6443"), ["2:10"]],
    ["one server is no choice", one(" balance source"), []],
  ],
  "port-taken": [
    ["unknown addresses", one("").replace("backend", "listen") + " bind :6443\n", []],
    ["loopback", "listen apiserver\n bind *:6443\n server a 127.0.0.1:6443\n", ["2:7"]],
    [
      "another address of the host",
      "listen x\n bind 10.0.0.9:6443\n server a 10.0.0.1:6443\n",
      [],
      { addresses: { lb1: ["10.0.0.1"] } },
    ],
    ["IPv6 takes IPv4 along", "listen x\n bind :::6443\n server a 10.0.0.1:6443\n", ["2:7"], {
      addresses: { lb1: ["10.0.0.1"] },
    }],
    ["unless it does not", "listen x\n bind :::6443 v6only\n server a 10.0.0.1:6443\n", [], {
      addresses: { lb1: ["10.0.0.1"] },
    }],
    [
      "a proxy of its own",
      "listen x\n bind :81\n server a 127.0.0.1:80\nlisten y\n bind :80\n",
      [],
    ],
  ],
  "open-admin-socket": [
    ["reads only", "global\n stats socket /x mode 666 level user\n", []],
    ["on loopback", "global\n stats socket ipv4@127.0.0.1:99 level admin\n", []],
    ["on any address", "global\n stats socket *:99 level admin\n", ["2:15"]],
    ["the group may", "global\n stats socket /x mode 660 level admin\n", []],
  ],
  "open-stats-page": [
    ["with a password", "listen x\n mode http\n bind :80\n stats enable\n stats auth a:b\n", []],
    ["mode tcp has none", "listen x\n mode tcp\n bind :80\n stats enable\n", []],
    ["by its path", "listen x\n mode http\n bind :80\n stats uri /\n stats admin if TRUE\n", [
      "3:7",
    ]],
  ],
  "stdout-log": [
    ["in the foreground", "global\n log stdout local0\n", []],
    ["in another section", "global\n log fd@2 local0\nglobal\n daemon\n", ["2:6"]],
  ],
  "nbproc": [
    ["where there still was one", "global\n nbproc 2\n", [], { versions: { haproxy: "2.4.22" } }],
    ["where there is none", "global\n nbproc 2\n", ["2:2"], { versions: { haproxy: "2.6.12" } }],
  ],
  "unknown-word": [
    ["nobody knows the version", "backend a\n http-check connect ssl\n", []],
    ["old", "backend a from b\n http-check send x\n server a :1 init-state up\n", [
      "1:11",
      "2:2",
      "3:14",
    ], { versions: { haproxy: "1.8.27" } }],
    ["new", "backend a from b\n server a :1 init-state up\n", [], {
      versions: { haproxy: "3.2.1" },
    }],
    ["only for newer ones", "global\n.if version_atleast(3.0)\n stats-file x\n.endif\n", [], {
      versions: { haproxy: "2.6" },
    }],
  ],
  "no-hard-stop": [
    ["said in another global", `global\nglobal\n hard-stop-after 1m\n${one("")}`, []],
    ["no API servers", "global\nlisten stats\n", []],
  ],
  "runs-as-root": [
    ["a number", "global\n uid 99\n", []],
    ["no global", "defaults\n", []],
  ],
  "send-proxy": [
    ["of default-server", one(" default-server send-proxy"), ["2:17"]],
    ["of checks alone", one("", "check check-send-proxy"), []],
  ],
};

for (const [code, cases] of Object.entries(CASES)) {
  Deno.test(`lint ${code}: finds it where it is, and nowhere else`, () => {
    for (const [name, text, found, more] of cases) {
      assertEquals(where(code, { "haproxy.cfg": text }, more), found, name);
    }
  });
}

Deno.test("lint virtual-bind: addresses that keepalived.conf moves", () => {
  const conf = "vrrp_instance a {\n virtual_ipaddress {\n 10.0.0.10/24\n fd00::10\n }\n}\n";
  const at = (bind: string) =>
    where("virtual-bind", { "haproxy.cfg": `listen x\n bind ${bind}\n`, "keepalived.conf": conf });
  assertEquals(at("10.0.0.10:1"), ["2:7"]);
  assertEquals(at("[fd00::10]:1"), ["2:7"]);
  assertEquals(at("10.0.0.10:1 transparent"), []);
  assertEquals(at("10.0.0.11:1"), []);
});

Deno.test("lint descriptors-over-limit: what the last drop-in says", () => {
  const at = (limit: string) =>
    where("descriptors-over-limit", {
      "haproxy.cfg": "global\n maxconn 5000\n",
      "haproxy.service.conf": `[Service]\nLimitNOFILE=1\n${limit}\n`,
    });
  assertEquals(at("LimitNOFILE=10000"), ["2:10"]);
  assertEquals(at("LimitNOFILE=10000:20000"), []);
  assertEquals(at("LimitNOFILE=infinity"), []);
  assertEquals(at("[Unit]\nLimitNOFILE=20000"), ["2:10"]);
});

Deno.test("lint different-port: what clients of the API may use", () => {
  const at = (one: string, two: string) =>
    where("different-port", {
      "lb1/haproxy.cfg": `listen apiserver\n${one}\n server a :6443\n`,
      "lb2/haproxy.cfg": `listen apiserver\n${two}\n server a :6443\n`,
    });
  assertEquals(at(" bind :1\n bind :2", " bind :2"), ["2:7"]);
  assertEquals(at(" bind :1", " bind :1\n bind :2"), []);
  assertEquals(at(" bind :1", " bind 10.0.0.10:1\n bind 127.0.0.1:2"), []);
  assertEquals(at(" bind :1", ' bind "*:$PORT"'), []);
  assertEquals(at(" bind :1", ""), []);
});

Deno.test("lint virtual-bind: two addresses on one port cannot both be for every address", () => {
  const vrrp = "vrrp_instance A {\n virtual_ipaddress {\n 10.0.0.1\n 10.0.0.2\n }\n}\n";
  const hints = (binds: string) =>
    lint({
      nodes: nodesOf({
        files: { "lb1/haproxy.cfg": `frontend f\n${binds}`, "lb1/keepalived.conf": vrrp },
      }),
    }, LINTS.filter(({ code }) => code === "virtual-bind")).map(({ hint }) => hint);
  assertEquals(hints(" bind 10.0.0.1:1\n bind 10.0.0.2:2\n"), [
    'write "bind *:1", or "transparent" behind the address',
    'write "bind *:2", or "transparent" behind the address',
  ]);
  const transparent = 'write "transparent" behind the address';
  assertEquals(hints(" bind 10.0.0.1:1\n bind 10.0.0.2:1\n"), [transparent, transparent]);
});
