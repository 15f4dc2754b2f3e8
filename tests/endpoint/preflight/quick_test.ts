import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { clock } from "../../../src/endpoint/preflight/clock.ts";
import { confinement } from "../../../src/endpoint/preflight/confinement.ts";
import { descriptors } from "../../../src/endpoint/preflight/descriptors.ts";
import { preflights } from "../../../src/endpoint/preflight/mod.ts";
import { availablePackages } from "../../../src/endpoint/preflight/packages.ts";
import { port } from "../../../src/endpoint/preflight/port.ts";
import { subnet } from "../../../src/endpoint/preflight/subnet.ts";
import type { Endpoint, Facts, Preflight } from "../../../src/model.ts";
import { runSh } from "../../helpers.ts";
import { SHELLS } from "../../ssh/shells.ts";
import { withKubeletHost } from "../../kubelet_host.ts";
import { endpoint, facts, member, world } from "../fixtures.ts";
import { endpoints, inPods, PAPER } from "../renderings.ts";

/** What a preflight says when hosts answer so, `severity host: message` each. */
function said(
  one: Preflight,
  answers: Readonly<Record<string, string>>,
  known: ReadonlyMap<string, Facts> = new Map(),
  times = { askedAt: 1_000_000, answeredAt: 1_000_200 },
): string[] {
  const all = Object.entries(answers).map(([host, stdout]) =>
    [host, { code: 0, stdout, stderr: "", ...times }] as const
  );
  return one.judge(new Map(all), known).findings
    .map(({ severity, hosts, message }) => `${severity} ${hosts}: ${message}`);
}

const PINNED = endpoint({ packages: { versions: { haproxy: "9.*" }, lockTimeoutMs: 0 } });

/** What its one finding on a host says to type. */
function hintOf(one: Preflight, stdout: string, known: ReadonlyMap<string, Facts>): string {
  const answer = { code: 0, stdout, stderr: "", askedAt: 0, answeredAt: 0 };
  return one.judge(new Map([["lb1", answer]]), known).findings[0]?.hint ?? "";
}

const SHELLS_HERE = Object.entries({
  dash: ["dash"],
  bash: ["bash", "--posix"],
  busybox: ["busybox", "sh"],
}).filter(([name]) => SHELLS[name] !== undefined);

for (const [name, shell] of SHELLS_HERE) {
  Deno.test(`every preflight asks in text that ${name} can read, and that changes nothing`, async () => {
    for (const  of of[endpoint(), endpoints(PAPER)["standard-also"], PINNED]) {
      for (const { probe } of preflights(of)) {
        const text = probe?.("lb1", world(of).facts) ?? ":";
        const { code, stderr } = await runSh(text, [...shell, "-n"]);
        assertEquals([code, stderr], [0, ""], text);
      }
    }
  });

  Deno.test(`port() lets a HAProxy be in ${name} that a kubelet runs`, () =>
    withKubeletHost(shell, async (host) => {
      const ss = `#!/bin/sh
echo 'LISTEN 0 128 0.0.0.0:8443 0.0.0.0:* users:(("haproxy",pid=101,fd=7))'
`;
      await Deno.writeTextFile(`${host.dir}/bin/ss`, ss, { mode: 0o755 });
      const found = async (of: Endpoint) => {
        const { probe } = port(of);
        const { stdout } = await host.run(probe?.("lb1", new Map()) ?? "");
        return said(port(of), { lb1: stdout });
      };
      const taken =
        "error lb1: port 8443 of the endpoint is taken: haproxy (process 101) listens on " +
        "0.0.0.0:8443";
      await host.processes({ name: "kubelet" }, { name: "haproxy", pod: true });
      assertEquals(await found(inPods(endpoint())), []);
      // To units it is a stranger, and to pods one that is none.
      assertEquals(await found(endpoint()), [taken]);
      await host.processes({ name: "kubelet" }, { name: "haproxy" });
      assertEquals(await found(inPods(endpoint())), [taken]);
    }));

  Deno.test(`port() finds in ${name} who has a port, and lets its own addresses be`, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    try {
      const of = endpoint({ port: listener.addr.port });
      const { probe } = port(of);
      const { stdout, stderr } = await runSh(probe?.("lb1", new Map()) ?? "", shell);
      assertEquals(stderr, "");
      const [found = "", ...more] = said(port(of), { lb1: stdout });
      assertEquals(more, []);
      assertMatch(
        found,
        /^error lb1: port \d+ of the endpoint is taken: \S+ \(process \d+\) listens on 127.0.0.1:\d+$/,
      );
      assertStringIncludes(found, `(process ${Deno.pid})`);
    } finally {
      listener.close();
    }
  });

  Deno.test(`descriptors(), availablePackages(), confinement() and clock() get an answer from ${name}`, async () => {
    for (const make of [descriptors, availablePackages, confinement, clock]) {
      const { code, stderr } = await runSh(make(endpoint()).probe?.("lb1", new Map()) ?? "", shell);
      assertEquals([code, stderr], [0, ""], make.name);
    }
  });
}

