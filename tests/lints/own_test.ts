/** What Holdfast itself renders has none of the traps; no text whatever makes a lint fail. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { renderedSubject } from "../../src/commands/lint/rendered.ts";
import { LINTS } from "../../src/lints/mod.ts";
import { lint, nodesOf } from "../../src/lints/run.ts";
import { SEED_FAULTS } from "../../src/lints/seed.ts";
import type { Endpoint } from "../../src/model.ts";
import { endpoint, member, secret, TEMPLATES } from "../endpoint/fixtures.ts";
import { inPods } from "../endpoint/renderings.ts";

const VRRP = { routerId: "auto", mode: "unicast", advertInterval: "auto" } as const;

const SERVICE = {
  backends: [1, 2].map((i) => ({ name: `m${i}`, address: `10.88.0.3${i}` })),
  backendPort: 6443,
  haproxy: { balance: "auto" },
};

const ENDPOINTS = {
  "two members": {},
  "multicast": { vrrp: { ...VRRP, mode: "multicast" } },
  "IPv6": {
    address: "fd00::10",
    members: [member("lb1", "fd00::11"), member("lb2", "fd00::12")],
    backends: [{ name: "m1", address: "fd00::21" }, { name: "m2", address: "fd00::22" }],
  },
  "both families, hosts of one": { moreAddresses: ["fd00::10"] },
  "both families": {
    moreAddresses: ["fd00::10"],
    members: [
      member("lb1", "10.88.0.11", { addresses: ["fd00::11"] }),
      member("lb2", "10.88.0.12", { addresses: ["fd00::12"] }),
    ],
  },
  "five members": {
    members: [1, 2, 3, 4, 5].map((i) => member(`lb${i}`, `10.88.0.1${i}`)),
  },
  "named hosts": { members: [member("lb1", "lb1.example.com"), member("lb2", "lb2.example.com")] },
  "further services": {
    also: [
      { ...SERVICE, name: "staging", addresses: ["10.88.0.9", "fd00::9"], port: 8443 },
      { ...SERVICE, name: "edge", addresses: [], port: 8444 },
    ],
  },
  "a CA": { ca: "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n" },
} as const;

for (const [name, more] of Object.entries(ENDPOINTS)) {
  for (const profile of ["standard", "fast"] as const) {
    Deno.test(`lints: nothing is found in what profile ${profile} renders, ${name}`, () => {
      const found = lint(renderedSubject(endpoint({ profile, ...more }), TEMPLATES), LINTS);
      // Without a CA the checks cannot verify anybody: that is said, and it is the user's to mend.
      const own = found.filter(({ code }) => "ca" in more || code !== "unverified-check");
      assertEquals(own, []);
    });
  }
}

for (const [name, more] of Object.entries(ENDPOINTS)) {
  for (const profile of ["standard", "fast"] as const) {
    Deno.test(`lints: nothing is found in static pods of profile ${profile}, ${name}`, () => {
      const pods = inPods(endpoint({ profile, ...more }));
      const subject = renderedSubject(pods, TEMPLATES);
      assertEquals(subject.nodes.map(({ units }) => units), pods.members.map(() => undefined));
      const own = lint(subject, LINTS)
        .filter(({ code }) => "ca" in more || code !== "unverified-check");
      assertEquals(own, []);
    });
  }
}

Deno.test("lints: profile guide in static pods has the faults of the seed document, and no others", () => {
  const guide = endpoint({ profile: "guide", vrrp: { ...VRRP, authPass: secret("s3cret!") } });
  const codes = (of: Endpoint) => lint(renderedSubject(of, TEMPLATES), LINTS).map((it) => it.code);
  assertEquals(new Set(codes(inPods(guide))), new Set(codes(guide)));
});

Deno.test("lints: profile guide has the faults of the seed document, as warnings, and no others", () => {
  const guide = endpoint({ profile: "guide", vrrp: { ...VRRP, authPass: secret("s3cret!") } });
  const found = lint(renderedSubject(guide, TEMPLATES), LINTS);
  assertEquals(found.filter(({ code }) => !SEED_FAULTS.has(code)), []);
  assert(found.length > 0 && found.every(({ severity }) => severity === "warning"));
  assert(!JSON.stringify(found).includes("s3cret!"));
});

/** Words that mean something to either daemon, and others, in any order. */
const word = fc.oneof(
  fc.constantFrom(
    ...[
      "vrrp_instance",
      "vrrp_script",
      "global_defs",
      "virtual_ipaddress",
      "track_script",
      "weight",
    ],
    ...[
      "priority",
      "virtual_router_id",
      "{",
      "}",
      "{\n",
      "}\n",
      "\n",
      "state",
      "MASTER",
      "auth_pass",
    ],
    ...[
      "unicast_peer",
      "10.0.0.10/24",
      "fd00::1",
      "backend",
      "frontend",
      "listen",
      "defaults",
      "bind",
    ],
    ...[
      "server",
      "option",
      "httpchk",
      "check",
      "timeout",
      "client",
      "mode",
      "http",
      "*:6443",
      "from",
    ],
    ...["authentication", "interval", "script", '"', "'", "\\", "#", "!", "\t", "\r\n", "-1", "1h"],
  ),
  fc.string({ maxLength: 8 }),
);

Deno.test("lints: no text makes one fail, and every place is in the text", () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), fc.array(word, { maxLength: 60 }), (a, b) => {
      const [one, two] = [a.join(" "), b.join(" ")];
      const files = {
        "lb1/keepalived.conf": one,
        "lb1/haproxy.cfg": two,
        "lb1/check.sh": one,
        "lb1/keepalived.service.conf": two,
        "lb2/keepalived.conf": two,
        "lb2/haproxy.cfg": one,
      };
      for (const { source } of lint({ nodes: nodesOf({ files }) }, LINTS)) {
        const text = source && files[source.file as keyof typeof files];
        if (text === undefined) continue;
        const line = text.split("\n")[source!.line - 1];
        assert(line !== undefined && source!.column <= line.length + 1);
      }
    }),
    { numRuns: 500 },
  );
});
