import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { managedFiles, ownPaths, retiredPaths } from "../../src/endpoint/files.ts";
import { servicePathOf } from "../../src/endpoint/paths.ts";
import { handlerScripts, packagesFor, scriptUser } from "../../src/endpoint/needs.ts";
import { TaskError } from "../../src/errors.ts";
import type { Endpoint, Member } from "../../src/model.ts";
import { endpoint, facts, member, secret, TEMPLATES, world } from "./fixtures.ts";

const PROFILES = ["guide", "standard", "fast"] as const;

function of(profile: Endpoint["profile"], more: Partial<Endpoint> = {}): Endpoint {
  return endpoint({ profile, vrrp: { ...endpoint().vrrp, authPass: secret("s3cr3t") }, ...more });
}

function content(of: Endpoint, path: string, who: Member = of.members[0]!): string {
  const file = managedFiles(of, who, TEMPLATES).find((it) => it.path.endsWith(path));
  return file?.content(world(of)) ?? `no ${path}`;
}

Deno.test("managedFiles() have the same paths and modes whatever is known about the hosts", () => {
  const paths = managedFiles(of("standard"), of("standard").members[0]!, TEMPLATES)
    .map((it) => `${it.path} ${it.mode}`);
  assertEquals(paths, [
    "/etc/haproxy/haproxy.cfg 0644",
    "/etc/keepalived/keepalived.conf 0644",
    "/etc/keepalived/check_haproxy_alive.sh 0755",
    "/etc/keepalived/check_haproxy_ready.sh 0755",
    "/etc/systemd/system/haproxy.service.d/holdfast.conf 0644",
    "/etc/systemd/system/keepalived.service.d/holdfast.conf 0644",
    "/etc/systemd/system/keepalived.service.d/holdfast-addresses.conf 0644",
  ]);
});

Deno.test("managedFiles() render the same text twice", () => {
  for (const profile of PROFILES) {
    const texts = [1, 2].map(() =>
      managedFiles(of(profile), of(profile).members[0]!, TEMPLATES)
        .map((it) => it.content(world(of(profile))))
    );
    assertEquals(texts[0], texts[1]);
  }
});

Deno.test("managedFiles() write oom_score_adjust into both drop-ins, and into nothing else", () => {
  for (const profile of ["standard", "fast"] as const) {
    for (const oomScoreAdjust of [-500, 0, 1000]) {
      const [plain, set] = [of(profile), of(profile, { oomScoreAdjust })].map((it) =>
        managedFiles(it, it.members[0]!, TEMPLATES)
          .map((file) => ({ ...file, text: file.content(world(it)) }))
      );
      const changed = set?.filter(({ text }, i) => text !== plain?.[i]?.text) ?? [];
      assertEquals(changed.map(({ notify }) => notify), [
        ["restart haproxy"],
        ["restart keepalived"],
      ]);
      for (const { text } of changed) {
        assertEquals(text.match(/^OOMScoreAdjust=.*$/gm), [`OOMScoreAdjust=${oomScoreAdjust}`]);
        // A unit reads it in its section [Service] alone.
        assert(text.indexOf("[Service]") < text.indexOf("OOMScoreAdjust"));
      }
      assertEquals(plain?.some(({ text }) => text.includes("OOMScoreAdjust")), false);
    }
  }
});

Deno.test("managedFiles() let Keepalived go on when only addresses change, and name each to its unit", () => {
  const more = of("standard", { moreAddresses: ["10.88.0.9", "fd00:88::10"] });
  const files = (it: Endpoint) => managedFiles(it, it.members[0]!, TEMPLATES);
  const known = world(more);
  const plain = files(of("standard")).map((it) => it.content(known));
  const changed = files(more).filter((it, i) => it.content(known) !== plain[i]);
  assertEquals(changed.map(({ path, notify }) => [path.split("/").at(-1), ...notify]), [
    ["haproxy.cfg", "reload haproxy"],
    ["keepalived.conf", "reload keepalived"],
    ["holdfast-addresses.conf", "reload units"],
  ]);
  const unit = changed.at(-1)?.content(known) ?? "";
  assertEquals(
    [...unit.matchAll(/^ExecStopPost=.* del (\S+) dev (\S+) /gm)].map(([, ...words]) =>
      words.join()
    ),
    ["10.88.0.10/32,eth0", "10.88.0.9/32,eth0", "fd00:88::10/128,eth0"],
  );
});