Deno.test("preflights() have names of their own, and there are none where nobody is left", () => {
  const names = preflights(endpoint()).map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  assertEquals(preflights(endpoint({ members: [] })), []);
});

Deno.test("port() is about sockets that cannot be there beside its own", () => {
  const one = port(endpoint());
  const listens = (at: string) => said(one, { lb1: `listens ${at} 7 nginx\n` }).length;
  assertEquals(
    ["0.0.0.0:8443", "*:8443", "10.88.0.11:8443", "127.0.0.1:8404", "0.0.0.0:8404", "*:8404"].map(
      listens,
    ),
    [1, 1, 1, 1, 1, 1],
  );
  assertEquals(["[::1]:8443", "[::]:8443", "10.88.0.11:8404", "127.0.0.2:8404"].map(listens), [
    0,
    0,
    0,
    0,
  ]);
  const six = port(endpoint({ address: "fd00::10" }));
  assertEquals(said(six, { lb1: "listens [::]:8443 7 nginx\nlistens [::1]:8443 8 x\n" }).length, 2);
});

Deno.test("port() is about the sockets of every service, where it listens", () => {
  const one = port(endpoints(PAPER)["standard-also"]);
  const listens = (at: string) =>
    said(one, { lb1: `listens ${at} 7 nginx\n` }).map((it) => /port .*? is taken/.exec(it)?.[0]);
  const [own, staging, edge] = [
    "port 8443 of the endpoint is taken",
    "port 8443 of service staging is taken",
    "port 8444 of service edge-1 is taken",
  ];
  assertEquals(
    ["0.0.0.0:8443", "10.88.0.10:8443", "10.88.0.9:8443", "[fd00:88::9]:8443", "[::]:8444"]
      .map(listens),
    [[own], [own], [staging], [staging], [edge]],
  );
  // Addresses that nobody is to listen at.
  assertEquals(["10.88.0.11:8443", "[fd00:88::10]:8443"].map(listens), [[], []]);
});

Deno.test("port() does not have the endpoint's own HAProxy stopped where its form changes", () => {
  const hint = (of: Endpoint, name: string) =>
    hintOf(port(of), `listens 0.0.0.0:8443 7 ${name}\n`, new Map());
  const stop = 'stop it, or set another "port"';
  assertEquals(
    hint(inPods(endpoint()), "haproxy"),
    'where Holdfast has deployed it as a service, apply "state: absent" without "mode: ' +
      `static-pods" first; else ${stop}`,
  );
  assertEquals(
    hint(endpoint(), "haproxy"),
    'where Holdfast has deployed it as a static pod, apply "state: absent" with "mode: ' +
      `static-pods" first; else ${stop}`,
  );
  assertEquals(hint(endpoint(), "nginx"), stop);
});

Deno.test("port() says what it needs", () => {
  assertEquals(said(port(endpoint()), { lb1: "needs ss\n", lb2: "needs ss\n" }), [
    "note lb1,lb2: whether its ports are free: needs ss (iproute2)",
  ]);
});

