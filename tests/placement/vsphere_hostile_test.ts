/** Servers that refuse, break, lie, or are no vCenter. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { vsphere } from "../../src/placement/vsphere/mod.ts";
import { secret } from "../../src/secret.ts";
import { fakeVcenter, fault, optionsFor } from "./fake_vcenter.ts";
import { against, certs, refused } from "./vsphere_kit.ts";

Deno.test("a wrong password is said once, tried once, and shown nowhere", async () => {
  await using vcenter = fakeVcenter(certs, {
    // As hostile as can be: it gives back what it was sent.
    Login: (message) => fault("InvalidLogin", message.replaceAll("<", "&lt;")),
  });
  const error = await refused(vsphere(optionsFor(vcenter, certs)));
  assertEquals(error.obstacle, "login");
  assertStringIncludes(error.message, `log in to ${vcenter.server} as deploy@vsphere.local`);
  assertEquals(vcenter.methods, ["RetrieveServiceContent", "Login"]);
});

Deno.test("a fault that gives the password back does not get it printed", async () => {
  await using vcenter = fakeVcenter(certs, {
    Login: () => fault("HostConnectFault", `p&amp;ss&lt;w&gt;"ö$(x) is bad`),
  });
  const error = await refused(vsphere(optionsFor(vcenter, certs)));
  assertStringIncludes(error.message, "HostConnectFault ([secret] is bad)");
});

Deno.test("a session that has ended meanwhile says so", async () => {
  const error = await refused(
    against({ CreateContainerView: () => fault("NotAuthenticated") }, (p) => p.look(["m1"])),
  );
  assertEquals([error.obstacle, error.hint], ["login", "Run it again"]);
});

Deno.test("a single ESXi host is told from a vCenter before anybody logs in", async () => {
  await using vcenter = fakeVcenter(certs, {
    RetrieveServiceContent: () =>
      "<returnval><about><apiType>HostAgent</apiType></about></returnval>",
  });
  const error = await refused(vsphere(optionsFor(vcenter, certs)));
  assertStringIncludes(error.message, "a single ESXi host, which has no clusters");
  assertEquals(vcenter.methods, ["RetrieveServiceContent"]);
});

const STRANGE: Readonly<Record<string, [reply: () => Response, message: string]>> = {
  "a page": [() => new Response("<html><body>Sign in<br></body></html>"), "that has no beginning"],
  "nothing": [() => new Response(""), "It ends too early"],
  "another message": [() => new Response("<a/>"), "No SOAP message"],
  "an entity": [
    () => new Response('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    "No element that can be read",
  ],
  "no UTF-8": [() => new Response(new Uint8Array([0x3c, 0xff, 0xfe])), "Cannot read the answer"],
  "404": [() => new Response("", { status: 404 }), "answers HTTP 404"],
  "503": [() => new Response("", { status: 503 }), "answers HTTP 503"],
  "a redirect": [() => Response.redirect("https://127.0.0.1:1/sdk"), "it sends elsewhere"],
  "too much": [() => new Response("<a>".padEnd(3 << 20)), "it is over 2 MiB"],
};

for (const [what, [reply, message]] of Object.entries(STRANGE)) {
  Deno.test(`an answer that is ${what} is refused`, async () => {
    await using vcenter = fakeVcenter(certs, { RetrieveServiceContent: reply });
    const error = await refused(vsphere(optionsFor(vcenter, certs, { maxBytes: 2 << 20 })));
    assertEquals(error.obstacle, "answer");
    assertStringIncludes(error.message, message);
    assertEquals(vcenter.methods, ["RetrieveServiceContent"]);
  });
}

Deno.test("a redirect of the login does not take the password along", async () => {
  await using thief = fakeVcenter(certs);
  await using vcenter = fakeVcenter(certs, {
    Login: () =>
      new Response(null, { status: 307, headers: { location: `https://${thief.server}/sdk` } }),
  });
  await refused(vsphere(optionsFor(vcenter, certs)));
  assertEquals(thief.methods, []);
});

Deno.test("a server that does not answer is given up", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const server = `127.0.0.1:${listener.addr.port}`;
  const error = await refused(vsphere(optionsFor({ server }, certs, { answerMs: 200 })));
  assertEquals([error.obstacle, error.message], [
    "unreachable",
    `Cannot reach ${server}: no answer within 0.2 s`,
  ]);
});

Deno.test("a server that is lost, or stops, in the middle of an answer is unreachable", async () => {
  for (const then of ["closes", "stops"]) {
    const { cert, key } = certs;
    using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
    const served = (async () => {
      const connection = await listener.accept();
      await connection.read(new Uint8Array(4096));
      const begun = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<soapenv:Envelope";
      await connection.write(new TextEncoder().encode(begun));
      // Until the other side has given up.
      if (then === "stops") {
        while (await connection.read(new Uint8Array(4096)).catch(() => null));
      }
      connection.close();
    })();
    const server = `127.0.0.1:${listener.addr.port}`;
    const error = await refused(vsphere(optionsFor({ server }, certs, { answerMs: 300 })));
    assertEquals(error.obstacle, "unreachable", then);
    assertStringIncludes(error.message, `Cannot reach ${server}: `);
    await served;
  }
});

Deno.test("a server that is not there is unreachable", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const server = `127.0.0.1:${listener.addr.port}`;
  listener.close();
  const error = await refused(vsphere(optionsFor({ server }, certs)));
  assertEquals(error.obstacle, "unreachable");
  assertEquals(
    error.message,
    `Cannot reach ${server}: tcp connect error: Connection refused (os error 111)`,
  );
});

Deno.test("servers, CAs and passwords that cannot be are refused before anything is sent", async () => {
  for (
    const server of [
      "",
      "a b",
      "u:p@127.0.0.1",
      "127.0.0.1/x",
      "127.0.0.1:99999",
      "http://x",
      "a?b",
    ]
  ) {
    const error = await refused(vsphere(optionsFor({ server }, certs)));
    assertEquals(error.obstacle, "setting", server);
  }
  await using vcenter = fakeVcenter(certs);
  for (const ca of ["", "ca", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"]) {
    const error = await refused(vsphere(optionsFor(vcenter, certs, { ca })));
    assertEquals(error.obstacle, "setting", ca);
  }
  assertEquals(vcenter.methods, []);
  const error = await refused(vsphere(optionsFor(vcenter, certs, { password: secret("\x01") })));
  assertStringIncludes(error.message, "a character that XML does not have");
});