Deno.test("managedFiles() notify handlers that exist", () => {
  for (const profile of PROFILES) {
    const names = handlerScripts().map((it) => it.name);
    const notified = managedFiles(of(profile), of(profile).members[0]!, TEMPLATES)
      .flatMap((it) => it.notify);
    assertEquals(notified.filter((it) => !names.includes(it)), []);
  }
});

Deno.test("managedFiles() keep the password in a secret file of the guide, and nowhere else", () => {
  for (const profile of PROFILES) {
    const holding = managedFiles(of(profile), of(profile).members[0]!, TEMPLATES)
      .filter((it) => it.content(world(of(profile))).includes("s3cr3t"));
    assertEquals(
      holding.map((it) => [it.path, it.mode, it.secret]),
      profile === "guide" ? [["/etc/keepalived/keepalived.conf", "0600", true]] : [],
    );
  }
});

Deno.test("managedFiles() of profile guide need a password", () => {
  const guide = endpoint({ profile: "guide" });
  assertThrows(() => content(guide, "keepalived.conf"), TaskError, '"vrrp.auth_pass"');
});

Deno.test("managedFiles() write the CA only when there is one, and verify with it", () => {
  const ca = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
  const verified = of("standard", { ca });
  assertEquals(content(verified, "kube-ca.crt"), `${ca}\n`);
  assertStringIncludes(content(verified, "haproxy.cfg"), "verify required ca-file");
  assertEquals(content(of("standard"), "kube-ca.crt"), "no kube-ca.crt");
  assertStringIncludes(content(of("standard"), "haproxy.cfg"), "verify none");
  assertThrows(() => content(of("standard", { ca: "rm -rf" }), "kube-ca.crt"), TaskError, "PEM");
});

Deno.test("managedFiles() speak multicast when told to, and when there is nobody to speak to", () => {
  const multicast = of("standard", { vrrp: { ...endpoint().vrrp, mode: "multicast" } });
  const alone = of("standard", { members: [member("lb1", "10.88.0.11")] });
  const found = [of("standard"), multicast, alone]
    .map((it) => content(it, "keepalived.conf").includes("unicast"));
  assertEquals(found, [true, false, false]);
});

Deno.test("managedFiles() bracket IPv6 addresses where a port follows", () => {
  const six = of("standard", {
    address: "fd00::10",
    backends: [{ name: "m1", address: "fd00::21" }],
    members: [member("lb1", "fd00::11"), member("lb2", "fd00::12")],
  });
  const world6 = {
    ...world(six),
    facts: new Map(six.members.map((it) => [it.host.name, facts([`${it.host.address}/64`])])),
  };
  const texts = managedFiles(six, six.members[0]!, TEMPLATES).map((it) => it.content(world6));
  assertStringIncludes(texts[0] ?? "", "bind :::8443 v4v6");
  assertStringIncludes(texts[0] ?? "", "server m1 [fd00::21]:6443");
  assertStringIncludes(texts[1] ?? "", "fd00::10/128 dev eth0");
});

Deno.test("managedFiles() ask a listener on all addresses on loopback", () => {
  const open = of("standard", { haproxy: { ...endpoint().haproxy, stats: "0.0.0.0:9000" } });
  assertStringIncludes(
    content(open, "check_haproxy_alive.sh"),
    "url=http://127.0.0.1:9000/alive\n",
  );
  assertStringIncludes(content(open, "check_haproxy_ready.sh"), " http://127.0.0.1:9000/ready");
});

