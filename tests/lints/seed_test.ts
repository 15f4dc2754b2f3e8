/** What lints say of the files of the seed document, and that they say nothing of our own. */
import { assertEquals } from "@std/assert";
import { HAPROXY_LINTS, LINTS, SCRIPT_LINTS } from "../../src/lints/mod.ts";
import { lint, nodesOf } from "../../src/lints/run.ts";
import { SEED_FAULTS } from "../../src/lints/seed.ts";
import { endpoint, member, RELEASES, secret } from "../endpoint/fixtures.ts";
import { rendered } from "./rendered.ts";

const CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const six = endpoint({
  address: "fd00::10",
  members: [member("lb1", "fd00::11"), member("lb2", "fd00::12")],
});
const releases = Object.keys(RELEASES) as (keyof typeof RELEASES)[];

Deno.test("lints: every fault of the seed's haproxy.cfg and check_apiserver.sh is found", () => {
  const guide = endpoint({
    profile: "guide",
    vrrp: { ...endpoint().vrrp, authPass: secret("s3cr3t") },
  });
  const { nodes } = rendered(guide, "bookworm");
  const found = lint({ nodes }, [...HAPROXY_LINTS, ...SCRIPT_LINTS]);
  const said = (host: string) =>
    found.filter(({ source }) => source?.file.startsWith(`${host}/`)).map((it) =>
      `${
        it.source?.file.slice(host.length + 1)
      }:${it.source?.line}:${it.source?.column} ${it.severity} ${it.code}`
    );
  const expected: readonly string[] = [
    "haproxy/haproxy.cfg:5:1 warning no-hard-stop",
    "haproxy/haproxy.cfg:5:1 warning runs-as-root",
    "haproxy/haproxy.cfg:19:12 warning http-option-in-tcp-mode",
    "haproxy/haproxy.cfg:20:12 warning http-option-in-tcp-mode",
    "haproxy/haproxy.cfg:22:29 warning few-retries",
    "haproxy/haproxy.cfg:26:29 error short-idle-timeout",
    "haproxy/haproxy.cfg:27:29 error short-idle-timeout",
    "haproxy/haproxy.cfg:44:24 warning check-path",
    "haproxy/haproxy.cfg:47:12 error overridden-check",
    "keepalived/check_apiserver.sh:8:1 error curl-without-fail",
    "keepalived/check_apiserver.sh:8:28 warning insecure-check",
    "keepalived/check_apiserver.sh:9:22 warning address-prefix-match",
    "keepalived/check_apiserver.sh:10:5 error curl-without-fail",
    "keepalived/check_apiserver.sh:10:30 warning script-over-limit",
    "keepalived/check_apiserver.sh:10:32 warning insecure-check",
    "keepalived/check_apiserver.sh:10:43 warning check-while-holding",
    "keepalived/keepalived.conf:14:15 error keepalived-not-restarted",
  ];
  assertEquals(said("lb1"), expected);
  assertEquals(said("lb2"), expected);
  // As a profile of ours all of it is known, and a warning.
  const known = lint({ nodes, endpoint: guide }, [...HAPROXY_LINTS, ...SCRIPT_LINTS]);
  assertEquals(known.filter(({ severity }) => severity === "error"), []);
  assertEquals(known.filter(({ code }) => !SEED_FAULTS.has(code)), []);
});

Deno.test("lints: the page itself, whose variables nobody has filled in, has its faults too", async () => {
  const page = await Deno.readTextFile(new URL("../endpoint/golden/seed.md", import.meta.url));
  const blocks = [...page.matchAll(/^```\n(.*?)^```$/gms)].map(([, text]) => text ?? "");
  const [keepalived = "", script = "", haproxy = ""] = blocks;
  const nodes = nodesOf({
    files: {
      "lb1/keepalived.conf": keepalived,
      "lb1/check_apiserver.sh": script,
      "lb1/haproxy.cfg": haproxy,
    },
  });
  const found = lint({ nodes }, [...HAPROXY_LINTS, ...SCRIPT_LINTS]).map(({ code }) => code);
  assertEquals([...new Set(found)].toSorted(), [
    "address-prefix-match",
    "check-path",
    "check-while-holding",
    "curl-without-fail",
    "http-option-in-tcp-mode",
    "insecure-check",
    "no-hard-stop",
    "overridden-check",
    "runs-as-root",
    "script-over-limit",
    "short-idle-timeout",
    "single-server",
    "unset-script-variable",
    "unset-variable",
  ]);
});

for (const profile of ["standard", "fast"] as const) {
  Deno.test(`lints: nothing is found in what profile ${profile} renders`, () => {
    for (const release of releases) {
      for (const family of [endpoint(), six]) {
        const own = { ...family, profile, ca: CA };
        assertEquals(lint(rendered(own, release), LINTS), [], `${release} ${own.address}`);
      }
    }
  });
}
