/** Servers that refuse, break, lie, or are no Proxmox VE. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { certificates } from "./certificates.ts";
import { proxmox } from "../../src/placement/proxmox/mod.ts";
import { secret } from "../../src/secret.ts";
import { data, fakeProxmox, fault, optionsFor, usual, VALUE } from "./fake_proxmox.ts";
import { against, certs, MASTERS, NAME, refused, SECTION } from "./proxmox_kit.ts";

Deno.test("a wrong token is said once, tried once, and shown nowhere", async () => {
  await using pve = fakeProxmox(certs);
  const password = secret("b7e2c0de-0000-4e70-9a51-0c0ffee0beef");
  const error = await refused(proxmox(optionsFor(pve, certs, { password })));
  assertEquals([error.obstacle, error.message], [
    "login",
    `Cannot ask ${pve.server} as holdfast@pve!deploy for its version: the token ` +
    "holdfast@pve!deploy is wrong, is not known, or has expired",
  ]);
  assertEquals(error.hint, "Look at it with: pveum user token list holdfast@pve");
  assertEquals(pve.asked, ["GET /version"]);
});

Deno.test("an error that gives the token back does not get it printed, and moves no cursor", async () => {
  for (const form of [VALUE, btoa(VALUE), encodeURIComponent(`!deploy=${VALUE}`)]) {
    await using pve = fakeProxmox(certs, {}, () => fault(500, `bad \x1b[2J token ${form}\x07`));
    const error = await refused(proxmox(optionsFor(pve, certs)));
    assertEquals(error.obstacle, "refused");
    assertStringIncludes(error.message, "[secret]");
    assertEquals(error.message.includes(form), false, error.message);
  }
});

const STRANGE: Readonly<Record<string, [reply: () => Response, message: string]>> = {
  "a page": [() => new Response("<html>Sign in</html>"), "No JSON document"],
  "nothing": [() => new Response(""), "No JSON document"],
  "no object": [() => Response.json([1]), "No JSON document"],
  "without a version": [() => data({}), "Something else than expected at data.version"],
  "a version of text": [() => data({ version: "\x1b[31m9" }), "expected at data.version"],
  "as deep as can be": [() => new Response("[".repeat(1 << 20)), "No JSON document"],
  "no UTF-8": [() => new Response(new Uint8Array([0x7b, 0xff, 0xfe])), "Cannot read the answer"],
  "404": [() => new Response("", { status: 404 }), "answers HTTP 404"],
  "501": [() => new Response("", { status: 501 }), "answers HTTP 501"],
  "204": [() => new Response(null, { status: 204 }), "answers HTTP 204"],
  "500 without a word": [() => new Response("oops", { status: 500 }), "answers HTTP 500"],
  "a redirect": [() => Response.redirect("https://127.0.0.1:1/"), "a token goes nowhere but"],
  "too much": [() => new Response("[".padEnd(3 << 20)), "it is over 2 MiB"],
};

for (const [what, [reply, message]] of Object.entries(STRANGE)) {
  Deno.test(`an answer that is ${what} is refused`, async () => {
    await using pve = fakeProxmox(certs, {}, reply);
    const error = await refused(proxmox(optionsFor(pve, certs, { maxBytes: 2 << 20 })));
    assertEquals(error.obstacle, "answer");
    assertStringIncludes(error.message, message);
    assertEquals(pve.asked.length, 1);
  });
}

const PARTS: readonly [path: string, value: unknown, where: string][] = [
  ["/cluster/status", { name: "x" }, "data"],
  ["/cluster/status", [{ type: "cluster", name: 1, quorate: 1 }], "data.0.name"],
  ["/cluster/status", [{ type: "node", name: "../x", online: 1 }], "data.0.name"],
  ["/cluster/resources?type=vm", [{ type: "qemu", vmid: "1e3", node: "a" }], "data.0.vmid"],
  ["/cluster/resources?type=vm", [{ type: "qemu", vmid: 1.5, node: "a" }], "data.0.vmid"],
  ["/cluster/resources?type=vm", [{ type: "storage", vmid: 1, node: "a" }], "data.0.type"],
  ["/cluster/ha/status/manager_status", [], "data"],
  ["/cluster/ha/status/manager_status", { manager_status: { node_status: { a: [] } } }, "data."],
  ["/cluster/ha/resources", [{ sid: "vm 100" }], "data.0.sid"],
  ["/cluster/ha/rules", [{ type: "resource-affinity" }], "data.0.rule"],
  ["/cluster/ha/rules", [{ rule: "a", ...SECTION, resources: "vm:1,\x1b[2J" }], "data.0.resources"],
  ["/cluster/ha/rules", [{ rule: "a", ...SECTION, disable: "perhaps" }], "data.0.disable"],
];

for (const [path, value, where] of PARTS) {
  Deno.test(`${path} with ${JSON.stringify(value)} makes no sense`, async () => {
    const hook = (asked: string) => asked === `GET ${path}` ? data(value) : undefined;
    const error = await refused(against({}, (p) => p.look(["m1"]), hook));
    assertEquals(error.obstacle, "answer");
    assertStringIncludes(error.message, `Cannot read what the server answers to ${path}: `);
    assertStringIncludes(error.message, `at ${where}`);
  });
}

Deno.test("names that are prototypes of JavaScript are names", async () => {
  const hook = (asked: string) =>
    asked === "GET /cluster/ha/status/manager_status"
      ? new Response('{"data":{"manager_status":{"node_status":{"__proto__":"fence"}}}}')
      : undefined;
  const { result } = await against(
    { nodes: { constructor: 1, pve1: 1 } },
    (p) => p.look(["m1"]),
    hook,
  );
  assertEquals(result.pools[0]?.usableHosts, ["constructor", "pve1"]);
});

Deno.test("names that hold control characters are told of as text", async () => {
  const machines = [
    ...usual().machines,
    ...[1, 2].map((vmid) => (
      { type: "qemu", vmid, node: "pve1", name: "a\x1b[2Jb" } as const
    )),
  ];
  const error = await refused(against({ machines }, (p) => p.look(["a\x1b[2Jb"])));
  assertEquals(error.obstacle, "ambiguous");
});

Deno.test("an error as long as can be is cut, and searched in no time", async () => {
  const long = "HA rule 'cannot use unmanaged resource(s) ".repeat(1 << 18);
  await using pve = fakeProxmox(certs, {}, () => fault(500, long, { [long]: long }));
  const begun = performance.now();
  const error = await refused(proxmox(optionsFor(pve, certs, { maxBytes: 64 << 20 })));
  assertEquals(error.obstacle, "refused");
  assert(error.message.length < 500, `${error.message.length}`);
  assert(performance.now() - begun < 10_000);
});

Deno.test("a redirect does not take the token along", async () => {
  await using thief = fakeProxmox(certs);
  const away = () =>
    new Response(null, {
      status: 307,
      headers: { location: `https://${thief.server}/api2/json/version` },
    });
  await using pve = fakeProxmox(certs, {}, away);
  await refused(proxmox(optionsFor(pve, certs)));
  await refused(
    against(
      {},
      (p) => p.ensure(MASTERS),
      (asked) => asked.startsWith("POST") ? away() : undefined,
    ),
  );
  assertEquals(thief.asked, []);
});

Deno.test("a server whose certificate nobody vouches for gets no token", async () => {
  await using pve = fakeProxmox(certs);
  const { ca: _, ...without } = optionsFor(pve, certs);
  const error = await refused(proxmox(without));
  assertEquals([error.obstacle, error.hint], [
    "untrusted",
    "ca_file takes the root certificate of this Proxmox VE: /etc/pve/pve-root-ca.pem of any " +
    "node has it",
  ]);
  const named = await refused(
    proxmox(optionsFor({ server: pve.server.replace("127.0.0.1", "localhost") }, certs)),
  );
  assertEquals(named.obstacle, "untrusted");
  assertEquals(pve.asked, []);
});

Deno.test("a certificate that cannot be trusted is told of in words of people", async () => {
  const said = async (cert: string, key: string, ca = certs.ca) => {
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, cert, key, onListen() {} },
      () => new Response(),
    );
    const address = `127.0.0.1:${server.addr.port}`;
    const error = await refused(proxmox({ ...optionsFor({ server: address }, certs), ca }));
    assertEquals(error.obstacle, "untrusted");
    return `${error.message.replace(address, "SERVER")}; ${error.hint}`;
  };
  const of = "Cannot trust the certificate of SERVER:";
  await using others = await certificates();
  assertStringIncludes(
    await said(others.cert, others.key),
    `${of} the authority of ca_file did not sign it; ca_file takes the root certificate of this `,
  );
  // What `openssl req -x509` makes.
  const { ca, caKey, expired, key } = certs;
  assertStringIncludes(await said(ca, caKey), `${of} it is that of an authority, which signs`);
  assertStringIncludes(await said(expired, key), `${of} it has expired; Renew it, or look at the`);
});

Deno.test("a port without TLS is told of", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(),
  );
  const address = `127.0.0.1:${server.addr.port}`;
  const error = await refused(proxmox(optionsFor({ server: address }, certs)));
  assertEquals(error.obstacle, "unreachable");
  assertEquals(error.message, `Cannot reach ${address}: what listens there does not speak TLS`);
});

Deno.test("a server that does not answer, or is not there, is unreachable", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const server = `127.0.0.1:${listener.addr.port}`;
  const silent = await refused(proxmox(optionsFor({ server }, certs, { answerMs: 200 })));
  assertEquals(silent.message, `Cannot reach ${server}: no answer within 0.2 s`);
  listener.close();
  const gone = await refused(proxmox(optionsFor({ server }, certs)));
  assertEquals(gone.obstacle, "unreachable");
});

Deno.test("servers and CAs that cannot be are refused before anything is sent", async () => {
  for (const server of ["", "a b", "u:p@127.0.0.1", "127.0.0.1/x", "127.0.0.1:99999", "http://x"]) {
    const error = await refused(proxmox(optionsFor({ server }, certs)));
    assertEquals(error.obstacle, "setting", server);
  }
  await using pve = fakeProxmox(certs);
  const error = await refused(proxmox(optionsFor(pve, certs, { ca: "ca" })));
  assertEquals(error.obstacle, "setting");
  assertStringIncludes(error.hint ?? "", "/etc/pve/pve-root-ca.pem");
  assertEquals(pve.asked, []);
});

Deno.test("what a rule lacks is read from the server again each time", async () => {
  const { pve } = await against({ rules: { [NAME]: SECTION } }, async (p) => {
    await p.look(["m1"]);
    await p.look(["m1"]);
  });
  assertEquals(pve.asked.filter((one) => one.includes("rules")).length, 2);
});