Deno.test("managedFiles() refuse hostile values, and a value that passes stays one word", () => {
  const hostile = fc.oneof(
    fc.string({ minLength: 1, maxLength: 12, unit: "binary" }),
    fc.string({
      minLength: 1,
      maxLength: 8,
      unit: fc.constantFrom(..." \t\r\n\"'{}!#$`\\;|&<>a%0"),
    }),
  );
  const places: readonly ((value: string) => Endpoint)[] = [
    (it) => of("standard", { name: it }),
    (it) => of("guide", { address: it, interface: "eth0" }),
    (it) => of("standard", { backends: [{ name: it, address: "10.88.0.21" }] }),
    (it) => of("guide", { backends: [{ name: "m1", address: it }] }),
    (it) => of("standard", { haproxy: { ...endpoint().haproxy, balance: it } }),
    (it) => of("fast", { haproxy: { ...endpoint().haproxy, clientTimeout: it } }),
    (it) => of("standard", { haproxy: { ...endpoint().haproxy, stats: it } }),
    (it) => of("guide", { vrrp: { ...endpoint().vrrp, authPass: secret(it) } }),
    (it) => of("standard", { interface: it }),
    (it) => of("standard", { haproxy: { ...endpoint().haproxy, connectTimeout: it } }),
    (it) => of("standard", { haproxy: { ...endpoint().haproxy, queueTimeout: it } }),
    (it) => of("standard", { haproxy: { ...endpoint().haproxy, metrics: it } }),
    (it) => of("standard", { haproxy: { ...endpoint().haproxy, checkPath: it } }),
    (it) =>
      of("standard", {
        ca: "-----BEGIN CERTIFICATE-----",
        haproxy: { ...endpoint().haproxy, verifyHost: it },
      }),
    (it) => of("standard", { also: [{ ...SERVICE, name: it }] }),
    (it) => of("fast", { also: [{ ...SERVICE, addresses: [it] }] }),
    (it) => of("fast", { also: [{ ...SERVICE, haproxy: { balance: it } }] }),
    (it) => of("standard", { also: [{ ...SERVICE, haproxy: { balance: "auto", checkPath: it } }] }),
    (it) =>
      of("standard", { also: [{ ...SERVICE, backends: [{ name: it, address: "10.88.0.31" }] }] }),
    (it) => {
      const haproxy = { balance: "auto", verifyHost: it };
      return of("standard", { also: [{ ...SERVICE, ca: "-----BEGIN CERTIFICATE-----", haproxy }] });
    },
  ];
  fc.assert(
    fc.property(hostile, fc.constantFrom(...places), (value, place) => {
      const made = place(value);
      const plain = place("x1");
      try {
        const texts = managedFiles(made, made.members[0]!, TEMPLATES).map((it) =>
          it.content(named(made))
        );
        const shape = managedFiles(plain, plain.members[0]!, TEMPLATES).map((it) =>
          it.content(named(plain))
        );
        assertEquals(texts.map(wordCounts), shape.map(wordCounts));
        assert(!texts.join().includes("undefined"));
      } catch (error) {
        // Refusing is right as well. Anything but a TaskError would be our bug.
        if (!(error instanceof TaskError)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});

const SERVICE = {
  name: "staging",
  addresses: [],
  port: 8444,
  backends: [{ name: "s1", address: "10.88.0.31" }],
  backendPort: 6443,
  haproxy: { balance: "auto" },
};

/** A world in which every member also has the interface that the endpoint names. */
function named(of: Endpoint) {
  const plain = world(endpoint());
  const extra = { name: of.interface, addresses: ["10.88.0.11/24"] };
  return {
    ...plain,
    facts: new Map(
      [...plain.facts].map((
        [name, it],
      ) => [name, { ...it, interfaces: [...it.interfaces, extra] }]),
    ),
  };
}

function wordCounts(text: string): number[] {
  return text.split("\n").map((it) => it.split(/\s+/).length);
}

Deno.test("scriptUser() is nobody for the guide, whose scripts run as root", () => {
  assertEquals(PROFILES.map((it) => scriptUser(of(it))), [
    undefined,
    "keepalived_script",
    "keepalived_script",
  ]);
  assertEquals(packagesFor(of("standard")).names, ["haproxy", "keepalived", "curl"]);
});

Deno.test("managedFiles() keep the key of the checks in a file that root alone reads", () => {
  const key = "-----BEGIN PRIVATE KEY-----\nMIIK\n-----END PRIVATE KEY-----";
  const certificate = "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n";
  const checkClient = { certificate, key: secret(key) };
  for (const profile of PROFILES) {
    const haproxy = { ...endpoint().haproxy, checkClient };
    const files = managedFiles(of(profile, { haproxy }), of(profile).members[0]!, TEMPLATES);
    const holding = files.filter((it) => it.content(world(of(profile))).includes("MIIK"));
    assertEquals(
      holding.map((it) => [it.path, it.mode, it.owner, it.secret, it.notify]),
      profile === "guide"
        ? []
        : [["/etc/haproxy/kube-check.pem", "0600", "root", true, ["reload haproxy"]]],
    );
    if (profile === "guide") continue;
    assertEquals(holding[0]?.content(world(of(profile))), `${certificate}${key}\n`);
  }
});

Deno.test("retiredPaths() name what other settings left, and nothing that is managed", () => {
  const key = secret("");
  const all = of("standard", {
    ca: "x",
    haproxy: { ...endpoint().haproxy, checkClient: { certificate: "", key } },
    vrrp: { ...endpoint().vrrp, notify: ["x"] },
  });
  assertEquals(retiredPaths(all), ["/etc/keepalived/check_apiserver.sh"]);
  assertEquals(retiredPaths(of("standard")), [
    "/etc/keepalived/check_apiserver.sh",
    "/etc/haproxy/kube-ca.crt",
    "/etc/haproxy/kube-check.pem",
    "/etc/keepalived/notify_state.sh",
  ]);
  for (const profile of PROFILES) {
    for (const it of [of(profile), { ...all, profile }]) {
      const managed = managedFiles(it, it.members[0]!, TEMPLATES).map(({ path }) => path);
      const retired = retiredPaths(it);
      assertEquals(retired.filter((path) => managed.includes(path)), []);
      // Whatever was managed before is managed now, or goes.
      assertEquals(ownPaths().filter((path) => ![...managed, ...retired].includes(path)), []);
    }
  }
});

Deno.test("managedFiles() of a further service are its own, with its name", () => {
  const ca = "-----BEGIN CERTIFICATE-----\nMIIS\n-----END CERTIFICATE-----\n";
  const key = "-----BEGIN PRIVATE KEY-----\nMIIK\n-----END PRIVATE KEY-----";
  const haproxy = { balance: "auto", checkClient: { certificate: ca, key: secret(key) } };
  const it = of("standard", { also: [{ ...SERVICE, ca, haproxy }] });
  const its = managedFiles(it, it.members[0]!, TEMPLATES)
    .filter(({ path }) => path.includes("staging"));
  assertEquals(its.map(({ path, mode, secret, notify }) => [path, mode, secret, notify]), [
    ["/etc/haproxy/holdfast-ca-staging.crt", "0644", undefined, ["reload haproxy"]],
    ["/etc/haproxy/holdfast-check-staging.pem", "0600", true, ["reload haproxy"]],
  ]);
  assertEquals(its.map(({ content }) => content(world(it))), [ca, `${ca}${key}\n`]);
  // What is left of one that is gone is told by its name alone.
  assertEquals(its.map(({ path }) => servicePathOf(path)), ["ca", "checkClient"]);
  assertEquals(ownPaths().filter((path) => servicePathOf(path) !== undefined), []);
});

Deno.test("an endpoint with further services may have as many clients for each", () => {
  const it = of("standard", { also: [SERVICE, { ...SERVICE, name: "b", port: 8445 }] });
  const text = content(it, "haproxy.cfg");
  assertEquals(text.match(/^ +maxconn \d+$/gm)?.map((line) => line.trim()), [
    "maxconn 12100",
    "maxconn 4000",
    "maxconn 4000",
    "maxconn 4000",
  ]);
  assertStringIncludes(content(it, "haproxy.service.d/holdfast.conf"), "LimitNOFILE=25200");
});

Deno.test("a member with OpenRC has no use for drop-ins, and no file that a unit would write", () => {
  const it = of("standard");
  const [first] = it.members;
  const known = world(it);
  const seen = new Map(
    [...known.facts].map(([name, one]) => [name, { ...one, init: "openrc" as const }]),
  );
  const openrc = { ...known, facts: seen };
  const files = managedFiles(it, first!, TEMPLATES);
  const useful = (where: typeof known) =>
    files.filter(({ when }) => when?.(where) ?? true).map(({ path }) => path.split("/").at(-1));
  assertEquals(useful(known), [
    ...useful(openrc),
    ...["holdfast.conf", "holdfast.conf", "holdfast-addresses.conf"],
  ]);
  const keepalived = files.find(({ path }) => path.endsWith("keepalived.conf"));
  assertStringIncludes(keepalived?.content(known) ?? "", "track_file");
  const text = keepalived?.content(openrc) ?? "";
  assertEquals(text.includes("track_file") || text.includes("haproxy_running"), false);
  assertStringIncludes(text, "    track_script {\n        haproxy_alive\n");
});