Deno.test("subnet() names a member whose interface does not hold the address, or is not there", () => {
  const known = new Map([["lb1", facts(["10.88.0.11/24"])], ["lb2", facts(["10.99.0.12/24"])]]);
  assertEquals(said(subnet(endpoint()), {}, known), [
    "error lb2: it has not an interface for 10.88.0.10: found eth0 (10.99.0.12/24), none whose subnet " +
    'holds it: set another "address", or "interface" of the endpoint',
  ]);
  assertEquals(said(subnet(endpoint({ interface: "eth0" })), {}, known), [
    "error lb2: no subnet of eth0 holds 10.88.0.10 (10.99.0.12/24)",
  ]);
  assertEquals(said(subnet(endpoint({ interface: "bond0" })), {}, known).length, 2);
  assertEquals(said(subnet(endpoint()), {}, world(endpoint()).facts), []);
});

Deno.test("subnet() does not take the address itself for a subnet that holds it", () => {
  const known = new Map([["lb1", facts(["10.99.0.11/24", "10.88.0.10/32"])]]);
  const one = subnet(endpoint({ interface: "eth0", members: [member("lb1", "10.99.0.11")] }));
  assertEquals(said(one, {}, known), [
    "warning lb1: no subnet of eth0 holds 10.88.0.10 (10.99.0.11/24, 10.88.0.10/32)",
  ]);
});

Deno.test("subnet() takes no address that is the subnet's own, or everybody's in it", () => {
  const judged = (address: string) => {
    const of = endpoint({ address });
    return said(subnet(of), {}, world(endpoint()).facts);
  };
  assertEquals(judged("10.88.0.255"), [
    "error lb1: 10.88.0.255 is the broadcast address of 10.88.0.11/24, and no host's",
    "error lb2: 10.88.0.255 is the broadcast address of 10.88.0.12/24, and no host's",
  ]);
  assertEquals(judged("10.88.0.0")[0]?.includes("is the network address of"), true);
  assertEquals(judged("10.88.0.254"), []);
});

Deno.test("clock() says only what is certain", () => {
  const one = clock(endpoint());
  // Asked at 1000.0 s, answered at 1000.2 s of ours.
  assertEquals(said(one, { lb1: "1000.1\n", lb2: "1002.1\n" }), []);
  assertEquals(said(one, { lb1: "1000.1\n", lb2: "1002.3\n" }), [
    "warning lb2: its clock is 2.1 s ahead of this machine's",
  ]);
  assertEquals(said(one, { lb1: "997.0\n", lb2: "1000.0\n" }), [
    "warning lb1: its clock is 3.0 s behind this machine's",
  ]);
  assertEquals(said(one, { lb1: "1000.1\n", lb2: "4600.2\n" }), [
    "error lb2: its clock is 60 min ahead of this machine's",
  ]);
});

Deno.test("clock() reads whole seconds where a host knows no fractions, and nothing else", () => {
  const one = clock(endpoint());
  assertEquals(said(one, { lb1: "1002.%N\n", lb2: "997.%N\n" }), [
    "warning lb2: its clock is 2.0 s behind this machine's",
  ]);
  assertEquals(said(one, { lb1: "soon\n", lb2: "" }), []);
});

Deno.test("clock() doubts this machine's clock when the hosts agree", () => {
  assertEquals(
    said(clock(endpoint()), { lb1: "1010.2\n", lb2: "1010.4\n" }).at(-1),
    "warning lb1,lb2: they agree: is the clock of this machine right?",
  );
});

