/** What members must say alike: over the files that are rendered, and over files of other hands. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { agreementOf } from "../../src/endpoint/agreement.ts";
import { managedFiles } from "../../src/endpoint/files.ts";
import { PATHS } from "../../src/endpoint/paths.ts";
import type { Agreement, Endpoint, Member } from "../../src/model.ts";
import { endpoint, facts, member, RELEASES, secret, TEMPLATES, world } from "./fixtures.ts";

const PROFILES = ["guide", "standard", "fast"] as const;
const THREE = [1, 2, 3].map((i) => member(`lb${i}`, `10.88.0.1${i}`));

type More = Partial<Endpoint> & { readonly pass?: string };

function of(profile: Endpoint["profile"], { pass = "s3cr3t", ...more }: More = {}): Endpoint {
  const vrrp = { ...endpoint().vrrp, authPass: secret(pass), ...more.vrrp };
  return endpoint({ profile, members: THREE, ...more, vrrp });
}

/** What a member says, by the text that is written on it. */
function said(
  of: Endpoint,
  who: Member = of.members[0]!,
  release: keyof typeof RELEASES = "bookworm",
): Agreement {
  const file = managedFiles(of, who, TEMPLATES).find(({ path }) => path === PATHS.keepalived);
  const text = file?.content({ ...world(of, release), host: who.host.name }) ?? "";
  return file?.agreement?.(text) ?? {};
}

Deno.test("agreementOf() is the same on every member of an endpoint, whatever its release", () => {
  for (const profile of PROFILES) {
    for (const mode of ["unicast", "multicast"] as const) {
      const one = of(profile, { vrrp: { ...endpoint().vrrp, mode } });
      const all = Object.keys(RELEASES).flatMap((release) =>
        one.members.map((it) => said(one, it, release as keyof typeof RELEASES))
      );
      assertEquals(new Set(all.map((it) => JSON.stringify(it))).size, 1, profile);
      assertEquals(Object.keys(all[0] ?? {}).length >= 6, true);
    }
  }
});

Deno.test("agreementOf() reads what each profile says", () => {
  const common = { "virtual router id": "10", addresses: "10.88.0.10" };
  const among = "unicast among 10.88.0.11, 10.88.0.12, 10.88.0.13";
  const { password = "", ...guide } = said(of("guide"));
  assertEquals(guide, {
    ...common,
    "VRRP version": "2",
    "advert interval": "1 s",
    authentication: "PASS",
    transport: "multicast",
  });
  assert(/^sha256:[0-9a-f]{8}$/.test(password));
  const modern = { ...common, "VRRP version": "3", authentication: "none", transport: among };
  assertEquals(said(of("standard")), { ...modern, "advert interval": "0.3 s" });
  assertEquals(said(of("fast")), { ...modern, "advert interval": "0.1 s" });
});

const vrrp = endpoint().vrrp;
const DIFFERENT: Readonly<Record<string, readonly [Endpoint, Endpoint, readonly string[]]>> = {
  "guide to standard": [of("guide"), of("standard"), [
    "VRRP version",
    "advert interval",
    "authentication",
    "password",
    "transport",
  ]],
  "standard to fast": [of("standard"), of("fast"), ["advert interval"]],
  "a new password": [of("guide"), of("guide", { pass: "0ther" }), ["password"]],
  "a new address": [
    of("standard"),
    of("standard", { address: "10.88.0.99", vrrp: { ...vrrp, routerId: 10 } }),
    ["addresses"],
  ],
  "a new router id": [
    of("standard"),
    of("standard", { vrrp: { ...vrrp, routerId: 77 } }),
    ["virtual router id"],
  ],
  "multicast to unicast": [
    of("standard", { vrrp: { ...vrrp, mode: "multicast" } }),
    of("standard"),
    ["transport"],
  ],
  "a member more": [of("standard", { members: THREE.slice(0, 2) }), of("standard"), ["transport"]],
  "a new interval": [
    of("standard"),
    of("standard", { vrrp: { ...vrrp, advertInterval: 500 } }),
    ["advert interval"],
  ],
};

for (const [name, [before, after, names]] of Object.entries(DIFFERENT)) {
  Deno.test(`agreementOf() differs over ${name}`, () => {
    const [a, b] = [said(before), said(after)];
    const found = [...new Set([...Object.keys(a), ...Object.keys(b)])]
      .filter((it) => a[it] !== b[it]);
    assertEquals(found.toSorted(), names.toSorted());
  });
}

Deno.test("agreementOf() is the same over what each member may say for itself", () => {
  const two = world(of("standard"));
  const eth1 = { name: "eth1", addresses: ["10.88.0.11/24"] };
  const renamed = new Map(two.facts).set("lb1", { ...facts([]), interfaces: [eth1] });
  for (const profile of PROFILES) {
    const one = of(profile);
    const file = managedFiles(one, one.members[0]!, TEMPLATES)
      .find(({ path }) => path === PATHS.keepalived);
    const text = file?.content(two) ?? "";
    const other = [
      text.replace(/priority \d+/, "priority 7"),
      text.replace(/state \w+/, "state BACKUP"),
      text.replace(/interval \d/, "interval 9").replace(/timeout \d/, "timeout 9"),
      text.replace(/fall \d+/, "fall 3").replace(/rise \d+/, "rise 4").replace(/weight .*/, ""),
      text.replace(/track_script \{[^}]*\}/, "").replace(/script_user.*/, ""),
      `# somebody's\n${text.replaceAll("    ", "\t")}`,
      file?.content({ ...two, facts: renamed }) ?? "",
    ];
    for (const changed of other) {
      assertEquals(agreementOf(changed), agreementOf(text));
    }
    assertNotEquals(other[0], text);
    assertNotEquals(other.at(-1), text);
  }
});

