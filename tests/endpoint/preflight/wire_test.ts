import { assertEquals, assertMatch } from "@std/assert";
import { pooledMap } from "@std/async/pool";
import { addressFree } from "../../../src/endpoint/preflight/address_free.ts";
import { firewall } from "../../../src/endpoint/preflight/firewall.ts";
import { protocol } from "../../../src/endpoint/preflight/protocol.ts";
import { routerIdFree } from "../../../src/endpoint/preflight/router_id.ts";
import { wireProbe } from "../../../src/endpoint/preflight/wire.ts";
import type { Endpoint, Facts, Preflight } from "../../../src/model.ts";
import { endpoint, facts, member } from "../fixtures.ts";
import { onSegment, segmentsWork } from "./segment.ts";

const ignore = !(await segmentsWork());

/** Each waits for seconds and works for none: several at the same time. */
const CASES: { readonly name: string; fn(): Promise<void> }[] = [];
const AT_ONCE = 4;

/** An endpoint of the two members on the segment, spoken of in one family. */
function here(six: boolean, mode: "unicast" | "multicast" = "unicast"): Endpoint {
  const own = (n: number) => six ? `fd00:99::1${n}` : `10.99.0.1${n}`;
  return endpoint({
    address: six ? "fd00:99::99" : "10.99.0.99",
    // Else the run itself would open it.
    firewall: "none",
    vrrp: { routerId: 77, mode, advertInterval: "auto" },
    members: [member("lb1", own(1)), member("lb2", own(2))],
  });
}

const FACTS: ReadonlyMap<string, Facts> = new Map(
  [1, 2].map((n) => [`lb${n}`, facts([`10.99.0.1${n}/24`, `fd00:99::1${n}/64`])]),
);

/** What the preflights of the wire say of a segment, `severity host,host: message; hint` each. */
async function ask(of: Endpoint, setup: string): Promise<string[]> {
  const said = await onSegment(setup, (n) => wireProbe(of, `lb${n}`, FACTS));
  const answers = new Map(
    said.map((stdout, i) =>
      [`lb${i + 1}`, { code: 0, stdout, stderr: "", askedAt: 0, answeredAt: 0 }] as const
    ),
  );
  const all: readonly Preflight[] = [addressFree, routerIdFree, protocol, firewall].map((make) =>
    make(of)
  );
  return all.flatMap((one) => {
    const { findings, message } = one.judge(answers, FACTS);
    return [
      ...findings.map((it) => `${it.severity} ${it.hosts}: ${it.message}; ${it.hint ?? "-"}`),
      ...(message === undefined ? [] : [message]),
    ];
  });
}

const CLEAR = (address: string) => [
  `${address} is free`,
  "nobody else is router 77 within 4 s",
  "protocol 112 passes between lb1, lb2",
];

for (const six of [false, true]) {
  for (const mode of ["unicast", "multicast"] as const) {
    CASES.push({
      name: `the wire is clear for ${mode} over IPv${six ? 6 : 4}`,
      fn: async () => {
        const of = here(six, mode);
        assertEquals(await ask(of, ""), CLEAR(of.address));
      },
    });
  }
  CASES.push({
    name: `a stranger's address is found over IPv${six ? 6 : 4}, from every member`,
    fn: async () => {
      const of = here(six);
      const [first = "", ...rest] = await ask(
        of,
        `on 3 ip addr add ${of.address}/${six ? "128 nodad" : 32} dev eth0`,
      );
      assertMatch(
        first,
        /^error lb1,lb2: \S+99 is used by another machine, MAC address (\w\w:){5}\w\w; take/,
      );
      assertEquals(rest, CLEAR(of.address).slice(1));
    },
  });
}

CASES.push({
  name: "an address that a member holds is no stranger's, though its facts do not say so",
  fn: async () => {
    const said = await ask(here(false), "on 1 ip addr add 10.99.0.99/32 dev eth0");
    assertEquals(said[0], "10.99.0.99 is held by lb1");
  },
});

CASES.push({
  name: "several addresses are asked about together, each of them",
  fn: async () => {
    const both = { ...here(false), moreAddresses: ["fd00:99::99", "10.99.0.98"] };
    const [first = "", second = "", ...rest] = await ask(
      both,
      "on 3 ip addr add fd00:99::99/128 nodad dev eth0; on 2 ip addr add 10.99.0.98/32 dev eth0",
    );
    assertMatch(first, /^error lb1,lb2: fd00:99::99 is used by another machine/);
    assertEquals(second, "10.99.0.99 is free, 10.99.0.98 is held by lb2");
    assertEquals(rest, CLEAR("").slice(1));
  },
});

const DROPPING =
  `on 2 nft 'table inet own { chain incoming { type filter hook input priority 0; policy drop;
tcp flags & ack == ack accept; }; }'`;

CASES.push({
  name:
    "a firewall that drops protocol 112 and the port is found on the host that has it, with the rules",
  fn: async () => {
    assertEquals(await ask(here(false), DROPPING), [
      ...CLEAR("10.99.0.99").slice(0, 2),
      "error lb2: its firewall drops protocol 112 (VRRP) from lb1; nft insert rule inet own incoming " +
      "ip saddr { 10.99.0.11 } meta l4proto 112 accept (and keep it, in /etc/nftables.conf)",
      "error lb2: nothing gets through to its TCP port 8443 from lb1: a firewall is in the way; " +
      "nft insert rule inet own incoming tcp dport 8443 accept (and keep it, in /etc/nftables.conf)",
    ]);
  },
});