Deno.test("descriptors() knows which drop-in has the word, and whether root may raise the limit", () => {
  const one = descriptors(endpoint());
  const may = "most 1048576\nmay 000001ffffffffff\n";
  assertEquals(said(one, { lb1: may }), []);
  const low = "says /etc/systemd/system/haproxy.service.d/limits.conf 4096\n";
  assertEquals(said(one, { lb1: `${may}${low}` }), [
    "warning lb1: /etc/systemd/system/haproxy.service.d/limits.conf limits haproxy.service to 4096 open " +
    "files, and HAProxy needs 8300 (2 x 4100 connections + 100); as root it raises the limit itself",
  ]);
  assertMatch(
    said(one, { lb1: `most 1048576\nmay 00000000a80425fb\n${low}` })[0] ?? "",
    /^error lb1/,
  );
  // A file that is read before ours, our own of an earlier edition, and limits that are high enough.
  for (
    const file of [
      "10-limits.conf 4096",
      "holdfast.conf 99",
      "zz.conf 1024:65536",
      "zz.conf infinity",
    ]
  ) {
    assertEquals(
      said(one, { lb1: `${may}says /etc/systemd/system/haproxy.service.d/${file}\n` }),
      [],
    );
  }
  assertEquals(said(one, { lb1: "most 4096\nmay 0\n" }), [
    "error lb1: fs.nr_open allows 4096 open files, and HAProxy needs 8300 (2 x 4100 connections + 100)",
  ]);
  // A container may not raise what it has.
  const contained = "most 1048576\nmay 00000000a80425fb\nunit 20000\n";
  assertEquals(said(one, { lb1: contained }), []);
  const service = {
    ...{ name: "s", addresses: [], port: 9443, backends: [], backendPort: 6443 },
    haproxy: { balance: "auto" },
  };
  const three = descriptors(endpoint({ also: [service, { ...service, name: "t", port: 9444 }] }));
  assertEquals(said(three, { lb1: contained }), [
    "error lb1: a unit can have 20000 open files there, and HAProxy needs 25200 for 12100 connections",
  ]);
  assertEquals(said(three, { lb1: `${may}unit 20000\n` }), []);
  assertEquals(said(descriptors(endpoint({ profile: "guide" })), { lb1: "most 4096\n" }), []);
});

Deno.test("availablePackages() tells what is offered from what is not known", () => {
  const one = availablePackages(endpoint());
  const bare = new Map([["lb1", facts([])]]);
  const offered = { haproxy: { candidate: "2.6" }, keepalived: { installed: "2.2" } };
  assertEquals(said(one, { lb1: "" }, new Map([["lb1", facts([], { packages: offered })]])), []);
  assertEquals(said(one, { lb1: "" }, bare), [
    "error lb1: haproxy and keepalived cannot be installed: apt has no source",
  ]);
  assertEquals(said(one, { lb1: "sources there\n" }, bare), [
    "note lb1: whether haproxy and keepalived can be installed: its package lists are not read yet",
  ]);
  assertEquals(said(one, { lb1: "sources there\nlists there\n" }, bare), [
    "warning lb1: the package lists that it has offer no haproxy and no keepalived; apply reads them anew first",
  ]);
});

for (
  const [packageManager, none, refresh] of [
    ["apt", "apt has no source", "apt-get update"],
    ["dnf", "dnf has no repository that is enabled", "dnf makecache --refresh"],
    ["zypper", "zypper has no repository that is enabled", "zypper refresh"],
    ["apk", "apk has no repository", "apk update"],
  ] as const
) {
  Deno.test(`availablePackages() speaks of ${packageManager} where it is the package manager`, () => {
    const one = availablePackages(endpoint());
    const bare = new Map([["lb1", facts([], { packageManager })]]);
    const both = "sources there\ncommunity there\n";
    assertEquals(said(one, { lb1: "" }, bare), [
      `error lb1: haproxy and keepalived cannot be installed: ${none}`,
    ]);
    // Nothing is known: nothing is wrong.
    assertEquals(said(one, { lb1: both }, bare), [
      "note lb1: whether haproxy and keepalived can be installed: its package lists are not read yet",
    ]);
    assertEquals(said(one, { lb1: `${both}lists there\n` }, bare), [
      "warning lb1: the package lists that it has offer no haproxy and no keepalived; apply reads " +
      "them anew first",
    ]);
    for (const answer of [both, `${both}lists there\n`]) {
      assertStringIncludes(hintOf(one, answer, bare), refresh);
    }
  });
}