const HAND = `! a comment with vrrp_instance X {
global_defs { vrrp_version 3 }   # inline
vrrp_instance "VI 1"
{
  interface eth0 # not virtual_router_id 9
  virtual_router_id 51
  virtual_router_id 52
  advert_int 0.50
  authentication { auth_type AH
    auth_pass "a b!c#defgh" }
  unicast_src_ip "10.0.0.2"
  unicast_peer {
    10.0.0.3 min_ttl 255
    10.0.0.1
  }
  virtual_ipaddress { 10.0.0.20/24 dev eth0 label eth0:1
    10.0.0.10
  }
  virtual_ipaddress_excluded { 10.9.9.9 }
}
`;

Deno.test("agreementOf() reads what people write", () => {
  assertEquals(agreementOf(HAND), {
    "VRRP version": "3",
    "virtual router id": "52",
    "advert interval": "0.5 s",
    authentication: "none",
    addresses: "10.0.0.10, 10.0.0.20",
    transport: "unicast among 10.0.0.1, 10.0.0.2, 10.0.0.3",
  });
});

Deno.test("agreementOf() looks at as much of a password as VRRP carries, quoted or not", () => {
  const two = (pass: string) =>
    agreementOf(HAND.replace("vrrp_version 3", "vrrp_version 2").replace(/"a b.*"/, pass));
  assertEquals(two("12345678"), two(`"123456789"`));
  assertNotEquals(two("12345678"), two("12345677"));
  assertEquals(two("12345678").authentication, "AH");
});

Deno.test("agreementOf() takes what is not written as Keepalived does", () => {
  const bare = agreementOf("vrrp_instance A {\n}");
  assertEquals([bare["VRRP version"], bare["advert interval"]], ["2", "1 s"]);
  assertEquals([bare.authentication, bare.transport], ["none", "multicast"]);
  const six = agreementOf("vrrp_instance A {\nvirtual_ipaddress {\nfd00::10/64\n}\n}");
  assertEquals([six["IPv6 VRRP version"], six["IPv6 addresses"]], ["3", "fd00::10"]);
  // Who does not say where it speaks from says the same as its peer that does not.
  const peer = agreementOf("vrrp_instance A {\nunicast_peer {\n10.0.0.2\n}\n}");
  assertEquals(peer.transport, "unicast");
  const group = agreementOf("global_defs {\nvrrp_mcast_group4 224.0.0.19\n}\nvrrp_instance A {\n}");
  assertEquals(group.transport, "multicast to 224.0.0.19");
});

Deno.test("agreementOf() tells several instances apart by their router ids, in any order", () => {
  const one = "vrrp_instance A {\nvirtual_router_id 51\nadvert_int 2\n}\n";
  const two = "vrrp_instance B {\nvirtual_router_id 52\n}\n";
  const both = agreementOf(one + two);
  assertEquals(
    [both["router 51, IPv4: advert interval"], both["router 52, IPv4: advert interval"]],
    [
      "2 s",
      "1 s",
    ],
  );
  assertEquals(agreementOf(two + one), both);
});

Deno.test("agreementOf() tells the families of one router id apart", () => {
  const one = of("standard", { moreAddresses: ["fd00:88::10"] });
  const both = said(one);
  const four = said(of("standard"));
  assertEquals(Object.keys(both).length, 2 * Object.keys(four).length);
  // What was said before the second family came is said in the same words.
  for (const [name, value] of Object.entries(four)) assertEquals(both[name], value);
  assertEquals(both["IPv6 addresses"], "fd00:88::10");
  assertEquals(both["IPv6 transport"], "unicast among fd00:88::11, fd00:88::12, fd00:88::13");
  for (const it of one.members) assertEquals(said(one, it), both);
  const more = said(of("standard", { moreAddresses: ["fd00:88::10", "fd00:88::9"] }));
  assertEquals(Object.keys(both).filter((it) => both[it] !== more[it]), [
    "IPv6 addresses",
  ]);
  const text = "vrrp_instance A {\nvirtual_router_id 7\n}\nvrrp_instance B {\n" +
    "virtual_router_id 7\nvirtual_ipaddress {\nfd00::1\n}\n}\nvrrp_instance C {\n}\n";
  const ids = Object.keys(agreementOf(text)).filter((name) => name.endsWith(": transport"));
  assertEquals(ids.map((name) => name.split(":")[0]), [
    "router 0, IPv4",
    "router 7, IPv4",
    "router 7, IPv6",
  ]);
});

Deno.test("agreementOf() is empty where nothing is said, and never ends with an error", () => {
  for (const text of ["", "global_defs {\n}\n", "}}}{{", "vrrp_instance", '"', "a \\"]) {
    assertEquals(agreementOf(text), {});
  }
});