CASES.push({
  name: "a firewall that the run itself opens is only noted",
  fn: async () => {
    const { firewall: _, ...auto } = here(false);
    assertEquals(await ask(auto, DROPPING), [
      ...CLEAR("10.99.0.99").slice(0, 2),
      "note lb2: its firewall drops protocol 112 (VRRP) from lb1; this run lets it in; -",
      "note lb2: nothing gets through to its TCP port 8443 from lb1: a firewall is in the way; " +
      "this run lets it in; -",
    ]);
  },
});

CASES.push({
  name: "a firewall that lets in one port and drops that of a further service is found",
  fn: async () => {
    const service = { name: "staging", port: 9443, backends: [], backendPort: 6443 };
    const also = [{ ...service, addresses: ["10.99.0.98"], haproxy: { balance: "auto" } }];
    const found = await ask(
      { ...here(false), also },
      `on 2 nft 'table inet own { chain incoming { type filter hook input priority 0; tcp dport 9443 drop; }; }'`,
    );
    assertEquals(
      found,
      [
        "10.99.0.99 is free, 10.99.0.98 is free",
        ...CLEAR("").slice(1),
        "error lb2: nothing gets through to its TCP port 9443 from lb1: a firewall is in the way; " +
        "nft insert rule inet own incoming tcp dport 9443 accept (and keep it, in /etc/nftables.conf)",
      ].toSorted((a, b) => Number(a.startsWith("error")) - Number(b.startsWith("error"))),
    );
  },
});

CASES.push({
  name: "the rules that are named let everything through",
  fn: async () => {
    const rules =
      `on 2 nft insert rule inet own incoming ip saddr '{ 10.99.0.11 }' meta l4proto 112 accept
on 2 nft insert rule inet own incoming tcp dport 8443 accept`;
    assertEquals(await ask(here(false), `${DROPPING}\n${rules}`), CLEAR("10.99.0.99"));
  },
});

CASES.push({
  name: "a firewall that lets protocol 112 in as an answer only is found",
  fn: async () => {
    const [, , found] = await ask(
      here(false),
      `on 2 nft 'table inet own { chain incoming { type filter hook input priority 0; policy drop;
ct state established,related accept; tcp dport 8443 accept; }; }'`,
    );
    assertMatch(
      found ?? "",
      /^error lb2: its firewall lets protocol 112 \(VRRP\) from lb1 in as an answer only/,
    );
  },
});

CASES.push({
  name: "a firewall that lets no protocol 112 out is found on its own host",
  fn: async () => {
    const [, , found, ...more] = await ask(
      here(false),
      `on 1 nft 'table inet own { chain outgoing { type filter hook output priority 0; meta l4proto 112 drop; }; }'`,
    );
    assertMatch(
      found ?? "",
      /^error lb1: its own firewall lets no protocol 112 \(VRRP\) out to lb2/,
    );
    assertEquals(more, []);
  },
});

CASES.push({
  name: "a network that drops protocol 112 is told from a firewall of a host",
  fn: async () => {
    const [, , ...found] = await ask(
      here(false, "multicast"),
      `nft 'table bridge own { chain passing { type filter hook forward priority 0; ip protocol 112 drop; }; }'`,
    );
    assertMatch(
      found[0] ?? "",
      /^error lb1: protocol 112 \(VRRP, multicast\) of lb2 does not arrive at it.*unicast/,
    );
    assertMatch(
      found[1] ?? "",
      /^error lb2: protocol 112 \(VRRP, multicast\) of lb1 does not arrive at it/,
    );
  },
});

/** A stranger that speaks VRRP version 2 as router 77, by multicast. */
const SPEAKER = `on 3 perl -e 'use Socket;
socket my $s, AF_INET, SOCK_RAW, 112; setsockopt $s, 0, 32, pack("a4a4l", "\\0" x 4, inet_aton("10.99.0.13"), 0);
while (1) { send $s, pack("C8 a4", 0x21, 77, 100, 1, 0, 1, 0, 0, inet_aton("10.99.0.55")), 0,
  pack_sockaddr_in(0, inet_aton("224.0.0.18")); select undef, undef, undef, 1 }' &`;

for (const [mode, severity] of [["multicast", "error"], ["unicast", "warning"]] as const) {
  CASES.push({
    name:
      `a stranger that speaks VRRP under the same router id is heard; for ${mode} that is of severity ${severity}`,
    fn: async () => {
      const said = await ask(here(false, mode), SPEAKER);
      assertEquals(
        said[1],
        `${severity} lb1,lb2: 10.99.0.13, which is no member, speaks VRRP as router 77 ` +
          "for 10.99.0.55; set another one: vrrp: { router_id: 78 }",
      );
    },
  });
}

CASES.push({
  name:
    "without Perl the address is asked about by other means, and the rest is said not to be checked",
  fn: async () => {
    const setup = `for n in 1 2; do on $n mount --bind /dev/null "$(command -v perl)"; done
on 3 ip addr add 10.99.0.99/32 dev eth0`;
    const said = await ask(here(false), setup);
    assertMatch(
      said[0] ?? "",
      /^(error lb1,lb2: 10.99.0.99 is used by|note lb1,lb2: whether somebody)/,
    );
    assertMatch(
      said.at(-1) ?? "",
      /^note lb1,lb2: whether protocol 112 \(VRRP\) passes: needs perl/,
    );
  },
});

Deno.test({
  name: "the wire",
  ignore,
  fn: async (t) => {
    const open = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };
    const steps = pooledMap(AT_ONCE, CASES, (one) => t.step({ ...one, ...open }));
    assertEquals((await Array.fromAsync(steps)).length, CASES.length);
  },
});
