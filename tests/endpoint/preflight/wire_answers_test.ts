import { assertEquals, assertStringIncludes } from "@std/assert";
import { addressFree } from "../../../src/endpoint/preflight/address_free.ts";
import { firewall } from "../../../src/endpoint/preflight/firewall.ts";
import { protocol } from "../../../src/endpoint/preflight/protocol.ts";
import { routerIdFree } from "../../../src/endpoint/preflight/router_id.ts";
import { ruleFor } from "../../../src/endpoint/preflight/rules.ts";
import { heardBy } from "../../../src/endpoint/preflight/wire.ts";
import type { Endpoint, Facts, Preflight } from "../../../src/model.ts";
import { endpoint, member, world } from "../fixtures.ts";

const answer = (stdout: string) => ({ code: 0, stdout, stderr: "", askedAt: 0, answeredAt: 0 });

/** What a preflight says of these answers, `severity hosts: message; hint` each, then its message. */
function said(
  make: (of: Endpoint) => Preflight,
  answers: Readonly<Record<string, string>>,
  of = endpoint(),
): string[] {
  const all = Object.entries(answers).map(([host, stdout]) => [host, answer(stdout)] as const);
  const { findings, message } = make(of).judge(new Map(all), world(of).facts);
  return [
    ...findings.map((it) => `${it.severity} ${it.hosts}: ${it.message}; ${it.hint ?? "-"}`),
    ...(message === undefined ? [] : [message]),
  ];
}

const HEARD = (n: number) =>
  `neighbor 10.88.0.1${n} 02:00:00:00:00:0${n}\npassed frame 10.88.0.1${n}\narrived frame 10.88.0.1${n}
passed packet 10.88.0.1${n}\narrived packet 10.88.0.1${n}\nport 10.88.0.1${n} refused 8443\ndone\n`;

Deno.test("a member that gave no answer and holds the address is known by its MAC", () => {
  const of = endpoint({ members: [...endpoint().members, member("lb3", "10.88.0.13")] });
  const mac = "02:00:00:00:00:03";
  const saw = (n: number) => `neighbor 10.88.0.13 ${mac}\nneighbor 10.88.0.10 ${mac}\n${HEARD(n)}`;
  assertEquals(said(addressFree, { lb1: saw(2), lb2: saw(1) }, of), ["10.88.0.10 is held by lb3"]);
});

Deno.test("a stranger is found beside a member that holds the address", () => {
  const lb1 = `neighbor 10.88.0.10 02:00:00:00:00:02\nneighbor 10.88.0.10 02:aa:00:00:00:99\n${
    HEARD(2)
  }`;
  const [first, ...rest] = said(addressFree, { lb1, lb2: HEARD(1) });
  assertStringIncludes(
    first ?? "",
    "error lb1: 10.88.0.10 is used by another machine, MAC address 02:aa:00:00:00:99",
  );
  assertEquals(rest, ["10.88.0.10 is held by lb2"]);
});

Deno.test("a member that has the address without a Keepalived is an error, and no holder", () => {
  const of = endpoint();
  const known = world(of);
  const facts = new Map(known.facts);
  const lb2 = facts.get("lb2")!;
  const interfaces = [{ name: "eth0", addresses: ["10.88.0.12/24", "10.88.0.10/24"] }];
  const judged = (packages: Facts["packages"], it = of) => {
    facts.set("lb2", { ...lb2, interfaces, packages });
    return addressFree(it).judge(new Map([["lb1", answer(HEARD(2))]]), facts);
  };
  assertEquals(judged({}), {
    findings: [{
      severity: "error",
      hosts: ["lb2"],
      message: "lb2 has 10.88.0.10 of its own: no Keepalived is installed there that would ever " +
        "give it to another member",
      hint: "ip addr del 10.88.0.10/24 dev eth0, and take it out of what configures the network " +
        'of lb2; or set another "address"',
    }],
  });
  const held = { findings: [], message: "10.88.0.10 is held by lb2" };
  assertEquals(judged(lb2.packages), held);
  // There it is in an image.
  const images = { haproxy: "h:3.0@sha256:1", keepalived: "k:2.2.8@sha256:2" };
  assertEquals(judged({}, endpoint({ pods: { images } as Endpoint["pods"] & object })), held);
});