for (const packageManager of ["apt", "dnf", "zypper", "apk"] as const) {
  Deno.test(`availablePackages() holds what ${packageManager} offers against a pin`, () => {
    const one = availablePackages(PINNED);
    const host = (haproxy: Facts["packages"][string]) =>
      new Map([["lb1", facts([], { packageManager, packages: { ...KEEPALIVED, haproxy } })]]);
    const [there, lists] = ["sources there\ncommunity there\n", "lists there\n"];
    const offered = `${there}${lists}offered haproxy 2.8.3-1\noffered haproxy 2.6.12-1\n`;
    const refused = "error lb1: haproxy 9.* cannot be installed: it is offered 2.8.3-1, 2.6.12-1";
    for (const seen of [{}, { installed: "2.6.12-1" }, { candidate: "2.8.3-1" }]) {
      assertEquals(said(one, { lb1: offered }, host(seen)), [refused]);
      assertEquals(said(one, { lb1: `${offered}offered haproxy 1:9.0-1\n` }, host(seen)), []);
      assertEquals(said(one, { lb1: there }, host(seen)), [
        "note lb1: whether haproxy 9.* can be installed: its package lists are not read yet",
      ]);
      assertEquals(said(one, { lb1: there + lists }, host(seen)), [
        "warning lb1: the package lists that it has offer no haproxy 9.*; apply reads them anew first",
      ]);
    }
    // It has the version: nothing is offered, because nobody asks.
    assertEquals(said(one, { lb1: there }, host({ installed: "9.0-1" })), []);
  });
}

const KEEPALIVED = { keepalived: { installed: "1:2.2.7-1" } };

Deno.test("availablePackages() names the repository of Alpine that is likely to be missing", () => {
  const one = availablePackages(endpoint());
  const alpine = (packages: Facts["packages"]) =>
    new Map([["lb1", facts([], { packageManager: "apk", packages })]]);
  const warning =
    'warning lb1: none of its repositories is Alpine\'s "community", which has keepalived';
  assertEquals(said(one, { lb1: "sources there\n" }, alpine({})), [warning]);
  assertEquals(said(one, { lb1: "sources there\nlists there\n" }, alpine({})), [warning]);
  const there = { keepalived: { candidate: "2.3.1-r0" } };
  assertEquals(said(one, { lb1: "sources there\n" }, alpine(there)), [
    "note lb1: whether haproxy can be installed: its package lists are not read yet",
  ]);
});

Deno.test("availablePackages() ends where there is no package manager that is known", () => {
  const one = availablePackages(endpoint());
  const bare = new Map([["lb1", facts([], { packageManager: "unknown" })]]);
  assertEquals(said(one, { lb1: "" }, bare), [
    "error lb1: haproxy and keepalived cannot be installed: it has none of apt, dnf, zypper, apk",
  ]);
  assertStringIncludes(hintOf(one, "", bare), "--skip-tags packages");
});

Deno.test("confinement() names the ports that SELinux does not let HAProxy use", () => {
  const of: Endpoint = endpoint();
  assertEquals(said(confinement(of), { lb1: "" }), []);
  assertEquals(said(confinement(of), { lb1: "selinux enforcing\n" }), [
    "warning lb1: SELinux enforces, and lets HAProxy use none of the ports 6443, 8404",
    "warning lb1: SELinux enforces, and does not let the check scripts of Keepalived ask HAProxy",
  ]);
  const allowed = "selinux enforcing\nallows keepalived_connect_any\nports 80 443 6443 8443 8404\n";
  assertEquals(said(confinement(of), { lb1: allowed }), []);
  const connect = "selinux enforcing\nallows keepalived_connect_any\nallows haproxy_connect_any\n";
  assertEquals(said(confinement(of), { lb1: connect }), []);
});

Deno.test("confinement() names an AppArmor profile that is enforced", () => {
  assertEquals(said(confinement(endpoint()), { lb1: "apparmor /usr/sbin/haproxy\n" }), [
    "warning lb1: the AppArmor profile /usr/sbin/haproxy is enforced, and may not know the files of the endpoint",
  ]);
});