Deno.test("what could not be asked is a note, and never that all is well", () => {
  const lacks = "lacks perl\n";
  assertEquals(said(addressFree, { lb1: lacks, lb2: lacks }), [
    "note lb1,lb2: whether somebody else uses 10.88.0.10: needs perl, arping or ping (perl); -",
  ]);
  assertEquals(said(routerIdFree, { lb1: lacks, lb2: lacks }), [
    "note lb1,lb2: whether somebody else speaks VRRP as router 10: needs perl or tcpdump (perl); -",
  ]);
  assertEquals(said(protocol, { lb1: lacks, lb2: HEARD(1) }), [
    "note lb1: whether protocol 112 (VRRP) passes: needs perl (perl); -",
  ]);
  for (const make of [addressFree, routerIdFree, protocol, firewall]) {
    assertEquals(said(make, {}), []);
  }
});

Deno.test("a firewall that lets in one port and not that of a further service is told by the port", () => {
  const of = endpoint({
    firewall: "none",
    also: [{
      ...{ name: "staging", addresses: [], port: 9443, backends: [], backendPort: 6443 },
      haproxy: { balance: "auto" },
    }],
  });
  const heard = (n: number, met: string) => `port 10.88.0.1${n} ${met} 9443\n${HEARD(n)}`;
  assertEquals(said(firewall, { lb1: heard(2, "open"), lb2: heard(1, "open") }, of), []);
  assertEquals(said(firewall, { lb1: heard(2, "silent"), lb2: heard(1, "refused") }, of), [
    "error lb2: nothing gets through to its TCP port 9443 from lb1: a firewall is in the way; " +
    "let TCP port 9443 through",
  ]);
});

Deno.test("with one member there is nobody to speak with", () => {
  const of = endpoint({ members: [member("lb1", "10.88.0.11")] });
  assertEquals(said(protocol, { lb1: "done\n" }, of), []);
});

Deno.test("adverts of members, and of other routers, are nobody's business", () => {
  const adverts = "advert 10.88.0.12 10 10.88.0.10\nadvert 10.88.0.99 11 10.88.0.98\n";
  assertEquals(said(routerIdFree, { lb1: adverts + HEARD(2) }), [
    "nobody else is router 10 within 4 s",
  ]);
});

Deno.test("the id that is proposed is one that nobody was heard with, and not 51", () => {
  const of = endpoint({ vrrp: { routerId: 50, mode: "multicast", advertInterval: "auto" } });
  const heard = "advert 10.88.0.99 50 -\nadvert 10.88.0.98 52 -\n";
  const [first = ""] = said(routerIdFree, { lb1: heard + HEARD(2) }, of);
  assertStringIncludes(first, "router_id: 53");
});

Deno.test("what a host says does not become part of a command that a person types", () => {
  const chains = [
    "firewall nft inet x; reboot",
    "firewall nft inet $(reboot) input",
    "firewall nft inet a b c",
    "firewall nft",
    "firewall evil",
  ];
  for (const line of chains) {
    const answer = { code: 0, stdout: `${line}\n`, stderr: "" };
    assertEquals(heardBy(answer).firewall, { kind: "none" }, line);
  }
  const strange = "advert x;reboot 10 -\nneighbor 10.88.0.10 `reboot`\ndone\n";
  assertEquals(said(routerIdFree, { lb1: strange }), ["nobody else is router 10 within 4 s"]);
  assertEquals(said(addressFree, { lb1: strange }), ["10.88.0.10 is free"]);
});

Deno.test("ruleFor() names a rule of the firewall that is there", () => {
  const vrrp = { from: ["10.88.0.11"], what: "vrrp" } as const;
  const port = { from: [], what: { port: 8443 } } as const;
  const rules = (["firewalld", "ufw", "iptables", "none"] as const).map((kind) => [
    ruleFor({ kind }, vrrp),
    ruleFor({ kind }, port),
  ]);
  assertEquals(rules, [
    [
      `firewall-cmd --permanent --add-rich-rule='rule family="ipv4" protocol value="vrrp" accept' && firewall-cmd --reload`,
      "firewall-cmd --permanent --add-port=8443/tcp && firewall-cmd --reload",
    ],
    [
      'put "-A ufw-before-input -p 112 -j ACCEPT" before COMMIT in /etc/ufw/before.rules, and type: ufw reload',
      "ufw allow 8443/tcp",
    ],
    [
      "iptables -I INPUT -s 10.88.0.11 -p 112 -j ACCEPT (and keep it)",
      "iptables -I INPUT -p tcp --dport 8443 -j ACCEPT (and keep it)",
    ],
    ["let protocol 112 (VRRP) through from its peers", "let TCP port 8443 through"],
  ]);
  assertStringIncludes(ruleFor({ kind: "iptables" }, { ...vrrp, from: ["fd00::1"] }), "ip6tables");
});
